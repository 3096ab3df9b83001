# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """Options that the modules for clusters of databases share."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - Name of the cluster, 1 to 60 lower-case letters, digits and single hyphens. Its subnet group, parameter groups and security group
        are named after it, its instances C(<name>-1), C(<name>-2) and so on. Aurora and DocumentDB share their names in account and region.
    type: str
    required: true
  engine_version:
    description:
      - Version of the database, a major or a full one, in quotes. A major one means the version that AWS now makes its default.
      - Upgraded in place. A found version above this one is reported and left, and so is a later minor version of a major one.
      - When not given, a new cluster gets O(default_engine_version), a restored one the version of its source, and an existing one
        keeps its own.
    type: str
  default_engine_version:
    description: Version of a cluster that is made without O(engine_version).
    type: str
  allow_major_version_upgrade:
    description: Whether an upgrade to another major version may be done.
    type: bool
    default: false
  db_instance_class:
    description:
      - Class of the instances. A new cluster gets V(db.t4g.medium).
      - Changed in place, instance by instance, readers first; each is restarted.
    type: str
  instance_count:
    description:
      - How many instances the cluster has, from 1 to 16. The first one writes, the others are its replicas. A new cluster gets one.
      - Instances are added and removed in place, the writer last of all. Those that are not named by this module (an autoscaler's)
        are left.
    type: int
  vpc_id:
    description: VPC of the security group. Required to make a cluster.
    type: str
  subnet_ids:
    description: Subnets of the instances, in at least two zones. Required to make a cluster. Changed in place.
    type: list
    elements: str
  allowed_cidr_blocks:
    description:
      - Blocks of IPv4 addresses that reach the port. Compared as AWS keeps them, V(10.8.0.5/16) is V(10.8.0.0/16). Changed in place.
    type: list
    elements: str
  allowed_security_group_ids:
    description: Security groups whose members reach the port. Changed in place.
    type: list
    elements: str
  purge_rules:
    description:
      - Whether rules of the security group that this module did not make are revoked. Otherwise they stay, and each run warns of them.
    type: bool
    default: false
  port:
    description: Port of the database, from 1150 to 65535. Changed in place; the instances are restarted.
    type: int
  master_username:
    description:
      - Name of the user that owns the database. A new cluster gets V(opta).
      - "Cannot be changed: AWS fixes it when a cluster is made."
    type: str
  kms_key_id:
    description:
      - ARN of the KMS key that encrypts the storage, the snapshots, the secret and Performance Insights. Required to make a cluster.
      - "Cannot be changed: AWS fixes it when a cluster is made."
    type: str
  parameters:
    description:
      - Parameters of the cluster parameter group by name. What encrypts connections is always set.
      - A list is written with commas between its members, as C(shared_preload_libraries) takes it.
      - Changed in place. Parameters that are not named go back to their defaults; when the option is not given, they are left.
      - Some hold only after a reboot, see O(allow_reboot).
    type: dict
  backup_retention_period:
    description:
      - Days that automated backups are kept, from 1 to 35. Changed in place.
      - A new cluster gets V(5), a restored one as many as its source when those are more.
    type: int
  preferred_backup_window:
    description: Daily window of the automated backup in UTC, for example V(02:00-03:00). Changed in place.
    type: str
  preferred_maintenance_window:
    description: Weekly window of AWS's maintenance in UTC, of cluster and instances, for example V(sun:04:00-sun:05:00). Changed in place.
    type: str
  auto_minor_version_upgrade:
    description: Whether AWS upgrades to minor versions by itself, in the maintenance window. AWS's default is V(true). Changed in place.
    type: bool
  ca_certificate_identifier:
    description: The authority of the instances' certificates, for example V(rds-ca-rsa2048-g1). Changed in place.
    type: str
  performance_insights_enabled:
    description: Whether Performance Insights is on, under the key of O(kms_key_id). Changed in place.
    type: bool
  deletion_protection:
    description:
      - Whether the cluster is protected from deletion. Changed in place.
      - O(state=absent) is refused while it is, unless V(false) is given together with it.
    type: bool
  skip_final_snapshot:
    description:
      - Whether O(state=absent) loses the data. Otherwise it is kept in a snapshot with the tags of the cluster and C(opta:retained).
    type: bool
    default: false
  allow_reboot:
    description:
      - Whether instances may be rebooted, readers first, when changed parameters hold only after a reboot.
        Without it each run warns that they wait.
    type: bool
    default: false
  restore:
    description:
      - What a new cluster is restored from. Nothing happens with a cluster that exists.
      - The password of the secret, and what AWS does not take in a restore, are set afterwards.
    type: dict
    suboptions:
      snapshot_identifier:
        description: Name or ARN of a cluster snapshot.
        type: str
      source_cluster_identifier:
        description: Name of a cluster, together with one of the following.
        type: str
      restore_to_time:
        description: A moment that it can be restored to, as ISO 8601 in UTC.
        type: str
      use_latest_restorable_time:
        description: Whether the latest one is taken.
        type: bool
  wait:
    description:
      - Whether to wait until all is ready, or gone. V(false) begins what is to be made or removed and returns;
        what is to be changed is left to a run that waits.
"""
