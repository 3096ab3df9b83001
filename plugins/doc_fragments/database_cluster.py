# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """Options that the modules for database clusters share."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - Name of the cluster, 1 to 60 lowercase letters, digits and single hyphens.
      - The subnet group, the parameter groups and the security group are named after the cluster. The instances are named C(<name>-1),
        C(<name>-2) and so on.
      - Aurora and DocumentDB clusters share one namespace per account and region.
    type: str
    required: true
  engine_version:
    description:
      - Engine version in quotes, either a major version or a full version. A major version selects the version that AWS currently offers as
        its default.
      - Upgraded in place. An existing cluster with a higher version is reported and not changed. A cluster of the major version that is set
        keeps its minor version.
      - If not set, a new cluster gets O(default_engine_version), a restored cluster gets the version of its source, and an existing cluster
        keeps its version.
    type: str
  default_engine_version:
    description: Engine version of a cluster that is created without O(engine_version).
    type: str
  allow_major_version_upgrade:
    description: Whether to allow an upgrade to another major version.
    type: bool
    default: false
  db_instance_class:
    description:
      - Class of the instances. A new cluster gets V(db.t4g.medium).
      - Changed in place, one instance after another, readers first. Each instance is restarted.
    type: str
  instance_count:
    description:
      - Number of instances of the cluster, from 1 to 16. The first instance is the writer, the others are replicas. A new cluster gets one.
      - Changed in place. When the number is reduced, the writer is deleted last. Instances that this module did not create, for example
        by an autoscaler, are not changed.
    type: int
  vpc_id:
    description: VPC of the security group. Required to create a cluster.
    type: str
  subnet_ids:
    description: Subnets of the instances, in at least two availability zones. Required to create a cluster. Changed in place.
    type: list
    elements: str
  allowed_cidr_blocks:
    description:
      - IPv4 CIDR blocks that may connect to the port. Compared as AWS stores them, so V(10.8.0.5/16) equals V(10.8.0.0/16).
        Changed in place.
    type: list
    elements: str
  allowed_security_group_ids:
    description: Security groups whose members may connect to the port. Changed in place.
    type: list
    elements: str
  purge_rules:
    description:
      - Whether to revoke rules of the security group that this module did not create. If V(false), each run warns about them.
    type: bool
    default: false
  port:
    description: Port of the database, from 1150 to 65535. Changed in place; the instances are restarted.
    type: int
  master_username:
    description:
      - Name of the master user, which owns the database. A new cluster gets V(opta).
      - "Cannot be changed: AWS sets it when the cluster is created."
    type: str
  kms_key_id:
    description:
      - ARN of the KMS key that encrypts the storage, the snapshots, the secret and Performance Insights. Required to create a cluster.
      - "Cannot be changed: AWS sets it when the cluster is created."
    type: str
  parameters:
    description:
      - Parameters of the cluster parameter group, by name. The parameters that require encrypted connections are always set.
      - Write a list as its members separated by commas, as in C(shared_preload_libraries).
      - Changed in place. Parameters that are not listed are reset to their defaults. If the option is not set, all parameters are kept.
      - Some parameters take effect only after a reboot, see O(allow_reboot).
    type: dict
  backup_retention_period:
    description:
      - Number of days to keep automated backups, from 1 to 35. Changed in place.
      - A new cluster gets V(5). A restored cluster gets the number of its source if that is higher.
    type: int
  preferred_backup_window:
    description: Daily time range in UTC for automated backups, for example V(02:00-03:00). Changed in place.
    type: str
  preferred_maintenance_window:
    description:
      - Weekly time range in UTC for maintenance of the cluster and its instances, for example V(sun:04:00-sun:05:00). Changed in place.
    type: str
  auto_minor_version_upgrade:
    description: Whether AWS upgrades minor versions during the maintenance window. AWS's default is V(true). Changed in place.
    type: bool
  ca_certificate_identifier:
    description: Certificate authority of the instances' server certificates, for example V(rds-ca-rsa2048-g1). Changed in place.
    type: str
  performance_insights_enabled:
    description: Whether to turn on Performance Insights, encrypted with the key in O(kms_key_id). Changed in place.
    type: bool
  deletion_protection:
    description:
      - Whether deletion protection is enabled. Changed in place.
      - O(state=absent) is refused for a protected cluster, unless V(false) is set in the same task.
    type: bool
  skip_final_snapshot:
    description:
      - Whether O(state=absent) deletes the data without a final snapshot. If V(false), a final snapshot with the tags of the cluster and
        the tag C(opta:retained) is created.
    type: bool
    default: false
  allow_reboot:
    description:
      - Whether to reboot instances, readers first, when changed parameters take effect only after a reboot. If V(false), each run warns
        about pending reboots.
    type: bool
    default: false
  restore:
    description:
      - Source from which to restore a new cluster. Ignored for an existing cluster.
      - The password in the secret, and settings that AWS does not accept in a restore, are applied afterwards.
    type: dict
    suboptions:
      snapshot_identifier:
        description: Name or ARN of a cluster snapshot.
        type: str
      source_cluster_identifier:
        description:
          - Name of a cluster for a point-in-time restore. Requires O(restore.restore_to_time) or O(restore.use_latest_restorable_time).
        type: str
      restore_to_time:
        description: Point in time to restore to, in UTC, in ISO 8601 format.
        type: str
      use_latest_restorable_time:
        description: Whether to restore to the latest restorable time.
        type: bool
  wait:
    description:
      - Whether to wait until the cluster is available, or until its deletion is complete. V(false) starts creation or deletion and returns.
        Updates are left to a run that waits.
"""
