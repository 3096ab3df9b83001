# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The resources of a database cluster with all its parts, and the desired values of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .._creation_defaults import DATABASE_BACKUP_RETENTION_DAYS, DATABASE_CLASS, DATABASE_INSTANCES, DATABASE_USERNAME
from .._credentials.api import describe_secret
from .._credentials.credentials import Credentials, SecretVersion
from .._errors import Refused
from .._resource import KNOWN_AFTER_APPLY, State
from .._response_cache import prefetch
from .._security_group.group import StoreSecurityGroup
from . import api, versions
from .classes import refuse_unknown_class
from .cluster import PASSWORD, DatabaseCluster
from .engine import DatabaseEngine
from .instance import DatabaseInstance, names_of, own_names
from .instance_cache import InstanceCache
from .options import normal, parameters_of, restore_of
from .parameter_group import ParameterGroup
from .subnet_group import SubnetGroup
from .versions import Versions

if TYPE_CHECKING:
    from .._module import PlatformModule

#: options that a new cluster needs
NEEDED = {
    "subnet_ids": "subnets in at least two zones, for example [subnet-0a1b2c3d, subnet-1b2c3d4e]",
    "vpc_id": "the VPC of the subnets, for example vpc-0a1b2c3d",
    "kms_key_id": "the ARN of the key that encrypts it",
}


@dataclass
class DesiredResource:
    """The desired values of each part."""

    cluster: dict[str, Any]
    instance: dict[str, Any]
    create: list[str] = field(default_factory=list)
    keep: list[str] = field(default_factory=list)
    delete: list[str] = field(default_factory=list)


class DatabaseResources:
    """The resources of one database cluster, and the cluster as it was found.

    found: AWS's answer; None when it does not exist, or is being deleted.
    """

    def __init__(self, module: PlatformModule, engine: DatabaseEngine) -> None:
        self.module = module
        self.given = normal(module.params)
        self.engine = engine
        self.name: str = self.given["name"]
        self.client = module.client(engine.service)
        self.tags = {key: str(value) for key, value in (self.given["tags"] or {}).items()}
        self.instance_cache = InstanceCache(self.client, self.name)
        self.restore = restore_of(self.given)
        self._prefetch()
        self.listed = api.describe_parameter_groups(self.client)
        self.cluster = DatabaseCluster(
            self.client,
            engine,
            self.name,
            password=lambda version: self.credentials.password(version).reveal(),
            security_group_ids=self.security_group_ids,
            restore=self.restore,
            allow_major=self.given["allow_major_version_upgrade"],
            purge_tags=self.given["purge_tags"],
            timeout_seconds=self.given["wait_timeout"],
        )
        answered = self.cluster.find()
        self.found = None if answered is None or self.cluster.state(answered) is State.DELETING else answered
        if self.found is not None:
            prefetch([self._found_parameter_group, self.subnet_group.find])

    def _prefetch(self) -> None:
        secrets, groups = self.module.client("secretsmanager"), self.module.client("ec2")
        prefetch(
            [
                lambda: api.describe_parameter_groups(self.client),
                lambda: api.describe_cluster(self.client, self.name),
                lambda: api.describe_instances(self.client, self.name),
                lambda: api.describe_subnet_group(self.client, self.name),
                lambda: describe_secret(secrets, self.given["secret_name"] or self.name),
                StoreSecurityGroup(groups, self.name, port=0, vpc_id=self.given["vpc_id"], tags=self.tags).find,
            ]
        )

    @cached_property
    def source(self) -> Mapping[str, Any] | None:
        """The source of a restored cluster, a snapshot or a cluster; None for a new cluster."""
        if self.found is not None or not self.restore:
            return None
        snapshot = self.restore.get("snapshot_identifier")
        name = snapshot or self.restore["source_cluster_identifier"]
        found = api.describe_snapshot(self.client, name) if snapshot else api.describe_cluster(self.client, name)
        if found is None:
            raise Refused(
                f"{self.engine.kind} {self.name}: restore names {name}, and AWS has no such {'snapshot' if snapshot else 'cluster'}."
            )
        if found["Engine"] != self.engine.engine:
            raise Refused(f"{self.engine.kind} {self.name}: restore names {name}, which is of the engine {found['Engine']}.")
        return found

    @cached_property
    def versions(self) -> Versions:
        what, asked = f"{self.engine.kind} {self.name}", self.given["engine_version"]
        if self.found is not None:
            allow = self.given["allow_major_version_upgrade"]
            return versions.of_found_cluster(self.client, self.engine, what, self.found["EngineVersion"], asked, allow)
        if self.source is not None:
            return self._restored_version(what, self.source["EngineVersion"], asked)
        version = asked or self.given["default_engine_version"]
        if version is None:
            raise Refused(f"{what}: to create it, set engine_version, for example {'17' if self.engine.major_parts == 1 else '5.0'}.")
        return versions.of_new_cluster(self.client, self.engine, what, version)

    def _restored_version(self, what: str, source: str, asked: str | None) -> Versions:
        if self.restore.get("snapshot_identifier"):
            allow = self.given["allow_major_version_upgrade"]
            return versions.of_restored_cluster(self.client, self.engine, what, source, asked, allow)
        if asked and self.engine.major(asked) != self.engine.major(source):
            raise Refused(
                f"{what}: a restore to a point in time keeps the version of its source, {source}: leave engine_version out, "
                "and upgrade the cluster once it is restored."
            )
        return versions.of_found_cluster(self.client, self.engine, what, source, asked, allow_major=False)

    @cached_property
    def parameter_group(self) -> ParameterGroup:
        version = self.versions.effective
        return ParameterGroup(
            self.client,
            self.engine,
            self.engine.group_name(self.name, version),
            self.engine.family(version),
            purge_parameters=self.given["parameters"] is not None,
            spared=self._parameters_of_kept_logs(),
            purge_tags=self.given["purge_tags"],
        )

    def _parameters_of_kept_logs(self) -> list[str]:
        """Return the parameters that control the logs of a cluster, which it keeps when none are given."""
        kept = self.given["enabled_cloudwatch_logs_exports"] is None
        exported = (self.found or {}).get("EnabledCloudwatchLogsExports") or []
        return [parameter for log, parameter in self.engine.parameters_of_logs.items() if kept and log in exported]

    def _found_parameter_group(self) -> Mapping[str, Any] | None:
        return self.parameter_group.find()

    def other_parameter_groups(self) -> list[ParameterGroup]:
        """Return the parameter groups of the cluster for other versions, which an upgrade leaves behind."""
        return [
            ParameterGroup(self.client, self.engine, group["DBClusterParameterGroupName"], group["DBParameterGroupFamily"])
            for group in self.listed
            if self.engine.is_group_of(group["DBClusterParameterGroupName"], self.name)
            and group["DBClusterParameterGroupName"] != self.parameter_group.name
        ]

    @cached_property
    def subnet_group(self) -> SubnetGroup:
        return SubnetGroup(self.client, self.name, purge_tags=self.given["purge_tags"])

    @cached_property
    def security_group(self) -> StoreSecurityGroup:
        return StoreSecurityGroup(
            self.module.client("ec2"),
            self.name,
            port=self.port,
            vpc_id=self.given["vpc_id"],
            tags=self.tags,
            purge_tags=self.given["purge_tags"],
            purge_rules=self.given["purge_rules"],
        )

    @property
    def port(self) -> int:
        return int(self.given["port"] or (self.found or {}).get("Port") or self.engine.port)

    @cached_property
    def credentials(self) -> Credentials:
        return Credentials(
            self.module.client("secretsmanager"),
            self.given["secret_name"] or self.name,
            username=self.username,
            kms_key_arn=self.given["kms_key_id"],
            tags=self.tags,
            description=f"Credentials of {self.engine.kind} {self.name}",
            recovery_window_in_days=self.given["secret_recovery_window_in_days"],
        )

    @property
    def username(self) -> str:
        known = self.found or self.source
        return str(known["MasterUsername"]) if known else self.given["master_username"] or DATABASE_USERNAME

    @property
    def parameters(self) -> dict[str, str]:
        return parameters_of(self.given, self.engine)

    def security_group_ids(self) -> list[str]:
        """Return the ids of the security groups of the cluster: only ours."""
        group = self.security_group.find()
        return [str(group["group_id"]) if group else KNOWN_AFTER_APPLY]

    def instance(self, name: str) -> DatabaseInstance:
        settings = {"purge_tags": self.given["purge_tags"], "timeout_seconds": self.given["wait_timeout"]}
        return DatabaseInstance(self.instance_cache, self.engine, name, **settings)

    def desired(self, target: SecretVersion) -> DesiredResource:
        """Return the desired values; raise Refused for what AWS does not offer. target: the desired version of the secret."""
        given, new = self.given, self.found is None
        if new:
            for option, example in NEEDED.items():
                if not given[option]:
                    raise Refused(f"{self.engine.kind} {self.name} does not exist. To create it, set {option}: {example}.")
        cluster = self.module.desired(self.cluster, self.given)
        cluster.update(
            db_cluster_parameter_group_name=self.parameter_group.name,
            vpc_security_group_ids=self.security_group_ids(),
            copy_tags_to_snapshot=True,
            **{PASSWORD: target.version_id},
        )
        cluster.pop("engine_version", None)
        if self.versions.desired:
            cluster["engine_version"] = self.versions.desired
        if new:
            if self.engine.lifecycle_support and not given["engine_lifecycle_support"]:
                cluster["engine_lifecycle_support"] = self.engine.lifecycle_support
            if given["master_username"] not in (None, self.username):
                raise Refused(
                    f"{self.engine.kind} {self.name}: master_username is {given['master_username']}, but what it is restored from has "
                    f"{self.username}: leave the option out."
                )
            cluster.setdefault(
                "backup_retention_period", max(DATABASE_BACKUP_RETENTION_DAYS, (self.source or {}).get("BackupRetentionPeriod") or 0)
            )
            cluster.update(db_subnet_group_name=self.name, port=self.port, master_username=self.username)
        elif given["subnet_ids"]:
            cluster["db_subnet_group_name"] = self.name
        return self._with_instances(DesiredResource(cluster, self._instance_values()))

    def _instance_values(self) -> dict[str, Any]:
        values = self.module.desired(self.instance("any"), self.given)
        if values.get("performance_insights_enabled") and self.given["kms_key_id"]:
            values["performance_insights_kms_key_id"] = self.given["kms_key_id"]
        if self.engine.can_be_public:
            values["publicly_accessible"] = False
        return values

    def _with_instances(self, desired: DesiredResource) -> DesiredResource:
        found = {} if self.found is None else self.instance_cache.instances()
        existing = [name for name, each in found.items() if each["DBInstanceStatus"] != "deleting"]
        writer = next((m["DBInstanceIdentifier"] for m in (self.found or {}).get("DBClusterMembers") or [] if m["IsClusterWriter"]), None)
        ours = own_names(self.name, existing)
        count = self.given["instance_count"]
        if count is None:
            count = len(ours) or (0 if existing else DATABASE_INSTANCES)
        desired.create, desired.delete = names_of(self.name, existing, count, writer)
        desired.keep = sorted((name for name in ours if name not in desired.delete), key=lambda name: (name == writer, name))
        if desired.create and not self.given["db_instance_class"]:
            desired.instance["db_instance_class"] = next(iter(found.values()))["DBInstanceClass"] if found else DATABASE_CLASS
        self._check_class(desired, found)
        return desired

    def _check_class(self, desired: DesiredResource, found: Mapping[str, Mapping[str, Any]]) -> None:
        instance_class = desired.instance.get("db_instance_class")
        classes = {name: each["DBInstanceClass"] for name, each in found.items()}
        changed = any(classes[name] != instance_class for name in desired.keep) if instance_class else False
        if instance_class in classes.values() or (not desired.create and not changed):
            return
        what = f"{self.engine.kind} {self.name}"
        refuse_unknown_class(self.client, self.engine, what, instance_class, self.versions.effective)
