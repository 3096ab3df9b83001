"""The renewal of a mesh's certificates under a moved clock."""

from __future__ import annotations

import base64
import datetime
import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._linkerd import anchors as trust
from ansible_collections.opta.platform.plugins.module_utils._linkerd.certificates import Signed, bundle
from ansible_collections.opta.platform.plugins.module_utils._linkerd.leaves import (
    as_object,
    held_pair,
    held_text,
    leaf_certificates,
    next_pair,
    reencoded,
)
from ansible_collections.opta.platform.plugins.module_utils._linkerd.validity_rules import TERM_ARGUMENTS, refusal
from cryptography.hazmat.primitives import serialization

START = datetime.datetime(2026, 11, 25, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
DEFAULTS = {name: option["default"] for name, option in TERM_ARGUMENTS.items()}
TERMS = trust.Validity(**DEFAULTS)


class Mesh:
    """A mesh as a run of the module sees it, with pods that are given the bundle of the day when they start."""

    def __init__(self) -> None:
        self.now = START
        self.held: str | None = None
        self.secrets: dict[str, dict] = {}
        self.roots = ""
        self.proxies = ""
        self.why: dict[str, str] = {}

    @property
    def anchors(self) -> trust.Anchors:
        assert self.held is not None
        found = trust.of_secret(json.loads(self.held))
        assert found is not None
        return found

    @property
    def issuer(self) -> Signed:
        found = held_pair(self.secrets["issuer"])
        assert found is not None
        return found

    def run(self, **days: Any) -> dict[str, str]:
        """One run of the module and of Linkerd's release after it; why what was renewed."""
        terms = replace(TERMS, **days)
        found = self.anchors if self.held else None
        issuer, authority = held_pair(self.secrets.get("issuer")), held_text(self.secrets.get("issuer"), "ca.crt")
        anchors, why = trust.next_anchors(found, issuer, authority, self.now, terms, "root", self._trusted)
        self.why = {"anchor": why} if why else {}
        for name, leaf in leaf_certificates("linkerd", "cluster.local", terms).items():
            pair, reason = next_pair(leaf, held_pair(self.secrets.get(name)), anchors, self.now)
            self.secrets[name] = as_object(leaf, pair, anchors, "linkerd")
            self.why |= {name: reason} if reason else {}
        self.held, self.roots = anchors.as_secret_string(), anchors.bundle
        return self.why

    def restart(self) -> None:
        self.proxies = self.roots

    def _trusted(self, anchors: trust.Anchors) -> bool:
        return trust.digest(self.proxies) in anchors.known_as and anchors.newest.certificate.strip() in self.roots

    def check(self) -> None:
        """Every proxy trusts the issuer, the API server trusts the webhooks, and nothing has ended."""
        for name, secret in self.secrets.items():
            pair = held_pair(secret)
            assert pair is not None
            assert pair.not_after > self.now, f"{name} has ended"
            trusting = (self.roots, self.proxies) if name == "issuer" else (self.roots,)
            assert all(any(pair.is_signed_by(anchor) for anchor in _parts(text)) for text in trusting), f"{name} is not trusted"


def _parts(certificates: str) -> list[Signed]:
    end = "-----END CERTIFICATE-----"
    return [Signed(part + end) for part in certificates.split(end) if part.strip()]


@pytest.fixture
def mesh():
    made = Mesh()
    made.run()
    made.restart()
    return made


def test_the_first_run_creates_all_certificates_and_the_second_none(mesh):
    assert set(mesh.why) == {"anchor", "issuer", "proxy_injector", "policy_validator", "profile_validator"}
    mesh.check()
    assert mesh.run() == {}


def test_issuer_is_renewed_thirty_days_before_its_end(mesh):
    mesh.now += 149 * DAY
    assert mesh.run() == {}
    mesh.now += 2 * DAY
    before = mesh.anchors
    assert mesh.run() == {"issuer": "it ends on 2027-05-24"}
    assert mesh.anchors == before
    mesh.check()


def test_webhook_certificates_are_renewed_before_their_end(mesh):
    mesh.now += 340 * DAY
    assert {"proxy_injector", "policy_validator", "profile_validator"} <= set(mesh.run())
    mesh.check()
    assert mesh.run() == {}


def test_expired_issuer_is_repaired(mesh):
    mesh.now += 200 * DAY
    assert mesh.run() == {"issuer": "it has ended on 2027-05-24"}
    mesh.check()


@pytest.mark.parametrize("broken", ["nonsense", "another key", "another anchor", "another name"])
def test_broken_issuer_is_created_again(mesh, broken):
    leaf = leaf_certificates("linkerd", "cluster.local", TERMS)["issuer"]
    stranger = Mesh()
    stranger.run()
    if broken == "nonsense":
        mesh.secrets["issuer"]["data"]["tls.crt"] = "bm9uc2Vuc2U="
    elif broken == "another key":
        mesh.secrets["issuer"]["data"]["tls.key"] = stranger.secrets["issuer"]["data"]["tls.key"]
    elif broken == "another anchor":
        mesh.secrets["issuer"] = stranger.secrets["issuer"]
    else:
        mesh.secrets["issuer"] = as_object(leaf, leaf.make("other", mesh.anchors.current, mesh.now, 180), mesh.anchors, "linkerd")
    assert set(mesh.run()) == {"issuer"}
    mesh.check()


def test_anchor_is_renewed_in_steps_with_both_trusted_in_between(mesh):
    old = mesh.anchors.current.certificate.strip()
    mesh.now += 1000 * DAY
    mesh.run()
    mesh.check()
    new = mesh.anchors.coming.certificate.strip()
    assert mesh.roots == bundle([old, new])
    assert mesh.issuer.is_signed_by(Signed(old))

    assert mesh.run() == {}, "the proxies do not trust the new anchor yet"
    mesh.restart()
    assert mesh.run()["anchor"] == "every proxy trusts the new one"
    assert mesh.roots == bundle([old, new])
    assert mesh.issuer.is_signed_by(Signed(new))
    assert old not in mesh.anchors.current.certificate
    mesh.check()

    mesh.now += DAY
    assert mesh.run() == {}, "identities of the old issuer are valid still"
    mesh.now += 2 * DAY
    assert mesh.run() == {"anchor": "nothing valid depends on the old one any more"}
    assert mesh.roots == new
    mesh.check()
    assert mesh.run() == {}
    assert mesh._trusted(mesh.anchors), "pods that were started with both trust the new one"


def test_the_key_of_the_old_anchor_is_deleted_after_the_renewal(mesh):
    key = mesh.anchors.current.key
    mesh.now += 1000 * DAY
    mesh.run()
    mesh.restart()
    mesh.run()
    assert key.splitlines()[1] not in mesh.held


def test_expired_anchor_is_replaced(mesh):
    mesh.now += 1100 * DAY
    assert mesh.run()["anchor"] == "the old one has ended on 2029-11-24"
    mesh.restart()
    mesh.check()


def test_a_lost_anchor_key_causes_no_outage(mesh):
    old = mesh.issuer
    mesh.held = None
    assert mesh.run() == {"anchor": "its key is lost"}
    assert mesh.issuer == old
    mesh.check()
    assert mesh.run() == {}
    mesh.restart()
    assert set(mesh.run()) == {"anchor", "issuer", "proxy_injector", "policy_validator", "profile_validator"}
    mesh.check()


def test_a_lost_anchor_key_and_an_expired_issuer_are_repaired(mesh):
    mesh.held = None
    mesh.run()
    mesh.now += 200 * DAY
    assert mesh.run()["anchor"] == "the issuer has ended, and the key of the old one is lost"
    mesh.restart()
    mesh.check()


def test_no_certificate_expires_in_ten_years_of_monthly_runs(mesh):
    seen = set()
    for month in range(120):
        mesh.now += 28 * DAY
        mesh.run()
        seen.add(mesh.anchors.newest.fingerprint)
        mesh.check()
        if month % 3 == 2:
            mesh.restart()
            mesh.check()
    assert 4 <= len(seen) <= 6


def test_a_requested_renewal_is_done_immediately(mesh):
    assert mesh.run(asked=("issuer",)) == {"issuer": "it was asked for"}
    assert set(mesh.run(asked=("webhooks",))) == {"proxy_injector", "policy_validator", "profile_validator"}
    assert set(mesh.run(asked=("trust_anchor",))) == {"anchor"}
    assert mesh.anchors.coming is not None
    assert mesh.run(asked=("trust_anchor",)) == {}, "the renewal is under way"
    mesh.check()


BAD_TERMS = [
    ({"trust_anchor_days": 3650}, "trust_anchor_days is 3650: it must be between 2 and 1826, for example 1095."),
    ({"issuer_days": 1}, "issuer_days is 1: it must be between 2 and 366, for example 180."),
    ({"issuer_renewal_days": 180}, "issuer_renewal_days is 180: it must be at least 1 and below issuer_days, which is 180."),
    (
        {"trust_anchor_days": 100, "trust_anchor_renewal_days": 50},
        "issuer_days is 180: an issuer cannot outlive its trust anchor, so it must be at most trust_anchor_days, which is 100.",
    ),
]


@pytest.mark.parametrize(("given", "sentence"), BAD_TERMS)
def test_invalid_validity_periods_are_refused(given, sentence):
    assert refusal({**DEFAULTS, **given}) == sentence
    assert refusal(DEFAULTS) == ""


def test_keys_in_sec1_form_are_converted_to_pkcs8_only():
    mesh = Mesh()
    mesh.run()
    held, before = mesh.held, {name: dict(secret["data"]) for name, secret in mesh.secrets.items()}
    for secret in mesh.secrets.values():
        key = serialization.load_pem_private_key(base64.b64decode(secret["data"]["tls.key"]), None)
        sec1 = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
        secret["data"]["tls.key"] = base64.b64encode(sec1).decode()
        pair = held_pair(secret)
        assert pair is not None
        assert reencoded(secret, pair) == "its private key is encoded again, as PKCS #8"
    assert mesh.run() == {}
    assert mesh.held == held
    assert {name: secret["data"] for name, secret in mesh.secrets.items()} == before
