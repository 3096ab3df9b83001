"""The stand-in's load-balancer controller asks AWS for what the real one asked for."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import aws_load_balancer_controller, load_balancer

from tests.standin.aws.view import View
from tests.standin.loops.load_balancers import DEPLOYMENTS, LoadBalancers
from tests.support import load_balancers
from tests.support.recorded_behaviour import changes, recorded
from tests.unit.standin.conftest import ACCOUNT, REGION

CERTIFICATE = f"{load_balancer.PREFIX}ssl-cert"
RULES = ("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress")


class Cluster:
    """Answers for the client of a cluster with the controller, a Service, and pods behind it."""

    def __init__(self, arguments: list[str], annotations: dict[str, str]) -> None:
        container = {"args": arguments}
        self.deployments = [{"spec": {"template": {"spec": {"containers": [container]}}}}]
        metadata = {
            "namespace": "nginx-gateway",
            "name": "public-nginx",
            "uid": "1-2-3",
            "resourceVersion": "1",
            "annotations": annotations,
        }
        ports = [{"name": f"port-{port}", "port": port, "targetPort": port, "protocol": "TCP"} for port in (80, 443)]
        self.service: dict[str, Any] = {"metadata": metadata, "spec": {"type": "LoadBalancer", "ports": ports}, "status": {}}
        self.pods: list[str] = []

    def items(self, path: str) -> list[dict[str, Any]]:
        if path == DEPLOYMENTS:
            return self.deployments
        if "endpointslices" in path:
            endpoints = [{"addresses": [address], "conditions": {"ready": True}} for address in self.pods]
            return [{"endpoints": endpoints, "ports": [{"name": f"port-{port}", "port": port} for port in (80, 443)]}]
        return [self.service]

    def merge(self, path: str, patch: dict[str, Any], accept: tuple[int, ...]) -> None:
        for part, changed in patch.items():
            self.service[part] |= changed


@pytest.fixture
def here(aws):
    """The names of the cluster and of what is there before the Service."""
    cluster = aws.cluster()
    subnets = aws.eks.describe_cluster(name=cluster)["cluster"]["resourcesVpcConfig"]["subnetIds"]
    certificates = {"certificate": load_balancers.certificate(aws), "other_certificate": load_balancers.certificate(aws)}
    return {"cluster": cluster, **certificates, **{f"subnet_{number}": subnet for number, subnet in enumerate(subnets, 1)}}


def test_a_load_balancer_is_created_changed_and_deleted_like_the_controller(aws, here):
    inputs = {
        "cluster_name": here["cluster"],
        "name_prefix": "opta",
        "environment": "staging",
        "region": REGION,
        "account_id": ACCOUNT,
        "partition": "aws",
        "tags": {"team": "web"},
        "vpc_id": "vpc-1",
        "public_subnet_ids": [here[f"subnet_{number}"] for number in (1, 2, 3)],
        "log_bucket_name": "logs",
        "zone": {"domain": "example.com", "certificate_arn": here["certificate"]},
    }
    tags = aws_load_balancer_controller.values(inputs)["defaultTags"]
    arguments = [f"--default-tags={key}={value}" for key, value in tags.items()]
    cluster = Cluster(arguments, load_balancer.service_annotations(inputs, "nginx_gateway_fabric"))
    loop = LoadBalancers(cluster, here["cluster"], View(aws.world, ACCOUNT, REGION))  # type: ignore[arg-type]

    def sent():
        before = len(aws.log())
        loop.run()
        calls = aws.log()[before:]
        return [call for call in calls if not (call["operation"] in RULES and call["parameters"]["GroupId"] == here.get("nodes"))]

    first = sent()
    here |= load_balancers.made_for(aws, here["cluster"], cluster.service)
    here |= {"pod_1": "10.0.0.16", "pod_2": "10.0.1.32", "gone": "10.0.0.16", "stays": "10.0.1.32"}
    done = {"created": changes(first), "status": cluster.service["status"], "finalizers": cluster.service["metadata"]["finalizers"]}

    cluster.pods = [here["pod_1"], here["pod_2"]]
    done |= {"registered": changes(sent()), "rules": load_balancers.rules_between(aws, here["nodes"], here["backend"])}
    assert changes(sent()) == []
    cluster.pods = [here["stays"]]
    done["deregistered"] = changes(sent())
    cluster.service["metadata"]["annotations"] |= {CERTIFICATE: here["other_certificate"]}
    done["certified"] = changes(sent())
    cluster.service["metadata"]["deletionTimestamp"] = "now"
    done |= {"deleted": changes(sent()), "rules_at_the_end": load_balancers.rules_between(aws, here["nodes"], here["backend"])}
    assert cluster.service["metadata"]["finalizers"] == []
    wanted = recorded("aws-load-balancer-controller", **here)
    gates = wanted["readiness_gates"]  # its webhook is not imitated
    assert load_balancers.in_order({**done, "readiness_gates": gates}) == load_balancers.in_order(wanted)
