"""Tags on every EKS ARN; and what a cluster here never has: insights, Fargate profiles, identity providers, capabilities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.standin.aws.eks_model import Data, account, cluster_of, not_found
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.paging import page


def tagged(call: Call) -> Iterator[tuple[str, Data]]:
    """ARN and data of everything of EKS that has tags."""
    for cluster in account(call).clusters.values():
        yield cluster.data["arn"], cluster.data
        for group in cluster.node_groups.values():
            yield group.data["nodegroupArn"], group.data
        for addon in cluster.addons.values():
            yield addon["addonArn"], addon
        for entry in cluster.access_entries.values():
            yield entry.data["accessEntryArn"], entry.data
        for association in cluster.associations.values():
            yield association["associationArn"], association


@answers("eks", "TagResource")
def tag_resource(call: Call) -> dict[str, Any]:
    data = _resource_of(call)
    data["tags"] = {**data["tags"], **call.get("tags")}
    return {}


@answers("eks", "UntagResource")
def untag_resource(call: Call) -> dict[str, Any]:
    data = _resource_of(call)
    data["tags"] = {key: value for key, value in data["tags"].items() if key not in call.get("tagKeys")}
    return {}


@answers("eks", "ListTagsForResource")
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    return {"tags": _resource_of(call)["tags"]}


@answers("eks", "ListInsights")
def list_insights(call: Call) -> dict[str, Any]:
    cluster_of(call)
    return page(call, "insights", [])


@answers("eks", "ListFargateProfiles")
def list_fargate_profiles(call: Call) -> dict[str, Any]:
    cluster_of(call)
    return page(call, "fargateProfileNames", [])


@answers("eks", "ListIdentityProviderConfigs")
def list_identity_provider_configs(call: Call) -> dict[str, Any]:
    cluster_of(call)
    return page(call, "identityProviderConfigs", [])


@answers("eks", "ListCapabilities")
def list_capabilities(call: Call) -> dict[str, Any]:
    cluster_of(call)
    return page(call, "capabilities", [])


@answers("eks", "DescribeInsight")
def describe_insight(call: Call) -> dict[str, Any]:
    cluster_of(call)
    raise not_found(f"No insight found with ID: {call.get('id')}", clusterName=call.get("clusterName"))


def _resource_of(call: Call) -> Data:
    wanted = call.get("resourceArn")
    for arn, data in tagged(call):
        if arn == wanted:
            return data
    raise AwsError("NotFoundException", f"The specified resource could not be found: {wanted}")
