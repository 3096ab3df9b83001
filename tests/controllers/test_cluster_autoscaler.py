"""The real cluster-autoscaler asks for the nodes that pods need, with what the collection gives it."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import cluster_autoscaler

from tests.controllers import programs, running
from tests.module.eks_foundation import Foundation
from tests.module.kubernetes_foundation import Cluster
from tests.standin.processes import release_port, reserve_port
from tests.support.recorded_behaviour import recorded
from tests.support.standin import KUBERNETES as NAME
from tests.support.until import until

NAMESPACE = cluster_autoscaler.NAME
CONTAINER = "aws-cluster-autoscaler"
LEASE = f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases/{cluster_autoscaler.NAME}"
PODS = "/api/v1/namespaces/default/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
MINOR = "1.35"
AGENT = f"cluster-autoscaler/{programs.CLUSTER_AUTOSCALER.version}"
#: so many seconds at the most between two looks of it, and until it has asked
SECONDS = 150
#: it asks these services at the addresses that its own resolver gives, whatever AWS_ENDPOINT_URL says
RESOLVED = ("autoscaling", "ec2", "eks")
#: else a node stays for ten minutes
IMPATIENCE = ["--scale-down-unneeded-time=1s", "--scale-down-delay-after-add=1s"]


@pytest.fixture
def inputs(standin):
    return {
        **running.ENVIRONMENT,
        "kubernetes_version": MINOR,
    }


@pytest.fixture
def cluster(standin):
    return Cluster(standin)


@pytest.fixture
def groups(standin, cluster):
    """The node group, and one of larger nodes that has none; the names of their Auto Scaling groups."""
    foundation = Foundation(standin)
    request = {"clusterName": NAME, "nodegroupName": "jobs", "nodeRole": foundation.node_role_arn, "instanceTypes": ["m7i.xlarge"]}
    size = {"minSize": 0, "maxSize": 2, "desiredSize": 0}
    foundation.eks.create_nodegroup(**request, scalingConfig=size, labels={"for": "jobs"}, subnets=foundation.subnet_ids)

    def described(name):
        return foundation.eks.describe_nodegroup(clusterName=NAME, nodegroupName=name)["nodegroup"]

    until(lambda: described("jobs")["status"] == "ACTIVE")
    names = {name: described(name)["resources"]["autoScalingGroups"][0]["name"] for name in (NAME, "jobs")}
    yield names
    for name in ("many", "jobs"):
        cluster.kubernetes.delete(f"{DEPLOYMENTS}/{name}")
    foundation.eks.delete_nodegroup(clusterName=NAME, nodegroupName="jobs")
    standin.client("autoscaling").set_desired_capacity(AutoScalingGroupName=names[NAME], DesiredCapacity=2)


@pytest.fixture
def autoscaler(standin, cluster, groups, obtain, inputs, tmp_path):
    """The process, while it runs."""
    chart, program = obtain(programs.chart, programs.CLUSTER_AUTOSCALER), obtain(programs.provide, programs.CLUSTER_AUTOSCALER)
    objects = running.rendered(chart, cluster_autoscaler.NAME, NAMESPACE, cluster_autoscaler.values(inputs), tmp_path)
    cluster.namespace(NAMESPACE)
    found = running.container(objects, CONTAINER)
    kubeconfig = running.as_service_account(cluster, tmp_path, objects, NAMESPACE)
    cloud, port = tmp_path / "cloud.conf", reserve_port()
    cloud.write_text("".join(_override(service, standin) for service in RESOLVED))
    flags = [*found["command"][1:], f"--kubeconfig={kubeconfig}", f"--cloud-config={cloud}", f"--address=127.0.0.1:{port}", *IMPATIENCE]
    environment = {name: value for name, value in standin.environment.items() if name.startswith("AWS_")}
    environment |= {entry["name"]: entry["value"] for entry in found["env"] if "value" in entry}
    cluster.kubernetes.delete(LEASE)
    with running.process(program, flags, environment, tmp_path / "log") as process:
        yield process
    release_port(port)


def _override(service, standin):
    region, where = standin.region, standin.endpoint_url
    return f'[ServiceOverride "{service}"]\nService={service}\nRegion={region}\nURL={where}\nSigningRegion={region}\n'


def deployment(cluster, name, replicas, selector=None):
    """A Deployment of pods of which a node has room for one."""
    container = {"name": "app", "image": "example/app:1", "resources": {"requests": {"cpu": "1500m"}}}
    spec = {"containers": [container], "nodeSelector": selector or {}, "terminationGracePeriodSeconds": 0}
    template = {"metadata": {"labels": {"app": name}}, "spec": spec}
    body = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    cluster.kubernetes.apply(
        f"{DEPLOYMENTS}/{name}", {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": body}
    )


def test_the_chart_is_the_pinned_one_and_the_program_the_pinned_image(obtain):
    described = yaml.safe_load((obtain(programs.chart, programs.CLUSTER_AUTOSCALER) / "Chart.yaml").read_text())
    assert described["version"] == programs.pinned_charts()["cluster_autoscaler"].version
    assert cluster_autoscaler.IMAGES[MINOR] == f"v{programs.CLUSTER_AUTOSCALER.version}"


def test_nodes_are_added_for_pending_pods_and_empty_nodes_are_removed(standin, cluster, groups, autoscaler, inputs, tmp_path):
    def calls():
        return [call for call in standin.requests() if AGENT in call["user_agent"]]

    def asked(number):
        """What it has changed in AWS, once these are so many calls."""

        def changes():
            assert autoscaler.poll() is None
            found = [{call["operation"]: call["parameters"]} for call in calls() if call["mutating"]]
            return found if len(found) >= number else None

        return until(changes, SECONDS, f"it has asked {number} times")

    deployment(cluster, "many", 3)
    asked(1)
    deployment(cluster, "jobs", 1, {"for": "jobs"})
    asked(2)
    until(lambda: [pod["status"].get("phase") for pod in cluster.kubernetes.items(PODS)] == ["Running"] * 4)
    (gone,) = [node for node in cluster.kubernetes.items("/api/v1/nodes") if node["metadata"]["labels"].get("for") == "jobs"]
    cluster.kubernetes.delete(f"{DEPLOYMENTS}/jobs")
    instance = gone["spec"]["providerID"].rpartition("/")[2]
    assert asked(3) == recorded(cluster_autoscaler.NAME, group=groups[NAME], empty_group=groups["jobs"], instance=instance)
    until(lambda: cluster.get(f"/api/v1/nodes/{gone['metadata']['name']}") is None)

    running.assert_permitted(cluster_autoscaler.statements(inputs), calls())
    assert {call["operation"] for call in calls()} >= {"DescribeInstanceTypes", "DescribeNodegroup"}
    assert [line for line in (tmp_path / "log").read_text().splitlines() if "forbidden" in line] == []
    (condition,) = [each["Condition"]["StringEquals"] for each in cluster_autoscaler.statements(inputs) if "Condition" in each]
    desired = {key.removeprefix("autoscaling:ResourceTag/"): value for key, value in condition.items()}
    found = standin.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=list(groups.values()))
    for group in found["AutoScalingGroups"]:
        assert desired.items() <= {tag["Key"]: tag["Value"] for tag in group["Tags"]}.items()
