"""The module linkerd_certificates through Ansible, asked of Secrets Manager and of the cluster's own API server."""

from __future__ import annotations

import base64
import datetime
import json
import subprocess
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._linkerd.anchors import digest
from ansible_collections.opta.platform.plugins.module_utils._linkerd.certificates import Signed, new_issuer
from cryptography.hazmat.primitives import serialization

from tests.module.kubernetes_foundation import Cluster
from tests.support.steps import KNOWN_AFTER_APPLY, plan_and_do
from tests.support.until import until

MODULE = "linkerd_certificates"
ISSUER = "linkerd-identity-issuer"
POLICY = "linkerd-policy-validator-k8s-tls"
SECRETS = [ISSUER, "linkerd-proxy-injector-k8s-tls", POLICY, "linkerd-sp-validator-k8s-tls"]
TAGS = {"opta:environment": "staging", "opta:role": "k8s_addons", "opta:name": "linkerd", "opta:managed-by": "opta.platform"}
SHORT = {"trust_anchor_days": 100, "trust_anchor_renewal_days": 20, "issuer_days": 40, "issuer_renewal_days": 5}
SHORT |= {"webhook_days": 60, "webhook_renewal_days": 5}
DAY = datetime.timedelta(days=1)


class Mesh:
    """One mesh of the test cluster, in a namespace of its own, and what AWS and Kubernetes say of it."""

    def __init__(self, standin, run_module, name):
        self.cluster = Cluster(standin)
        self.standin, self._run = standin, run_module
        self.namespace = self.cluster.namespace(name)
        self.secret = f"opta/staging/{name}/trust-anchor"
        place = {"namespace": self.namespace, "secret_name": self.secret}
        self.options = {**self.cluster.options, "environment": "staging", "tags": TAGS, **place}
        self.secrets_manager = standin.client("secretsmanager")

    def run(self, **more):
        return self._run(MODULE, **{**self.options, **more})

    def plan_and_do(self, expected, **more):
        return plan_and_do(self.standin, self._run, MODULE, expected, **{**self.options, **more})

    def held(self):
        return json.loads(self.secrets_manager.get_secret_value(SecretId=self.secret)["SecretString"])

    def pair(self, name=ISSUER):
        data = self.cluster.kubernetes.get(f"/api/v1/namespaces/{self.namespace}/secrets/{name}")["data"]
        return Signed(*(base64.b64decode(data[key]).decode() for key in ("tls.crt", "tls.key")))

    def write(self, pair, name=ISSUER):
        data = {"tls.crt": pair.certificate, "tls.key": pair.key}
        encoded = {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}
        self.cluster.kubernetes.merge(f"/api/v1/namespaces/{self.namespace}/secrets/{name}", {"data": encoded})

    def install(self, certificates):
        """What Linkerd's release does with the anchors: proxies that start now are given them."""
        path = f"/api/v1/namespaces/{self.namespace}/configmaps/linkerd-identity-trust-roots"
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "linkerd-identity-trust-roots"}}
        self.cluster.kubernetes.apply(path, {**body, "data": {"ca-bundle.crt": certificates}})

    def deploy(self, name, certificates):
        """A meshed Deployment, whose proxies were started with these anchors."""
        labels = {"app": name, "linkerd.io/control-plane-ns": self.namespace}
        template: dict[str, Any] = {"metadata": {"labels": labels, "annotations": {"linkerd.io/trust-root-sha256": digest(certificates)}}}
        template["spec"] = {"containers": [{"name": "app", "image": "registry.example.com/app:1"}]}
        spec = {"selector": {"matchLabels": {"app": name}}, "template": template}
        body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
        place = f"{self.namespace}-apps"
        self.cluster.kubernetes.create("/api/v1/namespaces", {"metadata": {"name": place}})
        self.cluster.kubernetes.apply(f"/apis/apps/v1/namespaces/{place}/deployments/{name}", body)
        path = f"/api/v1/namespaces/{place}/pods?labelSelector=app={name}"
        return lambda: [pod["metadata"]["annotations"]["linkerd.io/trust-root-sha256"] for pod in self.cluster.kubernetes.items(path)]


@pytest.fixture
def mesh(standin, run_module, unique):
    return Mesh(standin, run_module, unique("mesh"))


def why(result):
    """Secret and reason of what was renewed."""
    after = result["diff"]["after"]
    return {name: shown["why"] for name, shown in after.items() if isinstance(shown, dict) and "why" in shown}


def verify(anchors, certificate, directory):
    (directory / "anchors").write_text(anchors)
    (directory / "certificate").write_text(certificate)
    subprocess.run(["openssl", "verify", "-CAfile", directory / "anchors", directory / "certificate"], check=True, capture_output=True)


def test_certificates_are_created_once_kept_and_deleted(mesh, tmp_path):
    done = mesh.plan_and_do("create")
    assert [(action["action"], action["resource"]) for action in done["actions"]] == [
        ("create", f"secret {mesh.secret}"),
        *(("create", f"Secret {mesh.namespace}/{name}") for name in SECRETS),
    ]
    anchors = done["certificates"]["trust_anchors_pem"]
    for name in SECRETS:
        found = mesh.cluster.get(f"/api/v1/namespaces/{mesh.namespace}/secrets/{name}")
        assert found["type"] == "kubernetes.io/tls"
        assert mesh.pair(name).matches_key()
        verify(anchors, mesh.pair(name).certificate, tmp_path)
    assert mesh.pair().names == [f"identity.{mesh.namespace}.cluster.local"]
    assert mesh.pair("linkerd-proxy-injector-k8s-tls").names == [f"linkerd-proxy-injector.{mesh.namespace}.svc"]
    described = mesh.secrets_manager.describe_secret(SecretId=mesh.secret)
    assert TAGS.items() <= {tag["Key"]: tag["Value"] for tag in described["Tags"]}.items()

    gone = mesh.plan_and_do("delete", state="absent")
    assert gone["certificates"] is None
    assert "DeletedDate" in mesh.secrets_manager.describe_secret(SecretId=mesh.secret)
    assert mesh.cluster.get(f"/api/v1/namespaces/{mesh.namespace}/secrets/{ISSUER}") is None

    again = mesh.plan_and_do("update")
    assert "scheduled_for_deletion" in again["actions"][0]["attributes"]
    assert again["certificates"]["trust_anchors_pem"] != anchors
    verify(again["certificates"]["trust_anchors_pem"], mesh.pair().certificate, tmp_path)


def test_no_private_key_is_printed_or_copied(mesh):
    shown = [mesh.run(check_mode=True), mesh.run(), mesh.run(issuer_days=360, issuer_renewal_days=200)]
    keys = [mesh.held()["key"], *(mesh.pair(name).key for name in SECRETS)]
    lines = [line for key in keys for line in key.splitlines()[1:-1]]
    written = json.dumps(shown)
    assert not [line for line in lines if line in written or base64.b64encode(line.encode()).decode()[4:40] in written]
    assert "PRIVATE KEY" not in written
    assert mesh.held()["key"] not in json.dumps(mesh.cluster.kubernetes.items(f"/api/v1/namespaces/{mesh.namespace}/secrets"))


def test_plan_before_the_cluster_exists(mesh):
    planned = mesh.run(check_mode=True, endpoint=KNOWN_AFTER_APPLY)
    assert [action["action"] for action in planned["actions"]] == ["create"] * 5
    assert planned["certificates"]["trust_anchors_pem"] == KNOWN_AFTER_APPLY
    assert planned["certificates"]["secret_arn"] == KNOWN_AFTER_APPLY


def test_the_issuer_is_renewed_thirty_days_before_expiry(mesh):
    mesh.run(**SHORT)
    anchor, before = mesh.held(), mesh.pair()
    assert not mesh.run(**SHORT)["changed"]
    done = mesh.plan_and_do("update", **{**SHORT, "issuer_days": 90, "issuer_renewal_days": 45})
    assert set(why(done)) == {f"Secret {mesh.namespace}/{ISSUER}"}
    assert [action["resource"] for action in done["actions"]] == [f"Secret {mesh.namespace}/{ISSUER}"]
    assert mesh.held() == anchor
    assert mesh.pair().not_after > before.not_after + 40 * DAY


def test_expired_issuer_is_repaired(mesh, tmp_path):
    anchors = mesh.run()["certificates"]["trust_anchors_pem"]
    held = mesh.held()
    long_ago = datetime.datetime.now(datetime.timezone.utc) - 200 * DAY
    mesh.write(new_issuer(mesh.pair().names[0], Signed(held["certificate"], held["key"]), long_ago, 180))
    done = mesh.plan_and_do("update")
    assert "it has ended on" in json.dumps(done["diff"])
    verify(anchors, mesh.pair().certificate, tmp_path)


def test_a_key_of_the_old_form_is_encoded_again(mesh):
    mesh.run()
    anchor, before = mesh.held(), mesh.pair(POLICY)
    key = serialization.load_pem_private_key(before.key.encode(), None)
    sec1 = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    mesh.write(Signed(before.certificate, sec1.decode()), POLICY)
    done = mesh.plan_and_do("update")
    assert why(done) == {f"Secret {mesh.namespace}/{POLICY}": "policy validator: its private key is encoded again, as PKCS #8"}
    assert (mesh.pair(POLICY), mesh.held()) == (before, anchor)


def test_both_anchors_are_trusted_during_the_renewal(mesh, tmp_path):
    old = mesh.run(**SHORT)["certificates"]["trust_anchors_pem"]
    mesh.install(old)
    trusts = mesh.deploy("hello", old)
    assert not mesh.run(**SHORT)["changed"]

    begun = mesh.plan_and_do("update", trust_anchor_renewal_days=180)
    both = begun["certificates"]["trust_anchors_pem"]
    assert "A new trust anchor is made (the old one ends on " in begun["warnings"][0]
    assert both.startswith(old)
    assert both.count("BEGIN CERTIFICATE") == 2
    assert mesh.pair().is_signed_by(Signed(old))
    mesh.install(both)

    waiting = mesh.run()
    assert f"These do not trust the newest trust anchor yet: Deployment {mesh.namespace}-apps/hello." in waiting["warnings"][0]
    assert waiting["certificates"]["workloads_to_restart"] == [f"Deployment {mesh.namespace}-apps/hello"]
    assert mesh.pair().is_signed_by(Signed(old))
    restarted = mesh.run(restart_workloads=True)
    assert [action["resource"] for action in restarted["actions"]] == [f"Deployment {mesh.namespace}-apps/hello"]

    mesh.deploy("hello", both)  # what the injector gives to the pods that start now
    until(lambda: set(trusts()) == {digest(both)})
    promoted = mesh.plan_and_do("update")
    assert len(promoted["actions"]) == 5
    assert promoted["certificates"]["trust_anchors_pem"] == both
    new = both.removeprefix(old).strip()
    assert mesh.pair().is_signed_by(Signed(new))
    verify(both, mesh.pair().certificate, tmp_path)

    held = mesh.held()
    days_ago = datetime.datetime.now(datetime.timezone.utc) - 3 * DAY
    mesh.write(new_issuer(mesh.pair().names[0], Signed(held["certificate"], held["key"]), days_ago, 180))
    assert mesh.plan_and_do("update")["certificates"]["trust_anchors_pem"] == new
    mesh.install(new)
    assert mesh.run()["certificates"]["workloads_to_restart"] == []


def test_an_interrupted_renewal_is_completed(mesh):
    mesh.run()
    mesh.cluster.kubernetes.delete(f"/api/v1/namespaces/{mesh.namespace}/secrets/{ISSUER}")
    mesh.cluster.kubernetes.delete(f"/api/v1/namespaces/{mesh.namespace}/secrets/{SECRETS[1]}")
    anchor = mesh.held()
    done = mesh.plan_and_do("create")
    assert len(done["actions"]) == 2
    assert mesh.held() == anchor


def test_certificates_of_another_environment_are_refused(mesh):
    path = f"/api/v1/namespaces/{mesh.namespace}/secrets"
    mesh.cluster.kubernetes.create(
        path, {"metadata": {"name": ISSUER}, "type": "kubernetes.io/tls", "data": {"tls.crt": "", "tls.key": ""}}
    )
    refused = mesh.run(check_mode=True, expect_failure=True)
    assert "adopt: true" in refused["msg"]
    assert mesh.run(adopt=True)["changed"]
    stranger = {**TAGS, "opta:environment": "production"}
    refused = mesh.run(expect_failure=True, tags=stranger)
    assert "belongs to the environment staging" in refused["msg"]


@pytest.mark.parametrize("days", [{"trust_anchor_days": 3650}, {"issuer_renewal_days": 400}])
def test_invalid_days_are_reported_in_one_sentence(mesh, days):
    refused = mesh.run(expect_failure=True, **days)
    assert refused["msg"].startswith(f"{next(iter(days))} is")
    assert not mesh.standin.mutating(mesh.standin.mark())
