"""Subnet groups and cluster parameter groups of RDS and DocumentDB, and the tags of everything."""

from __future__ import annotations

import copy
import re
from typing import Any

from moto.ec2.models import ec2_backends

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.rds_engines import LISTS, families, parameters
from tests.standin.aws.rds_model import (
    Data,
    ParameterGroup,
    Tagged,
    account,
    arn,
    combination,
    identifier,
    invalid,
    parameter_group_of,
    tag_list,
    tagged,
    tags_of,
)

SUBNET_GROUP_NAME = re.compile(r"[A-Za-z0-9._ -]{1,255}")
FEWEST_ZONES = 2


@answers("rds", "CreateDBSubnetGroup")
def create_db_subnet_group(call: Call) -> dict[str, Any]:
    groups, name = account(call).subnet_groups, str(call.get("DBSubnetGroupName")).lower()
    if not SUBNET_GROUP_NAME.fullmatch(name) or name == "default":
        raise invalid("The parameter DBSubnetGroupName is not a valid identifier.")
    if name in groups:
        raise AwsError("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.", 400)
    data: Data = {
        "DBSubnetGroupName": name,
        "DBSubnetGroupDescription": call.get("DBSubnetGroupDescription"),
        "SubnetGroupStatus": "Complete",
        "DBSubnetGroupArn": arn(call, "subgrp", name),
        "SupportedNetworkTypes": ["IPV4"],
        **_subnets(call),
    }
    groups[name] = Tagged(data, tags_of(call))
    return {"DBSubnetGroup": data}


@answers("rds", "ModifyDBSubnetGroup")
def modify_db_subnet_group(call: Call) -> dict[str, Any]:
    group = subnet_group_of(call, call.get("DBSubnetGroupName"))
    changed = _subnets(call)
    if changed["VpcId"] != group.data["VpcId"]:
        raise AwsError("InvalidSubnet", "The new Subnets are not in the same Vpc as the existing subnet group", 400)
    missing = {each["SubnetIdentifier"] for each in group.data["Subnets"]} - {each["SubnetIdentifier"] for each in changed["Subnets"]}
    interfaces = ec2_backends[call.account][call.region].enis
    kept = account(call)
    users = [each for each in kept.clusters.values() if each.data["DBSubnetGroup"] == group.data["DBSubnetGroupName"]]
    for instance in (each for cluster in users for each in kept.of(cluster)):
        if instance.interface in interfaces and interfaces[instance.interface].subnet.id in missing:
            raise AwsError("SubnetInUse", "Some of the subnets to be deleted are currently in use", 400)
    group.data.update(changed)
    return {"DBSubnetGroup": group.data}


@answers("rds", "DescribeDBSubnetGroups")
def describe_db_subnet_groups(call: Call) -> dict[str, Any]:
    if call.get("DBSubnetGroupName"):
        return {"DBSubnetGroups": [subnet_group_of(call, call.get("DBSubnetGroupName")).data]}
    return {"DBSubnetGroups": [group.data for group in account(call).subnet_groups.values()]}


@answers("rds", "DeleteDBSubnetGroup")
def delete_db_subnet_group(call: Call) -> dict[str, Any]:
    group = subnet_group_of(call, call.get("DBSubnetGroupName"))
    name = group.data["DBSubnetGroupName"]
    if any(cluster.data["DBSubnetGroup"] == name for cluster in account(call).clusters.values()):
        message = f"Cannot delete the subnet group '{name}' because at least one database cluster: is still using it."
        raise AwsError("InvalidDBSubnetGroupStateFault", message, 400)
    del account(call).subnet_groups[name]
    return {}


def subnet_group_of(call: Call, name: str) -> Tagged:
    found = account(call).subnet_groups.get(str(name).lower())
    if found is None:
        raise AwsError("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.", 404)
    return found


@answers("rds", "CreateDBClusterParameterGroup")
def create_db_cluster_parameter_group(call: Call) -> dict[str, Any]:
    groups = account(call).parameter_groups
    name, family = identifier(call, "DBClusterParameterGroupName"), call.get("DBParameterGroupFamily")
    if family not in families():
        raise invalid(f"ParameterGroupFamily {family} is not a valid parameter group family")
    if name in groups:
        raise AwsError("DBParameterGroupAlreadyExists", f"Parameter group {name} already exists", 400)
    data = {
        "DBClusterParameterGroupName": name,
        "DBParameterGroupFamily": family,
        "Description": call.get("Description"),
        "DBClusterParameterGroupArn": arn(call, "cluster-pg", name),
    }
    groups[name] = ParameterGroup(data, tags_of(call))
    return {"DBClusterParameterGroup": data}


@answers("rds", "DescribeDBClusterParameterGroups")
def describe_db_cluster_parameter_groups(call: Call) -> dict[str, Any]:
    if call.get("DBClusterParameterGroupName"):
        return {"DBClusterParameterGroups": [parameter_group_of(call, call.get("DBClusterParameterGroupName")).data]}
    return {"DBClusterParameterGroups": [group.data for group in account(call).parameter_groups.values()]}


@answers("rds", "DescribeDBClusterParameters")
def describe_db_cluster_parameters(call: Call) -> dict[str, Any]:
    found = values_of(parameter_group_of(call, call.get("DBClusterParameterGroupName")))
    source = {"customer": "user", "engine": "engine-default"}.get(call.get("Source", ""), call.get("Source"))
    return {"Parameters": [each for each in found if source in (None, each["Source"])]}


@answers("rds", "ModifyDBClusterParameterGroup")
def modify_db_cluster_parameter_group(call: Call) -> dict[str, Any]:
    group = parameter_group_of(call, call.get("DBClusterParameterGroupName"))
    known = {each["ParameterName"]: each for each in parameters(group.data["DBParameterGroupFamily"])}
    if len(call.get("Parameters")) > 20:
        raise invalid("Request must have a maximum of 20 Parameters to modify")
    for each in call.get("Parameters"):
        _check_parameter(known, each, group.data["DBParameterGroupFamily"])
    for each in call.get("Parameters"):
        group.values[each["ParameterName"]] = each["ParameterValue"]
    _bring_into_force(call, group)
    return {"DBClusterParameterGroupName": group.data["DBClusterParameterGroupName"]}


@answers("rds", "ResetDBClusterParameterGroup")
def reset_db_cluster_parameter_group(call: Call) -> dict[str, Any]:
    group = parameter_group_of(call, call.get("DBClusterParameterGroupName"))
    for name in list(group.values) if call.get("ResetAllParameters") else [each["ParameterName"] for each in call.get("Parameters", [])]:
        group.values.pop(name, None)
    _bring_into_force(call, group)
    return {"DBClusterParameterGroupName": group.data["DBClusterParameterGroupName"]}


@answers("rds", "DeleteDBClusterParameterGroup")
def delete_db_cluster_parameter_group(call: Call) -> dict[str, Any]:
    group = parameter_group_of(call, call.get("DBClusterParameterGroupName"))
    name = group.data["DBClusterParameterGroupName"]
    if any(cluster.data["DBClusterParameterGroup"] == name for cluster in account(call).clusters.values()):
        raise AwsError("InvalidDBParameterGroupState", "One or more database clusters are still members of this parameter group", 400)
    del account(call).parameter_groups[name]
    return {}


def values_of(group: ParameterGroup) -> list[Data]:
    """The parameters of a group, with the user's values. One that is set to its default keeps its source.

    Source: hashicorp/terraform-provider-aws, issues 23335, 12742 and 13384.
    """
    found = copy.deepcopy(parameters(group.data["DBParameterGroupFamily"]))
    for each in found:
        if group.values.get(each["ParameterName"], each.get("ParameterValue")) != each.get("ParameterValue"):
            each.update(ParameterValue=group.values[each["ParameterName"]], Source="user")
    return found


def effective(call: Call, group_name: str, family: str) -> dict[str, str]:
    """What a group, or the default group of a family, sets."""
    group = account(call).parameter_groups.get(group_name)
    listed = values_of(group) if group else parameters(family)
    return {each["ParameterName"]: each.get("ParameterValue", "") for each in listed}


def _bring_into_force(call: Call, group: ParameterGroup) -> None:
    """Dynamic parameters hold at once; static ones when an instance is rebooted."""
    for cluster in account(call).clusters.values():
        if cluster.data["DBClusterParameterGroup"] != group.data["DBClusterParameterGroupName"]:
            continue
        for instance in account(call).of(cluster):
            for each in values_of(group):
                if each["ApplyType"] == "dynamic":
                    instance.in_force[each["ParameterName"]] = each.get("ParameterValue", "")


def _check_parameter(known: dict[str, Data], given: Data, family: str) -> None:
    name, value = given.get("ParameterName"), given.get("ParameterValue")
    parameter = known.get(str(name))
    if parameter is None:
        raise invalid(f"Could not find parameter with name: {name}")
    if not parameter["IsModifiable"]:
        raise invalid(f"The parameter {name} cannot be modified.")
    if parameter["ApplyType"] == "static" and given.get("ApplyMethod") == "immediate":
        raise combination("cannot use immediate apply method for static parameter")
    allowed = parameter.get("AllowedValues")
    members = str(value).split(",") if parameter["DataType"] in LISTS else [value]
    if allowed and not re.fullmatch(r"-?[\d.]+-[\d.]+", allowed) and set(members) - set(allowed.split(",")):
        raise invalid(f"Invalid parameter value: {value} for: {name} allowed values are: {allowed} of {family}")


def _subnets(call: Call) -> Data:
    backend = ec2_backends[call.account][call.region]
    known = {subnet.id: subnet for subnet in backend.describe_subnets()}
    wanted = call.get("SubnetIds", [])
    unknown = [each for each in wanted if each not in known]
    if unknown:
        raise AwsError("InvalidSubnet", f"The subnet ID {unknown[0]} does not exist", 400)
    subnets = [known[each] for each in wanted]
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise AwsError("InvalidSubnet", "All subnets must be in one VPC", 400)
    zones = {subnet.availability_zone for subnet in subnets}
    if len(zones) < FEWEST_ZONES:
        message = (
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
            f"{', '.join(sorted(zones))}. Add subnets to cover at least 2 AZs."
        )
        raise AwsError("DBSubnetGroupDoesNotCoverEnoughAZs", message, 400)
    return {
        "VpcId": subnets[0].vpc_id,
        "Subnets": [
            {"SubnetIdentifier": subnet.id, "SubnetAvailabilityZone": {"Name": subnet.availability_zone}, "SubnetStatus": "Active"}
            for subnet in subnets
        ],
    }


@answers("rds", "AddTagsToResource")
def add_tags_to_resource(call: Call) -> dict[str, Any] | None:
    tags = dict(tagged(call)).get(call.get("ResourceName"))
    if tags is None:
        return call.moto()
    tags.update(tags_of(call))
    return {}


@answers("rds", "RemoveTagsFromResource")
def remove_tags_from_resource(call: Call) -> dict[str, Any] | None:
    tags = dict(tagged(call)).get(call.get("ResourceName"))
    if tags is None:
        return call.moto()
    for key in call.get("TagKeys"):
        tags.pop(key, None)
    return {}


@answers("rds", "ListTagsForResource")
def list_tags_for_resource(call: Call) -> dict[str, Any] | None:
    """Source: botocore's model, the errors of ListTagsForResource."""
    arn = str(call.get("ResourceName"))
    tags = dict(tagged(call)).get(arn)
    if tags is None and ":cluster:" in arn:
        raise AwsError("DBClusterNotFoundFault", f"DBCluster {arn.rpartition(':')[2]} not found.", 404)
    if tags is None and ":db:" in arn:
        raise AwsError("DBInstanceNotFound", f"DBInstance {arn.rpartition(':')[2]} not found.", 404)
    return call.moto() if tags is None else {"TagList": tag_list(tags)}
