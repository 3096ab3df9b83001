"""Replication groups of ElastiCache with their nodes: made and deleted by the clock, described."""

from __future__ import annotations

from typing import Any

from tests.standin.aws import elasticache_checks as checks
from tests.standin.aws import elasticache_versions as versions
from tests.standin.aws.ec2_common import backend
from tests.standin.aws.elasticache_model import Data, Group, account, arn, group_of, invalid, name_of, set_tags
from tests.standin.aws.elasticache_snapshots import begin_snapshot, check_snapshot_name
from tests.standin.aws.errors import AwsError
from tests.standin.aws.kms import find_key
from tests.standin.aws.operations import Call, answers

DEFAULT_SNAPSHOT_WINDOW, DEFAULT_MAINTENANCE_WINDOW, DEFAULT_PORT = "03:00-04:00", "sun:05:00-sun:06:00", 6379


@answers("elasticache", "CreateReplicationGroup")
def create_replication_group(call: Call) -> dict[str, Any]:
    known, name = account(call), name_of(call, "ReplicationGroupId")
    if name in known.groups:
        raise AwsError("ReplicationGroupAlreadyExists", f"Replication group {name} already exists.", 400)
    for sharded in ("NumNodeGroups", "ReplicasPerNodeGroup", "NodeGroupConfiguration"):
        if call.get(sharded) is not None:
            raise AwsError("NotImplemented", f"not imitated by the stand-in: CreateReplicationGroup with {sharded}", 501)
    settings = _new_settings(call)
    checks.check_new(call, name, settings)
    group = Group(name, settings)
    if call.get("AuthToken"):
        group.tokens, group.tokens_changed = [call.get("AuthToken")], group.created
    known.groups[name] = group
    add_nodes(call, group, settings.pop("NumCacheClusters"))
    set_tags(call, arn(call, "replicationgroup", name))

    def made() -> None:
        key = find_key(call, settings["KmsKeyId"])
        if settings["KmsKeyId"] and (key is None or key.key_state != "Enabled"):
            group.status = "create-failed"
            known.events.add(name, "replication-group", f"Unable to access the KMS key {settings['KmsKeyId']} of the replication group.")
        elif group.status == "creating":
            group.status = "available"

    call.world.clock.after("elasticache:replicationgroup", made)
    return {"ReplicationGroup": described(call, group)}


@answers("elasticache", "DescribeReplicationGroups")
def describe_replication_groups(call: Call) -> dict[str, Any]:
    chosen = [group_of(call)] if call.get("ReplicationGroupId") else list(account(call).groups.values())
    return {"ReplicationGroups": [described(call, group) for group in chosen]}


@answers("elasticache", "DescribeCacheClusters")
def describe_cache_clusters(call: Call) -> dict[str, Any]:
    wanted = call.get("CacheClusterId")
    nodes = [(group, member) for group in account(call).groups.values() for member in group.members if wanted in (None, member)]
    if wanted is not None and not nodes:
        raise AwsError("CacheClusterNotFound", f"CacheCluster not found: {wanted}", 404)
    return {"CacheClusters": [_node(call, group, member) for group, member in nodes]}


@answers("elasticache", "RebootCacheCluster")
def reboot_cache_cluster(call: Call) -> dict[str, Any]:
    node = call.get("CacheClusterId")
    group = next((each for each in account(call).groups.values() if node in each.members), None)
    if group is None:
        raise AwsError("CacheClusterNotFound", f"CacheCluster not found: {node}", 404)
    if group.status != "available" or group.rebooting:
        raise AwsError("InvalidCacheClusterState", f"Cache cluster {node} is not in available state.", 400)
    if call.get("CacheNodeIdsToReboot") != ["0001"]:
        raise invalid("The parameter CacheNodeIdsToReboot must name the nodes of the cluster, for example 0001.")

    def begun() -> None:
        group.rebooting.add(node)
        call.world.clock.after("elasticache:reboot", rebooted)

    def rebooted() -> None:
        group.rebooting.discard(node)
        group.reboot_pending.discard(node)

    call.world.clock.after("elasticache:notice", begun)
    return {"CacheCluster": _node(call, group, node)}


@answers("elasticache", "DeleteReplicationGroup")
def delete_replication_group(call: Call) -> dict[str, Any]:
    known, group, final = account(call), group_of(call), call.get("FinalSnapshotIdentifier")
    if group.status not in ("available", "create-failed"):
        message = f"Replication group {group.name} has status {group.status} which is not valid for deletion."
        raise AwsError("InvalidReplicationGroupState", message, 400)
    if call.get("RetainPrimaryCluster"):
        raise AwsError("NotImplemented", "not imitated by the stand-in: DeleteReplicationGroup with RetainPrimaryCluster", 501)
    if final:
        check_snapshot_name(call, final)
        begin_snapshot(call, final, group, {})
    group.status = "deleting"

    def gone() -> None:
        remove_nodes(call, group, len(group.members))
        del known.groups[group.name]
        known.tags.pop(arn(call, "replicationgroup", group.name), None)

    call.world.clock.after("elasticache:replicationgroup", gone)
    return {"ReplicationGroup": described(call, group)}


@answers("elasticache", "DescribeEvents")
def describe_events(call: Call) -> dict[str, Any]:
    wanted = {"SourceIdentifier": call.get("SourceIdentifier"), "SourceType": call.get("SourceType")}
    events = account(call).events.items
    return {"Events": [event for event in events if all(value in (None, event[key]) for key, value in wanted.items())]}


def add_nodes(call: Call, group: Group, count: int) -> None:
    """More nodes, in the zones of the subnet group in turn, each with a network interface."""
    subnets = account(call).subnet_groups[group.settings["CacheSubnetGroupName"]]["Subnets"]
    for _ in range(count):
        group.numbered += 1
        member = f"{group.name}-{group.numbered:03d}"
        subnet = backend(call).get_subnet(subnets[(group.numbered - 1) % len(subnets)]["SubnetIdentifier"])
        interface = backend(call).create_network_interface(
            subnet, "", group_ids=list(group.settings["SecurityGroupIds"]), description=f"ElastiCache {member}"
        )
        interface.status, interface.requester_managed = "in-use", True
        group.members.append(member)
        group.zones[member] = subnet.availability_zone
        group.interfaces[member] = interface.id


def remove_nodes(call: Call, group: Group, count: int) -> None:
    """Fewer nodes, the last ones first."""
    for _ in range(count):
        member = group.members.pop()
        backend(call).enis.pop(group.interfaces.pop(member), None)
        del group.zones[member]


def set_interfaces(call: Call, group: Group) -> None:
    """The security groups of the nodes' interfaces follow those of the group."""
    for identifier in group.interfaces.values():
        interface = backend(call).enis.get(identifier)
        if interface is not None:
            interface._group_set[:] = [backend(call).get_security_group_from_id(each) for each in group.settings["SecurityGroupIds"]]


def described(call: Call, group: Group) -> Data:
    """DescribeReplicationGroups's shape; a group that begins has no endpoints yet."""
    settings = group.settings
    data: Data = {
        "ReplicationGroupId": group.name,
        "Description": settings["ReplicationGroupDescription"],
        "Status": "available" if group.unnoticed else group.status,
        "PendingModifiedValues": {"AuthTokenStatus": group.token_update} if group.token_update and not group.unnoticed else {},
        "MemberClusters": list(group.members),
        "AutomaticFailover": "enabled" if settings["AutomaticFailoverEnabled"] else "disabled",
        "MultiAZ": "enabled" if settings["MultiAZEnabled"] else "disabled",
        "SnapshotRetentionLimit": settings["SnapshotRetentionLimit"],
        "SnapshotWindow": settings["SnapshotWindow"],
        "ClusterEnabled": False,
        "ClusterMode": "disabled",
        "CacheNodeType": settings["CacheNodeType"],
        "AuthTokenEnabled": bool(group.tokens),
        "TransitEncryptionEnabled": settings["TransitEncryptionEnabled"],
        "AtRestEncryptionEnabled": settings["AtRestEncryptionEnabled"],
        "KmsKeyId": settings["KmsKeyId"],
        "ARN": arn(call, "replicationgroup", group.name),
        "UserGroupIds": list(settings["UserGroupIds"]),
        "LogDeliveryConfigurations": [{**each, "Status": "active"} for each in settings["LogDeliveryConfigurations"]],
        "ReplicationGroupCreateTime": group.created,
        "AutoMinorVersionUpgrade": settings["AutoMinorVersionUpgrade"],
        "NetworkType": "ipv4",
        "IpDiscovery": "ipv4",
        "TransitEncryptionMode": settings["TransitEncryptionMode"] if settings["TransitEncryptionEnabled"] else None,
        "Engine": settings["Engine"],
    }
    if group.tokens_changed is not None:
        data["AuthTokenLastModifiedDate"] = group.tokens_changed
    if group.status not in ("creating", "create-failed"):
        data["NodeGroups"] = [_node_group(call, group)]
    return {key: value for key, value in data.items() if value is not None}


def _node_group(call: Call, group: Group) -> Data:
    members = [
        {
            "CacheClusterId": member,
            "CacheNodeId": "0001",
            "ReadEndpoint": _endpoint(call, group, f"{member}."),
            "PreferredAvailabilityZone": group.zones[member],
            "CurrentRole": "replica" if position else "primary",
        }
        for position, member in enumerate(group.members)
    ]
    return {
        "NodeGroupId": "0001",
        "Status": group.status,
        "PrimaryEndpoint": _endpoint(call, group, f"master.{group.name}."),
        "ReaderEndpoint": _endpoint(call, group, f"replica.{group.name}."),
        "NodeGroupMembers": members,
    }


def _endpoint(call: Call, group: Group, start: str) -> Data:
    return {"Address": host_name(call.region, start), "Port": group.settings["Port"]}


def host_name(region: str, start: str) -> str:
    """The name of an endpoint that begins so."""
    return f"{start}standin.{_short(region)}.cache.amazonaws.com"


def _short(region: str) -> str:
    """euw1 of eu-west-1."""
    first, *_others, direction, number = region.split("-")
    return f"{first}{direction[0]}{number}"


def _node(call: Call, group: Group, member: str) -> Data:
    settings = group.settings
    patch, _family = versions.VERSIONS[settings["Engine"]][settings["EngineVersion"]]
    node: Data = {
        "CacheClusterId": member,
        "CacheNodeType": settings["CacheNodeType"],
        "Engine": settings["Engine"],
        "EngineVersion": patch,
        "CacheClusterStatus": "rebooting cluster nodes" if member in group.rebooting else group.status,
        "NumCacheNodes": 1,
        "PreferredAvailabilityZone": group.zones[member],
        "CacheClusterCreateTime": group.created,
        "PreferredMaintenanceWindow": settings["PreferredMaintenanceWindow"],
        "PendingModifiedValues": {key: value for key, value in group.pending.items() if key in ("EngineVersion", "CacheNodeType")},
        "CacheParameterGroup": {
            "CacheParameterGroupName": settings["CacheParameterGroupName"],
            "ParameterApplyStatus": "pending-reboot" if member in group.reboot_pending else "in-sync",
            "CacheNodeIdsToReboot": ["0001"] if member in group.reboot_pending else [],
        },
        "CacheSubnetGroupName": settings["CacheSubnetGroupName"],
        "AutoMinorVersionUpgrade": settings["AutoMinorVersionUpgrade"],
        "SecurityGroups": [{"SecurityGroupId": each, "Status": "active"} for each in settings["SecurityGroupIds"]],
        "ReplicationGroupId": group.name,
        "SnapshotRetentionLimit": settings["SnapshotRetentionLimit"],
        "SnapshotWindow": settings["SnapshotWindow"],
        "AuthTokenEnabled": bool(group.tokens),
        "TransitEncryptionEnabled": settings["TransitEncryptionEnabled"],
        "TransitEncryptionMode": settings["TransitEncryptionMode"] if settings["TransitEncryptionEnabled"] else None,
        "AtRestEncryptionEnabled": settings["AtRestEncryptionEnabled"],
        "NetworkType": "ipv4",
        "IpDiscovery": "ipv4",
        "ARN": arn(call, "cluster", member),
    }
    return {key: value for key, value in node.items() if value is not None}


def _new_settings(call: Call) -> Data:
    engine = versions.check_engine(call.get("Engine", "redis"))
    version = versions.version_of(engine, call.get("EngineVersion"))
    transit = bool(call.get("TransitEncryptionEnabled", False))
    settings: Data = {
        "ReplicationGroupDescription": call.get("ReplicationGroupDescription"),
        "Engine": engine,
        "EngineVersion": version,
        "CacheNodeType": call.get("CacheNodeType"),
        "NumCacheClusters": call.get("NumCacheClusters", 1),
        "AutomaticFailoverEnabled": bool(call.get("AutomaticFailoverEnabled", False)),
        "MultiAZEnabled": bool(call.get("MultiAZEnabled", False)),
        "CacheParameterGroupName": str(call.get("CacheParameterGroupName", f"default.{versions.family_of(engine, version)}")).lower(),
        "CacheSubnetGroupName": name_of(call, "CacheSubnetGroupName"),
        "SecurityGroupIds": call.get("SecurityGroupIds", []),
        "PreferredMaintenanceWindow": call.get("PreferredMaintenanceWindow", DEFAULT_MAINTENANCE_WINDOW).lower(),
        "Port": call.get("Port", DEFAULT_PORT),
        "AutoMinorVersionUpgrade": bool(call.get("AutoMinorVersionUpgrade", True)),
        "SnapshotRetentionLimit": call.get("SnapshotRetentionLimit", 0),
        "SnapshotWindow": call.get("SnapshotWindow", DEFAULT_SNAPSHOT_WINDOW),
        "TransitEncryptionEnabled": transit,
        "TransitEncryptionMode": call.get("TransitEncryptionMode", "required") if transit else None,
        "AtRestEncryptionEnabled": bool(call.get("AtRestEncryptionEnabled", engine == "valkey")),
        "KmsKeyId": call.get("KmsKeyId"),
        "UserGroupIds": [each.lower() for each in call.get("UserGroupIds", [])],
        "LogDeliveryConfigurations": [_log_delivery(each) for each in call.get("LogDeliveryConfigurations", [])],
    }
    if call.get("TransitEncryptionMode") not in (None, "preferred", "required"):
        raise invalid(f"TransitEncryptionMode {call.get('TransitEncryptionMode')} is not valid.")
    return settings


def _log_delivery(request: Data) -> Data:
    return {key: value for key, value in request.items() if key != "Enabled"}
