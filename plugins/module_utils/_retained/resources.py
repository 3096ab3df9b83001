# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an environment keeps on purpose, although it is destroyed: found by its tags. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .. import _tags
from .._elasticache.snapshots import final_snapshot_name
from .._errors import Refused
from .._names import Identity
from .._rds.teardown import final_name
from .._resource import Outcome
from . import api
from .buckets import buckets_to_retain, retained_bucket, retained_buckets
from .repositories import retained_repository
from .retained_resource import RetainedResource

RECOVERY_WINDOW_IN_DAYS = 7  # the shortest that Secrets Manager has

#: (service, kind) of ARNs whose service is asked itself
ASKED = {
    ("ec2", "snapshot"),
    ("ec2", "volume"),
    ("rds", "cluster-snapshot"),
    ("rds", "snapshot"),
    ("secretsmanager", "secret"),
    ("elasticache", "snapshot"),
}

#: what EC2 names as the volume of a snapshot that is a copy of another
NO_VOLUME = "vol-ffffffff"
#: a cache in these states goes without a final snapshot
WITHOUT_SNAPSHOT = ("deleting", "create-failed")
#: the tag that the EBS CSI driver puts on each volume it makes
DRIVER_TAG = "ebs.csi.aws.com/cluster"


class RetainedResources:
    """All that one environment keeps on purpose.

    client: makes the client of a service. Each service is asked itself, because the tagging API shows a new tag late;
    it is asked too, for kinds of things that are not known here.
    """

    def __init__(self, client: Callable[[str], Any], identity: Identity) -> None:
        self.client = client
        self.identity = identity
        self.partition = identity.partition
        self.arn_of_ec2 = f"arn:{identity.partition}:ec2:{identity.region}:{identity.account_id}"

    def find(self) -> list[RetainedResource]:
        """Everything with the environment's tags and opta:retained."""
        buckets = retained_buckets(self.client("s3"), self.identity)
        known = [*self._ebs(), *self._databases(), *self._caches(), *self._secrets(), *buckets]
        arns = {kept.arn for kept in known}
        filters = [*({"Key": key, "Values": [value]} for key, value in self.identity.marks().items()), {"Key": _tags.RETAINED}]
        others = api.tagged_resources(self.client("resourcegroupstaggingapi"), filters)
        for arn in sorted(other["ResourceARN"] for other in others):
            if arn in arns or self._stale(arn):
                continue
            if arn.startswith(f"arn:{self.partition}:s3:::"):  # of a name that is not ours
                known += retained_bucket(self.client("s3"), self.identity, arn)
            elif arn.startswith(f"arn:{self.partition}:ecr:"):
                known += retained_repository(self.client("ecr"), arn)
            else:
                known.append(RetainedResource("resource", arn, arn, None))
        return known

    def _stale(self, arn: str) -> bool:
        """Whether the tagging API still shows something that its own service, asked above, does not know any more."""
        parts = arn.split(":")
        return (parts[2], parts[5].partition("/")[0]) in ASKED

    def _filters(self) -> list[dict[str, Any]]:
        return [*self._marked(), {"Name": "tag-key", "Values": [_tags.RETAINED]}]

    def _marked(self) -> list[dict[str, Any]]:
        return [{"Name": f"tag:{key}", "Values": [value]} for key, value in self.identity.marks().items()]

    def _ebs(self) -> list[RetainedResource]:
        ec2 = self.client("ec2")
        found = []
        for snapshot in api.describe_snapshots(ec2, self._filters()):
            name = snapshot["SnapshotId"]
            found.append(self._kept_ebs("snapshot", name, snapshot, partial(api.delete_snapshot, ec2, name)))
        for volume in api.describe_volumes(ec2, self._filters()):
            name = volume["VolumeId"]
            found.append(self._kept_ebs("volume", name, volume, partial(api.delete_volume, ec2, name)))
        return found

    def _kept_ebs(self, kind: str, name: str, answer: Mapping[str, Any], remove: Callable[[], Any] | None) -> RetainedResource:
        key = answer.get("KmsKeyId") or (None if answer.get("Encrypted") else "")
        volume = answer.get("VolumeId", NO_VOLUME) if kind == "snapshot" else NO_VOLUME
        called = "" if volume == NO_VOLUME else f"of {volume}"
        return RetainedResource(f"EBS {kind}", name, f"{self.arn_of_ec2}:{kind}/{name}", key, remove, called)

    def expected_buckets(self, emptied: Sequence[str]) -> list[RetainedResource]:
        """Buckets that a run would keep because they hold objects; for a plan. emptied: names of those that go with all they hold."""
        return buckets_to_retain(self.client("s3"), self.identity, emptied)

    def expected(self) -> list[RetainedResource]:
        """Snapshots of Kubernetes' volumes that a run would make and keep; for a plan."""
        filters = [*self._marked(), {"Name": f"tag:{DRIVER_TAG}", "Values": ["true"]}]
        volumes = api.describe_volumes(self.client("ec2"), filters)
        return [self._kept_ebs("snapshot", f"of {volume['VolumeId']}", volume, None) for volume in volumes]

    def expected_of_caches(self) -> list[RetainedResource]:
        """The final snapshots of caches that a run would make and keep; for a plan."""
        elasticache = self.client("elasticache")
        groups = api.describe_replication_groups(elasticache)
        standing = [group for group in groups if group["Status"] not in WITHOUT_SNAPSHOT]
        ours = [group for group in standing if self._is_ours(_tags.as_dict(api.list_cache_tags(elasticache, group["ARN"])))]
        return [RetainedResource("cache snapshot", final_snapshot_name(g), g["ARN"], g.get("KmsKeyId") or "") for g in ours]

    def _caches(self) -> list[RetainedResource]:
        elasticache = self.client("elasticache")
        found = []
        for snapshot in api.describe_cache_snapshots(elasticache):
            name, arn = snapshot["SnapshotName"], snapshot["ARN"]
            answer = {**snapshot, "Tags": api.list_cache_tags(elasticache, arn)}
            if self._ours([answer], "Tags") and snapshot.get("SnapshotStatus") != "deleting":
                remove = partial(api.delete_cache_snapshot, elasticache, name)
                found.append(RetainedResource("cache snapshot", name, arn, snapshot.get("KmsKeyId") or "", remove))
        return found

    def _is_ours(self, tags: Mapping[str, str]) -> bool:
        return _tags.carries(tags, self.identity.marks())

    def expected_of_databases(self, without: Sequence[str] = ()) -> list[RetainedResource]:
        """The final snapshots of database clusters that a run would make and keep; for a plan. without: names of clusters without."""
        rds = self.client("rds")
        clusters = [
            cluster
            for cluster in api.describe_clusters(rds)
            if self._is_ours(_tags.as_dict(cluster.get("TagList"))) and cluster["Status"] != "deleting"
        ]
        leaving = [cluster for cluster in clusters if cluster["DBClusterIdentifier"] not in without]
        taken = [each["DBClusterSnapshotIdentifier"] for each in api.describe_cluster_snapshots(rds)] if leaving else []
        return [
            RetainedResource(
                "database cluster snapshot",
                final_name(cluster["DBClusterIdentifier"], cluster["DbClusterResourceId"], taken),
                cluster["DBClusterArn"],
                cluster.get("KmsKeyId") or "",
            )
            for cluster in leaving
        ]

    def _databases(self) -> list[RetainedResource]:
        rds = self.client("rds")  # DocumentDB's snapshots are among them: the two share one namespace
        found = []
        for snapshot in self._ours(api.describe_cluster_snapshots(rds), "TagList"):
            name = snapshot["DBClusterSnapshotIdentifier"]
            remove = partial(api.delete_cluster_snapshot, rds, name)
            found.append(
                RetainedResource(
                    "database cluster snapshot", name, snapshot["DBClusterSnapshotArn"], snapshot.get("KmsKeyId") or "", remove
                )
            )
        for snapshot in self._ours(api.describe_instance_snapshots(rds), "TagList"):
            name = snapshot["DBSnapshotIdentifier"]
            remove = partial(api.delete_instance_snapshot, rds, name)
            found.append(RetainedResource("database snapshot", name, snapshot["DBSnapshotArn"], snapshot.get("KmsKeyId") or "", remove))
        return found

    def _secrets(self) -> list[RetainedResource]:
        manager = self.client("secretsmanager")
        filters = [{"Key": "tag-key", "Values": [_tags.RETAINED]}, {"Key": "tag-value", "Values": [self.identity.environment]}]
        return [
            RetainedResource(
                "secret",
                secret["Name"],
                secret["ARN"],
                _key_of_secret(secret),
                partial(api.delete_secret, manager, secret["ARN"], RECOVERY_WINDOW_IN_DAYS),
            )
            for secret in self._ours(api.list_secrets(manager, filters), "Tags")
        ]

    def _ours(self, answers: Sequence[Mapping[str, Any]], key: str) -> list[Mapping[str, Any]]:
        """Those of the environment that are kept; these services cannot filter by both tags."""
        chosen = []
        for answer in answers:
            tags = _tags.as_dict(answer.get(key))
            if self._is_ours(tags) and _tags.RETAINED in tags:
                chosen.append(answer)
        return chosen


def _key_of_secret(secret: Mapping[str, Any]) -> str | None:
    """The key's ARN; empty for the one of AWS, None for an id or an alias, which may mean any key."""
    key = secret.get("KmsKeyId") or ""
    return key if not key or ":key/" in key else None


def delete_retained(resources: RetainedResources, check_mode: bool, expected: Sequence[RetainedResource] = ()) -> list[Outcome]:
    """Delete all that is kept; refuses, before anything is deleted, what it does not know how to delete.

    expected: what the same run will have kept by then; for a plan.
    """
    found = resources.find()
    unknown = [kept.arn for kept in found if kept.remove is None]
    if unknown:
        raise Refused(
            f"{', '.join(unknown)} is tagged {_tags.RETAINED}, but this module cannot delete resources of this kind: delete it first."
        )
    outcomes = []
    for kept in [*found, *(expected if check_mode else ())]:
        if not check_mode and kept.remove is not None:
            kept.remove()
        outcomes.append(Outcome(kept.kind, kept.title, action="delete", before=kept.shown()))
    return outcomes
