"""AWS Backup: recovery points of database clusters. Theirs is the key of their cluster, not that of the vault.

Source: AWS Backup Developer Guide, Encryption for backups: resources that AWS Backup does not fully manage keep the key of their source.
"""

from __future__ import annotations

import uuid
from typing import Any

from moto.backup.models import backup_backends
from moto.core.utils import utcnow

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.rds_model import account
from tests.standin.aws.rds_snapshots import make_snapshot


def _points(call: Call) -> list[dict[str, Any]]:
    vault = backup_backends[call.account][call.region].vaults.get(call.get("BackupVaultName"))
    if vault is None:
        raise AwsError("ResourceNotFoundException", f"Backup vault {call.get('BackupVaultName')} does not exist", 400)
    if not hasattr(vault, "recovery_points"):
        vault.recovery_points = []
    return vault.recovery_points


@answers("backup", "StartBackupJob")
def start_backup_job(call: Call) -> dict[str, Any]:
    points, source, job = _points(call), call.get("ResourceArn"), str(uuid.uuid4())
    if ":cluster:" not in source:
        raise AwsError("NotImplemented", f"not imitated by the stand-in: a backup of {source}", 501)
    cluster = account(call).clusters[source.rpartition(":")[2]]
    snapshot = make_snapshot(call, cluster, f"awsbackup:job-{job}", {})
    snapshot.data["SnapshotType"] = "awsbackup"
    point = {
        "RecoveryPointArn": snapshot.data["DBClusterSnapshotArn"],
        "BackupVaultName": call.get("BackupVaultName"),
        "ResourceArn": source,
        "ResourceType": "Aurora",
        "Status": "COMPLETED",
        "CreationDate": utcnow(),
        "EncryptionKeyArn": cluster.data.get("KmsKeyId"),
        "IsEncrypted": bool(cluster.data.get("StorageEncrypted")),
    }
    points.append(point)
    return {"BackupJobId": job, "RecoveryPointArn": point["RecoveryPointArn"], "CreationDate": point["CreationDate"]}


@answers("backup", "ListRecoveryPointsByBackupVault")
def list_recovery_points_by_backup_vault(call: Call) -> dict[str, Any]:
    return {"RecoveryPoints": _points(call)}
