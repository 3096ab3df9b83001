# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to Amazon EKS for access entries, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._eventual_consistency import retry_until_consistent
from .api import EksErrorHandler


@EksErrorHandler.list_error_handler("describe the EKS access entry", None)
@AWSRetry.jittered_backoff()
def describe_access_entry(client: Any, cluster_name: str, principal_arn: str) -> dict[str, Any] | None:
    return client.describe_access_entry(clusterName=cluster_name, principalArn=principal_arn)["accessEntry"]


@EksErrorHandler.list_error_handler("list the EKS access entries", [])
@AWSRetry.jittered_backoff()
def list_access_entries(client: Any, cluster_name: str, policy_arn: str) -> list[str]:
    """The principals that have an access policy."""
    pages = client.get_paginator("list_access_entries").paginate(clusterName=cluster_name, associatedPolicyArn=policy_arn)
    return pages.build_full_result().get("accessEntries", [])


@EksErrorHandler.list_error_handler("list the access policies of the EKS access entry", [])
@AWSRetry.jittered_backoff()
def list_associated_access_policies(client: Any, cluster_name: str, principal_arn: str) -> list[dict[str, Any]]:
    pages = client.get_paginator("list_associated_access_policies").paginate(clusterName=cluster_name, principalArn=principal_arn)
    return pages.build_full_result().get("associatedAccessPolicies", [])


@EksErrorHandler.common_error_handler("create the EKS access entry")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_access_entry(client: Any, cluster_name: str, principal_arn: str, **request: Any) -> dict[str, Any]:
    return client.create_access_entry(clusterName=cluster_name, principalArn=principal_arn, **request)["accessEntry"]


@EksErrorHandler.common_error_handler("update the EKS access entry")
@AWSRetry.jittered_backoff()
def update_access_entry(client: Any, cluster_name: str, principal_arn: str, **request: Any) -> None:
    client.update_access_entry(clusterName=cluster_name, principalArn=principal_arn, **request)


@EksErrorHandler.deletion_error_handler("delete the EKS access entry")
@AWSRetry.jittered_backoff()
def delete_access_entry(client: Any, cluster_name: str, principal_arn: str) -> bool:
    client.delete_access_entry(clusterName=cluster_name, principalArn=principal_arn)
    return True


@EksErrorHandler.common_error_handler("associate the access policy with the EKS access entry")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def associate_access_policy(client: Any, cluster_name: str, principal_arn: str, policy_arn: str, scope: dict[str, Any]) -> None:
    client.associate_access_policy(clusterName=cluster_name, principalArn=principal_arn, policyArn=policy_arn, accessScope=scope)


@EksErrorHandler.deletion_error_handler("disassociate the access policy from the EKS access entry")
@AWSRetry.jittered_backoff()
def disassociate_access_policy(client: Any, cluster_name: str, principal_arn: str, policy_arn: str) -> bool:
    client.disassociate_access_policy(clusterName=cluster_name, principalArn=principal_arn, policyArn=policy_arn)
    return True
