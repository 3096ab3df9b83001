"""The certificates of a mesh by themselves, checked by cryptography's own verifier and by openssl."""

from __future__ import annotations

import datetime
import subprocess

import pytest
from ansible_collections.opta.platform.plugins.module_utils._linkerd import certificates
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

NOW = datetime.datetime(2026, 11, 25, tzinfo=datetime.timezone.utc)
HOST = "identity.linkerd.cluster.local"


@pytest.fixture(scope="module")
def anchor():
    return certificates.new_anchor("root.linkerd.cluster.local", NOW, 1095)


@pytest.fixture(scope="module")
def issuer(anchor):
    return certificates.new_issuer(HOST, anchor, NOW, 180)


def test_chain_is_what_openssl_verifies(anchor, issuer, tmp_path):
    for name, pair in (("anchor", anchor), ("issuer", issuer)):
        (tmp_path / name).write_text(pair.certificate)
    command = [
        "openssl",
        "verify",
        "-attime",
        str(int(NOW.timestamp())),
        "-x509_strict",
        "-CAfile",
        tmp_path / "anchor",
        tmp_path / "issuer",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_keys_are_p256_and_of_their_certificate(anchor, issuer):
    for pair in (anchor, issuer, certificates.new_server("hello.svc", anchor, NOW, 30)):
        key = x509.load_pem_x509_certificate(pair.certificate.encode()).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert isinstance(key.curve, ec.SECP256R1)
        assert pair.matches_key()
        assert pair.key.startswith("-----BEGIN PRIVATE KEY-----")  # PKCS #8, RFC 7468
        assert pair.key not in repr(pair)


def test_an_issuer_signs_no_further_authorities_and_ends_with_its_anchor(anchor):
    found = x509.load_pem_x509_certificate(certificates.new_issuer(HOST, anchor, NOW, 366).certificate.encode())
    assert found.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    late = certificates.new_issuer(HOST, anchor, anchor.not_after - datetime.timedelta(days=10), 180)
    assert late.not_after == anchor.not_after


def test_webhooks_certificate_is_verified_for_its_host_only(anchor):
    server = certificates.new_server("linkerd-proxy-injector.linkerd.svc", anchor, NOW, 365)
    store = x509.verification.Store([x509.load_pem_x509_certificate(anchor.certificate.encode())])

    def verify(host):
        verifier = x509.verification.PolicyBuilder().store(store).time(NOW).build_server_verifier(x509.DNSName(host))
        return verifier.verify(x509.load_pem_x509_certificate(server.certificate.encode()), [])

    assert verify("linkerd-proxy-injector.linkerd.svc")
    with pytest.raises(x509.verification.VerificationError):
        verify("linkerd-sp-validator.linkerd.svc")


def test_a_key_of_another_certificate_is_refused(anchor, issuer):
    assert certificates.readable(issuer.certificate, issuer.key) == issuer
    assert certificates.readable(issuer.certificate, anchor.key) is None
    assert certificates.readable("nonsense", issuer.key) is None
    assert certificates.readable("", "") is None
    assert not issuer.is_signed_by(certificates.new_anchor("root.linkerd.cluster.local", NOW, 30))


def test_a_sec1_key_is_read_and_becomes_pkcs8(issuer):
    key = serialization.load_pem_private_key(issuer.key.encode(), None)
    sec1 = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    assert sec1.startswith(b"-----BEGIN EC PRIVATE KEY-----")
    assert certificates.readable(issuer.certificate, sec1.decode()) == issuer


def test_a_bundle_drops_expired_certificates(anchor):
    short = certificates.new_anchor("root.linkerd.cluster.local", NOW, 2)
    both = certificates.bundle([short.certificate, anchor.certificate])
    assert certificates.without_those_that_ended(both, NOW) == both
    assert certificates.without_those_that_ended(both, NOW + datetime.timedelta(days=3)) == anchor.certificate.strip()
