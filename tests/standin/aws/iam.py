"""IAM: trust policies name what exists, service-linked roles have AWS's names, OIDC providers have client ids that change."""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends

from tests.standin.aws.errors import AwsError
from tests.standin.aws.iam_roles import principal_exists, roles
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.policies import load, named_principals

# service: the name of its service-linked role (IAM user guide, AWS services that work with IAM)
SERVICE_LINKED_ROLES = {
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "eks.amazonaws.com": "AWSServiceRoleForAmazonEKS",
    "eks-nodegroup.amazonaws.com": "AWSServiceRoleForAmazonEKSNodegroup",
    "eks-fargate.amazonaws.com": "AWSServiceRoleForAmazonEKSForFargate",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
}
WITH_SUFFIX = ("autoscaling.amazonaws.com",)


@answers("iam", "CreateRole")
def create_role(call: Call) -> dict[str, Any]:
    _check_trust(call, call.get("AssumeRolePolicyDocument"))
    return call.moto()


@answers("iam", "UpdateAssumeRolePolicy")
def update_assume_role_policy(call: Call) -> dict[str, Any]:
    _refuse_service_linked(call)
    _check_trust(call, call.get("PolicyDocument"))
    return call.moto()


@answers("iam", "UpdateRole")
def update_role(call: Call) -> dict[str, Any]:
    """Moto resets what is not named."""
    _refuse_service_linked(call)
    role = _backend(call).get_role(call.get("RoleName"))
    if call.get("Description") is not None:
        role.description = call.get("Description")
    if call.get("MaxSessionDuration") is not None:
        if not 3600 <= call.get("MaxSessionDuration") <= 43200:
            raise AwsError("ValidationError", "MaxSessionDuration must be between 3600 and 43200")
        role.max_session_duration = call.get("MaxSessionDuration")
    return {}


@answers("iam", "DeleteRole", "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "PutRolePermissionsBoundary")
def change_role(call: Call) -> dict[str, Any]:
    _refuse_service_linked(call)
    return call.moto()


@answers("iam", "CreateServiceLinkedRole")
def create_service_linked_role(call: Call) -> dict[str, Any]:
    service, suffix = call.get("AWSServiceName"), call.get("CustomSuffix")
    if service not in SERVICE_LINKED_ROLES:
        raise AwsError("NotImplemented", f"not imitated by the stand-in: the service-linked role of {service}", 501)
    if suffix and service not in WITH_SUFFIX:
        raise AwsError("InvalidInput", f"Custom suffix is not allowed for {service}")
    name = SERVICE_LINKED_ROLES[service] + (f"_{suffix}" if suffix else "")
    if name in {role.name for role in roles(call)}:
        message = f"Service role name {name} has been taken in this account, please try a different suffix."
        raise AwsError("InvalidInput", message)
    role = make_service_linked_role(call, service, name, call.get("Description", ""))
    return {
        "Role": {
            "Path": role.path,
            "RoleName": role.name,
            "RoleId": role.id,
            "Arn": role.arn,
            "CreateDate": role.create_date,
            "AssumeRolePolicyDocument": role.assume_role_policy_document,
            "Description": role.description or "",
        }
    }


def make_service_linked_role(call: Call, service: str, name: str | None = None, description: str = "") -> Any:
    """The service-linked role of a service, made when it is not there: services make theirs on first use."""
    name = name or SERVICE_LINKED_ROLES[service]
    existing = next((role for role in roles(call) if role.name == name), None)
    if existing is not None:
        return existing
    role = _backend(call).create_service_linked_role(service, description, "")
    role.name = name
    return role


@answers("iam", "DeleteServiceLinkedRole")
def delete_service_linked_role(call: Call) -> dict[str, Any]:
    role = _backend(call).get_role(call.get("RoleName"))
    role.managed_policies.clear()
    return call.moto()


@answers("iam", "CreateOpenIDConnectProvider")
def create_open_id_connect_provider(call: Call) -> dict[str, Any]:
    if not call.get("Url", "").startswith("https://"):
        raise AwsError("InvalidInput", "The URL of an OpenID Connect provider must begin with https://")
    answer = call.moto()
    return {**answer, "Tags": call.get("Tags", [])}


@answers("iam", "AddClientIDToOpenIDConnectProvider")
def add_client_id(call: Call) -> dict[str, Any]:
    provider = _backend(call).get_open_id_connect_provider(call.get("OpenIDConnectProviderArn"))
    if call.get("ClientID") not in provider.client_id_list:
        provider.client_id_list = [*provider.client_id_list, call.get("ClientID")]
    return {}


@answers("iam", "RemoveClientIDFromOpenIDConnectProvider")
def remove_client_id(call: Call) -> dict[str, Any]:
    provider = _backend(call).get_open_id_connect_provider(call.get("OpenIDConnectProviderArn"))
    provider.client_id_list = [each for each in provider.client_id_list if each != call.get("ClientID")]
    return {}


@answers("iam", "DeletePolicy")
def delete_policy(call: Call) -> dict[str, Any]:
    policy = _backend(call).get_policy(call.get("PolicyArn"))
    if policy.attachment_count:
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    return call.moto()


def _backend(call: Call) -> Any:
    return iam_backends[call.account][call.partition]


def _check_trust(call: Call, text: str) -> None:
    """MalformedPolicyDocument when the trust policy is no JSON, or names a role or user that does not exist."""
    try:
        document = load(text)
    except ValueError as error:
        raise AwsError("MalformedPolicyDocument", f"This policy contains invalid Json: {error}") from error
    for statement in document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]:
        if not statement.get("Principal"):
            raise AwsError("MalformedPolicyDocument", "Missing required field Principal")
        if "Resource" in statement:
            raise AwsError("MalformedPolicyDocument", "Has prohibited field Resource")
    for arn in sorted(named_principals(document)):
        if not principal_exists(call, arn):
            raise AwsError("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"')


def _refuse_service_linked(call: Call) -> None:
    role = next((role for role in roles(call) if role.name == call.get("RoleName")), None)
    if role is not None and role.path.startswith("/aws-service-role/"):
        raise AwsError("UnmodifiableEntity", f"Cannot perform the operation on the protected role '{role.name}'", 400)
