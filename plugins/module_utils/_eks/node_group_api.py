# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to Amazon EKS for managed node groups, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._eventual_consistency import retry_until_consistent
from .api import EksErrorHandler


@EksErrorHandler.list_error_handler("describe the EKS node group", None)
@AWSRetry.jittered_backoff()
def describe_nodegroup(client: Any, cluster_name: str, name: str) -> dict[str, Any] | None:
    return client.describe_nodegroup(clusterName=cluster_name, nodegroupName=name)["nodegroup"]


@EksErrorHandler.common_error_handler("create the EKS node group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_nodegroup(client: Any, cluster_name: str, name: str, **request: Any) -> dict[str, Any]:
    return client.create_nodegroup(clusterName=cluster_name, nodegroupName=name, **request)["nodegroup"]


@EksErrorHandler.common_error_handler("update the configuration of the EKS node group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def update_nodegroup_config(client: Any, cluster_name: str, name: str, **request: Any) -> dict[str, Any]:
    return client.update_nodegroup_config(clusterName=cluster_name, nodegroupName=name, **request)["update"]


@EksErrorHandler.common_error_handler("update the version of the EKS node group")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def update_nodegroup_version(client: Any, cluster_name: str, name: str, **request: Any) -> dict[str, Any]:
    return client.update_nodegroup_version(clusterName=cluster_name, nodegroupName=name, **request)["update"]


@EksErrorHandler.deletion_error_handler("delete the EKS node group")
@AWSRetry.jittered_backoff()
def delete_nodegroup(client: Any, cluster_name: str, name: str) -> bool:
    client.delete_nodegroup(clusterName=cluster_name, nodegroupName=name)
    return True
