# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to Amazon EKS for clusters, updates and tags, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code, is_boto3_error_message
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._eventual_consistency import retry_until_consistent


class EksError(AnsibleAWSError):
    """A call to EKS failed."""


class EksErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = EksError

    @classmethod
    def _is_missing(cls) -> Any:
        # EKS sometimes says ClientException of a cluster that is gone (terraform-provider-aws, internal/service/eks/cluster.go)
        return is_boto3_error_code(["ResourceNotFoundException", "NotFoundException"]), is_boto3_error_message("No cluster found for name")


@EksErrorHandler.list_error_handler("describe the EKS cluster", None)
@AWSRetry.jittered_backoff()
def describe_cluster(client: Any, name: str) -> dict[str, Any] | None:
    return client.describe_cluster(name=name)["cluster"]


@EksErrorHandler.common_error_handler("create the EKS cluster")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_cluster(client: Any, **request: Any) -> dict[str, Any]:
    return client.create_cluster(**request)["cluster"]


@EksErrorHandler.common_error_handler("update the configuration of the EKS cluster")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def update_cluster_config(client: Any, name: str, **request: Any) -> dict[str, Any]:
    return client.update_cluster_config(name=name, **request)["update"]


@EksErrorHandler.common_error_handler("update the version of the EKS cluster")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def update_cluster_version(client: Any, name: str, version: str, force: bool) -> dict[str, Any]:
    return client.update_cluster_version(name=name, version=version, force=force)["update"]


@EksErrorHandler.common_error_handler("associate the encryption key with the EKS cluster")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def associate_encryption_config(client: Any, name: str, key_arn: str) -> dict[str, Any]:
    config = [{"resources": ["secrets"], "provider": {"keyArn": key_arn}}]
    return client.associate_encryption_config(clusterName=name, encryptionConfig=config)["update"]


@EksErrorHandler.deletion_error_handler("delete the EKS cluster")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def delete_cluster(client: Any, name: str) -> bool:
    client.delete_cluster(name=name)
    return True


@EksErrorHandler.list_error_handler("list the node groups of the EKS cluster", [])
@AWSRetry.jittered_backoff()
def list_nodegroups(client: Any, cluster_name: str) -> list[str]:
    return client.get_paginator("list_nodegroups").paginate(clusterName=cluster_name).build_full_result().get("nodegroups", [])


@EksErrorHandler.list_error_handler("list the add-ons of the EKS cluster", [])
@AWSRetry.jittered_backoff()
def list_addons(client: Any, cluster_name: str) -> list[str]:
    return client.get_paginator("list_addons").paginate(clusterName=cluster_name).build_full_result().get("addons", [])


@EksErrorHandler.common_error_handler("describe the versions of EKS")
@AWSRetry.jittered_backoff()
def describe_cluster_versions(client: Any, **request: Any) -> list[dict[str, Any]]:
    return client.get_paginator("describe_cluster_versions").paginate(**request).build_full_result().get("clusterVersions", [])


@EksErrorHandler.common_error_handler("list the insights of the EKS cluster")
@AWSRetry.jittered_backoff()
def list_insights(client: Any, name: str, **criteria: Any) -> list[dict[str, Any]]:
    return client.get_paginator("list_insights").paginate(clusterName=name, filter=criteria).build_full_result().get("insights", [])


@EksErrorHandler.common_error_handler("describe the update in EKS")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def describe_update(client: Any, cluster_name: str, update_id: str, **of: str) -> dict[str, Any]:
    return client.describe_update(name=cluster_name, updateId=update_id, **of)["update"]


@EksErrorHandler.common_error_handler("tag the resource of EKS")
@AWSRetry.jittered_backoff()
def tag_resource(client: Any, arn: str, tags: dict[str, str]) -> None:
    client.tag_resource(resourceArn=arn, tags=tags)


@EksErrorHandler.common_error_handler("remove tags of the resource of EKS")
@AWSRetry.jittered_backoff()
def untag_resource(client: Any, arn: str, names: list[str]) -> None:
    client.untag_resource(resourceArn=arn, tagKeys=names)
