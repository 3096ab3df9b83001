"""The stand-in's policy controller reads the private keys that Linkerd's reads, and no others."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.standin.loops.policy_controllers import PolicyControllers
from tests.standin.webhooks.keys import POLICY_CONTROLLER, is_read

EC, RSA = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
PKCS8, TRADITIONAL = serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL


def pem(key: Any, form: Any) -> str:
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


class Cluster:
    """Answers for the client of a cluster with one pod and its Secret."""

    def __init__(self, key: str | None) -> None:
        metadata = {"name": "linkerd-destination-1", "namespace": "linkerd", "uid": "1", "creationTimestamp": "2026-11-29T00:00:00Z"}
        volumes = [{"name": "policy-tls", "secret": {"secretName": POLICY_CONTROLLER}}]
        containers = [{"name": "policy", "image": "controller"}]
        self.pod: dict[str, Any] = {"metadata": metadata, "status": {"phase": "Pending"}}
        self.pod["spec"] = {"containers": containers, "volumes": volumes, "nodeName": "a"}
        self._key = key

    def items(self, path: str) -> list[dict[str, Any]]:
        return [self.pod]

    def get(self, path: str, accept: tuple[int, ...] = ()) -> dict[str, Any]:
        if self._key is None:
            return {"kind": "Status", "code": 404}
        return {"kind": "Secret", "data": {"tls.key": base64.b64encode(self._key.encode()).decode()}}

    def call(self, method: str, path: str, body: Any, content_type: str) -> None:
        self.pod["status"] |= body["status"]

    def apply(self, path: str, body: Any) -> None:
        """Events are not looked at."""


@pytest.mark.parametrize(("key", "form", "read"), [(EC, PKCS8, True), (RSA, TRADITIONAL, True), (EC, TRADITIONAL, False)])
def test_the_policy_controller_reads_pkcs8_and_rsa_only(key, form, read):
    assert is_read(POLICY_CONTROLLER, pem(key, form)) is read
    assert is_read("linkerd-proxy-injector-k8s-tls", pem(key, form))


def test_two_keys_in_one_file_are_too_many():
    assert not is_read(POLICY_CONTROLLER, pem(EC, PKCS8) * 2)


@pytest.mark.parametrize(("form", "ready"), [(PKCS8, True), (TRADITIONAL, False)])
def test_the_policy_controller_pod_becomes_ready_with_a_readable_key(form, ready):
    cluster = Cluster(pem(EC, form))
    PolicyControllers(cluster).run()  # type: ignore[arg-type]
    (container,) = cluster.pod["status"]["containerStatuses"]
    assert container["ready"] is ready
    assert (container["state"]["waiting"] or {}).get("reason") == (None if ready else "CrashLoopBackOff")


def test_the_policy_controller_pod_waits_for_the_secret():
    cluster = Cluster(None)
    PolicyControllers(cluster).run()  # type: ignore[arg-type]
    assert cluster.pod["status"] == {"phase": "Pending"}
