"""The mesh as the role k8s_addons brings it, asked of AWS's and the cluster's own answers."""

from __future__ import annotations

import json

import pytest

from tests.module import mesh_foundation
from tests.module.addons_foundation import Addons
from tests.module.kubernetes_foundation import Cluster
from tests.module.mesh_foundation import NAMESPACES, WEBHOOKS
from tests.module.service_foundation import ENVIRONMENT, PREFIX, actions

RELEASES = {"linkerd-crds": "linkerd", "linkerd-cni": "linkerd-cni", "linkerd-control-plane": "linkerd"}
SECRET = f"{PREFIX}/{ENVIRONMENT}/linkerd/trust-anchor"
OTHERS = ("aws_load_balancer_controller", "metrics_server", "cluster_autoscaler", "external_dns")


@pytest.fixture(scope="module", autouse=True)
def _removed(standin):
    yield
    mesh_foundation.remove(Cluster(standin).kubernetes)


@pytest.fixture(scope="module")
def standin(empty):
    """A stand-in of its own: other tests make namespaces and kinds of these names."""
    return empty


@pytest.fixture
def addons(ansible, standin):
    """The role with Linkerd alone."""
    made = Addons(ansible, standin)
    made.facts["network_outputs"]["kms_key_arn"] = standin.client("kms").create_key()["KeyMetadata"]["Arn"]
    made.inputs |= {f"k8s_addons_{name}_enabled": False for name in OTHERS}
    made.inputs |= {"k8s_addons_ingress": "none", "k8s_addons_linkerd_enabled": True}
    return made


def planned_and_done(addons, **inputs):
    planned, done = addons.run("--check", **inputs), addons.run()
    assert actions(planned) == actions(done)
    assert "PRIVATE KEY" not in planned.output + done.output
    return done


def test_the_mesh_is_installed_upgraded_and_uninstalled(standin, addons):
    done = planned_and_done(addons)
    secrets = standin.client("secretsmanager")
    described = secrets.describe_secret(SecretId=SECRET)
    assert '"mesh": "linkerd"' in done.output
    assert described["ARN"] in done.output
    tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
    assert (tags["opta:environment"], tags["opta:role"], tags["opta:name"]) == (ENVIRONMENT, "k8s_addons", "linkerd")
    assert RELEASES.items() <= addons.releases().items()

    changed = planned_and_done(addons, linkerd_values={"proxy": {"logLevel": "debug"}}, linkerd_renew=["issuer"])
    reported = json.dumps(actions(changed))
    assert all(
        word in reported for word in ("values.proxy.logLevel", "values.identity.podAnnotations", "Secret linkerd/linkerd-identity-issuer")
    )

    planned_and_done(addons, linkerd_enabled=False, linkerd_renew=[])
    assert RELEASES.keys() & addons.releases().keys() == {"linkerd-crds"}, "the kinds stay, for releases that hold objects of them"
    assert "DeletedDate" in secrets.describe_secret(SecretId=SECRET)

    gone = addons.absent()
    assert gone.returncode == 0, gone.output[-4000:]
    assert not RELEASES.keys() & addons.releases().keys()
    assert all(addons.cluster.get(f"/api/v1/namespaces/{name}") is None for name in NAMESPACES)
    assert all(
        addons.cluster.get(f"/apis/admissionregistration.k8s.io/v1/{kind}/{name}-webhook-config") is None
        for kind, names in WEBHOOKS.items()
        for name in names
    )
