# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to Amazon EC2 for the launch template of a node group, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .. import _tags
from .._eventual_consistency import retry_until_consistent


class LaunchTemplateError(AnsibleAWSError):
    """A call to EC2 for a launch template failed."""


class LaunchTemplateErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = LaunchTemplateError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(["InvalidLaunchTemplateName.NotFoundException", "InvalidLaunchTemplateId.NotFound"])


@LaunchTemplateErrorHandler.list_error_handler("describe the launch template", None)
@AWSRetry.jittered_backoff()
def describe_launch_template(client: Any, name: str) -> dict[str, Any] | None:
    found = client.describe_launch_templates(LaunchTemplateNames=[name])["LaunchTemplates"]
    return found[0] if found else None


@LaunchTemplateErrorHandler.common_error_handler("describe launch templates")
@AWSRetry.jittered_backoff()
def describe_launch_templates(client: Any, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those that carry all of these tags."""
    filters = [{"Name": f"tag:{name}", "Values": [value]} for name, value in tags.items()]
    return client.get_paginator("describe_launch_templates").paginate(Filters=filters).build_full_result()["LaunchTemplates"]


@LaunchTemplateErrorHandler.list_error_handler("describe the versions of the launch template", [])
@AWSRetry.jittered_backoff()
def describe_launch_template_versions(client: Any, template_id: str) -> list[dict[str, Any]]:
    pages = client.get_paginator("describe_launch_template_versions").paginate(LaunchTemplateId=template_id)
    return pages.build_full_result().get("LaunchTemplateVersions", [])


@LaunchTemplateErrorHandler.common_error_handler("create the launch template")
@AWSRetry.jittered_backoff()
def create_launch_template(client: Any, name: str, data: dict[str, Any], tags: list[dict[str, str]]) -> None:
    specifications = [{"ResourceType": "launch-template", "Tags": tags}] if tags else []
    client.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data, TagSpecifications=specifications)


@LaunchTemplateErrorHandler.common_error_handler("create a version of the launch template")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_launch_template_version(client: Any, template_id: str, data: dict[str, Any]) -> int:
    """Makes a version and answers its number."""
    answer = client.create_launch_template_version(LaunchTemplateId=template_id, LaunchTemplateData=data)
    return answer["LaunchTemplateVersion"]["VersionNumber"]


@LaunchTemplateErrorHandler.common_error_handler("set the default version of the launch template")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def set_default_version(client: Any, template_id: str, version: int) -> None:
    client.modify_launch_template(LaunchTemplateId=template_id, DefaultVersion=str(version))


@LaunchTemplateErrorHandler.common_error_handler("delete old versions of the launch template")
@AWSRetry.jittered_backoff()
def delete_launch_template_versions(client: Any, template_id: str, versions: list[int]) -> None:
    client.delete_launch_template_versions(LaunchTemplateId=template_id, Versions=[str(version) for version in versions])


@LaunchTemplateErrorHandler.deletion_error_handler("delete the launch template")
@AWSRetry.jittered_backoff()
def delete_launch_template(client: Any, template_id: str) -> bool:
    client.delete_launch_template(LaunchTemplateId=template_id)
    return True


@LaunchTemplateErrorHandler.common_error_handler("tag the launch template")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def create_tags(client: Any, template_id: str, tags: Mapping[str, str]) -> None:
    client.create_tags(Resources=[template_id], Tags=_tags.as_list(tags))


@LaunchTemplateErrorHandler.common_error_handler("remove tags of the launch template")
@AWSRetry.jittered_backoff()
def delete_tags(client: Any, template_id: str, names: list[str]) -> None:
    client.delete_tags(Resources=[template_id], Tags=[{"Key": name} for name in names])


@LaunchTemplateErrorHandler.common_error_handler("describe the image")
@AWSRetry.jittered_backoff()
def describe_image(client: Any, image_id: str) -> dict[str, Any]:
    return client.describe_images(ImageIds=[image_id])["Images"][0]


@LaunchTemplateErrorHandler.common_error_handler("describe the instance types")
@AWSRetry.jittered_backoff()
def describe_instance_types(client: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    """Those of the names that the region has; a filter leaves the others out, where InstanceTypes would be an error."""
    filters = [{"Name": "instance-type", "Values": list(names)}]
    return client.get_paginator("describe_instance_types").paginate(Filters=filters).build_full_result()["InstanceTypes"]
