"""The add-ons that EKS offers, and their versions for each Kubernetes version (a small part of the real list, in its form)."""

from __future__ import annotations

import json
from typing import Any

from tests.standin.aws.eks_model import invalid, minor, not_found
from tests.standin.aws.eks_versions import VERSIONS, check_version
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.paging import page

# name: (type, namespace, needs IAM permissions, service account, managed policy)
ADDONS = {
    "vpc-cni": ("networking", "kube-system", True, "aws-node", "AmazonEKS_CNI_Policy"),
    "kube-proxy": ("networking", "kube-system", False, "kube-proxy", ""),
    "coredns": ("networking", "kube-system", False, "coredns", ""),
    "eks-pod-identity-agent": ("security", "kube-system", False, "eks-pod-identity-agent", ""),
    "aws-ebs-csi-driver": ("storage", "kube-system", True, "ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy"),
    "aws-efs-csi-driver": ("storage", "kube-system", True, "efs-csi-controller-sa", "service-role/AmazonEFSCSIDriverPolicy"),
    "snapshot-controller": ("storage", "kube-system", False, "snapshot-controller", ""),
    "metrics-server": ("observability", "kube-system", False, "metrics-server", ""),
}
# Those that a cluster has from the start, unless bootstrapSelfManagedAddons is false
SELF_MANAGED = ("vpc-cni", "kube-proxy", "coredns")
# Their pods need a node, while those of a DaemonSet are complete without one
NEED_NODES = ("coredns", "aws-ebs-csi-driver", "aws-efs-csi-driver", "snapshot-controller", "metrics-server")
# name: newest first; each with the Kubernetes minors that it runs on, and those that get it by default
FIXED_VERSIONS: dict[str, list[tuple[str, range, range]]] = {
    "vpc-cni": [
        ("v1.22.1-eksbuild.1", range(31, 37), range(0)),
        ("v1.21.2-eksbuild.2", range(31, 37), range(35, 37)),
        ("v1.20.5-eksbuild.1", range(31, 36), range(31, 35)),
    ],
    "eks-pod-identity-agent": [
        ("v1.3.11-eksbuild.1", range(31, 37), range(0)),
        ("v1.3.10-eksbuild.2", range(31, 37), range(31, 37)),
    ],
    "aws-ebs-csi-driver": [
        ("v1.60.0-eksbuild.1", range(31, 37), range(0)),
        ("v1.58.0-eksbuild.1", range(31, 37), range(35, 37)),
        ("v1.54.0-eksbuild.1", range(31, 37), range(31, 35)),
    ],
    "aws-efs-csi-driver": [
        ("v3.2.0-eksbuild.1", range(31, 37), range(31, 37)),
        ("v3.1.0-eksbuild.1", range(31, 37), range(0)),
    ],
    "snapshot-controller": [
        ("v8.5.0-eksbuild.2", range(31, 37), range(31, 37)),
        ("v8.4.0-eksbuild.1", range(31, 37), range(0)),
    ],
    "metrics-server": [
        ("v0.8.1-eksbuild.3", range(31, 37), range(31, 37)),
        ("v0.8.0-eksbuild.6", range(31, 37), range(0)),
    ],
    "coredns": [
        ("v1.13.2-eksbuild.4", range(34, 37), range(35, 37)),
        ("v1.13.1-eksbuild.1", range(34, 37), range(34, 35)),
        ("v1.12.4-eksbuild.10", range(31, 36), range(33, 34)),
        ("v1.11.4-eksbuild.33", range(31, 34), range(31, 33)),
    ],
}


def versions_of(name: str) -> list[tuple[str, range, range]]:
    """All versions of an add-on, newest first; kube-proxy has its own for each Kubernetes version."""
    if name != "kube-proxy":
        return FIXED_VERSIONS[name]
    versions = []
    for kubernetes, (*_, patch, _platform) in VERSIONS.items():
        number = minor(kubernetes)
        versions += [
            (f"v{patch}-eksbuild.3", range(number, number + 1), range(0)),
            (f"v{patch}-eksbuild.2", range(number, number + 1), range(number, number + 1)),
        ]
    return versions


def default_version(name: str, kubernetes: str) -> str:
    """ResourceNotFoundException for an add-on that EKS does not offer."""
    check_name(name)
    return next(version for version, _, default in versions_of(name) if minor(kubernetes) in default)


def check_addon_version(name: str, version: str, kubernetes: str) -> None:
    """InvalidParameterException unless the version runs on that Kubernetes version."""
    check_name(name)
    if not any(version == known and minor(kubernetes) in runs_on for known, runs_on, _ in versions_of(name)):
        raise invalid(f"Addon version specified is not supported: {name} {version} on Kubernetes {kubernetes}", addonName=name)


def check_name(name: str) -> None:
    if name not in ADDONS:
        raise not_found(f"Addon {name} specified is not supported", addonName=name)


@answers("eks", "DescribeAddonVersions")
def describe_addon_versions(call: Call) -> dict[str, Any]:
    kubernetes, name = call.get("kubernetesVersion"), call.get("addonName")
    if kubernetes:
        check_version(kubernetes)
    if name:
        check_name(name)
    chosen = [name] if name else [each for each, about in ADDONS.items() if not call.get("types") or about[0] in call.get("types")]
    return page(call, "addons", [_about(each, [kubernetes] if kubernetes else list(VERSIONS)) for each in chosen])


@answers("eks", "DescribeAddonConfiguration")
def describe_addon_configuration(call: Call) -> dict[str, Any]:
    name, version = call.get("addonName"), call.get("addonVersion")
    check_name(name)
    if version not in [known for known, _, _ in versions_of(name)]:
        raise not_found(f"No configuration found for addon {name} {version}", addonName=name)
    _, _, needs_iam, account, policy = ADDONS[name]
    answer: dict[str, Any] = {
        "addonName": name,
        "addonVersion": version,
        "configurationSchema": json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}),
    }
    if needs_iam:
        recommended = [f"arn:{call.partition}:iam::aws:policy/{policy}"]
        answer["podIdentityConfiguration"] = [{"serviceAccount": account, "recommendedManagedPolicies": recommended}]
    return answer


def _about(name: str, kubernetes_versions: list[str]) -> dict[str, Any]:
    kind, namespace, needs_iam, _, _ = ADDONS[name]
    versions = []
    for version, runs_on, default in versions_of(name):
        compatible = [
            {"clusterVersion": each, "platformVersions": ["*"], "defaultVersion": minor(each) in default}
            for each in kubernetes_versions
            if minor(each) in runs_on
        ]
        if compatible:
            versions.append(
                {
                    "addonVersion": version,
                    "architecture": ["amd64", "arm64"],
                    "computeTypes": ["ec2", "auto", "hybrid"],
                    "compatibilities": compatible,
                    "requiresConfiguration": False,
                    "requiresIamPermissions": needs_iam,
                }
            )
    return {
        "addonName": name,
        "type": kind,
        "addonVersions": versions,
        "publisher": "eks",
        "owner": "aws",
        "defaultNamespace": namespace,
    }
