# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A database cluster: its attributes, and how it is made, restored, changed and removed. Private to the collection."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._credentials.credentials import applied_tag, applied_version, other_tags
from .._errors import Refused
from .._resource import Attribute, Change, Resource, State, tags_attribute
from .._wait import Begun, wait_for
from . import api, cluster_requests
from .common import CLUSTER_REMEDY, REMEDIES, change_tags, same_key, same_members, state_of, status_text
from .engine import AURORA, Engine

PASSWORD = "master_user_password"
FIXED = "AWS fixes it when a cluster is made; restore a snapshot into a new cluster."
#: what AWS's answer has under another name than the request
READ = {
    "backup_retention_period": "BackupRetentionPeriod",
    "preferred_backup_window": "PreferredBackupWindow",
    "preferred_maintenance_window": "PreferredMaintenanceWindow",
    "port": "Port",
    "db_cluster_parameter_group_name": "DBClusterParameterGroup",
}


def found_scaling(cluster: Mapping[str, Any]) -> dict[str, Any] | None:
    """The scaling of serverless instances, as the option has it."""
    found = cluster.get("ServerlessV2ScalingConfiguration")
    return {ours: found[theirs] for ours, theirs in cluster_requests.SERVERLESS.items() if theirs in found} if found else None


def merged_scaling(found: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The scaling once `wanted` is applied: what is not given stays. AWS keeps a pause with a least capacity of 0 only."""
    merged = {**(found or {}), **{name: value for name, value in wanted.items() if value is not None}}
    return {name: value for name, value in merged.items() if name != "seconds_until_auto_pause" or merged.get("min_capacity") == 0}


def attributes(engine: Engine = AURORA, purge_tags: bool = False) -> tuple[Attribute, ...]:
    """Every attribute once. Source: RDS API, CreateDBCluster, DBCluster and ModifyDBCluster."""
    refused = Change.REFUSED
    plain = [Attribute(ours, operator.itemgetter(theirs)) for ours, theirs in READ.items()]
    tags = tags_attribute(lambda c: other_tags(c["tags"]), purge_tags)
    return (
        Attribute("engine_version", lambda c: c["EngineVersion"]),
        *plain,
        Attribute("database_name", lambda c: c.get("DatabaseName"), refused, FIXED),
        Attribute("master_username", lambda c: c["MasterUsername"], refused, FIXED),
        Attribute(PASSWORD, lambda c: applied_version(c["tags"]), secret=True),
        Attribute("db_subnet_group_name", lambda c: c["DBSubnetGroup"], refused, FIXED),
        Attribute("vpc_security_group_ids", lambda c: sorted(g["VpcSecurityGroupId"] for g in c["VpcSecurityGroups"]), same=same_members),
        Attribute("kms_key_id", lambda c: c.get("KmsKeyId"), refused, FIXED, same=same_key),
        Attribute("storage_type", lambda c: c.get("StorageType") or engine.storage),
        Attribute("deletion_protection", lambda c: bool(c.get("DeletionProtection"))),
        Attribute("copy_tags_to_snapshot", lambda c: bool(c.get("CopyTagsToSnapshot"))),
        Attribute("enable_iam_database_authentication", lambda c: bool(c.get("IAMDatabaseAuthenticationEnabled"))),
        Attribute("engine_lifecycle_support", lambda c: c.get("EngineLifecycleSupport")),
        Attribute("enabled_cloudwatch_logs_exports", lambda c: sorted(c.get("EnabledCloudwatchLogsExports") or []), same=same_members),
        Attribute("serverless_v2_scaling", found_scaling, merge=merged_scaling),
        tags,
    )


class Cluster(Resource):
    """Source: RDS API, DBCluster.

    password: gives the password of a version of the secret, when a request needs it.
    security_group_ids: gives the ids once the groups are made.
    restore: what a new cluster is restored from; empty for one that is made anew.
    allow_major: whether an upgrade may be one to another major version. lift_protection: whether a deletion may first end the protection.
    final_snapshot: the name of the snapshot that a deletion makes; None for none.
    """

    made_by_aws = ("arn", "endpoint", "reader_endpoint", "cluster_resource_id", "status")

    def __init__(
        self,
        client: Any,
        engine: Engine,
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

    def check(self, found: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> None:
        if wanted.get("state") == "absent" and found is not None and found.get("DeletionProtection") and not self.lift_protection:
            raise Refused(
                f"{self.kind} {self.name} is protected from deletion. Lift it with deletion_protection: false together with state: absent "
                "(opta_deletion_protection: false for a whole environment), and run again."
            )

    def describe(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in super().describe(found).items() if key != PASSWORD}

    def create(self, wanted: Mapping[str, Any]) -> None:
        wanted = self._with_known_groups(wanted)
        if not self.restore:
            password = self._password(wanted)
            api.create_cluster(self.client, Engine=self.engine.engine, **self._named(cluster_requests.creation(wanted, password)))
            return
        request = self._named(cluster_requests.restoration(wanted, self.restore, self.engine.engine))
        restore = api.restore_from_snapshot if self.restore.get("snapshot_identifier") else api.restore_to_point_in_time
        restore(self.client, **request)

    def update(self, found: Mapping[str, Any], wanted: Mapping[str, Any], names: Sequence[str]) -> None:
        """Settings first, the version last: it takes longest, and a new parameter group comes with it."""
        wanted = self._with_known_groups(wanted)
        if "tags" in names:
            change_tags(self.client, found["arn"], other_tags(found["tags"]), wanted["tags"])
        with_version = {"engine_version", "db_cluster_parameter_group_name"} if "engine_version" in names else set()
        settings = [name for name in names if name not in {"tags", *with_version}]
        if settings:
            self._modify(found, wanted, settings)
        if with_version:
            self._modify(found, wanted, [name for name in names if name in with_version])

    def _modify(self, found: Mapping[str, Any], wanted: Mapping[str, Any], names: Sequence[str]) -> None:
        password = self._password(wanted) if PASSWORD in names else None
        logs = found.get("EnabledCloudwatchLogsExports") or []
        request = cluster_requests.modification(logs, wanted, names, password)
        if "engine_version" in names and self.allow_major:
            request["AllowMajorVersionUpgrade"] = True
        api.modify_cluster(self.client, self.name, **request)
        self._wait_until_applied(wanted, names, Begun() if password is not None else None)
        if password is not None:
            api.add_tags(self.client, found["arn"], applied_tag(wanted[PASSWORD]))

    def _wait_until_applied(self, wanted: Mapping[str, Any], names: Sequence[str], begun: Begun | None) -> None:
        """AWS still calls a cluster available for a moment after ModifyDBCluster.

        begun: of a change that no attribute shows, that of the password; DocumentDB does not tell that one is pending either.
        """
        changed = [attribute for attribute in self.attributes if attribute.name in names and not attribute.secret]

        def look() -> tuple[bool, Mapping[str, Any] | None]:
            now = self.find()
            if now is None or self.state(now) is State.FAILED:
                return True, now
            ready = self.state(now) is State.READY
            pending = "MasterUserPassword" in (now.get("PendingModifiedValues") or {})
            has_begun = begun is None or begun.seen(pending or not ready)
            applied = not pending and not any(each.differs(now, wanted[each.name]) for each in changed)
            return has_begun and applied and ready, now

        wait_for(look, f"{self.kind} {self.name} to have {', '.join(names)}", self.timeout_seconds, self.status)

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

    def _password(self, wanted: Mapping[str, Any]) -> str:
        if self.password is None:
            raise AssertionError
        return self.password(wanted[PASSWORD])

    def _with_known_groups(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        if not self.security_group_ids or "vpc_security_group_ids" not in wanted:
            return dict(wanted)
        return {**wanted, "vpc_security_group_ids": self.security_group_ids()}
