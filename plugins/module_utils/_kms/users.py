# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What cannot be read without a KMS key, whoever made it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from .. import _tags
from .._parallel import run_parallel
from . import grants
from .users_api import KeyUsersApi

Answer = dict[str, Any]
AT_ONCE = 8
#: recovery points in this state are gone in a moment
GOING = "DELETING"
VOLUME_STATES_GOING = ("deleting", "deleted")
#: of snapshots of databases and caches, which are listed for a while after their deletion
SNAPSHOT_GOING = "deleting"


class KeyUsers:
    """Everything of an account and region that is encrypted under one key.

    client: makes the client of a service. going: in a plan, the ownership tags of what the same run deletes before it comes to the key;
    empty in a run. retained_deleted: whether that is also true of what is kept on purpose.
    After find(), `denied` holds the actions that the caller may not take, and `other_grants` the grants that tell no resource known here.
    """

    def __init__(self, client: Callable[[str], Any], key_arn: str, deleting: Mapping[str, str], retained_is_deleted: bool = False) -> None:
        self.key_arn = key_arn
        self.deleting = deleting
        self.retained_is_deleted = retained_is_deleted
        self.asked = KeyUsersApi(client)
        self.other_grants: list[str] = []
        _arn, self.partition, _kms, self.region, self.account_id, _key = key_arn.split(":", 5)

    @property
    def denied(self) -> list[str]:
        return sorted(set(self.asked.denied))

    def find(self) -> list[str]:
        """The ARNs of all that needs the key."""
        ask = self.asked
        readers: dict[str, Callable[[], list[Answer]]] = {
            "volumes": partial(ask.all, "ec2", "describe_volumes", "Volumes", Filters=[{"Name": "encrypted", "Values": ["true"]}]),
            "snapshots": partial(
                ask.all, "ec2", "describe_snapshots", "Snapshots", OwnerIds=["self"], Filters=[{"Name": "encrypted", "Values": ["true"]}]
            ),
            "images": partial(ask.all, "ec2", "describe_images", "Images", Owners=["self"]),
            "clusters": partial(ask.all, "rds", "describe_db_clusters", "DBClusters"),
            "instances": partial(ask.all, "rds", "describe_db_instances", "DBInstances"),
            "cluster_snapshots": partial(ask.of_every_type, "describe_db_cluster_snapshots", "DBClusterSnapshots", "DBClusterSnapshotArn"),
            "instance_snapshots": partial(ask.of_every_type, "describe_db_snapshots", "DBSnapshots", "DBSnapshotArn"),
            "cluster_backups": partial(ask.all, "rds", "describe_db_cluster_automated_backups", "DBClusterAutomatedBackups"),
            "instance_backups": partial(ask.all, "rds", "describe_db_instance_automated_backups", "DBInstanceAutomatedBackups"),
            "caches": partial(ask.all, "elasticache", "describe_replication_groups", "ReplicationGroups"),
            "cache_snapshots": partial(ask.all, "elasticache", "describe_snapshots", "Snapshots"),
            "vaults": partial(ask.all, "backup", "list_backup_vaults", "BackupVaultList"),
            "grants": partial(ask.all, "kms", "list_grants", "Grants", KeyId=self.key_arn),
        }
        found = run_parallel(readers, AT_ONCE)
        return sorted({*self._storage(found), *self._databases(found), *self._caches(found), *self._backups(found), *self._granted(found)})

    def _under(self, answers: Iterable[Answer], field: str = "KmsKeyId") -> list[Answer]:
        """Those under the key, which some services name by its id alone."""
        names = {self.key_arn, self.key_arn.rpartition("/")[2]}
        return [answer for answer in answers if answer.get(field) in names]

    def _is_deleted(self, tags: Mapping[str, str]) -> bool:
        """Whether the run deletes something live before it comes to the key."""
        return _tags.carries(tags, self.deleting)

    def _retained_is_deleted(self, tags: Mapping[str, str]) -> bool:
        return self.retained_is_deleted and _tags.RETAINED in tags and self._is_deleted(tags)

    def _ec2(self, kind: str, name: str) -> str:
        return f"arn:{self.partition}:ec2:{self.region}:{self.account_id}:{kind}/{name}"

    def _storage(self, found: Mapping[str, list[Answer]]) -> list[str]:
        standing = [volume for volume in self._under(found["volumes"]) if volume["State"] not in VOLUME_STATES_GOING]
        volumes = [volume for volume in standing if not self._is_deleted(_tags.as_dict(volume.get("Tags")))]
        snapshots = [
            s["SnapshotId"] for s in self._under(found["snapshots"]) if not self._retained_is_deleted(_tags.as_dict(s.get("Tags")))
        ]
        of_images = {
            image["ImageId"]
            for image in found["images"]
            for device in image.get("BlockDeviceMappings") or []
            if (device.get("Ebs") or {}).get("SnapshotId") in snapshots
        }
        return [
            *(self._ec2("volume", volume["VolumeId"]) for volume in volumes),
            *(self._ec2("snapshot", name) for name in snapshots),
            *(self._ec2("image", name) for name in of_images),
        ]

    def _databases(self, found: Mapping[str, list[Answer]]) -> list[str]:
        deleting = {c["DBClusterIdentifier"] for c in found["clusters"] if self._is_deleted(_tags.as_dict(c.get("TagList")))}
        own = {i["DBInstanceIdentifier"] for i in found["instances"] if self._is_deleted(_tags.as_dict(i.get("TagList")))}
        needing = [
            cluster["DBClusterArn"]
            for cluster in self._under(found["clusters"])
            if cluster["DBClusterIdentifier"] not in deleting and cluster["Status"] != "deleting"
        ]
        needing += [
            instance["DBInstanceArn"]
            for instance in self._under(found["instances"])
            if instance["DBInstanceIdentifier"] not in own
            and instance.get("DBClusterIdentifier") not in deleting
            and instance["DBInstanceStatus"] != "deleting"
        ]
        for kind, source, of, arn in (
            ("cluster_snapshots", "DBClusterIdentifier", deleting, "DBClusterSnapshotArn"),
            ("instance_snapshots", "DBInstanceIdentifier", own, "DBSnapshotArn"),
        ):
            for snapshot in self._under(found[kind]):
                if snapshot.get("Status") == SNAPSHOT_GOING:
                    continue
                with_source = snapshot.get("SnapshotType") == "automated" and snapshot.get(source) in of
                if not with_source and not self._retained_is_deleted(_tags.as_dict(snapshot.get("TagList"))):
                    needing.append(snapshot[arn])
        return [*needing, *self._automated_backups(found)]

    def _automated_backups(self, found: Mapping[str, list[Answer]]) -> list[str]:
        """Those that outlive their databases, or come from another region; one of a database that is here goes with it."""
        here = {c["DbClusterResourceId"] for c in found["clusters"]} | {i["DbiResourceId"] for i in found["instances"]}
        return [
            backup.get(arn) or backup[of]
            for kind, source, arn, of in (
                ("cluster_backups", "DbClusterResourceId", "DBClusterAutomatedBackupsArn", "DBClusterArn"),
                ("instance_backups", "DbiResourceId", "DBInstanceAutomatedBackupsArn", "DBInstanceArn"),
            )
            for backup in self._under(found[kind])
            if backup.get(source) not in here
        ]

    def _caches(self, found: Mapping[str, list[Answer]]) -> list[str]:
        caches = [group for group in self._under(found["caches"]) if group["Status"] != "deleting"]
        deleting = {
            group["ReplicationGroupId"] for group in caches if self.deleting and self._is_deleted(self.asked.cache_tags(group["ARN"]))
        }
        needing = [group["ARN"] for group in caches if group["ReplicationGroupId"] not in deleting]
        for snapshot in self._under(found["cache_snapshots"]):
            if snapshot.get("SnapshotStatus") == SNAPSHOT_GOING:
                continue
            with_source = snapshot.get("SnapshotSource") == "automated" and snapshot.get("ReplicationGroupId") in deleting
            if not with_source and not (self.retained_is_deleted and self._retained_is_deleted(self.asked.cache_tags(snapshot["ARN"]))):
                needing.append(snapshot["ARN"])
        return needing

    def _backups(self, found: Mapping[str, list[Answer]]) -> list[str]:
        """Vaults, and what others hold."""
        points = [
            point
            for vault in found["vaults"]
            for point in self.asked.all(
                "backup", "list_recovery_points_by_backup_vault", "RecoveryPoints", BackupVaultName=vault["BackupVaultName"]
            )
            if point.get("Status") != GOING
        ]
        return [
            *(vault["BackupVaultArn"] for vault in self._under(found["vaults"], "EncryptionKeyArn")),
            *(point["RecoveryPointArn"] for point in self._under(points, "EncryptionKeyArn")),
        ]

    def _granted(self, found: Mapping[str, list[Answer]]) -> list[str]:
        """What grants name and what still stands; grants to which nothing known here belongs are kept as other_grants."""
        standing = {
            **{v["VolumeId"]: (self._ec2("volume", v["VolumeId"]), _tags.as_dict(v.get("Tags"))) for v in found["volumes"]},
            **{c["DbClusterResourceId"]: (c["DBClusterArn"], _tags.as_dict(c.get("TagList"))) for c in found["clusters"]},
            **{i["DbiResourceId"]: (i["DBInstanceArn"], _tags.as_dict(i.get("TagList"))) for i in found["instances"]},
        }
        needing = []
        for grant in found["grants"]:
            cluster, names = grants.eks_cluster(grant), grants.resources(grant)
            if cluster:
                described = self.asked.one("eks", "describe_cluster", "cluster", name=cluster)
                if described and not self._is_deleted(described.get("tags") or {}):
                    needing.append(str(described["arn"]))
            elif names:
                needing += [arn for arn, tags in (standing[name] for name in names if name in standing) if not self._is_deleted(tags)]
            else:
                self.other_grants.append(grants.describe_grant(grant))
        return needing
