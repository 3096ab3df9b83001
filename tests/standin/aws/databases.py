"""Which databases stand in the emulated AWS, for the real ones that may run behind their endpoints."""

from __future__ import annotations

from tests.standin.aws import elasticache_model, rds_model
from tests.standin.aws.elasticache_groups import host_name
from tests.standin.aws.rds_engines import AURORA
from tests.standin.aws.world import World
from tests.standin.databases.description import Account, Description

NOT_STANDING = ("creating", "create-failed", "deleting", "stopped", "starting")


def standing_databases(world: World) -> dict[str, Description]:
    """By an identity that no other database ever has. An Aurora cluster stands once it has an instance."""
    with world.lock:
        world.clock.run()
        found: dict[str, Description] = {}
        for known in world.rds.values():
            found |= {each.data["DbClusterResourceId"]: _aurora(known, each) for each in known.clusters.values() if _stands(known, each)}
        for (_account, region), cache in world.elasticache.items():
            groups = [group for group in cache.groups.values() if group.status not in NOT_STANDING]
            found |= {f"{group.name}-{group.created.timestamp()}": _replication_group(cache, group, region) for group in groups}
        return found


def _stands(known: rds_model.RdsAccount, cluster: rds_model.Cluster) -> bool:
    instances = any(each.data["DBInstanceStatus"] not in NOT_STANDING for each in known.of(cluster))
    return cluster.data["Engine"] == AURORA and cluster.data["Status"] not in NOT_STANDING and instances


def _aurora(known: rds_model.RdsAccount, cluster: rds_model.Cluster) -> Description:
    data = cluster.data
    writer = next((each for each in known.of(cluster) if each.writer), known.of(cluster)[0])
    names = (data["Endpoint"], data["ReaderEndpoint"])
    of_instances = "*." + data["Endpoint"].partition(".cluster-")[2]
    return Description(
        "postgresql",
        cluster.name,
        names,
        (*names, of_instances),
        data["Port"],
        (Account(data["MasterUsername"], (cluster.password or "",)),),
        writer.in_force.get("rds.force_ssl") == "1",
        data.get("DatabaseName") or "",
    )


def _replication_group(cache: elasticache_model.CacheAccount, group: elasticache_model.Group, region: str) -> Description:
    settings = group.settings
    names = (host_name(region, f"master.{group.name}."), host_name(region, f"replica.{group.name}."))
    members = [member for each in settings["UserGroupIds"] for member in cache.user_groups[each]["UserIds"]]
    users = [
        Account(cache.users[each]["UserName"], tuple(cache.passwords[each]), _rights(cache.users[each]["AccessString"])) for each in members
    ]
    accounts = tuple(users) or (Account("default", tuple(group.tokens)),)
    certificate_names = (*names, host_name(region, "*."))
    return Description("redis", group.name, names, certificate_names, settings["Port"], accounts, settings["TransitEncryptionEnabled"])


def _rights(access_string: str) -> str:
    """An access string without its `on`: what follows it are Redis's own words."""
    return " ".join(word for word in access_string.split() if word != "on")
