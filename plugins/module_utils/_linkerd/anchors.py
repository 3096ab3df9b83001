# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Renew the trust anchors of a mesh, one step per run. Pure.

A proxy trusts the anchors that existed when it started. So a new anchor is first added to the old one. When every proxy trusts it, a new
issuer is created from it. When no identity of the old issuer can be valid, the old anchor is removed.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .certificates import Signed, bundle, new_anchor, readable, without_those_that_ended

#: an identity is valid for 24 hours (identity.issuer.issuanceLifetime); the rest is for clock skew and the time of the next run
IDENTITIES_LIVE = datetime.timedelta(hours=48)


@dataclass(frozen=True)
class Anchors:
    """The trust anchors of a mesh.

    current: signs the issuer; has no key when the key was lost. coming: will sign it, when all proxies trust it.
    previous: PEM of anchors that signed earlier issuers, while their identities may be valid.
    former: digests of earlier bundles with the newest anchor, which proxies may have been started with.
    """

    current: Signed
    coming: Signed | None = None
    previous: str = ""
    former: tuple[str, ...] = ()

    @property
    def newest(self) -> Signed:
        return self.coming or self.current

    @property
    def bundle(self) -> str:
        """All trusted anchors in PEM, the oldest first."""
        return bundle([self.previous, self.current.certificate, self.coming.certificate if self.coming else ""])

    @property
    def known_as(self) -> tuple[str, ...]:
        """The digests of bundles with the newest anchor."""
        return (*self.former, digest(self.bundle))

    def as_secret_string(self) -> str:
        """Return the value of the secret in Secrets Manager."""
        coming = self.coming or Signed("")
        return json.dumps(
            {
                "certificate": self.current.certificate,
                "key": self.current.key,
                "coming_certificate": coming.certificate,
                "coming_key": coming.key,
                "previous_certificates": self.previous,
                "former_bundles": ",".join(self.former),
            }
        )


def digest(certificates: str) -> str:
    """Return the digest of a bundle, as in the annotation linkerd.io/trust-root-sha256."""
    return hashlib.sha256(certificates.encode()).hexdigest()


def of_secret(held: Mapping[str, str] | None) -> Anchors | None:
    """Return the anchors of a secret; None when it has no usable anchor."""
    held = held or {}
    current = readable(held.get("certificate", ""), held.get("key", ""))
    coming = readable(held.get("coming_certificate", ""), held.get("coming_key", ""))
    former = tuple(part for part in held.get("former_bundles", "").split(",") if part)
    if current is None and coming is not None and held.get("certificate"):
        current = Signed(held["certificate"])
    return None if current is None else Anchors(current, coming, held.get("previous_certificates", ""), former)


@dataclass(frozen=True)
class Validity:
    """Validity and renewal of certificates, in days."""

    trust_anchor_days: int
    trust_anchor_renewal_days: int
    issuer_days: int
    issuer_renewal_days: int
    webhook_days: int
    webhook_renewal_days: int
    #: certificates to renew now: trust_anchor, issuer, webhooks
    asked: tuple[str, ...] = ()


def next_anchors(
    found: Anchors | None,
    issuer: Signed | None,
    authority: str,
    now: datetime.datetime,
    terms: Validity,
    common_name: str,
    trusted: Callable[[Anchors], bool],
) -> tuple[Anchors, str]:
    """Return the anchors after the step of this run, and the reason of the change; empty without one.

    issuer: of the cluster; authority: PEM of its anchor, stored with it.
    trusted: returns whether every proxy trusts the newest anchor; called only when needed.
    """

    def made() -> Signed:
        return new_anchor(common_name, now, terms.trust_anchor_days)

    if found is None:
        standing = _standing(issuer, authority, now)
        return (Anchors(standing, made()), "its key is lost") if standing else (Anchors(made()), "there is none")
    if found.current.not_after <= now:
        usable = found.coming is not None and found.coming.not_after > now
        return _remembering(found, Anchors(found.newest if usable else made())), f"the old one has ended on {day(found.current)}"
    if found.coming:
        return _after_the_coming(found, issuer, now, trusted)
    if found.previous:
        return _without_the_previous(found, issuer, now)
    if found.current.holds_for(now) <= terms.trust_anchor_renewal_days or "trust_anchor" in terms.asked:
        return replace(found, coming=made(), former=()), f"the old one ends on {day(found.current)}"
    return found, ""


def _after_the_coming(
    found: Anchors, issuer: Signed | None, now: datetime.datetime, trusted: Callable[[Anchors], bool]
) -> tuple[Anchors, str]:
    if not found.current.key and (issuer is None or issuer.holds_for(now) <= 0):
        return _promoted(found), "the issuer has ended, and the key of the old one is lost"
    return (_promoted(found), "every proxy trusts the new one") if trusted(found) else (found, "")


def _without_the_previous(found: Anchors, issuer: Signed | None, now: datetime.datetime) -> tuple[Anchors, str]:
    unneeded = issuer is not None and issuer.is_signed_by(found.current) and now - issuer.not_before >= IDENTITIES_LIVE
    if unneeded or not without_those_that_ended(found.previous, now):
        return _remembering(found, replace(found, previous="")), "nothing valid depends on the old one any more"
    return found, ""


def day(certificate: Signed) -> str:
    """Return the day on which a certificate expires."""
    return certificate.not_after.date().isoformat()


def _standing(issuer: Signed | None, authority: str, now: datetime.datetime) -> Signed | None:
    """Return the anchor of a mesh whose secret was deleted, while its issuer is valid."""
    try:
        anchor = Signed(authority)
        stands = issuer is not None and issuer.is_signed_by(anchor) and min(issuer.not_after, anchor.not_after) > now
    except ValueError:
        return None
    return anchor if stands else None


def _promoted(found: Anchors) -> Anchors:
    """Return anchors where the coming one is current, and the old one is still trusted, without its key."""
    if found.coming is None:
        raise AssertionError
    return Anchors(found.coming, None, bundle([found.previous, found.current.certificate]), found.former)


def _remembering(found: Anchors, after: Anchors) -> Anchors:
    """Add the old bundle to the former ones, if it has the newest anchor: proxies that started with it trust that anchor."""
    if after.newest.certificate.strip() not in found.bundle or digest(found.bundle) in found.former:
        return replace(after, former=found.former)
    return replace(after, former=(*found.former, digest(found.bundle)))
