"""A whole stand-in: a cluster by AWS's API, then kubectl, load balancers and volumes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.tests.clusters import create_cluster, create_role, create_subnets
from tests.support.standin import KUBERNETES, Standin
from tests.support.until import until

STORAGE_CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "gp3"},
    "provisioner": "ebs.csi.aws.com",
    "parameters": {"type": "gp3", "encrypted": "true"},
    "volumeBindingMode": "WaitForFirstConsumer",
}
DRIVER, CLUSTER = "aws-ebs-csi-driver", "whole"
SERVICES, PODS, CLAIMS = (f"/api/v1/namespaces/default/{kind}" for kind in ("services", "pods", "persistentvolumeclaims"))
VOLUMES = "/api/v1/persistentvolumes"


@pytest.fixture(scope="module")
def subnets(standin: Standin) -> list[str]:
    return create_subnets(standin)


@pytest.fixture(scope="module")
def since(standin: Standin) -> int:
    """The place in the request log where these tests begin."""
    return standin.mark()


@pytest.fixture(scope="module")
def cluster(standin: Standin, subnets: list[str], since: int) -> Iterator[str]:
    """A cluster with three nodes and the EBS CSI driver's add-on; deleted again."""
    standin.set_control_planes(KUBERNETES, CLUSTER)
    create_cluster(standin, CLUSTER, subnets)
    kubernetes = standin.client("eks")
    policies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy"]
    node_role = create_role(standin, "whole-node", "ec2.amazonaws.com", policies)
    scaling = {"minSize": 1, "maxSize": 3, "desiredSize": 3}
    kubernetes.create_nodegroup(clusterName=CLUSTER, nodegroupName="main", subnets=subnets, nodeRole=node_role, scalingConfig=scaling)
    until(lambda: _status(standin, "main") == "ACTIVE")
    configuration = json.dumps({"controller": {"extraVolumeTags": {"opta:environment": "whole"}}})
    kubernetes.create_addon(clusterName=CLUSTER, addonName=DRIVER, configurationValues=configuration)
    until(lambda: kubernetes.describe_addon(clusterName=CLUSTER, addonName=DRIVER)["addon"]["status"] == "ACTIVE")
    yield CLUSTER
    kubernetes.delete_nodegroup(clusterName=CLUSTER, nodegroupName="main")
    until(lambda: not kubernetes.list_nodegroups(clusterName=CLUSTER)["nodegroups"])
    kubernetes.delete_cluster(name=CLUSTER)
    until(lambda: CLUSTER not in kubernetes.list_clusters()["clusters"])


def _status(standin: Standin, group: str) -> str:
    return str(standin.client("eks").describe_nodegroup(clusterName=CLUSTER, nodegroupName=group)["nodegroup"]["status"])


@pytest.fixture
def client(standin: Standin, cluster: str) -> KubernetesClient:
    """The cluster's administrator: quicker than kubectl, which asks for a token each time."""
    directory = next(standin.directory.glob(f"**/{cluster}/ca.crt")).parent
    return KubernetesClient(standin.client("eks").describe_cluster(name=cluster)["cluster"]["endpoint"], directory)


def test_kubectl_sees_the_nodes_with_the_exec_kubeconfig(standin: Standin, client: KubernetesClient) -> None:
    until(lambda: len(client.items("/api/v1/nodes")) == 3)
    nodes = json.loads(standin.kubernetes("get", "nodes", "--context", CLUSTER, "-o", "json").stdout)["items"]
    assert [node["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] for node in nodes] == ["main"] * 3
    assert "token" not in (standin.directory / "kubeconfig").read_text().replace("get-token", "")


def test_a_load_balancer_service_gets_one_once_a_subnet_is_tagged(
    standin: Standin, cluster: str, client: KubernetesClient, subnets: list[str]
) -> None:
    annotations = {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}], "selector": {"app": "web"}}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "annotations": annotations}, "spec": spec}
    client.create(SERVICES, service, accept=())
    mark = standin.mark()
    until(lambda: _loops_calls(standin, mark).count("DescribeSubnets") > 1, 20, "the loop looks for a subnet again and again")
    assert not client.get(f"{SERVICES}/web")["status"]["loadBalancer"]
    standin.client("ec2").create_tags(Resources=subnets, Tags=[{"Key": "kubernetes.io/role/elb", "Value": "1"}])
    ingress = until(lambda: client.get(f"{SERVICES}/web")["status"]["loadBalancer"].get("ingress"))
    balancing = standin.client("elbv2")
    (balancer,) = (each for each in balancing.describe_load_balancers()["LoadBalancers"] if each["DNSName"] == ingress[0]["hostname"])
    assert (balancer["Scheme"], balancer["Type"]) == ("internet-facing", "network")
    described = balancing.describe_tags(ResourceArns=[balancer["LoadBalancerArn"]])["TagDescriptions"][0]["Tags"]
    tags = {tag["Key"]: tag["Value"] for tag in described}
    assert (tags["elbv2.k8s.aws/cluster"], tags["service.k8s.aws/stack"]) == (cluster, "default/web")
    client.delete(f"{SERVICES}/web")
    until(lambda: client.get(f"{SERVICES}/web", accept=(404,))["kind"] == "Status")
    assert balancer["DNSName"] not in [each["DNSName"] for each in balancing.describe_load_balancers()["LoadBalancers"]]


@pytest.mark.parametrize(("policy", "volumes_left"), [("Delete", 0), ("Retain", 1)])
def test_a_claim_gets_a_volume_in_its_pods_zone(
    standin: Standin, cluster: str, client: KubernetesClient, policy: str, volumes_left: int
) -> None:
    name = policy.lower()
    storage_class = {**STORAGE_CLASS, "metadata": {"name": name}, "reclaimPolicy": policy}
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {"storageClassName": name, "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1500Mi"}}},
    }
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]
    containers = [{"name": "app", "image": "example/app:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": containers, "volumes": volumes}}
    client.create("/apis/storage.k8s.io/v1/storageclasses", storage_class, accept=())
    client.create(CLAIMS, claim, accept=())
    events = f"/api/v1/namespaces/default/events?fieldSelector=involvedObject.name={name}"
    until(lambda: "WaitForFirstConsumer" in [event["reason"] for event in client.items(events)], 20, "the claim waits for a pod")
    assert client.get(f"{CLAIMS}/{name}")["status"]["phase"] == "Pending"
    client.create(PODS, pod, accept=())
    until(lambda: client.get(f"{PODS}/{name}")["status"]["phase"] == "Running")
    node = client.get(f"{PODS}/{name}")["spec"]["nodeName"]
    compute = standin.client("ec2")
    filters = [{"Name": "tag:kubernetes.io/created-for/pvc/name", "Values": [name]}]
    volume = compute.describe_volumes(Filters=filters)["Volumes"][0]
    assert (volume["Size"], volume["VolumeType"], volume["Encrypted"]) == (2, "gp3", True)
    assert volume["AvailabilityZone"] == client.get(f"/api/v1/nodes/{node}")["metadata"]["labels"]["topology.kubernetes.io/zone"]
    tags = {tag["Key"]: tag["Value"] for tag in volume["Tags"]}
    assert (tags["opta:environment"], tags[f"kubernetes.io/cluster/{cluster}"]) == ("whole", "owned")
    client.delete(f"{PODS}/{name}")
    client.delete(f"{CLAIMS}/{name}")
    if policy == "Delete":
        until(lambda: not client.items(VOLUMES))
    else:
        until(lambda: [item["status"]["phase"] for item in client.items(VOLUMES)] == ["Released"])
        client.delete(VOLUMES)
    assert len(compute.describe_volumes(Filters=filters)["Volumes"]) == volumes_left


def _loops_calls(standin: Standin, since: int) -> list[str]:
    """The operations that the stand-in's own loops have called."""
    entries = [json.loads(line) for line in (standin.directory / "requests.jsonl").read_bytes()[since:].splitlines()]
    return [entry["operation"] for entry in entries if entry.get("client")]


def test_the_loops_calls_are_marked_in_the_request_log(standin: Standin, cluster: str, since: int) -> None:
    log = (standin.directory / "requests.jsonl").read_bytes()[since:]
    entries = [json.loads(line) for line in log.splitlines()]
    assert {entry.get("client") for entry in entries if entry["operation"] == "CreateVolume"} == {"stand-in"}
