"""Which private keys the servers behind Linkerd's webhooks read.

Sources: kubert 0.25.0, src/server/tls_rustls.rs (the policy controller: one key, PKCS #8 or RSA); Go's crypto/tls X509KeyPair (all others:
PKCS #1, PKCS #8 and SEC1).
"""

from __future__ import annotations

import re

POLICY_CONTROLLER = "linkerd-policy-validator-k8s-tls"


def is_read(secret: str, key: str) -> bool:
    """Whether the program that mounts the Secret of this name reads a PEM key."""
    labels = re.findall(r"^-----BEGIN (?:(.+) )?PRIVATE KEY-----$", key, re.MULTILINE)
    if secret == POLICY_CONTROLLER:
        return labels in ([""], ["RSA"])
    return bool(labels)
