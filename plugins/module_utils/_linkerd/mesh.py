# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reconcile all certificates of a mesh."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._kubernetes.apply import ApplyOptions, ObjectsReconciler
from .._kubernetes.client import KubernetesClient
from .._reconcile import ensure_absent, ensure_present
from .._resource import KNOWN_AFTER_APPLY, Outcome
from .anchors import Anchors, Validity, day, next_anchors
from .certificates import Signed, bundle
from .leaves import Leaf, as_object, held_pair, held_text, leaf_certificates, next_pair, reencoded
from .proxies import Proxies, Workload, can_restart
from .secret import AnchorSecret


@dataclass
class MeshResult:
    """The outcomes in order, and the certificates in the result of the module."""

    outcomes: list[Outcome] = field(default_factory=list)
    certificates: dict[str, Any] = field(default_factory=dict)


class MeshCertificates:
    """The certificates of one mesh.

    client: None while the cluster does not exist (check mode). hide: adds a value to no_log values. now: the current time.
    """

    def __init__(
        self,
        client: KubernetesClient | None,
        secret: AnchorSecret,
        options: ApplyOptions,
        terms: Validity,
        *,
        namespace: str,
        trust_domain: str,
        restart_workloads: bool = False,
        hide: Callable[[str], Any] = lambda value: None,
        now: datetime.datetime | None = None,
    ) -> None:
        self.client, self.secret, self.options, self.terms = client, secret, options, terms
        self.namespace, self.trust_domain, self.restart_workloads = namespace, trust_domain, restart_workloads
        self._hide = hide
        self._now = now or datetime.datetime.now(datetime.timezone.utc)
        self._leaves = leaf_certificates(namespace, trust_domain, terms)
        self._proxies = Proxies(client, namespace) if client else None

    def present(self, desired: Mapping[str, Any], adopt: bool = False) -> MeshResult:
        held = self.secret.held()
        found = {name: self._read(leaf) for name, leaf in self._leaves.items()}
        issuer = held_pair(found["issuer"])
        authority = held_text(found["issuer"], "ca.crt")
        common_name = f"root.{self.namespace}.{self.trust_domain}"
        anchors, why = next_anchors(held, issuer, authority, self._now, self.terms, common_name, self._all_trust)
        pairs = {name: next_pair(leaf, held_pair(found[name]), anchors, self._now) for name, leaf in self._leaves.items()}
        for pair in (anchors.current, anchors.newest, *(pair for pair, _ in pairs.values())):
            self._conceal(pair)
        done = MeshResult([self._keep(anchors, held, why, desired, adopt)])
        done.outcomes += self._hand_out(pairs, anchors, found)
        done.certificates = self._result(anchors, held, pairs, done.outcomes[0])
        self._tend_proxies(done, anchors, why)
        return done

    def absent(self, tags: Mapping[str, Any] | None, adopt: bool = False) -> MeshResult:
        done = MeshResult()
        if self.client is not None:
            objects = [
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": leaf.secret, "namespace": self.namespace}}
                for leaf in self._leaves.values()
            ]
            done.outcomes = [plan.outcome for plan in ObjectsReconciler(self.client, self.options, self.namespace).delete(objects)]
        done.outcomes.append(ensure_absent(self.secret, check_mode=self.options.check_mode, tags=tags, adopt=adopt, wait=False))
        return done

    # ---------------------------------------------------------------- reading

    def _read(self, leaf: Leaf) -> dict[str, Any] | None:
        return self.client.get(f"/api/v1/namespaces/{self.namespace}/secrets/{leaf.secret}") if self.client else None

    def _all_trust(self, anchors: Anchors) -> bool:
        return self._proxies is not None and self._proxies.all_trust(anchors)

    def _conceal(self, pair: Signed) -> None:
        if pair.key:
            self._hide(pair.key)
            self._hide(pair.key.strip())

    # ---------------------------------------------------------------- acting

    def _keep(self, anchors: Anchors, held: Anchors | None, why: str, desired: Mapping[str, Any], adopt: bool) -> Outcome:
        """Reconcile the secret with the anchors, before everything that depends on them."""
        self.secret.anchors = anchors
        check_mode = self.options.check_mode
        outcome = ensure_present(self.secret, desired, check_mode=check_mode, adopt=adopt)
        if not why or outcome.action == "create":
            outcome.after |= {"why": f"trust anchor: {why}"} if why else {}
            return outcome
        if not check_mode:
            self.secret.put(anchors)
        outcome.action = outcome.action or "update"
        outcome.attributes = [*outcome.attributes, "trust_anchors"]
        outcome.before |= {"trust_anchors": _ends(held)}
        outcome.after |= {"trust_anchors": _ends(anchors), "why": f"trust anchor: {why}"}
        return outcome

    def _hand_out(
        self, pairs: Mapping[str, tuple[Signed, str]], anchors: Anchors, found: Mapping[str, Mapping[str, Any] | None]
    ) -> list[Outcome]:
        """Write the Kubernetes Secrets."""
        objects = [as_object(leaf, pairs[name][0], anchors, self.namespace) for name, leaf in self._leaves.items()]
        whys = {name: why or reencoded(found[name], pair) for name, (pair, why) in pairs.items()}
        reasons = {leaf.secret: f"{leaf.title}: {whys[name]}" for name, leaf in self._leaves.items() if whys[name]}
        plans = ObjectsReconciler(self.client, self.options, self.namespace).apply(objects)
        for plan in plans:
            reason = reasons.get(plan.desired["metadata"]["name"])
            if reason and plan.outcome.action:
                plan.outcome.after = {**plan.outcome.after, "why": reason}
        return [plan.outcome for plan in plans]

    def _tend_proxies(self, done: MeshResult, anchors: Anchors, why: str) -> None:
        """Report or restart workloads that do not trust the newest anchor."""
        done.certificates["workloads_to_restart"] = []
        if self._proxies is None:
            return
        notes = done.outcomes[0].notes
        if not self._proxies.are_trusting(anchors):
            if why and self._proxies.are_there():
                notes.append(
                    f"A new trust anchor is made ({why}). Proxies know it once their pods are replaced after this run; "
                    "the runs after that renew the issuer and drop the old anchor."
                )
            return
        waiting = self._proxies.untrusting_workloads(anchors)
        done.certificates["workloads_to_restart"] = [str(workload) for workload in waiting]
        if waiting and self.restart_workloads:
            ours = [workload for workload in waiting if can_restart(workload, self.namespace)]
            done.outcomes += [self._proxies.restart(workload, self.options.check_mode) for workload in ours]
        elif waiting:
            notes.append(_advice(waiting, anchors))

    # ---------------------------------------------------------------- result

    def _result(self, anchors: Anchors, held: Anchors | None, pairs: Mapping[str, tuple[Signed, str]], kept: Outcome) -> dict[str, Any]:
        shown = {name: self._shown(pair, bool(why)) for name, (pair, why) in pairs.items()}
        return {
            "secret_arn": (kept.resource or {}).get("arn") or KNOWN_AFTER_APPLY,
            "trust_anchors_pem": self._public_bundle(anchors, held),
            "trust_anchors_not_after": _ends(anchors),
            "issuer": shown.pop("issuer"),
            "webhooks": shown,
        }

    def _public_bundle(self, anchors: Anchors, held: Anchors | None) -> str:
        """Return the bundle that proxies will trust; in a plan a new anchor is (known after apply)."""
        old = held.bundle if held else ""
        if not self.options.check_mode or anchors.bundle == old:
            return anchors.bundle
        stays = [part for part in (anchors.previous, anchors.current.certificate) if part and part.strip() in old]
        coming = "" if anchors.newest.certificate.strip() in old else KNOWN_AFTER_APPLY
        return bundle([*stays, coming])

    def _shown(self, pair: Signed, is_new: bool) -> dict[str, str]:
        unknown = is_new and self.options.check_mode
        return {"not_after": day(pair), "fingerprint": KNOWN_AFTER_APPLY if unknown else pair.fingerprint}


def _ends(anchors: Anchors | None) -> list[str]:
    """Return the days on which the anchors expire, the newest last."""
    if anchors is None:
        return []
    return [day(anchor) for anchor in (anchors.current, anchors.coming) if anchor]


def _advice(waiting: Sequence[Workload], anchors: Anchors) -> str:
    names = ", ".join(str(workload) for workload in waiting)
    return (
        f"These do not trust the newest trust anchor yet: {names}. Restart them (kubectl rollout restart, or restart_workloads: true); "
        f"the next run then goes on. The trust anchor that they know ends on {day(anchors.current)}."
    )
