# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Renew the certificates below the trust anchor: the issuer of identities, and those of Linkerd's webhooks. Pure."""

from __future__ import annotations

import base64
import binascii
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .anchors import Anchors, Validity, day
from .certificates import Signed, new_issuer, new_server, readable

ISSUER = "linkerd-identity-issuer"
#: webhook and the Secret that Linkerd's chart mounts for it (charts/linkerd-control-plane, externalSecret)
WEBHOOKS = {
    "proxy_injector": "linkerd-proxy-injector",
    "policy_validator": "linkerd-policy-validator",
    "profile_validator": "linkerd-sp-validator",
}
COMPONENTS = {"proxy_injector": "proxy-injector", "policy_validator": "destination", "profile_validator": "destination"}
#: the least gain of a renewal: an issuer cannot outlive its anchor
LEAST_GAIN = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Leaf:
    """A certificate below the anchor, and the Kubernetes Secret that holds it."""

    title: str
    secret: str
    host: str
    days: int
    renewal_days: int
    component: str
    asked: bool
    make: Callable[[str, Signed, datetime.datetime, int], Signed]


def leaf_certificates(namespace: str, trust_domain: str, terms: Validity) -> dict[str, Leaf]:
    """Return the leaf certificates of a mesh, the issuer first."""
    identity = f"identity.{namespace}.{trust_domain}"
    issuer = Leaf("issuer", ISSUER, identity, terms.issuer_days, terms.issuer_renewal_days, "identity", "issuer" in terms.asked, new_issuer)
    servers = {
        name: Leaf(
            name.replace("_", " "),
            f"{service}-k8s-tls",
            f"{service}.{namespace}.svc",
            terms.webhook_days,
            terms.webhook_renewal_days,
            COMPONENTS[name],
            "webhooks" in terms.asked,
            new_server,
        )
        for name, service in WEBHOOKS.items()
    }
    return {"issuer": issuer, **servers}


def held_pair(secret: Mapping[str, Any] | None) -> Signed | None:
    """Return certificate and key of a Kubernetes Secret; None without a usable pair."""
    return readable(held_text(secret, "tls.crt"), held_text(secret, "tls.key"))


def held_text(secret: Mapping[str, Any] | None, key: str) -> str:
    try:
        return base64.b64decode(((secret or {}).get("data") or {}).get(key) or "", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def reencoded(secret: Mapping[str, Any] | None, pair: Signed) -> str:
    """Return why a Secret changes when its certificate does not: the encoding of its key; empty without a change."""
    same = held_text(secret, "tls.crt") == pair.certificate and held_text(secret, "tls.key") != pair.key
    return "its private key is encoded again, as PKCS #8" if same else ""


def next_pair(leaf: Leaf, found: Signed | None, anchors: Anchors, now: datetime.datetime) -> tuple[Signed, str]:
    """Return the certificate after this run, and the reason of its renewal; empty without one."""
    reason = _why(leaf, found, anchors, now)
    if found is not None and not reason:
        return found, ""
    if not anchors.current.key:  # the key of the old anchor is lost: existing certificates are used until the new anchor is trusted
        return (found, "") if found is not None else (leaf.make(leaf.host, anchors.newest, now, leaf.days), reason)
    return leaf.make(leaf.host, anchors.current, now, leaf.days), reason


def _why(leaf: Leaf, found: Signed | None, anchors: Anchors, now: datetime.datetime) -> str:
    if found is None:
        return "there is none that can be used"
    if leaf.host not in found.names:
        return f"the one that is there is not for {leaf.host}"
    if found.not_after <= now:
        return f"it has ended on {day(found)}"
    if not found.is_signed_by(anchors.current):
        return "the trust anchor that signed it is another one"
    return _ahead_of_time(leaf, found, anchors, now)


def _ahead_of_time(leaf: Leaf, found: Signed, anchors: Anchors, now: datetime.datetime) -> str:
    if leaf.asked:
        return "it was asked for"
    gains = min(now + datetime.timedelta(days=leaf.days), anchors.current.not_after) - found.not_after
    if found.holds_for(now) <= leaf.renewal_days and gains > LEAST_GAIN:
        return f"it ends on {day(found)}"
    return ""


def as_object(leaf: Leaf, pair: Signed, anchors: Anchors, namespace: str) -> dict[str, Any]:
    """Return the Kubernetes Secret of a certificate."""
    signer = anchors.current if pair.is_signed_by(anchors.current) else anchors.newest
    held = {"tls.crt": pair.certificate, "tls.key": pair.key, "ca.crt": signer.certificate}
    labels = {"linkerd.io/control-plane-component": leaf.component, "linkerd.io/control-plane-ns": namespace}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": leaf.secret, "namespace": namespace, "labels": labels},
        "data": {key: base64.b64encode(text.encode()).decode() for key, text in held.items()},
    }
