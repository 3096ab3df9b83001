"""Parameter groups and subnet groups of ElastiCache."""

from __future__ import annotations

from typing import Any

from tests.standin.aws import elasticache_versions as versions
from tests.standin.aws.ec2_common import backend
from tests.standin.aws.elasticache_model import NAME, Data, account, arn, invalid, name_of, one_or_all, set_tags
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers


def parameter_group_missing(name: str) -> AwsError:
    return AwsError("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.", 404)


def subnet_group_missing(name: str) -> AwsError:
    return AwsError("CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {name} does not exist.", 400)


@answers("elasticache", "CreateCacheParameterGroup")
def create_cache_parameter_group(call: Call) -> dict[str, Any]:
    known, name, family = account(call), name_of(call, "CacheParameterGroupName"), call.get("CacheParameterGroupFamily")
    if not NAME.fullmatch(name) or len(name) > 255 or name.startswith("default"):
        raise invalid(f"The parameter CacheParameterGroupName is not a valid identifier: {name}")
    if family not in versions.FAMILIES:
        raise invalid(f"CacheParameterGroupFamily {family} is not a valid parameter group family")
    if name in known.parameter_groups:
        raise AwsError("CacheParameterGroupAlreadyExists", f"CacheParameterGroup {name} already exists.", 400)
    data: Data = {
        "CacheParameterGroupName": name,
        "CacheParameterGroupFamily": family,
        "Description": call.get("Description", ""),
        "IsGlobal": False,
        "ARN": arn(call, "parametergroup", name),
    }
    known.parameter_groups[name] = data
    known.parameters[name] = {}
    set_tags(call, data["ARN"])
    return {"CacheParameterGroup": data}


@answers("elasticache", "DescribeCacheParameterGroups")
def describe_cache_parameter_groups(call: Call) -> dict[str, Any]:
    missing = parameter_group_missing(name_of(call, "CacheParameterGroupName"))
    return {"CacheParameterGroups": one_or_all(call, "CacheParameterGroupName", account(call).parameter_groups, missing)}


@answers("elasticache", "DescribeCacheParameters")
def describe_cache_parameters(call: Call) -> dict[str, Any]:
    name = _parameter_group(call)
    own = account(call).parameters[name]
    listed = []
    for parameter, (kind, allowed, default) in versions.PARAMETERS.items():
        source = "user" if parameter in own else "system"
        if call.get("Source") in (None, source):
            described: Data = {"ParameterName": parameter, "ParameterValue": own.get(parameter, default), "Source": source}
            described |= {"DataType": kind, "AllowedValues": allowed, "IsModifiable": parameter not in versions.FIXED}
            listed.append({**described, "MinimumEngineVersion": "5.0.6", "ChangeType": "immediate"})
    return {"Parameters": listed}


@answers("elasticache", "ModifyCacheParameterGroup")
def modify_cache_parameter_group(call: Call) -> dict[str, Any]:
    name = _parameter_group(call)
    for each in call.get("ParameterNameValues", []):
        _check_parameter(each["ParameterName"], each["ParameterValue"])
    account(call).parameters[name].update({each["ParameterName"]: each["ParameterValue"] for each in call.get("ParameterNameValues", [])})
    return {"CacheParameterGroupName": name}


@answers("elasticache", "ResetCacheParameterGroup")
def reset_cache_parameter_group(call: Call) -> dict[str, Any]:
    name = _parameter_group(call)
    own = account(call).parameters[name]
    names = list(own) if call.get("ResetAllParameters") else [each["ParameterName"] for each in call.get("ParameterNameValues", [])]
    for parameter in names:
        own.pop(parameter, None)
    return {"CacheParameterGroupName": name}


@answers("elasticache", "DeleteCacheParameterGroup")
def delete_cache_parameter_group(call: Call) -> dict[str, Any]:
    known, name = account(call), _parameter_group(call)
    users = [group.name for group in known.groups.values() if group.settings["CacheParameterGroupName"] == name]
    if users:
        raise AwsError(
            "InvalidCacheParameterGroupState", f"One or more cache clusters are still members of this parameter group {name}.", 400
        )
    del known.parameter_groups[name], known.parameters[name]
    known.tags.pop(arn(call, "parametergroup", name), None)
    return {}


@answers("elasticache", "CreateCacheSubnetGroup")
def create_cache_subnet_group(call: Call) -> dict[str, Any]:
    known, name = account(call), name_of(call, "CacheSubnetGroupName")
    if not NAME.fullmatch(name) or len(name) > 255 or name == "default":
        raise invalid(f"The parameter CacheSubnetGroupName is not a valid identifier: {name}")
    if name in known.subnet_groups:
        raise AwsError("CacheSubnetGroupAlreadyExists", f"Cache subnet group {name} already exists.", 400)
    data: Data = {
        "CacheSubnetGroupName": name,
        "CacheSubnetGroupDescription": call.get("CacheSubnetGroupDescription", ""),
        "ARN": arn(call, "subnetgroup", name),
        "SupportedNetworkTypes": ["ipv4"],
        **_subnets(call),
    }
    known.subnet_groups[name] = data
    set_tags(call, data["ARN"])
    return {"CacheSubnetGroup": data}


@answers("elasticache", "DescribeCacheSubnetGroups")
def describe_cache_subnet_groups(call: Call) -> dict[str, Any]:
    missing = subnet_group_missing(name_of(call, "CacheSubnetGroupName"))
    return {"CacheSubnetGroups": one_or_all(call, "CacheSubnetGroupName", account(call).subnet_groups, missing)}


@answers("elasticache", "ModifyCacheSubnetGroup")
def modify_cache_subnet_group(call: Call) -> dict[str, Any]:
    known, data = account(call), _subnet_group(call)
    if call.get("CacheSubnetGroupDescription") is not None:
        data["CacheSubnetGroupDescription"] = call.get("CacheSubnetGroupDescription")
    if call.get("SubnetIds"):
        wanted = _subnets(call)
        used = [
            i
            for g in known.groups.values()
            if g.settings["CacheSubnetGroupName"] == data["CacheSubnetGroupName"]
            for i in g.interfaces.values()
        ]
        places = {backend(call).enis[interface].subnet.id for interface in used if interface in backend(call).enis}
        lost = sorted(places - {subnet["SubnetIdentifier"] for subnet in wanted["Subnets"]})
        if wanted["VpcId"] != data["VpcId"]:
            raise AwsError("InvalidSubnet", "The new Subnets are not in the same Vpc as the existing subnet group", 400)
        if lost:
            raise AwsError("SubnetInUse", f"The subnet {lost[0]} is in use by a cache cluster.", 400)
        data.update(wanted)
    return {"CacheSubnetGroup": data}


@answers("elasticache", "DeleteCacheSubnetGroup")
def delete_cache_subnet_group(call: Call) -> dict[str, Any]:
    known, data = account(call), _subnet_group(call)
    name = data["CacheSubnetGroupName"]
    if any(group.settings["CacheSubnetGroupName"] == name for group in known.groups.values()):
        raise AwsError("CacheSubnetGroupInUse", f"Cache subnet group {name} is currently in use by a cache cluster.", 400)
    del known.subnet_groups[name]
    known.tags.pop(data["ARN"], None)
    return {}


def _parameter_group(call: Call) -> str:
    name = name_of(call, "CacheParameterGroupName")
    if name not in account(call).parameter_groups:
        raise parameter_group_missing(name)
    return name


def _subnet_group(call: Call) -> Data:
    name = name_of(call, "CacheSubnetGroupName")
    if name not in account(call).subnet_groups:
        raise subnet_group_missing(name)
    return account(call).subnet_groups[name]


def _check_parameter(name: str, value: str) -> None:
    if name not in versions.PARAMETERS:
        raise invalid(f"Parameter {name} is not a valid parameter name.")
    if name in versions.FIXED:
        raise invalid(f"The parameter {name} cannot be modified.")
    kind, allowed, _default = versions.PARAMETERS[name]
    fits = value.isdigit() if kind == "integer" else not allowed or value in allowed.split(",")
    if not fits:
        raise invalid(f"The parameter {name} has an invalid value {value}. Allowed values: {allowed}")


def _subnets(call: Call) -> Data:
    known = backend(call)
    found = []
    for identifier in call.get("SubnetIds", []):
        subnet = next((each for zone in known.subnets.values() for each in zone.values() if each.id == identifier), None)
        if subnet is None:
            raise AwsError("InvalidSubnet", f"The subnet ID '{identifier}' does not exist", 400)
        found.append(subnet)
    if len({subnet.vpc_id for subnet in found}) != 1:
        raise AwsError("InvalidSubnet", "The subnets of a cache subnet group must be in one VPC", 400)
    described = [
        {"SubnetIdentifier": s.id, "SubnetAvailabilityZone": {"Name": s.availability_zone}, "SupportedNetworkTypes": ["ipv4"]}
        for s in found
    ]
    return {"VpcId": found[0].vpc_id, "Subnets": described}
