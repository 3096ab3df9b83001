"""The Node object of one instance of a managed node group, with the labels and the size that a node of EKS has."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any, NamedTuple

from moto.ec2.models.instance_types import INSTANCE_TYPES

GROUP_LABEL = "eks.amazonaws.com/nodegroup"
GENERATION = "standin/generation"
#: what the node group gave a node
LABELS, TAINTS = "standin/labels", "standin/taints"
EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}


class Instance(NamedTuple):
    """The EC2 instance of a node: its addresses are its own, and those of its pods in prefix (spec.podCIDR), where it has one."""

    identifier: str
    zone: str
    address: str
    prefix: str = ""


def instance_of(node: dict[str, Any]) -> Instance:
    """By the provider id (aws:///eu-west-1a/i-0123456789abcdef0) and the internal address of a Node."""
    _, zone, identifier = node["spec"]["providerID"].rsplit("/", 2)
    address = next(each["address"] for each in node["status"]["addresses"] if each["type"] == "InternalIP")
    return Instance(identifier, zone, address, node["spec"].get("podCIDR", ""))


def generation(group: dict[str, Any]) -> str:
    """What nodes are replaced for when it changes: Kubernetes version, AMI release, launch template and its version."""
    template = group.get("launchTemplate") or {}
    parts = (group.get("version"), group.get("releaseVersion"), template.get("id"), template.get("version"))
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()[:10]


def wanted_labels(group: dict[str, Any]) -> dict[str, str]:
    """The labels that the group's own settings give its nodes."""
    template = group.get("launchTemplate") or {}
    labels = {**(group.get("labels") or {}), GROUP_LABEL: group["nodegroupName"]}
    labels["eks.amazonaws.com/capacityType"] = group.get("capacityType") or "ON_DEMAND"
    if template:
        labels["eks.amazonaws.com/sourceLaunchTemplateId"] = str(template.get("id"))
        labels["eks.amazonaws.com/sourceLaunchTemplateVersion"] = str(template.get("version"))
    return labels


def wanted_taints(group: dict[str, Any]) -> list[dict[str, str]]:
    """The group's taints in Kubernetes's spelling."""
    return [
        {"key": taint["key"], "effect": EFFECTS[taint["effect"]], **({"value": taint["value"]} if taint.get("value") else {})}
        for taint in group.get("taints") or []
    ]


def node_object(group: dict[str, Any], subnet: dict[str, Any], address: str, region: str, kubelet_port: int) -> dict[str, Any]:
    """A new Node with a random instance id, in a subnet (DescribeSubnets's shape), with a private IP address."""
    instance_type = (group.get("instanceTypes") or ["t3.medium"])[0]
    architecture = _architecture(instance_type)
    zone = subnet["AvailabilityZone"]
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    name = f"ip-{address.replace('.', '-')}.{domain}"
    labels, taints = wanted_labels(group), wanted_taints(group)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                **labels,
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": architecture,
                "node.kubernetes.io/instance-type": instance_type,
                "topology.kubernetes.io/region": region,
                "topology.kubernetes.io/zone": zone,
                "topology.k8s.aws/zone-id": subnet.get("AvailabilityZoneId") or zone,
            },
            "annotations": {
                "kwok.x-k8s.io/node": "fake",
                GENERATION: generation(group),
                LABELS: json.dumps(sorted(labels)),
                TAINTS: json.dumps(taints),
            },
        },
        "spec": {"taints": taints, "providerID": f"aws:///{zone}/i-{uuid.uuid4().hex[:17]}"},
        "status": {
            **_size(instance_type),
            "addresses": [
                {"type": "InternalIP", "address": address},
                {"type": "InternalDNS", "address": name},
                {"type": "Hostname", "address": name},
                {"type": "ExternalIP", "address": "127.0.0.1"},  # where the imitated kubelet listens
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": kubelet_port}},
            "nodeInfo": {
                "architecture": architecture,
                "operatingSystem": "linux",
                "osImage": f"stand-in for {group.get('amiType') or 'AL2023_x86_64_STANDARD'}",
                "kubeletVersion": f"v{_kubelet_version(group)}-eks-standin",
                "containerRuntimeVersion": "kwok://imitated",
                "kernelVersion": "imitated",
                "kubeProxyVersion": "",
                "bootID": "",
                "machineID": "",
                "systemUUID": "",
            },
        },
    }


def _kubelet_version(group: dict[str, Any]) -> str:
    """AMI releases are named like 1.33.5-20251007; a custom AMI has none, then the group's version has to do."""
    release = (group.get("releaseVersion") or "").split("-")[0]
    return release if release.count(".") == 2 else f"{group.get('version')}.0"


def _architecture(instance_type: str) -> str:
    processors = INSTANCE_TYPES.get(instance_type, {}).get("ProcessorInfo", {})
    return "arm64" if "arm64" in processors.get("SupportedArchitectures", []) else "amd64"


def _size(instance_type: str) -> dict[str, dict[str, str]]:
    """Capacity from EC2's own table; what the kubelet and the system keep for themselves is a rough tenth."""
    known = INSTANCE_TYPES.get(instance_type, {})
    processors = known.get("VCpuInfo", {}).get("DefaultVCpus", 2)
    mebibytes = known.get("MemoryInfo", {}).get("SizeInMiB", 4096)
    network = known.get("NetworkInfo", {})
    interfaces, addresses = network.get("MaximumNetworkInterfaces", 3), network.get("Ipv4AddressesPerInterface", 6)
    # https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html: one address of each interface is the interface's own
    pods = str(min(interfaces * (addresses - 1) + 2, 110 if processors < 30 else 250))
    return {
        "capacity": {"cpu": str(processors), "memory": f"{mebibytes}Mi", "pods": pods, "ephemeral-storage": "20Gi"},
        "allocatable": {
            "cpu": f"{processors * 1000 - 70}m",
            "memory": f"{mebibytes * 9 // 10}Mi",
            "pods": pods,
            "ephemeral-storage": "18Gi",
        },
    }
