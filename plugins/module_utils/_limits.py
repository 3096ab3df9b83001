# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The numbers that AWS allows, each once: modules, preflight and the contracts of the documentation read them here. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """Allowed numbers from least to most, both included. most: None for no upper limit. example: a usual number."""

    least: float
    most: float | None
    example: float

    def allows(self, number: float) -> bool:
        return self.least <= number and (self.most is None or number <= self.most)

    def problem(self, label: str, number: float) -> str:
        """A sentence for a number that is not allowed, otherwise an empty string. label: how the user calls the number."""
        if self.allows(number):
            return ""
        allowed = f"at least {self.least}" if self.most is None else f"between {self.least} and {self.most}"
        return f"{label} is {number}: it must be {allowed}, for example {self.example}."


#: KMS API, EnableKeyRotation and ScheduleKeyDeletion
KEY_ROTATION_DAYS = Range(90, 2560, 365)
KEY_DELETION_WINDOW_DAYS = Range(7, 30, 30)
#: Secrets Manager API, DeleteSecret
SECRET_RECOVERY_WINDOW_DAYS = Range(7, 30, 30)
#: S3 API, LifecycleExpiration and NoncurrentVersionExpiration
EXPIRATION_DAYS = Range(1, 2147483647, 90)
NEWER_NONCURRENT_VERSIONS = Range(1, 100, 5)
#: EKS API, NodegroupScalingConfig and NodegroupUpdateConfig
NODE_GROUP_SIZES = {"min_size": Range(0, None, 3), "max_size": Range(1, None, 3), "desired_size": Range(0, None, 3)}
MAX_UNAVAILABLE_PERCENTAGE = Range(1, 100, 33)
#: EC2 API, EbsBlockDevice, for an AMI of one's own; Amazon EKS User Guide, the smallest volume of EKS's AMIs
VOLUME_SIZE_GIB = Range(1, None, 50)
NODE_VOLUME_SIZE_GIB = Range(20, None, 50)
#: RDS API, CreateDBCluster, CreateDBInstance and ServerlessV2ScalingConfiguration
DATABASE_REPLICAS = Range(0, 15, 1)
DATABASE_BACKUP_RETENTION_DAYS = Range(1, 35, 5)
DATABASE_PORT = Range(1150, 65535, 5432)
DATABASE_PAUSE_SECONDS = Range(300, 86400, 300)
#: ElastiCache API, CreateReplicationGroup
CACHE_REPLICAS = Range(0, 5, 1)
CACHE_SNAPSHOT_RETENTION_DAYS = Range(0, 35, 5)
CACHE_PORT = Range(1, 65535, 6379)
#: the collection's own
PROGRESS_SECONDS = Range(0, 3600, 30)
WAIT_TIMEOUT_SECONDS = Range(1, None, 1800)
