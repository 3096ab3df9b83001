"""One service of an inventory through the role opta_service: its cluster, its inputs, and what cluster and AWS say of it."""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

from tests.module.kubernetes_foundation import Cluster
from tests.support.identities import ACCOUNT, identity_of
from tests.support.standin import KUBERNETES as NAME
from tests.support.until import until

PREFIX, ENVIRONMENT = NAME.split("-")
IAM_PATH = identity_of(ENVIRONMENT, PREFIX).iam_path
IMAGE = "registry.example.com/hello"


def cluster_for_services(standin):
    """The cluster of the tests with a driver for volumes and an OpenID Connect provider."""
    made: Any = Cluster(standin)
    eks, iam = standin.client("eks"), standin.client("iam")
    if "aws-ebs-csi-driver" not in eks.list_addons(clusterName=NAME)["addons"]:
        eks.create_addon(clusterName=NAME, addonName="aws-ebs-csi-driver")
    until(lambda: eks.describe_addon(clusterName=NAME, addonName="aws-ebs-csi-driver")["addon"]["status"] == "ACTIVE")
    issuer = eks.describe_cluster(name=NAME)["cluster"]["identity"]["oidc"]["issuer"]
    providers = [found["Arn"] for found in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    known = [arn for arn in providers if arn.endswith(issuer.removeprefix("https://"))]
    made.oidc_provider_arn = (
        known[0]
        if known
        else iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    )
    storage_class = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "services"},
        "provisioner": "ebs.csi.aws.com",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    made.kubernetes.apply("/apis/storage.k8s.io/v1/storageclasses/services", storage_class)
    made.disk = {"name": "data", "path": "/data", "size_gib": 1, "storage_class_name": "services"}
    return made


class Service:
    """One service of the inventory: its inputs, its role, and what the cluster says of it."""

    def __init__(self, playbooks, cluster, name, layer):
        self.playbooks, self.cluster, self.name, self.layer = playbooks, cluster, name, layer
        #: outputs of the environment's other roles
        self.outputs = {}
        self.inputs = {
            "opta_service_layer": layer,
            "opta_service_environment": ENVIRONMENT,
            "opta_service_image": f"{IMAGE}:1",
            "opta_service_ports": [{"port": 8080}],
            "opta_service_timeout_seconds": 60,
        }

    def run(self, *arguments, entry="main", **inputs):
        """The role with these inputs besides (they stay for later runs)."""
        self.inputs |= {f"opta_service_{name}": value for name, value in inputs.items()}
        reached = {key: self.cluster.options[key] for key in ("cluster_name", "endpoint", "certificate_authority_data")}
        outputs = {**reached, "oidc_provider_arn": self.cluster.oidc_provider_arn, "per_zone_node_groups": []}
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        account = {"opta_region": "eu-west-1", "opta_name_prefix": PREFIX, "opta_account": {"account_id": ACCOUNT}}
        environment = {**account, "eks_outputs": outputs, **self.outputs}
        # facts of another host, as the playbook's first part publishes them
        facts = {"hosts": ENVIRONMENT, "gather_facts": False, "tasks": [{"name": "Have it", "ansible.builtin.set_fact": environment}]}
        added = {"name": ENVIRONMENT, "groups": ["environments"], **local}
        service = {"name": self.name, "groups": ["services"], **local, **self.inputs}
        hosts = [{"name": "Add", "ansible.builtin.add_host": host, "changed_when": False, "no_log": True} for host in (added, service)]
        role = {"name": "opta.platform.opta_service", "tasks_from": entry}
        plays = [
            {"hosts": "localhost", "gather_facts": False, "vars": local, "tasks": hosts},
            facts,
            {"hosts": "services", "gather_facts": False, "tasks": [{"name": "Service", "ansible.builtin.include_role": role}]},
        ]
        return self.playbooks.play(plays, "--diff", *arguments)

    def plan(self, **inputs):
        return self.run("--check", **inputs)

    def get(self, path):
        return self.cluster.get(path.format(layer=self.layer, name=self.name))

    def deployment(self):
        return self.get("/apis/apps/v1/namespaces/{layer}/deployments/{name}")

    def secret(self):
        return self.get("/api/v1/namespaces/{layer}/secrets/{name}")

    def values(self):
        """The Secret's data in plain text."""
        return {key: base64.b64decode(value).decode() for key, value in self.secret()["data"].items()}

    def pods(self):
        items = self.cluster.kubernetes.items(f"/api/v1/namespaces/{self.layer}/pods")
        return {item["metadata"]["name"] for item in items if not item["metadata"].get("deletionTimestamp")}


def actions(run):
    """What was done or would be, by resource; of ids that only a run decides nothing is left."""
    assert run.returncode == 0, run.output[-6000:]
    return sorted(json.dumps(action, sort_keys=True) for action in run.actions())


def brought(standin, service, **inputs):
    """Plan and do: both say the same, the plan changes nothing, and a second time nothing is left to do."""
    mark = standin.mark()
    planned = service.plan(**inputs)
    assert standin.mutating(mark) == []
    done = service.run()
    assert actions(planned) == actions(done)
    assert actions(done), "nothing was done"
    mark = standin.mark()
    again = service.run()
    assert (actions(again), again.changed(service.name), standin.mutating(mark)) == ([], [], [])
    return done
