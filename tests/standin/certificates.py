"""Certificates and keys: of a control plane (API server, administrator, service accounts), and of databases."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS_VALID = 30
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Authority = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


def make_certificates(directory: Path, host: str, service_address: str) -> None:
    """Writes certificates and their keys (`.crt`, `.key`), and service-account (`.key`, `.pub`), into the directory.

    ca signs apiserver and administrator, front-proxy-ca signs front-proxy, by which the API server names users to the APIs behind it.

    host: the IP address that the API server listens on. service_address: the first address of the services' range.
    """
    authority = _certificate(directory, "ca", "stand-in-ca")
    names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(address)) for address in (host, service_address)]
    names += [x509.DNSName(name) for name in ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")]
    _certificate(directory, "apiserver", "kube-apiserver", authority, names=names)
    _certificate(directory, "administrator", "stand-in-administrator", authority, organization="system:masters")
    aggregator = _certificate(directory, "front-proxy-ca", "stand-in-front-proxy-ca")
    _certificate(directory, "front-proxy", "front-proxy-client", aggregator)
    # The tokens that the API server issues are RS256, as those of EKS.
    service_account = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _write_key(directory / "service-account.key", service_account)
    (directory / "service-account.pub").write_bytes(
        service_account.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def make_authority(directory: Path, name: str) -> Authority:
    """Writes a certificate authority of its own (`ca.crt`, `ca.key`) into the directory."""
    return _certificate(directory, "ca", name)


def make_server_certificate(directory: Path, authority: Authority, common_name: str, host_names: Iterable[str]) -> None:
    """Writes a server's certificate for these host names (`server.crt`, `server.key`) into the directory."""
    _certificate(directory, "server", common_name, authority, names=[x509.DNSName(name) for name in host_names])


def _write_key(path: Path, key: PrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def _certificate(
    directory: Path,
    name: str,
    common_name: str,
    authority: Authority | None = None,
    organization: str | None = None,
    names: list[x509.GeneralName] | None = None,
) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    subject = x509.Name(attributes)
    signing_key, issuer = (authority[0], authority[1].subject) if authority else (key, subject)
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=DAYS_VALID))
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
        .add_extension(_key_usage(authority is None), critical=True)
    )
    if authority:
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    certificate = builder.sign(signing_key, hashes.SHA256())
    (directory / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    _write_key(directory / f"{name}.key", key)
    return key, certificate


def _key_usage(is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=not is_authority,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
