# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A cache: a replication group of ElastiCache with all its parts."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._composite import Composite, CompositeOptions
from .._creation_defaults import CACHE_PORT
from .._credentials.api import describe_secret
from .._credentials.credentials import Credentials, applied_version
from .._credentials.secret import DEFAULT_WINDOW_IN_DAYS
from .._errors import Refused
from .._resource import KNOWN_AFTER_APPLY, Outcome
from .._response_cache import prefetch
from .._security_group.group import StoreSecurityGroup
from . import api, reboots
from .groups import ParameterGroup, SubnetGroup, parameter_group_name
from .passwords import PREVIOUS, Passwords
from .replication_group import ReplicationGroup, authentication_of, parameter_group_of
from .users import USER_NAME, User, UserGroup, access_string
from .versions import CacheEngine, desired_engine

#: options that are attributes of the replication group as they are
OF_THE_GROUP = (
    "description",
    "node_type",
    "replica_count",
    "automatic_failover_enabled",
    "multi_az_enabled",
    "kms_key_arn",
    "transit_encryption_mode",
    "snapshot_retention_days",
    "snapshot_window",
    "maintenance_window",
    "auto_minor_version_upgrade",
    "log_delivery",
)


@dataclass(frozen=True)
class CacheOptions(CompositeOptions):
    """given: the module's other options by their names; what is None is left as it is found."""

    given: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        value = self.given.get(name)
        return default if value is None else value

    @property
    def secret_name(self) -> str:
        return str(self.get("secret_name", self.name))


class CacheStore(Composite):
    """Creates and updates a cache part by part. client: makes the client of a service."""

    options: CacheOptions

    def __init__(self, client: Callable[[str], Any], options: CacheOptions, check_mode: bool) -> None:
        super().__init__(options, check_mode)
        self.cache, self.ec2, self.secrets = client("elasticache"), client("ec2"), client("secretsmanager")
        self.credentials = Credentials(
            self.secrets,
            options.secret_name,
            username=USER_NAME,
            kms_key_arn=options.get("kms_key_arn"),
            tags=self.tags,
            description=f"Credentials of the cache {options.name}",
            recovery_window_in_days=options.get("secret_recovery_window_in_days", DEFAULT_WINDOW_IN_DAYS),
        )

    def reconcile(self) -> list[Outcome]:
        """Create and update what differs; the replication group's outcome comes first."""
        self._prefetch()
        found = self._group().find()
        existing = None if found is None or ReplicationGroup.is_deleting(found) else found
        if existing is None:
            self._refuse_without_subnets()
        if existing is not None:
            prefetch(self._parts_of(existing))
        engine = self._engine(existing)
        with_users = self._authentication(existing) == "user_group"

        secret = self.add(self.credentials.reconcile(check_mode=self.check_mode, adopt=self.options.adopt))
        passwords = self._passwords(secret.action == "create", existing, with_users)
        self.add(self.credentials.rotation(passwords.target))
        group = self._security_group()
        needed = {"security_group_ids": [group["group_id"]], "subnet_group_name": self.options.name}
        self._subnet_group()
        needed["parameter_group_name"] = self._parameter_group(engine, existing)
        waiting = self._waiting_for_reboot(existing)
        if with_users:
            needed["user_group_id"] = self._users(engine, passwords)
        main = self._replication_group(engine, needed, None if with_users else passwords)
        main.notes.extend(f"{main.kind} {main.name}: {note}" for note in engine.notes)
        self._delete_other_parameter_groups(engine, existing)
        self._reboot(waiting, main)
        if not self.check_mode and (with_users or self.options.wait):
            self.credentials.promote(passwords.target)
        result = {key: value for key, value in (main.resource or {}).items() if key != "password"}
        result.update(
            security_group_id=group["group_id"], secret_arn=(secret.resource or {}).get("arn"), secret_name=self.options.secret_name
        )
        main.resource = result
        return self.outcomes_of(main)

    def _prefetch(self) -> None:
        name, cache = self.options.name, self.cache
        prefetch(
            [
                self._ask_for_group_and_node,
                lambda: api.describe_subnet_group(cache, name),
                lambda: api.describe_parameter_groups(cache),
                lambda: api.describe_user(cache, name),
                lambda: api.describe_user_group(cache, name),
                lambda: describe_secret(self.secrets, self.options.secret_name),
                self._security_group_part().find,
            ]
        )

    def _ask_for_group_and_node(self) -> None:
        """One after the other: an available group with the node from before a change would be refused the change."""
        api.describe_replication_group(self.cache, self.options.name)
        api.describe_cache_cluster(self.cache, f"{self.options.name}-001")  # the first node, while it has not been replaced

    def _parts_of(self, existing: Mapping[str, Any]) -> list[Callable[[], Any]]:
        """Return the requests about an existing cache that need the names of its parts."""
        name, cache = self.options.name, self.cache
        parameters = ParameterGroup(cache, str(parameter_group_of(existing)))
        parts = [SubnetGroup(cache, name), User(cache, name), UserGroup(cache, name), parameters]
        return [functools.partial(self._engine, existing), *(part.find for part in parts)]

    def _engine(self, existing: Mapping[str, Any] | None) -> CacheEngine:
        return desired_engine(self.cache, existing, self.options.get("engine"), self.options.get("engine_version"))

    def _refuse_without_subnets(self) -> None:
        missing = [name for name in ("vpc_id", "subnet_ids") if not self.options.get(name)]
        if missing:
            raise Refused(f"cache replication group {self.options.name} does not exist. To create it, set {', '.join(missing)}.")

    def _authentication(self, existing: Mapping[str, Any] | None) -> str:
        """Return how clients log in: as given, else as found, else by users."""
        given = self.options.get("authentication")
        found = authentication_of(existing) if existing else "user_group"
        return str(given or ("user_group" if found == "none" else found))

    def _passwords(self, is_new: bool, existing: Mapping[str, Any] | None, with_users: bool) -> Passwords:
        """Return the desired password; one that was just created is not rotated, and a rotation that has not ended is finished first."""
        keep = bool(self.options.get("keep_previous_password", False))
        rotate = bool(self.options.get("rotate_password", False)) and not is_new
        if rotate and keep:
            rotate = not self._both_hold(existing, with_users)
        target = self.credentials.target(rotate=rotate)
        if not self.check_mode:
            target = self.credentials.prepare(target)
        return Passwords(self.credentials, target, keep)

    def _both_hold(self, existing: Mapping[str, Any] | None, with_users: bool) -> bool:
        """Return whether the previous password is still valid: its clients would lose access with a third one."""
        found = User(self.cache, self.options.name).find() if with_users else existing
        return (applied_version((found or {}).get("all_tags")) or "").endswith(PREVIOUS)

    def _security_group_part(self) -> StoreSecurityGroup:
        return StoreSecurityGroup(
            self.ec2,
            self.options.name,
            port=self.options.get("port", CACHE_PORT),
            vpc_id=self._vpc_id(),
            tags=self.tags,
            purge_tags=self.options.purge_tags,
            purge_rules=bool(self.options.get("purge_rules", False)),
        )

    def _security_group(self) -> Mapping[str, Any]:
        part = self._security_group_part()
        allowed = (self.options.get("allowed_cidr_blocks"), self.options.get("allowed_security_group_ids"))
        return self.ensure(part, part.desired(*allowed, self.tags)).resource or {}

    def _vpc_id(self) -> str:
        return str(self.options.get("vpc_id") or self._found_vpc_id() or KNOWN_AFTER_APPLY)

    def _found_vpc_id(self) -> str | None:
        """Return the VPC of an existing cache, when it is not given."""
        found = api.describe_subnet_group(self.cache, self.options.name)
        return None if found is None else found["VpcId"]

    def _subnet_group(self) -> None:
        given = {"subnet_ids": self.options.get("subnet_ids")} if self.options.get("subnet_ids") else {}
        self.ensure(SubnetGroup(self.cache, self.options.name, purge_tags=self.options.purge_tags), {**given, "tags": self.tags})

    def _parameter_group(self, engine: CacheEngine, existing: Mapping[str, Any] | None) -> str:
        """Return the name of the group's parameter group; for a version that AWS no longer lists, the present one."""
        if engine.family is None:
            return str(parameter_group_of(existing or {}))
        name = parameter_group_name(self.options.name, engine.family)
        desired: dict[str, Any] = {"family": engine.family, "tags": self.tags}
        parameters = self.options.get("parameters")
        if parameters is not None:
            desired["parameters"] = {key: _parameter_value(value) for key, value in parameters.items()}
        self.ensure(ParameterGroup(self.cache, name, purge_tags=self.options.purge_tags), desired)
        return name

    def _waiting_for_reboot(self, existing: Mapping[str, Any] | None) -> list[str]:
        """Return the nodes with outdated parameters, now or after the parameters are changed."""
        if existing is None:
            return []
        changed = [outcome for outcome in self.outcomes if outcome.kind == ParameterGroup.kind]
        everyone = any(reboots.changes_static(self.cache, outcome) for outcome in changed)
        if everyone or self._may_reboot():
            return reboots.waiting_nodes(self.cache, existing, everyone)
        return list(existing.get("MemberClusters") or []) if reboots.waits(existing["node"]) else []

    def _may_reboot(self) -> bool:
        return bool(self.options.get("allow_reboot", False)) and self.options.wait

    def _reboot(self, waiting: list[str], main: Outcome) -> None:
        """Reboot the nodes, or report that they need it, unless another change restarts them."""
        restarted = main.action == "update" and reboots.RESTARTING & set(main.attributes) and self.options.get("apply_immediately", True)
        if not waiting or restarted:
            return
        if not self._may_reboot():
            main.notes.append(reboots.note(main.kind, main.name))
            return
        if not self.check_mode:
            reboots.reboot(self.cache, self.options.name, waiting, self.options.timeout_seconds)
        self.outcomes += reboots.outcomes(waiting)

    def _users(self, engine: CacheEngine, passwords: Passwords) -> str:
        name, purge = self.options.name, self.options.purge_tags
        user = User(self.cache, name, engine=engine.name, passwords=passwords, purge_tags=purge)
        password = passwords.target.version_id
        desired = {"user_name": USER_NAME, "access_string": access_string(engine), "password": password, "tags": self.tags}
        self.ensure(user, desired)
        self.ensure(UserGroup(self.cache, name, engine=engine.name, purge_tags=purge), {"user_ids": [name], "tags": self.tags})
        return name

    def _group(self, passwords: Passwords | None = None) -> ReplicationGroup:
        return ReplicationGroup(
            self.cache,
            self.options.name,
            desired_tags=self.tags,
            passwords=passwords,
            apply_immediately=bool(self.options.get("apply_immediately", True)),
            adopt=self.options.adopt,
            wait=self.options.wait,
            timeout_seconds=self.options.timeout_seconds,
            purge_tags=self.options.purge_tags,
        )

    def _replication_group(self, engine: CacheEngine, needed: Mapping[str, Any], passwords: Passwords | None) -> Outcome:
        desired = {name: self.options.get(name) for name in OF_THE_GROUP if self.options.get(name) is not None}
        desired.update(needed, engine=engine.name, engine_version=engine.version, at_rest_encryption_enabled=True, tags=self.tags)
        desired["authentication"] = "auth_token" if passwords else "user_group"
        if self.options.get("port") is not None:
            desired["port"] = self.options.get("port")
        if passwords is not None:
            desired["password"] = passwords.target.version_id
        return self.ensure(self._group(passwords), desired, wait=self.options.wait)

    def _delete_other_parameter_groups(self, engine: CacheEngine, existing: Mapping[str, Any] | None) -> None:
        """Delete the parameter groups of earlier families, when nothing uses them any more."""
        if engine.family is None or not self.options.wait:
            return
        kept = {parameter_group_name(self.options.name, engine.family)}
        if existing and not self.options.get("apply_immediately", True):
            kept.add(str(parameter_group_of(existing)))  # until the maintenance window
        for each in api.describe_parameter_groups(self.cache):
            name = each["CacheParameterGroupName"]
            if name not in kept and name == parameter_group_name(self.options.name, each["CacheParameterGroupFamily"]):
                self.delete(ParameterGroup(self.cache, name))


def _parameter_value(value: Any) -> str:
    """Return a parameter in ElastiCache's form: YAML's booleans are yes and no."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
