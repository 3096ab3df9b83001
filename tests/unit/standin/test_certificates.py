"""The certificates of a control plane."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.standin.certificates import make_certificates


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates")
    make_certificates(made, "127.0.0.1", "172.20.0.1")
    return made


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


@pytest.mark.parametrize("name", ["apiserver", "administrator"])
def test_certificates_are_signed_by_the_authority(directory: Path, name: str) -> None:
    authority = _certificate(directory / "ca.crt")
    _certificate(directory / f"{name}.crt").verify_directly_issued_by(authority)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_the_api_server_is_named(directory: Path) -> None:
    names = _certificate(directory / "apiserver.crt").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("172.20.0.1")]
    assert "kubernetes.default.svc" in names.get_values_for_type(x509.DNSName)


def test_the_administrator_is_in_the_masters_group(directory: Path) -> None:
    subject = _certificate(directory / "administrator.crt").subject.rfc4514_string()
    assert subject == "O=system:masters,CN=stand-in-administrator"


def test_keys_are_private(directory: Path) -> None:
    keys = list(directory.glob("*.key"))
    assert {key.stem for key in keys} == {"ca", "apiserver", "administrator", "front-proxy-ca", "front-proxy", "service-account"}
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}


def test_the_service_account_keys_are_a_pair(directory: Path) -> None:
    private = serialization.load_pem_private_key((directory / "service-account.key").read_bytes(), None)
    public = serialization.load_pem_public_key((directory / "service-account.pub").read_bytes())
    assert isinstance(private, rsa.RSAPrivateKey)
    assert private.public_key() == public


def test_both_ends_accept_each_other(directory: Path) -> None:
    """A TLS handshake with client certificate, the way the API server is called."""
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(directory / "ca.crt"))
    serving.load_cert_chain(directory / "apiserver.crt", directory / "apiserver.key")
    serving.verify_mode = ssl.CERT_REQUIRED
    calling = ssl.create_default_context(cafile=str(directory / "ca.crt"))
    calling.load_cert_chain(directory / "administrator.crt", directory / "administrator.key")
    left, right = socket.socketpair()
    peers: list[str] = []

    def serve() -> None:
        with serving.wrap_socket(left, server_side=True) as connection:
            certificate = connection.getpeercert() or {}
            peers.append(str(certificate.get("subject")))
            connection.recv(1)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    with calling.wrap_socket(right, server_hostname="127.0.0.1") as connection:
        connection.send(b"x")
        server.join(timeout=10)
    assert "stand-in-administrator" in peers[0]
