# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A replication group: the table of its attributes, and how it is found, created, updated and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import _tags, _wait
from .._compare import same_key, same_members
from .._creation_defaults import CACHE
from .._credentials.credentials import applied_version, other_tags
from .._errors import Refused, error_code, not_adopted
from .._resource import Attribute, Change, State
from .._wait import Started, wait_for
from . import api, requests, write_api
from .auth_token import AuthToken
from .cache_resource import CacheResource
from .passwords import Passwords
from .versions import same_version

NO_TLS = "disabled"
#: the password's version while AWS creates a group: it shows the tags only when the group is available
UNKNOWN = "unknown"
ATTEMPTS = 3
WAITING = "waits for the maintenance window"
TOKEN_CHANGED = "AuthTokenLastModifiedDate"


def engine_change(before: str, after: str) -> Change | str:
    """Redis OSS can be upgraded to Valkey in place, but not the reverse."""
    return Change.IN_PLACE if (before, after) == ("redis", "valkey") else f"ElastiCache cannot change {before} to {after}."


def authentication_change(before: str, after: str) -> Change | str:
    """An AUTH token is replaced by users in one call; the reverse would interrupt the clients."""
    if before == "user_group":
        return "clients would lose access between the two. Create a group of another name and move the clients."
    return Change.IN_PLACE


def authentication_of(group: Mapping[str, Any]) -> str:
    """Return how clients of a group log in."""
    if group.get("UserGroupIds"):
        return "user_group"
    return "auth_token" if group.get("AuthTokenEnabled") else "none"


def parameter_group_of(group: Mapping[str, Any]) -> str | None:
    """Return the parameter group of the nodes."""
    return (group["node"].get("CacheParameterGroup") or {}).get("CacheParameterGroupName")


def attributes(purge_tags: bool = False, pending_counts: bool = False, passwords: Passwords | None = None) -> tuple[Attribute, ...]:
    """Return the attributes. pending_counts: whether what waits for the maintenance window counts as done.

    Source: ElastiCache API, CreateReplicationGroup, DescribeReplicationGroups, DescribeCacheClusters, ModifyReplicationGroup.
    """

    def node(key: str) -> Callable[[Mapping[str, Any]], Any]:
        def read(group: Mapping[str, Any]) -> Any:
            pending = (group["node"].get("PendingModifiedValues") or {}).get(key) if pending_counts else None
            return pending or group["node"].get(key)

        return read

    def with_version(read: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], Any]:
        """Return what changes together with a pending version; AWS does not show it."""
        return lambda group: WAITING if node("EngineVersion")(group) != group["node"].get("EngineVersion") else read(group)

    refused, fixed = Change.REFUSED, "ElastiCache sets it when a group is created. Create a group of another name and move the data."

    def same_password(marker: Any, version_id: Any) -> bool:
        return marker == UNKNOWN or passwords is None or passwords.same(marker, version_id)

    return (
        Attribute("description", lambda g: g.get("Description")),
        Attribute("engine", with_version(lambda g: g["engine"]), engine_change, same=lambda found, desired: found in {WAITING, desired}),
        Attribute("engine_version", node("EngineVersion"), same=same_version),
        Attribute("node_type", node("CacheNodeType")),
        Attribute("replica_count", lambda g: max(len(g.get("MemberClusters") or []) - 1, 0)),
        Attribute("automatic_failover_enabled", lambda g: g.get("AutomaticFailover") in {"enabled", "enabling"}),
        Attribute("multi_az_enabled", lambda g: g.get("MultiAZ") == "enabled"),
        Attribute("parameter_group_name", with_version(parameter_group_of), same=lambda found, desired: found in {WAITING, desired}),
        Attribute("subnet_group_name", lambda g: g["node"].get("CacheSubnetGroupName"), refused, fixed),
        Attribute(
            "security_group_ids",
            lambda g: sorted(s["SecurityGroupId"] for s in g["node"].get("SecurityGroups") or []),
            same=same_members,
        ),
        Attribute("port", lambda g: g["port"], refused, fixed, same=lambda found, desired: found in {None, desired}),
        Attribute("kms_key_arn", lambda g: g.get("KmsKeyId"), refused, fixed, same=same_key),
        Attribute("at_rest_encryption_enabled", lambda g: bool(g.get("AtRestEncryptionEnabled")), refused, fixed),
        Attribute(
            "transit_encryption_mode", lambda g: g.get("TransitEncryptionMode", "required") if g.get("TransitEncryptionEnabled") else NO_TLS
        ),
        Attribute("authentication", authentication_of, authentication_change),
        Attribute("user_group_id", lambda g: next(iter(g.get("UserGroupIds") or []), None)),
        Attribute("password", lambda g: applied_version(g["all_tags"]) if g["tags_known"] else UNKNOWN, secret=True, same=same_password),
        Attribute("snapshot_retention_days", lambda g: g.get("SnapshotRetentionLimit", 0)),
        Attribute("snapshot_window", lambda g: g.get("SnapshotWindow")),
        Attribute("maintenance_window", lambda g: g["node"].get("PreferredMaintenanceWindow")),
        Attribute("auto_minor_version_upgrade", lambda g: bool(g.get("AutoMinorVersionUpgrade"))),
        Attribute("log_delivery", requests.found_log_delivery, same=requests.same_log_delivery),
    )


class ReplicationGroup(CacheResource):
    """A group of nodes of Valkey or Redis OSS without shards: a primary and its replicas.

    desired_tags: decide ownership when AWS shows the tags, which it does not while it creates a group.
    passwords: the desired AUTH token; None with users, or for a deletion.
    apply_immediately: whether changes of the nodes are made before the maintenance window.
    final_snapshot: returns the name of the snapshot that a deletion takes; None for no snapshot.
    """

    kind = "cache replication group"
    computed = ("arn", "endpoint", "reader_endpoint", "status", "member_clusters")

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        desired_tags: Mapping[str, Any] | None = None,
        passwords: Passwords | None = None,
        apply_immediately: bool = True,
        adopt: bool = False,
        wait: bool = True,
        timeout_seconds: float = 1800,
        purge_tags: bool = False,
        final_snapshot: Callable[[Mapping[str, Any]], str | None] = lambda _found: None,
    ) -> None:
        self.passwords = passwords
        self.desired_tags = {key: str(value) for key, value in (desired_tags or {}).items()}
        self.apply_immediately = apply_immediately
        self.adopt = adopt
        self.wait = wait
        self.timeout_seconds = timeout_seconds
        self.final_snapshot = final_snapshot
        super().__init__(client, name, purge_tags=purge_tags)

    def table(self) -> Sequence[Attribute]:
        return attributes(pending_counts=not self.apply_immediately, passwords=self.passwords)

    def observe(self) -> dict[str, Any] | None:
        group = api.describe_replication_group(self.client, self.name)
        if group is None:
            return None
        members = group.get("MemberClusters") or []
        node = (api.describe_cache_cluster(self.client, members[0]) if members else None) or {}
        shard: Mapping[str, Any] = next(iter(group.get("NodeGroups") or []), {})
        primary, reader = shard.get("PrimaryEndpoint") or {}, shard.get("ReaderEndpoint") or {}
        return {
            **group,
            "node": node,
            "engine": group.get("Engine") or node.get("Engine"),
            "engine_version": node.get("EngineVersion"),
            "port": primary.get("Port"),
            "endpoint": primary.get("Address"),
            "reader_endpoint": reader.get("Address") or primary.get("Address"),
            "status": group["Status"],
            "member_clusters": members,
        }

    def find(self) -> Mapping[str, Any] | None:
        found = super().find()
        if found is None or found["tags_known"]:
            return found
        return {**found, "all_tags": self.desired_tags}  # check() compares them again when AWS shows them

    @staticmethod
    def is_deleting(found: Mapping[str, Any]) -> bool:
        return found["Status"] == "deleting"

    def status(self, found: Mapping[str, Any] | None) -> str:
        if found is None or found["Status"] != "create-failed":
            return super().status(found)
        reported = [event["Message"] for event in api.describe_events(self.client, self.name)]
        return f"create-failed: {reported[-1] if reported else 'AWS gives no reason.'}"

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"description": self.name, **CACHE, **desired} if found is None else desired  # AWS wants a description of each group

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if found is None or self.state(found) is State.DELETING:
            if desired.get("state") != "absent":
                self._refuse_what_cannot_be_made(desired)
            return
        self._refuse_foreign(found)
        if found.get("ClusterEnabled"):
            raise Refused(f"{self.kind} {self.name} has shards (cluster mode), which this module does not manage: use another name.")
        if desired.get("state") != "absent":
            self._refuse_a_node_type_that_aws_does_not_offer(found, desired)
            requests.refuse_failover_without_replicas(found, desired, self.attributes)

    def _refuse_foreign(self, found: Mapping[str, Any]) -> None:
        reason = None if self.adopt or not found["tags_known"] else _tags.not_ours(found["all_tags"], self.desired_tags)
        if reason:
            raise not_adopted(f"{self.kind} {self.name}", reason)

    def _refuse_what_cannot_be_made(self, desired: Mapping[str, Any]) -> None:
        requests.refuse_failover_without_replicas(None, desired, self.attributes)

    def _refuse_a_node_type_that_aws_does_not_offer(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> None:
        before, after = found["node"].get("CacheNodeType"), desired.get("node_type")
        if after in (None, before) or self.state(found) is not State.READY:
            return
        allowed = api.list_allowed_node_types(self.client, self.name)
        names = {*allowed.get("ScaleUpModifications", []), *allowed.get("ScaleDownModifications", [])}
        if names and after not in names and not self._has_come_to(after):
            raise Refused(f"node_type is {after}, but {self.name} can change from {before} to {', '.join(sorted(names))} only.")

    def _has_come_to(self, node_type: str) -> bool:
        """Return whether a change of an earlier run has ended since the group was described."""
        _wait.WAITING.get().before()
        return ((self.observe() or {}).get("node") or {}).get("CacheNodeType") == node_type

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        notes = []
        pending = found["node"].get("PendingModifiedValues") or {}
        waiting = [f"{key} {pending[key]}" for key in ("EngineVersion", "CacheNodeType") if pending.get(key)]
        if waiting and not self.apply_immediately:
            window = found["node"].get("PreferredMaintenanceWindow")
            notes.append(f"{self.kind} {self.name}: {', '.join(waiting)} will be applied in the maintenance window {window}.")
        return notes

    def create(self, desired: Mapping[str, Any]) -> None:
        request = requests.create_request(desired)
        tags = dict(desired["tags"])
        if self.passwords is not None:
            request["AuthToken"] = self.passwords.value().reveal()
            tags.update(self.passwords.creating_tag())
        write_api.create_replication_group(self.client, ReplicationGroupId=self.name, Tags=_tags.as_list(tags), **request)

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        """Make one call after another, each after the previous one has ended; only the last one may not be waited for."""
        steps = requests.steps(found, desired, names)
        for number, step in enumerate(steps, start=1):
            self._do(step, last=number == len(steps))
        if "password" in names and self.passwords is not None and self.wait:
            AuthToken(self.client, found, self.passwords, self._change_token).reconcile()

    def _do(self, step: requests.Step, last: bool) -> None:
        """Wait for work that AWS starts in between (a snapshot), and repeat the call."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._call(step)
                break
            except api.CacheError as error:
                if attempt == ATTEMPTS or error_code(error) != api.NOT_AVAILABLE:
                    raise
            wait_for(self._available, f"{self.kind} {self.name} to be available", self.timeout_seconds, str)
        if self.wait or not last:
            self._wait_until_applied(step)

    def _call(self, step: requests.Step) -> None:
        if step.replicas is None:
            at_once = self.apply_immediately or not requests.may_wait(step)
            write_api.modify_replication_group(self.client, self.name, ApplyImmediately=at_once, **step.request)
            return
        group = api.describe_replication_group(self.client, self.name) or {}
        before = max(len(group.get("MemberClusters") or []) - 1, 0)
        if before != step.replicas:  # else an attempt whose answer was lost has done it
            call = write_api.increase_replica_count if step.replicas > before else write_api.decrease_replica_count
            call(self.client, self.name, step.replicas)

    def _wait_until_applied(self, step: requests.Step) -> None:
        """For a moment after a change, AWS may show a group as available; then it does not show the change either."""
        changed = [attribute for attribute in self.attributes if attribute.name in step.shows]
        started = Started()

        def poll() -> tuple[bool, str]:
            now = self.observe()
            if now is None:
                return True, "gone"
            applied = not any(attribute.differs(now, step.shows[attribute.name]) for attribute in changed)
            return started.seen(applied) and now["Status"] == "available", str(now["Status"])

        wait_for(poll, f"{self.kind} {self.name} to have {', '.join(step.shows)}", self.timeout_seconds, str)

    def _change_token(self, **request: Any) -> None:
        """AWS shows the change of a token by a pending status, and by a new time of the last change."""
        before = (api.describe_replication_group(self.client, self.name) or {}).get(TOKEN_CHANGED)
        write_api.modify_replication_group(self.client, self.name, ApplyImmediately=True, **request)
        started = Started()

        def poll() -> tuple[bool, str]:
            now = api.describe_replication_group(self.client, self.name)
            if now is None:
                return True, "gone"
            pending = (now.get("PendingModifiedValues") or {}).get("AuthTokenStatus")
            at_rest = now["Status"] == "available" and not pending
            return started.seen(not at_rest or now.get(TOKEN_CHANGED) != before) and at_rest, str(pending or now["Status"])

        wait_for(poll, f"{self.kind} {self.name} to have its AUTH token", self.timeout_seconds, str)

    def _available(self) -> tuple[bool, str]:
        group = api.describe_replication_group(self.client, self.name)
        return group is None or group["Status"] == "available", "gone" if group is None else str(group["Status"])

    def delete(self, found: Mapping[str, Any]) -> None:
        self._refuse_foreign(found)  # it may belong to others: AWS did not show its tags before
        write_api.delete_replication_group(self.client, self.name, self.final_snapshot(found))

    def never_worked(self, found: Mapping[str, Any]) -> bool:
        return True  # create-failed is the only failure

    def delete_failed(self, found: Mapping[str, Any]) -> None:
        self._refuse_foreign(found)
        write_api.delete_replication_group(self.client, self.name, None)  # it has no data for a snapshot

    def describe(self, found: Mapping[str, Any]) -> dict[str, Any]:
        shown = super().describe(found)
        return {**{key: value for key, value in shown.items() if key != "password"}, "tags": other_tags(found["all_tags"])}
