"""EKS access entries and the access policies associated with them."""

from __future__ import annotations

import re
import uuid
from typing import Any

from moto.core.utils import utcnow

from tests.standin.aws import sts
from tests.standin.aws.eks_model import AccessEntry, Cluster, Data, active_cluster_of, arn, cluster_of, in_use, invalid, not_found
from tests.standin.aws.errors import AwsError
from tests.standin.aws.iam_roles import principal_exists
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.paging import page

POLICIES = (
    "AmazonARCRegionSwitchScalingPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSAutoNodePolicy",
    "AmazonEKSBlockStorageClusterPolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSClusterInsightsPolicy",
    "AmazonEKSComputeClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSHybridPolicy",
    "AmazonEKSLoadBalancingClusterPolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingClusterPolicy",
    "AmazonEKSNetworkingPolicy",
    "AmazonEKSSecretReaderPolicy",
    "AmazonEKSViewPolicy",
)
TYPES = ("STANDARD", "EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX")
NODE_GROUPS = {"EC2_LINUX": ["system:nodes"], "EC2_WINDOWS": ["system:nodes", "eks:kube-proxy-windows"]}
PRINCIPAL = re.compile(r"arn:[a-z0-9-]+:iam::\d{12}:(root|user/.+|role/.+)")
NO_ENTRY = "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'."


@answers("eks", "CreateAccessEntry")
def create_access_entry(call: Call) -> dict[str, Any]:
    cluster = active_cluster_of(call)
    _check_mode(cluster)
    principal = call.get("principalArn")
    if principal in cluster.access_entries:
        raise in_use("The specified access entry resource is already in use on this cluster.", clusterName=cluster.name)
    kind = call.get("type", "STANDARD")
    if kind not in TYPES:
        raise invalid(f"The specified type is invalid: {kind}")
    if ":role/aws-service-role/" in principal:
        raise invalid("The caller is not allowed to modify access entries with a principalArn value of a Service Linked Role")
    if not PRINCIPAL.fullmatch(principal) or not _exists(call, principal):
        raise invalid("The specified principalArn is invalid: invalid principal.")
    groups = call.get("kubernetesGroups", [])
    _check_groups(groups)
    if kind != "STANDARD" and (groups or call.get("username")):
        raise invalid(f"The kubernetesGroups and username parameters cannot be set for an access entry of type {kind}")
    entry = new_entry(call, cluster, principal, kind, groups, call.get("username"), call.get("tags", {}))
    cluster.access_entries[principal] = entry
    return {"accessEntry": entry.data}


@answers("eks", "DescribeAccessEntry")
def describe_access_entry(call: Call) -> dict[str, Any]:
    return {"accessEntry": _entry_of(call).data}


@answers("eks", "ListAccessEntries")
def list_access_entries(call: Call) -> dict[str, Any]:
    cluster, policy = cluster_of(call), call.get("associatedPolicyArn")
    _check_mode(cluster)
    chosen = [principal for principal, entry in cluster.access_entries.items() if policy is None or policy in entry.policies]
    return page(call, "accessEntries", sorted(chosen))


@answers("eks", "UpdateAccessEntry")
def update_access_entry(call: Call) -> dict[str, Any]:
    data = _entry_of(call).data
    if data["type"] != "STANDARD":
        raise AwsError("InvalidRequestException", f"An access entry of type {data['type']} cannot be updated")
    _check_groups(call.get("kubernetesGroups", []))
    data["kubernetesGroups"] = call.get("kubernetesGroups", data["kubernetesGroups"])
    data["username"] = call.get("username", data["username"])
    data["modifiedAt"] = utcnow()
    return {"accessEntry": data}


@answers("eks", "DeleteAccessEntry")
def delete_access_entry(call: Call) -> dict[str, Any]:
    cluster = cluster_of(call)
    _entry_of(call)
    del cluster.access_entries[call.get("principalArn")]
    return {}


@answers("eks", "ListAccessPolicies")
def list_access_policies(call: Call) -> dict[str, Any]:
    return page(call, "accessPolicies", [{"name": name, "arn": _policy_arn(call, name)} for name in POLICIES])


@answers("eks", "AssociateAccessPolicy")
def associate_access_policy(call: Call) -> dict[str, Any]:
    entry, policy, scope = _entry_of(call), call.get("policyArn"), call.get("accessScope")
    if policy not in {_policy_arn(call, name) for name in POLICIES}:
        raise invalid("The policyArn parameter format is not valid")
    if entry.data["type"] != "STANDARD":
        raise AwsError("InvalidRequestException", f"Access policies cannot be associated with an access entry of type {entry.data['type']}")
    namespaces = scope.get("namespaces") or []
    if scope.get("type") == "namespace" and not namespaces:
        raise invalid("The namespaces parameter must be set when the type of the access scope is namespace")
    if scope.get("type") == "cluster" and namespaces:
        raise invalid("The namespaces parameter must not be set when the type of the access scope is cluster")
    associated = {
        "policyArn": policy,
        "accessScope": {"type": scope.get("type"), "namespaces": namespaces},
        "associatedAt": entry.policies.get(policy, {}).get("associatedAt", utcnow()),
        "modifiedAt": utcnow(),
    }
    entry.policies[policy] = associated
    return {"clusterName": call.get("clusterName"), "principalArn": call.get("principalArn"), "associatedAccessPolicy": associated}


@answers("eks", "DisassociateAccessPolicy")
def disassociate_access_policy(call: Call) -> dict[str, Any]:
    entry = _entry_of(call)
    if call.get("policyArn") not in entry.policies:
        raise not_found("The specified associatedAccessPolicy could not be found.")
    del entry.policies[call.get("policyArn")]
    return {}


@answers("eks", "ListAssociatedAccessPolicies")
def list_associated_access_policies(call: Call) -> dict[str, Any]:
    answer = page(call, "associatedAccessPolicies", list(_entry_of(call).policies.values()))
    return {"clusterName": call.get("clusterName"), "principalArn": call.get("principalArn"), **answer}


def add_bootstrap_administrator(call: Call, cluster: Cluster) -> None:
    """The entry that CreateCluster makes for its caller, unless it is asked not to."""
    if cluster.data["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
        return
    principal = sts.principal(call)
    entry = new_entry(call, cluster, principal, "STANDARD", [], None, {})
    policy = _policy_arn(call, "AmazonEKSClusterAdminPolicy")
    scope: Data = {"type": "cluster", "namespaces": []}
    entry.policies[policy] = {"policyArn": policy, "accessScope": scope, "associatedAt": utcnow(), "modifiedAt": utcnow()}
    cluster.access_entries[principal] = entry


def add_node_entry(call: Call, cluster: Cluster, role_arn: str, kind: str) -> None:
    """The entry that EKS makes for the role of a managed node group."""
    if cluster.data["accessConfig"]["authenticationMode"] != "CONFIG_MAP" and role_arn not in cluster.access_entries:
        user = "system:node:{{EC2PrivateDNSName}}"
        cluster.access_entries[role_arn] = new_entry(call, cluster, role_arn, kind, [], user, {})


def new_entry(call: Call, cluster: Cluster, principal: str, kind: str, groups: list[str], user: str | None, tags: Data) -> AccessEntry:
    resource = principal.split(":", 5)[5]
    name = resource.rsplit("/", 1)[-1]
    category = resource.split("/")[0]
    session = f"arn:{call.partition}:sts::{call.account}:assumed-role/{name}/{{{{SessionName}}}}"
    data = {
        "clusterName": cluster.name,
        "principalArn": principal,
        "kubernetesGroups": groups or NODE_GROUPS.get(kind, []),
        "accessEntryArn": arn(call, f"access-entry/{cluster.name}/{category}/{call.account}/{name}/{uuid.uuid4()}"),
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        "tags": tags,
        "username": user or (session if category == "role" else principal),
        "type": kind,
    }
    return AccessEntry(data)


def _entry_of(call: Call) -> AccessEntry:
    cluster = cluster_of(call)
    _check_mode(cluster)
    entry = cluster.access_entries.get(call.get("principalArn"))
    if entry is None:
        raise not_found(NO_ENTRY)
    return entry


def _check_mode(cluster: Cluster) -> None:
    if cluster.data["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
        message = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."
        raise AwsError("InvalidRequestException", message, clusterName=cluster.name)


def _check_groups(groups: list[str]) -> None:
    for group in groups:
        if group.startswith(("system:", "eks:", "aws:", "amazon:", "iam:")):
            raise invalid(f"The kubernetes group name {group} is invalid, it cannot start with system:")


def _exists(call: Call, principal: str) -> bool:
    resource = principal.split(":", 5)[5]
    return resource == "root" or principal_exists(call, principal)


def _policy_arn(call: Call, name: str) -> str:
    return f"arn:{call.partition}:eks::aws:cluster-access-policy/{name}"
