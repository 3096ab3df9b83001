# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to IAM, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._errors import error_code
from .._eventual_consistency import retry_until_consistent

#: another change of the same thing is under way (IAM API, ConcurrentModificationException)
RETRIED = ["ConcurrentModification"]


class IamError(AnsibleAWSError):
    """A call to IAM or STS failed."""


class IamErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = IamError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code("NoSuchEntity")


def _tag_list(tags: Mapping[str, Any] | None) -> list[dict[str, str]]:
    return [{"Key": key, "Value": str(value)} for key, value in (tags or {}).items()]


@IamErrorHandler.common_error_handler("get the caller identity")
@AWSRetry.jittered_backoff()
def get_caller_identity(sts: Any) -> dict[str, str]:
    return sts.get_caller_identity()


@IamErrorHandler.list_error_handler("get the OpenID Connect provider", None)
@AWSRetry.jittered_backoff()
def get_oidc_provider(client: Any, arn: str) -> dict[str, Any] | None:
    return client.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)


@IamErrorHandler.common_error_handler("list OpenID Connect providers")
@AWSRetry.jittered_backoff()
def list_oidc_providers(client: Any) -> list[str]:
    return [provider["Arn"] for provider in client.list_open_id_connect_providers()["OpenIDConnectProviderList"]]


@IamErrorHandler.common_error_handler("create the OpenID Connect provider")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def create_oidc_provider(client: Any, url: str, client_ids: Sequence[str], tags: Mapping[str, Any] | None) -> str:
    answer = client.create_open_id_connect_provider(Url=url, ClientIDList=list(client_ids), Tags=_tag_list(tags))
    return answer["OpenIDConnectProviderArn"]


@IamErrorHandler.common_error_handler("add a client id to the OpenID Connect provider")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def add_client_id(client: Any, arn: str, client_id: str) -> None:
    client.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=client_id)


@IamErrorHandler.common_error_handler("remove a client id from the OpenID Connect provider")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def remove_client_id(client: Any, arn: str, client_id: str) -> None:
    client.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=client_id)


@IamErrorHandler.common_error_handler("tag the OpenID Connect provider")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def tag_oidc_provider(client: Any, arn: str, tags: Mapping[str, Any]) -> None:
    client.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=_tag_list(tags))


@IamErrorHandler.common_error_handler("untag the OpenID Connect provider")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def untag_oidc_provider(client: Any, arn: str, names: Sequence[str]) -> None:
    client.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=list(names))


@IamErrorHandler.deletion_error_handler("delete the OpenID Connect provider")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def delete_oidc_provider(client: Any, arn: str) -> None:
    client.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


@IamErrorHandler.list_error_handler("get the role", None)
@AWSRetry.jittered_backoff()
def get_role(client: Any, name: str) -> dict[str, Any] | None:
    return client.get_role(RoleName=name)["Role"]


@IamErrorHandler.common_error_handler("list roles")
@AWSRetry.jittered_backoff()
def list_roles(client: Any, path: str) -> list[dict[str, Any]]:
    return client.get_paginator("list_roles").paginate(PathPrefix=path).build_full_result()["Roles"]


def list_roles_if_allowed(client: Any, path: str) -> list[dict[str, Any]]:
    """As list_roles; none for a caller who may not list them."""
    try:
        return list_roles(client, path)
    except IamError as error:
        if error_code(error) != "AccessDenied":
            raise
        return []


@IamErrorHandler.list_error_handler("list the policies attached to the role", [])
@AWSRetry.jittered_backoff()
def list_attached_role_policies(client: Any, name: str) -> list[str]:
    pages = client.get_paginator("list_attached_role_policies").paginate(RoleName=name)
    return [policy["PolicyArn"] for policy in pages.build_full_result()["AttachedPolicies"]]


@IamErrorHandler.list_error_handler("list the inline policies of the role", [])
@AWSRetry.jittered_backoff()
def list_role_policies(client: Any, name: str) -> list[str]:
    return client.get_paginator("list_role_policies").paginate(RoleName=name).build_full_result()["PolicyNames"]


@IamErrorHandler.list_error_handler("get an inline policy of the role", None)
@AWSRetry.jittered_backoff()
def get_role_policy(client: Any, name: str, policy: str) -> dict[str, Any] | None:
    return client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]


@IamErrorHandler.list_error_handler("list the instance profiles of the role", [])
@AWSRetry.jittered_backoff()
def list_instance_profiles(client: Any, name: str) -> list[str]:
    pages = client.get_paginator("list_instance_profiles_for_role").paginate(RoleName=name)
    return [profile["InstanceProfileName"] for profile in pages.build_full_result()["InstanceProfiles"]]


@IamErrorHandler.common_error_handler("create the role")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def create_role(client: Any, tags: Mapping[str, Any] | None, **request: Any) -> dict[str, Any]:
    return client.create_role(**request, Tags=_tag_list(tags))["Role"]


@IamErrorHandler.common_error_handler("update the role")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def update_role(client: Any, name: str, **request: Any) -> None:
    client.update_role(RoleName=name, **request)


@IamErrorHandler.common_error_handler("change the trust policy of the role")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def update_assume_role_policy(client: Any, name: str, document: str) -> None:
    client.update_assume_role_policy(RoleName=name, PolicyDocument=document)


@IamErrorHandler.common_error_handler("set the permissions boundary of the role")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_permissions_boundary(client: Any, name: str, arn: str) -> None:
    client.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn)


@IamErrorHandler.deletion_error_handler("remove the permissions boundary of the role")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def delete_permissions_boundary(client: Any, name: str) -> None:
    client.delete_role_permissions_boundary(RoleName=name)


@IamErrorHandler.common_error_handler("attach a policy to the role")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def attach_role_policy(client: Any, name: str, arn: str) -> None:
    client.attach_role_policy(RoleName=name, PolicyArn=arn)


@IamErrorHandler.deletion_error_handler("detach a policy from the role")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def detach_role_policy(client: Any, name: str, arn: str) -> None:
    client.detach_role_policy(RoleName=name, PolicyArn=arn)


@IamErrorHandler.common_error_handler("set an inline policy of the role")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def put_role_policy(client: Any, name: str, policy: str, document: str) -> None:
    client.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)


@IamErrorHandler.deletion_error_handler("delete an inline policy of the role")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def delete_role_policy(client: Any, name: str, policy: str) -> None:
    client.delete_role_policy(RoleName=name, PolicyName=policy)


@IamErrorHandler.deletion_error_handler("remove the role from an instance profile")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def remove_role_from_instance_profile(client: Any, name: str, profile: str) -> None:
    client.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=name)


@IamErrorHandler.common_error_handler("tag the role")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def tag_role(client: Any, name: str, tags: Mapping[str, Any]) -> None:
    client.tag_role(RoleName=name, Tags=_tag_list(tags))


@IamErrorHandler.common_error_handler("untag the role")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def untag_role(client: Any, name: str, names: Sequence[str]) -> None:
    client.untag_role(RoleName=name, TagKeys=list(names))


@IamErrorHandler.deletion_error_handler("delete the role")
@retry_until_consistent
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def delete_role(client: Any, name: str) -> None:
    client.delete_role(RoleName=name)


@IamErrorHandler.common_error_handler("create the service-linked role")
@AWSRetry.jittered_backoff(catch_extra_error_codes=RETRIED)
def create_service_linked_role(client: Any, service: str) -> dict[str, Any]:
    return client.create_service_linked_role(AWSServiceName=service)["Role"]
