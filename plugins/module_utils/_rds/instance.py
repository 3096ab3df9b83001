# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An instance of a database cluster, and which instances a cluster should have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import _tags
from .._compare import same_key
from .._resource import Attribute, Resource, State, request_of, tags_attribute
from .._wait import wait_for
from . import api
from .common import INSTANCE_REMEDY, REMEDIES, state_of, status_text
from .engine import DatabaseEngine
from .instance_cache import InstanceCache

INSIGHTS = ("performance_insights_kms_key_id", "performance_insights_retention_period")


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """Return the attributes. Source: RDS API, CreateDBInstance, DBInstance and ModifyDBInstance."""

    def plain(name: str, request: str) -> Attribute:
        return Attribute(name, lambda i: i.get(request), request=request)

    def boolean(name: str, request: str, read: str = "") -> Attribute:
        return Attribute(name, lambda i: bool(i.get(read or request)), request=request)

    return (
        plain("db_instance_class", "DBInstanceClass"),
        boolean("auto_minor_version_upgrade", "AutoMinorVersionUpgrade"),
        plain("preferred_maintenance_window", "PreferredMaintenanceWindow"),
        plain("ca_certificate_identifier", "CACertificateIdentifier"),
        boolean("performance_insights_enabled", "EnablePerformanceInsights", read="PerformanceInsightsEnabled"),
        # The first one stays, whether Performance Insights is on or off (terraform-provider-aws, pull requests 6453 and 9746)
        Attribute(
            "performance_insights_kms_key_id",
            lambda i: i.get("PerformanceInsightsKMSKeyId"),
            same=same_key,
            merge=lambda found, desired: found or desired,
            request="PerformanceInsightsKMSKeyId",
        ),
        plain("performance_insights_retention_period", "PerformanceInsightsRetentionPeriod"),
        boolean("publicly_accessible", "PubliclyAccessible"),
        tags_attribute(lambda i: i["tags"], purge_tags),
    )


def names_of(cluster_name: str, found: Sequence[str], count: int, writer: str | None) -> tuple[list[str], list[str]]:
    """Return the names of the instances to create, and of those to delete, so that a cluster has `count` of ours.

    found: names of the instances of the cluster; those with other names (an autoscaler's) are left alone.
    The lowest free numbers are created; the highest are deleted, the writer last.
    """
    ours = own_names(cluster_name, found)
    free = [name for name in (f"{cluster_name}-{each}" for each in range(1, len(ours) + count + 1)) if name not in ours]
    if len(ours) <= count:
        return free[: count - len(ours)], []
    removable = [name for name in reversed(ours) if name != writer]
    return [], removable[: len(ours) - count]


def own_names(cluster_name: str, names: Iterable[str]) -> list[str]:
    """Return the names that we give to instances of the cluster, by number."""
    return sorted((name for name in names if re.fullmatch(rf"{re.escape(cluster_name)}-\d+", name)), key=number)


def number(name: str) -> int:
    """Return the number at the end of an instance's name."""
    return int(name.rsplit("-", 1)[1])


class DatabaseInstance(Resource):
    """Source: RDS API, DBInstance."""

    kind = "DB instance"
    computed = ("arn", "endpoint_address", "status")

    def __init__(
        self, instance_cache: InstanceCache, engine: DatabaseEngine, name: str, *, purge_tags: bool = False, timeout_seconds: float = 1800
    ) -> None:
        self.instance_cache = instance_cache
        self.timeout_seconds = timeout_seconds
        self.client = instance_cache.client
        self.engine = engine
        self.name = name
        self.attributes = attributes(purge_tags)

    def find(self) -> Mapping[str, Any] | None:
        found = self.instance_cache.instances().get(self.name)
        if found is None:
            return None
        address = (found.get("Endpoint") or {}).get("Address")
        return {**found, "arn": found["DBInstanceArn"], "endpoint_address": address, "status": found["DBInstanceStatus"]}

    def state(self, found: Mapping[str, Any]) -> State:
        return state_of(found["DBInstanceStatus"])

    def status(self, found: Mapping[str, Any] | None) -> str:
        return "gone" if found is None else status_text(found["DBInstanceStatus"], found)

    def remedy(self, found: Mapping[str, Any]) -> str:
        return REMEDIES.get(found["DBInstanceStatus"], INSTANCE_REMEDY)

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values without settings of Performance Insights where it is off."""
        if desired.get("performance_insights_enabled", bool(found and found.get("PerformanceInsightsEnabled"))):
            return desired
        return {name: value for name, value in desired.items() if name not in INSIGHTS}

    def create(self, desired: Mapping[str, Any]) -> None:
        api.create_instance(
            self.client,
            DBInstanceIdentifier=self.name,
            DBClusterIdentifier=self.instance_cache.cluster_name,
            Engine=self.engine.engine,
            Tags=_tags.as_list(desired.get("tags")),
            CopyTagsToSnapshot=True,
            **request_of(self.attributes, desired),
        )
        self.instance_cache.forget()

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "tags" in names:
            _tags.change(self.client, found["arn"], found["tags"], desired["tags"], api.add_tags, api.remove_tags)
        request = request_of(self.attributes, desired, names)
        if {"performance_insights_enabled", *INSIGHTS} & set(names) and desired.get("performance_insights_enabled", True):
            request.update(self._insights(found, desired))
        if request:
            api.modify_instance(self.client, self.name, **request)
            self._wait_until_applied(desired, [name for name in names if name != "tags"])
        self.instance_cache.forget()

    def _insights(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> dict[str, Any]:
        """Return all settings of Performance Insights: without a key AWS uses its default key, and refuses it next to another."""
        values = {attribute.name: attribute.read(found) for attribute in self.attributes if attribute.name in INSIGHTS} | dict(desired)
        return {"EnablePerformanceInsights": True, **request_of(self.attributes, values, INSIGHTS)}

    def _wait_until_applied(self, desired: Mapping[str, Any], names: Sequence[str]) -> None:
        """For a moment after ModifyDBInstance, AWS shows an instance as available; the next instance is changed only after this one."""
        changed = [attribute for attribute in self.attributes if attribute.name in names]

        def poll() -> tuple[bool, Mapping[str, Any] | None]:
            self.instance_cache.forget()
            now = self.find()
            if now is None or self.state(now) is State.FAILED:
                return True, now
            pending = set(now.get("PendingModifiedValues") or {}) & {attribute.request for attribute in changed}
            applied = not pending and not any(each.differs(now, desired[each.name]) for each in changed)
            return applied and self.state(now) is State.READY, now

        wait_for(poll, f"{self.kind} {self.name} to have {', '.join(names)}", self.timeout_seconds, self.status)

    def delete(self, found: Mapping[str, Any]) -> None:
        api.delete_instance(self.client, self.name)
        self.instance_cache.forget()
