"""What the EC2 files share: moto's backend, EC2's errors, filters by tag, DryRun, and tags that end with what carries them."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers, checks

# The names of resource types that moto has wrong
EC2_PREFIX_TO_RESOURCE.update({"eipalloc": "elastic-ip", "nat": "natgateway", "fl": "vpc-flow-log", "sgr": "security-group-rule"})
# operation: the parameter that names what is gone
DELETIONS = {
    "DeleteVpc": "VpcId",
    "DeleteSubnet": "SubnetId",
    "DeleteInternetGateway": "InternetGatewayId",
    "DeleteRouteTable": "RouteTableId",
    "DeleteSecurityGroup": "GroupId",
    "DeleteNetworkInterface": "NetworkInterfaceId",
    "DeleteVolume": "VolumeId",
    "DeleteSnapshot": "SnapshotId",
    "DeleteNetworkAcl": "NetworkAclId",
    "ReleaseAddress": "AllocationId",
}


def backend(call: Call) -> Any:
    """Moto's EC2 of the call's account and region."""
    return ec2_backends[call.account][call.region]


def dependency(what: str, identifier: str) -> AwsError:
    return AwsError("DependencyViolation", f"The {what} '{identifier}' has dependencies and cannot be deleted.", 400)


def refused(code: str, message: str) -> AwsError:
    return AwsError(code, message, 400)


def forget_tags(call: Call, identifier: str) -> None:
    """The tags of something that is gone."""
    backend(call).tags.pop(identifier, None)


def tags_of(item: Mapping[str, Any]) -> dict[str, str]:
    """Tags of a described thing, by key."""
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags") or []}


def passes_tag_filters(item: Mapping[str, Any], filters: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a described thing passes those filters that are about tags."""
    tags = tags_of(item)
    for each in filters:
        name, values = each["Name"], each.get("Values") or []
        if name.startswith("tag:") and not any(fnmatch.fnmatchcase(tags.get(name[4:], ""), value) for value in values):
            return False
        if name.startswith("tag:") and name[4:] not in tags:
            return False
        if name == "tag-key" and not any(fnmatch.fnmatchcase(key, value) for key in tags for value in values):
            return False
    return True


@checks("ec2")
def refuse_dry_run(call: Call) -> None:
    """A DryRun never does anything: its success is an error of its own."""
    if call.get("DryRun"):
        raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)


@answers("ec2", "DeleteNetworkInterface", "DeleteSnapshot", "DeleteNetworkAcl")
def delete(call: Call) -> dict[str, Any]:
    """Without the tags that moto would keep."""
    answer = call.moto()
    forget_tags(call, call.get(DELETIONS[call.operation], ""))
    return answer
