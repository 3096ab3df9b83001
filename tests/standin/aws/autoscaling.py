"""The Auto Scaling groups of managed node groups: a view on the node groups, beside those that moto keeps."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends

from tests.standin.aws.eks_model import NodeGroup, account
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers
from tests.standin.loops.node_objects import Instance

#: as the groups of EKS show them
ON_DEMAND = {"OnDemandAllocationStrategy": "prioritized", "OnDemandBaseCapacity": 0, "OnDemandPercentageAboveBaseCapacity": 100}
DISTRIBUTIONS = {
    "ON_DEMAND": {**ON_DEMAND, "SpotAllocationStrategy": "lowest-price", "SpotInstancePools": 2},
    "SPOT": {**ON_DEMAND, "OnDemandPercentageAboveBaseCapacity": 0, "SpotAllocationStrategy": "price-capacity-optimized"},
}


def groups(call: Call) -> Iterator[NodeGroup]:
    """The node groups that have an Auto Scaling group."""
    for cluster in account(call).clusters.values():
        yield from cluster.node_groups.values()


def named(call: Call, name: str) -> NodeGroup | None:
    return next((group for group in groups(call) if group.scaling_group == name), None)


@answers("autoscaling", "DescribeAutoScalingGroups")
def describe_auto_scaling_groups(call: Call) -> dict[str, Any]:
    names = call.get("AutoScalingGroupNames")
    answer = call.moto()
    ours = [_described(call, group) for group in groups(call) if not names or group.scaling_group in names]
    answer["AutoScalingGroups"] += [group for group in ours if _passes(group, call.get("Filters", []))]
    return answer


@answers("autoscaling", "DescribeTags")
def describe_tags(call: Call) -> dict[str, Any]:
    answer = call.moto()
    for group in groups(call):
        for tag in _tags(group):
            values = {"auto-scaling-group": group.scaling_group, "key": tag["Key"], "value": tag["Value"], "propagate-at-launch": "true"}
            if all(values.get(item["Name"]) in (item.get("Values") or []) for item in call.get("Filters", [])):
                answer["Tags"].append(tag)
    return answer


@answers("autoscaling", "CreateOrUpdateTags")
def create_or_update_tags(call: Call) -> dict[str, Any]:
    ours = [(named(call, tag.get("ResourceId")), tag) for tag in call.get("Tags", [])]
    for group, tag in ours:
        if group:
            group.scaling_group_tags[tag["Key"]] = tag.get("Value") or ""
    return {} if all(group for group, _ in ours) else call.moto()


@answers("autoscaling", "DeleteTags")
def delete_tags(call: Call) -> dict[str, Any]:
    ours = [(named(call, tag.get("ResourceId")), tag) for tag in call.get("Tags", [])]
    for group, tag in ours:
        if group:
            group.scaling_group_tags.pop(tag["Key"], None)
    return {} if all(group for group, _ in ours) else call.moto()


@answers("autoscaling", "SetDesiredCapacity")
def set_desired_capacity(call: Call) -> dict[str, Any]:
    """What cluster-autoscaler does; the node group's desiredSize follows."""
    group = named(call, call.get("AutoScalingGroupName"))
    if group is None:
        return call.moto()
    scaling, wanted = group.data["scalingConfig"], call.get("DesiredCapacity")
    if not scaling["minSize"] <= wanted <= scaling["maxSize"]:
        limits = f"min value {scaling['minSize']} and max value {scaling['maxSize']}"
        raise AwsError("ValidationError", f"New SetDesiredCapacity value {wanted} is not between {limits} for the AutoScalingGroup.")
    group.data["scalingConfig"] = {**scaling, "desiredSize": wanted}
    return {}


@answers("autoscaling", "TerminateInstanceInAutoScalingGroup")
def terminate_instance(call: Call) -> dict[str, Any]:
    identifier = call.get("InstanceId")
    group = next((each for each in groups(call) if identifier in {instance.identifier for instance in each.instances}), None)
    if group is None:
        return call.moto()
    if call.get("ShouldDecrementDesiredCapacity"):
        scaling = group.data["scalingConfig"]
        if scaling["desiredSize"] <= scaling["minSize"]:
            message = "Terminating instance without replacement will violate group's min size constraint. Either set"
            message += " shouldDecrementDesiredCapacity flag to false or lower group's min size."
            raise AwsError("ValidationError", f"Currently, desiredSize equals minSize ({scaling['minSize']}). {message}")
        group.data["scalingConfig"] = {**scaling, "desiredSize": scaling["desiredSize"] - 1}
    group.terminating.add(identifier)
    return {
        "Activity": {
            "ActivityId": str(uuid.uuid4()),
            "AutoScalingGroupName": group.scaling_group,
            "Description": f"Terminating EC2 instance: {identifier}",
            "Cause": f"At {utcnow():%Y-%m-%dT%H:%M:%SZ} instance {identifier} was taken out of service in response to a user request.",
            "StartTime": utcnow(),
            "StatusCode": "InProgress",
            "Progress": 0,
        }
    }


@answers("autoscaling", "DescribeScalingActivities")
def describe_scaling_activities(call: Call) -> dict[str, Any]:
    """Those of node groups are not kept."""
    return {"Activities": []} if named(call, call.get("AutoScalingGroupName", "")) else call.moto()


def _tags(group: NodeGroup) -> list[dict[str, Any]]:
    kind = {"ResourceId": group.scaling_group, "ResourceType": "auto-scaling-group", "PropagateAtLaunch": True}
    return [{**kind, "Key": key, "Value": value} for key, value in sorted(group.scaling_group_tags.items())]


def _described(call: Call, group: NodeGroup) -> dict[str, Any]:
    data, scaling = group.data, group.data["scalingConfig"]
    zones = {
        subnet.availability_zone for subnet in ec2_backends[call.account][call.region].describe_subnets() if subnet.id in data["subnets"]
    }
    types = data["instanceTypes"] or [""]
    described: dict[str, Any] = {
        "AutoScalingGroupName": group.scaling_group,
        "AutoScalingGroupARN": (
            f"arn:{call.partition}:autoscaling:{call.region}:{call.account}:autoScalingGroup:"
            f"{group.scaling_group[-36:]}:autoScalingGroupName/{group.scaling_group}"
        ),
        "MinSize": scaling["minSize"],
        "MaxSize": scaling["maxSize"],
        "DesiredCapacity": scaling["desiredSize"],
        "DefaultCooldown": 300,
        "AvailabilityZones": sorted(zones),
        "LoadBalancerNames": [],
        "TargetGroupARNs": [],
        "HealthCheckType": "EC2",
        "HealthCheckGracePeriod": 15,
        "Instances": [_instance(group, types[0], each) for each in group.instances],
        "CreatedTime": data["createdAt"],
        "SuspendedProcesses": [],
        "VPCZoneIdentifier": ",".join(data["subnets"]),
        "EnabledMetrics": [],
        "Tags": _tags(group),
        "TerminationPolicies": ["AllocationStrategy", "OldestLaunchTemplate", "OldestInstance"],
        "NewInstancesProtectedFromScaleIn": False,
        "CapacityRebalance": True,
    }
    template = _template(group)
    if data["instanceTypes"]:
        described["MixedInstancesPolicy"] = {
            "LaunchTemplate": {"LaunchTemplateSpecification": template, "Overrides": [{"InstanceType": name} for name in types]},
            "InstancesDistribution": DISTRIBUTIONS.get(data["capacityType"], ON_DEMAND),
        }
    else:
        described["LaunchTemplate"] = template
    return described


def _template(group: NodeGroup) -> dict[str, Any]:
    """EKS launches by a template of its own, which EC2 does not show here; by the user's if nothing else has the instance type."""
    given = group.data.get("launchTemplate")
    if given and not group.data["instanceTypes"]:
        return {"LaunchTemplateId": given["id"], "LaunchTemplateName": given["name"], "Version": given["version"]}
    identifier = group.scaling_group[-36:]
    return {"LaunchTemplateId": f"lt-{identifier.replace('-', '')[:17]}", "LaunchTemplateName": f"eks-{identifier}", "Version": "1"}


def _instance(group: NodeGroup, kind: str, instance: Instance) -> dict[str, Any]:
    return {
        "InstanceId": instance.identifier,
        "InstanceType": kind,
        "AvailabilityZone": instance.zone,
        "LifecycleState": "Terminating:Wait" if instance.identifier in group.terminating else "InService",
        "HealthStatus": "Healthy",
        "LaunchTemplate": _template(group),
        "ProtectedFromScaleIn": False,
    }


def _passes(group: dict[str, Any], filters: list[dict[str, Any]]) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in group["Tags"]}
    for item in filters:
        name, values = item["Name"], item.get("Values") or []
        if name == "tag-key":
            passes = bool(tags.keys() & set(values))
        elif name == "tag-value":
            passes = bool(set(tags.values()) & set(values))
        else:
            passes = tags.get(name.removeprefix("tag:")) in values
        if not passes:
            return False
    return True
