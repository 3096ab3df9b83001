# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A database cluster: its attributes, and how it is created, restored, updated and deleted."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import _tags
from .._compare import same_key, same_members
from .._credentials.credentials import applied_tag, applied_version, other_tags
from .._errors import Refused
from .._resource import Attribute, Change, Resource, State, tags_attribute
from .._wait import Started, wait_for
from . import api, cluster_requests
from .common import CLUSTER_REMEDY, REMEDIES, state_of, status_text
from .engine import AURORA, DatabaseEngine

PASSWORD = "master_user_password"
FIXED = "AWS sets it when a cluster is created. Restore a snapshot into a new cluster."


def found_scaling(cluster: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the scaling of serverless instances, in the option's form."""
    found = cluster.get("ServerlessV2ScalingConfiguration")
    return {ours: found[theirs] for ours, theirs in cluster_requests.SERVERLESS.items() if theirs in found} if found else None


def merged_scaling(found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> dict[str, Any]:
    """Return the scaling after `desired` is applied: what is not given is kept. AWS keeps a pause only with min_capacity 0."""
    merged = {**(found or {}), **{name: value for name, value in desired.items() if value is not None}}
    return {name: value for name, value in merged.items() if name != "seconds_until_auto_pause" or merged.get("min_capacity") == 0}


def attributes(engine: DatabaseEngine = AURORA, purge_tags: bool = False) -> tuple[Attribute, ...]:
    """Return the attributes. Source: RDS API, CreateDBCluster, DBCluster and ModifyDBCluster."""
    refused = Change.REFUSED

    def plain(name: str, request: str, read: str = "") -> Attribute:
        return Attribute(name, operator.itemgetter(read or request), request=request)

    def boolean(name: str, request: str, read: str = "") -> Attribute:
        return Attribute(name, lambda c: bool(c.get(read or request)), request=request)

    def fixed(name: str, request: str, read: str = "") -> Attribute:
        return Attribute(name, lambda c: c.get(read or request), refused, FIXED, request=request)

    return (
        plain("engine_version", "EngineVersion"),
        plain("backup_retention_period", "BackupRetentionPeriod"),
        plain("preferred_backup_window", "PreferredBackupWindow"),
        plain("preferred_maintenance_window", "PreferredMaintenanceWindow"),
        plain("port", "Port"),
        plain("db_cluster_parameter_group_name", "DBClusterParameterGroupName", read="DBClusterParameterGroup"),
        fixed("database_name", "DatabaseName"),
        fixed("master_username", "MasterUsername"),
        Attribute(PASSWORD, lambda c: applied_version(c["tags"]), secret=True),
        fixed("db_subnet_group_name", "DBSubnetGroupName", read="DBSubnetGroup"),
        Attribute(
            "vpc_security_group_ids",
            lambda c: sorted(g["VpcSecurityGroupId"] for g in c["VpcSecurityGroups"]),
            same=same_members,
            request="VpcSecurityGroupIds",
        ),
        Attribute("kms_key_id", lambda c: c.get("KmsKeyId"), refused, FIXED, same=same_key, request="KmsKeyId"),
        Attribute("storage_type", lambda c: c.get("StorageType") or engine.storage, request="StorageType"),
        boolean("deletion_protection", "DeletionProtection"),
        boolean("copy_tags_to_snapshot", "CopyTagsToSnapshot"),
        boolean("enable_iam_database_authentication", "EnableIAMDatabaseAuthentication", read="IAMDatabaseAuthenticationEnabled"),
        Attribute("engine_lifecycle_support", lambda c: c.get("EngineLifecycleSupport"), request="EngineLifecycleSupport"),
        Attribute("enabled_cloudwatch_logs_exports", lambda c: sorted(c.get("EnabledCloudwatchLogsExports") or []), same=same_members),
        Attribute("serverless_v2_scaling", found_scaling, merge=merged_scaling),
        tags_attribute(lambda c: other_tags(c["tags"]), purge_tags),
    )


class DatabaseCluster(Resource):
    """Source: RDS API, DBCluster.

    password: returns the password of a version of the secret, when a request needs it.
    security_group_ids: returns the ids when the groups exist.
    restore: the source of a restored cluster; empty for a new one.
    allow_major: whether an upgrade to another major version is allowed. lift_protection: whether a deletion may first remove the
    protection.
    final_snapshot: the name of the snapshot that a deletion takes; None for no snapshot.
    """

    computed = ("arn", "endpoint", "reader_endpoint", "cluster_resource_id", "status")

    def __init__(
        self,
        client: Any,
        engine: DatabaseEngine,
        name: str,
        *,
        password: Callable[[str], str] | None = None,
        security_group_ids: Callable[[], list[str]] | None = None,
        restore: Mapping[str, Any] | None = None,
        allow_major: bool = False,
        lift_protection: bool = False,
        final_snapshot: str | None = None,
        purge_tags: bool = False,
        timeout_seconds: float = 1800,
    ) -> None:
        self.client = client
        self.engine = engine
        self.kind = engine.kind
        self.name = name
        self.password = password
        self.security_group_ids = security_group_ids
        self.restore = restore or {}
        self.allow_major = allow_major
        self.lift_protection = lift_protection
        self.final_snapshot = final_snapshot
        self.timeout_seconds = timeout_seconds
        self.attributes = attributes(engine, purge_tags)

    def find(self) -> Mapping[str, Any] | None:
        found = api.describe_cluster(self.client, self.name)
        if found is None:
            return None
        if found["Engine"] != self.engine.engine:
            raise Refused(
                f"{self.kind} {self.name}: a cluster of that name exists, and its engine is {found['Engine']}. "
                "Aurora and DocumentDB share their names: choose another name."
            )
        return {
            **found,
            "arn": found["DBClusterArn"],
            "endpoint": found.get("Endpoint"),
            "reader_endpoint": found.get("ReaderEndpoint"),
            "cluster_resource_id": found.get("DbClusterResourceId"),
            "status": found["Status"],
        }

    def state(self, found: Mapping[str, Any]) -> State:
        return state_of(found["Status"])

    def status(self, found: Mapping[str, Any] | None) -> str:
        return "gone" if found is None else status_text(found["Status"], found)

    def remedy(self, found: Mapping[str, Any]) -> str:
        return REMEDIES.get(found["Status"], CLUSTER_REMEDY)

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if desired.get("state") == "absent" and found is not None and found.get("DeletionProtection") and not self.lift_protection:
            raise Refused(
                f"{self.kind} {self.name} is protected from deletion. Lift it with deletion_protection: false together with state: absent "
                "(opta_deletion_protection: false for a whole environment), and run again."
            )

    def describe(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in super().describe(found).items() if key != PASSWORD}

    def create(self, desired: Mapping[str, Any]) -> None:
        desired = self._with_known_groups(desired)
        if not self.restore:
            request = cluster_requests.creation(self.attributes, desired, self._password(desired))
            api.create_cluster(self.client, Engine=self.engine.engine, **self._named(request))
            return
        request = self._named(cluster_requests.restoration(self.attributes, desired, self.restore, self.engine.engine))
        restore = api.restore_from_snapshot if self.restore.get("snapshot_identifier") else api.restore_to_point_in_time
        restore(self.client, **request)

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        """Settings first, the version last: it takes longest, and a new parameter group comes with it."""
        desired = self._with_known_groups(desired)
        if "tags" in names:
            _tags.change(self.client, found["arn"], other_tags(found["tags"]), desired["tags"], api.add_tags, api.remove_tags)
        with_version = {"engine_version", "db_cluster_parameter_group_name"} if "engine_version" in names else set()
        settings = [name for name in names if name not in {"tags", *with_version}]
        if settings:
            self._modify(found, desired, settings)
        if with_version:
            self._modify(found, desired, [name for name in names if name in with_version])

    def _modify(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        password = self._password(desired) if PASSWORD in names else None
        logs = found.get("EnabledCloudwatchLogsExports") or []
        request = cluster_requests.modification(self.attributes, logs, desired, names, password)
        if "engine_version" in names and self.allow_major:
            request["AllowMajorVersionUpgrade"] = True
        api.modify_cluster(self.client, self.name, **request)
        self._wait_until_applied(desired, names, Started() if password is not None else None)
        if password is not None:
            api.add_tags(self.client, found["arn"], applied_tag(desired[PASSWORD]))

    def _wait_until_applied(self, desired: Mapping[str, Any], names: Sequence[str], started: Started | None) -> None:
        """For a moment after ModifyDBCluster, AWS shows a cluster as available.

        started: for a change that no attribute shows, that of the password; DocumentDB does not show that one is pending either.
        """
        changed = [attribute for attribute in self.attributes if attribute.name in names and not attribute.secret]

        def poll() -> tuple[bool, Mapping[str, Any] | None]:
            now = self.find()
            if now is None or self.state(now) is State.FAILED:
                return True, now
            ready = self.state(now) is State.READY
            pending = "MasterUserPassword" in (now.get("PendingModifiedValues") or {})
            has_started = started is None or started.seen(pending or not ready)
            applied = not pending and not any(each.differs(now, desired[each.name]) for each in changed)
            return has_started and applied and ready, now

        wait_for(poll, f"{self.kind} {self.name} to have {', '.join(names)}", self.timeout_seconds, self.status)

    def delete(self, found: Mapping[str, Any]) -> None:
        before: dict[str, Any] = {}
        if found.get("DeletionProtection"):
            before["deletion_protection"] = False
        if self.final_snapshot and not found.get("CopyTagsToSnapshot"):
            before["copy_tags_to_snapshot"] = True  # so that the final snapshot is tagged from its beginning
        if before:
            self._modify(found, before, list(before))
        api.delete_cluster(self.client, self.name, self.final_snapshot)

    def _named(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return {"DBClusterIdentifier": self.name, **request}

    def _password(self, desired: Mapping[str, Any]) -> str:
        if self.password is None:
            raise AssertionError
        return self.password(desired[PASSWORD])

    def _with_known_groups(self, desired: Mapping[str, Any]) -> dict[str, Any]:
        if not self.security_group_ids or "vpc_security_group_ids" not in desired:
            return dict(desired)
        return {**desired, "vpc_security_group_ids": self.security_group_ids()}
