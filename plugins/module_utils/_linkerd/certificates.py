# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Create and read the certificates of a mesh. Pure but for random numbers.

Linkerd supports only ECDSA P-256 for identities, with a trust anchor and an issuer signed by it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

with suppress(ImportError):  # the module says so
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: for clock skew
BACKDATED = datetime.timedelta(minutes=5)
END = "-----END CERTIFICATE-----"


@dataclass(frozen=True)
class Signed:
    """A certificate with its private key, both PEM; the key is empty when only the certificate is known."""

    certificate: str
    key: str = field(default="", repr=False)

    @property
    def not_before(self) -> datetime.datetime:
        return _loaded(self.certificate).not_valid_before_utc

    @property
    def not_after(self) -> datetime.datetime:
        return _loaded(self.certificate).not_valid_after_utc

    @property
    def names(self) -> list[str]:
        """The DNS names of the certificate."""
        try:
            extension = _loaded(self.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except x509.ExtensionNotFound:
            return []
        return extension.value.get_values_for_type(x509.DNSName)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate."""
        return _loaded(self.certificate).fingerprint(hashes.SHA256()).hex()

    def holds_for(self, now: datetime.datetime) -> float:
        """Return the days until the certificate expires; negative afterwards."""
        return (self.not_after - now) / datetime.timedelta(days=1)

    def is_signed_by(self, anchor: Signed) -> bool:
        try:
            _loaded(self.certificate).verify_directly_issued_by(_loaded(anchor.certificate))
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def matches_key(self) -> bool:
        return bool(self.key) and _public(_key(self.key).public_key()) == _public(_loaded(self.certificate).public_key())


def readable(certificate: str, key: str) -> Signed | None:
    """Return the pair with its key as PKCS #8; None when certificate or key is missing, invalid, or does not match."""
    pair = Signed(certificate, key)
    try:
        return Signed(certificate, _written(_key(key))) if pair.matches_key() else None
    except (ValueError, TypeError):
        return None


def new_anchor(common_name: str, now: datetime.datetime, days: int) -> Signed:
    """Create a trust anchor: a self-signed certificate authority with path length 1."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(common_name, x509.Name([_common_name(common_name)]), key, key, now, now + datetime.timedelta(days=days))
    return _sign(_as_authority(builder, 1), key, key)


def new_issuer(name: str, anchor: Signed, now: datetime.datetime, days: int) -> Signed:
    """Create an issuer of identities: a certificate authority with path length 0 that expires no later than its anchor."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _sign(_as_authority(_below(name, anchor, key, now, days), 0), key, _key(anchor.key))


def new_server(name: str, anchor: Signed, now: datetime.datetime, days: int) -> Signed:
    """Create a server certificate for a DNS name."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _below(name, anchor, key, now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return _sign(builder, key, _key(anchor.key))


def bundle(certificates: Sequence[str]) -> str:
    """Join certificates, without the final line break, which charts remove."""
    return "\n".join(certificate.strip() for certificate in certificates if certificate)


def without_those_that_ended(certificates: str, now: datetime.datetime) -> str:
    """Return a bundle without expired and invalid certificates."""
    kept = []
    for part in certificates.split(END):
        certificate = f"{part}{END}".strip()
        with suppress(ValueError):
            if part.strip() and Signed(certificate).not_after > now:
                kept.append(certificate)
    return bundle(kept)


def _below(name: str, anchor: Signed, key: Any, now: datetime.datetime, days: int) -> Any:
    end = min(now + datetime.timedelta(days=days), anchor.not_after)
    builder = _builder(name, _loaded(anchor.certificate).subject, key, _key(anchor.key), now, end)
    return builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)


def _builder(name: str, issuer: Any, key: Any, signing_key: Any, now: datetime.datetime, end: datetime.datetime) -> Any:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([_common_name(name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )


def _as_authority(builder: Any, path_length: int) -> Any:
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True).add_extension(
        _usage(key_cert_sign=True, crl_sign=True), critical=True
    )


def _usage(**uses: bool) -> Any:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{**dict.fromkeys(names, False), **uses})


def _sign(builder: Any, key: Any, signing_key: Any) -> Signed:
    certificate = builder.sign(signing_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    return Signed(certificate, _written(key))


def _written(key: Any) -> str:
    """Return a private key as PKCS #8, the only form that Linkerd's policy controller reads (kubert, server/tls_rustls.rs)."""
    written: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return written.decode()


def _common_name(name: str) -> Any:
    return x509.NameAttribute(NameOID.COMMON_NAME, name)


def _loaded(certificate: str) -> Any:
    return x509.load_pem_x509_certificate(certificate.encode())


def _key(key: str) -> Any:
    return serialization.load_pem_private_key(key.encode(), None)


def _public(key: Any) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
