# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which limit holds for which input. Preflight checks those without a list; each package checks the entries of its list. Pure."""

from __future__ import annotations

from .. import _limits
from .._limits import Range
from .._linkerd.validity_rules import DAYS
from .._logs.retentions import RETENTIONS

#: limits by input; [] is an entry of a list
INPUT_LIMITS: dict[str, Range] = {
    "opta_progress_seconds": _limits.PROGRESS_SECONDS,
    "network_kms_key_rotation_days": _limits.KEY_ROTATION_DAYS,
    "network_log_bucket_expiration_days": _limits.EXPIRATION_DAYS,
    "retention_kms_key_deletion_window_days": _limits.KEY_DELETION_WINDOW_DAYS,
    "s3_buckets[].lifecycle_rules[].newer_noncurrent_versions": _limits.NEWER_NONCURRENT_VERSIONS,
    **{f"eks_node_groups[].{option}": limit for option, limit in _limits.NODE_GROUP_SIZES.items()},
    "eks_node_groups[].volume_size_gib": _limits.NODE_VOLUME_SIZE_GIB,
    **{f"{role}_secret_recovery_window_days": _limits.SECRET_RECOVERY_WINDOW_DAYS for role in ("aurora", "documentdb", "elasticache")},
    **{f"{role}_clusters[].replica_count": _limits.DATABASE_REPLICAS for role in ("aurora", "documentdb")},
    **{f"{role}_clusters[].backup_retention_days": _limits.DATABASE_BACKUP_RETENTION_DAYS for role in ("aurora", "documentdb")},
    "aurora_clusters[].serverless.seconds_until_auto_pause": _limits.DATABASE_PAUSE_SECONDS,
    "elasticache_replication_groups[].replica_count": _limits.CACHE_REPLICAS,
    "elasticache_replication_groups[].snapshot_retention_days": _limits.CACHE_SNAPSHOT_RETENTION_DAYS,
    "elasticache_replication_groups[].port": _limits.CACHE_PORT,
    **{f"k8s_addons_linkerd_{term}": limit for term, limit in DAYS.items()},
}
#: inputs that end so are periods of CloudWatch Logs, or 0 to keep log events forever
LOG_RETENTION = "_log_retention_days", "_logs_retention_days"
LOG_RETENTIONS = (0, *RETENTIONS)
#: inputs that end so are times to wait
WAIT_TIMEOUT = "_wait_timeout_seconds"
