# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to Amazon EKS for add-ons, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._eventual_consistency import retry_until_consistent
from .api import EksErrorHandler


@EksErrorHandler.list_error_handler("describe the EKS add-on", None)
@AWSRetry.jittered_backoff()
def describe_addon(client: Any, cluster_name: str, name: str) -> dict[str, Any] | None:
    return client.describe_addon(clusterName=cluster_name, addonName=name)["addon"]


@EksErrorHandler.common_error_handler("create the EKS add-on")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_addon(client: Any, cluster_name: str, name: str, **request: Any) -> dict[str, Any]:
    return client.create_addon(clusterName=cluster_name, addonName=name, **request)["addon"]


@EksErrorHandler.common_error_handler("update the EKS add-on")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def update_addon(client: Any, cluster_name: str, name: str, **request: Any) -> dict[str, Any]:
    return client.update_addon(clusterName=cluster_name, addonName=name, **request)["update"]


@EksErrorHandler.deletion_error_handler("delete the EKS add-on")
@AWSRetry.jittered_backoff()
def delete_addon(client: Any, cluster_name: str, name: str, preserve: bool) -> bool:
    client.delete_addon(clusterName=cluster_name, addonName=name, preserve=preserve)
    return True


@EksErrorHandler.common_error_handler("describe the versions of the EKS add-on")
@AWSRetry.jittered_backoff()
def describe_addon_versions(client: Any, name: str, kubernetes_version: str) -> list[dict[str, Any]]:
    """The versions of one add-on that are compatible with a Kubernetes version."""
    pages = client.get_paginator("describe_addon_versions").paginate(addonName=name, kubernetesVersion=kubernetes_version)
    return [version for addon in pages.build_full_result().get("addons", []) for version in addon.get("addonVersions", [])]
