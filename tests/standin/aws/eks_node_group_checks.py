"""What EKS refuses of a node group, and why its nodes would fail to come up."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.kms.models import kms_backends

from tests.standin.aws.eks_checks import subnets_of
from tests.standin.aws.eks_model import Cluster, Data, NodeGroup, invalid, minor
from tests.standin.aws.eks_versions import releases
from tests.standin.aws.errors import AwsError
from tests.standin.aws.iam_roles import managed_policy_names, roles, trusts, visible_role
from tests.standin.aws.operations import Call
from tests.standin.aws.policies import Asker, allows

NODE_POLICIES = {"AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy"}
REGISTRY_POLICIES = {"AmazonEC2ContainerRegistryPullOnly", "AmazonEC2ContainerRegistryReadOnly", "AmazonEC2ContainerRegistryPowerUser"}
SCALING_ROLE = "AWSServiceRoleForAutoScaling"


def check_node_role(call: Call, arn: str) -> None:
    role = visible_role(call, arn)
    if role is None:
        raise invalid(f"The role with name {arn.rsplit('/', 1)[-1]} cannot be found. (Service: AmazonIdentityManagement; Status Code: 404)")
    if not trusts(role, "ec2.amazonaws.com"):
        message = f"Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole {arn}"
        raise invalid(message)


def check_scaling(scaling: Data) -> None:
    """Sizes in order; the maximum is at least 1."""
    low, high, desired = scaling["minSize"], scaling["maxSize"], scaling["desiredSize"]
    if high < 1:
        raise invalid("maxSize must be at least 1")
    if low > desired:
        raise invalid(f"Minimum capacity {low} can't be greater than desired size {desired}")
    if desired > high:
        raise invalid(f"desired capacity {desired} can't be greater than max size {high}")


def check_update_config(update: Data) -> None:
    if update.get("maxUnavailable") is not None and update.get("maxUnavailablePercentage") is not None:
        raise invalid("maxUnavailable and maxUnavailablePercentage cannot be given together")


def check_group_subnets(call: Call, cluster: Cluster, ids: list[str]) -> None:
    if not ids:
        raise invalid("subnets can not be empty.")
    for subnet in subnets_of(call, ids):
        if subnet.vpc_id != cluster.data["resourcesVpcConfig"]["vpcId"]:
            raise invalid(f"Subnet {subnet.id} is not in the same VPC as the cluster {cluster.name}")


def check_images(call: Call, ami_type: str, version: str, release: str | None, instance_types: list[str]) -> None:
    """AMI type, release and instance types fit together."""
    if ami_type.startswith("AL2_") and minor(version) > 32:
        raise invalid(f"{ami_type} is only supported for kubernetes versions 1.32 or earlier")
    if release is not None and ami_type != "CUSTOM" and release not in releases(ami_type, version):
        raise invalid(f"Requested release version {release} is not valid for kubernetes version {version}.")
    arm = "ARM" in ami_type
    for instance_type in instance_types:
        known = INSTANCE_TYPES.get(instance_type)
        if known is None:
            raise invalid(f"The following supplied instance types do not exist: [{instance_type}]")
        architectures = known.get("ProcessorInfo", {}).get("SupportedArchitectures", [])
        if ami_type != "CUSTOM" and ("arm64" if arm else "x86_64") not in architectures:
            raise invalid(f"[{instance_type}] is not a valid instance type for requested amiType {ami_type}")


def find_template(call: Call, given: Data) -> tuple[Any, Any]:
    """Moto's launch template and the version that is asked for (the default one when none is named)."""
    templates = ec2_backends[call.account][call.region].launch_templates.values()
    if bool(given.get("id")) == bool(given.get("name")):
        raise invalid("Either provide launch template ID or launch template name in the request.")
    template = next((each for each in templates if given.get("id") == each.id or given.get("name") == each.name), None)
    if template is None:
        what = f"template ID {given['id']}" if given.get("id") else f"template name {given['name']}"
        raise AwsError("InvalidRequestException", f"The specified launch template, with {what}, does not exist.")
    wanted = str(given.get("version") or "$Default")
    numbers = {"$Default": template.default_version_number, "$Latest": max(each.number for each in template.versions)}
    version = next((each for each in template.versions if str(each.number) == str(numbers.get(wanted, wanted))), None)
    if version is None:
        raise AwsError("InvalidRequestException", f"Launch template version {wanted} of {template.id} does not exist.")
    return template, version


def check_template(call: Call, version: Any) -> None:
    """What a launch template of a managed node group must not say, or not together with the request."""
    data = version.data
    if data.get("IamInstanceProfile"):
        raise invalid(
            f"Launch template {version.template.name} should not specify an instance profile. "
            "The noderole in your request will be used to construct an instance profile."
        )
    if any(interface.get("SubnetId") for interface in data.get("NetworkInterfaces") or []):
        raise invalid("Launch template should not specify a subnet in its network interfaces")
    if data.get("InstanceMarketOptions"):
        raise invalid("Launch template should not specify instance market options")
    if call.get("diskSize"):
        raise invalid("Disk size must be specified within the launch template.")
    if call.get("remoteAccess"):
        raise invalid("Remote access configuration cannot be specified with a launch template.")
    if data.get("InstanceType") and call.get("instanceTypes"):
        raise invalid("Instance type cannot be specified both in the launch template and in the request.")
    if data.get("ImageId") and call.get("amiType", "CUSTOM") != "CUSTOM":
        raise invalid("You cannot specify an AMI Type other than CUSTOM, when specifying an image id in your launch template.")
    if data.get("ImageId") and (call.get("version") or call.get("releaseVersion")):
        raise invalid("You cannot specify a Kubernetes or release version when specifying an image id in your launch template.")
    if call.get("amiType") == "CUSTOM" and not data.get("ImageId"):
        raise invalid("You must specify an image id in your launch template when the amiType is CUSTOM.")


def launch_failure(call: Call, cluster: Cluster, group: NodeGroup) -> Data | None:
    """The health issue that instances of the group would meet, None when they come up and join."""
    name = group.data["nodegroupName"]
    role = next((role for role in roles(call) if role.arn == group.data["nodeRole"]), None)
    if role is None:
        return _issue("IamNodeRoleNotFound", f"The node role {group.data['nodeRole']} does not exist", [group.data["nodeRole"]])
    try:
        volumes = _volumes(call, group)
    except AwsError as error:
        return _issue("Ec2LaunchTemplateNotFound", error.message, [group.data["launchTemplate"]["id"]])
    for volume in volumes:
        if volume.get("KmsKeyId") and not may_encrypt_volumes(call, volume["KmsKeyId"]):
            message = (
                "Could not launch On-Demand Instances. Client.InternalError - Client error on launch. "
                "A volume's KMS key does not let the Auto Scaling service-linked role use it."
            )
            return _issue("AsgInstanceLaunchFailures", message, [group.scaling_group])
    names = managed_policy_names(role)
    if not (names & NODE_POLICIES and names & REGISTRY_POLICIES):
        message = f"Instances failed to join the kubernetes cluster: the node role of {name} lacks the policies of a node."
        return _issue("NodeCreationFailure", message, [])
    if not _reaches_endpoint(call, cluster):
        message = f"Instances failed to join the kubernetes cluster: the nodes of {name} cannot reach the cluster's endpoint."
        return _issue("NodeCreationFailure", message, [])
    return None


def may_encrypt_volumes(call: Call, key_id: str) -> bool:
    """Whether the key's policy lets Auto Scaling's service-linked role use the key and grant its use (T2)."""
    backend = kms_backends[call.account][call.region]
    wanted = key_id.rsplit("/", 1)[-1]
    key = backend.keys.get(wanted)
    if key is None or key.key_state != "Enabled":
        return False
    arn = f"arn:{call.partition}:iam::{call.account}:role/aws-service-role/autoscaling.amazonaws.com/{SCALING_ROLE}"
    context = {
        "kms:GrantIsForAWSResource": "true",
        "kms:ViaService": f"ec2.{call.region}.amazonaws.com",
        "kms:CallerAccount": call.account,
        "aws:PrincipalArn": arn,
    }
    asker = Asker(arn=arn, context=context)
    policy = json.loads(key.policy)
    return all(allows(policy, asker, action) for action in ("kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"))


def _volumes(call: Call, group: NodeGroup) -> list[Data]:
    template = {**group.data, **group.wanted}.get("launchTemplate")
    if not template:
        return []
    _, version = find_template(call, {"id": template["id"], "version": template["version"]})
    return [mapping["Ebs"] for mapping in version.data.get("BlockDeviceMappings") or [] if mapping.get("Ebs")]


def _reaches_endpoint(call: Call, cluster: Cluster) -> bool:
    """With the private endpoint off, the addresses that nodes come from must be among the public endpoint's CIDR blocks (T9)."""
    vpc = cluster.data["resourcesVpcConfig"]
    if vpc["endpointPrivateAccess"] or "0.0.0.0/0" in vpc["publicAccessCidrs"]:
        return True
    blocks = [ipaddress.ip_network(block) for block in vpc["publicAccessCidrs"]]
    gateways = ec2_backends[call.account][call.region].nat_gateways.values()
    addresses = [item.get("publicIp") for gateway in gateways if gateway.vpc_id == vpc["vpcId"] for item in gateway.address_set]
    public = [ipaddress.ip_address(address) for address in addresses if address]
    return bool(public) and all(any(address in block for block in blocks) for address in public)


def _issue(code: str, message: str, resources: list[str]) -> Data:
    return {"code": code, "message": message, "resourceIds": resources}
