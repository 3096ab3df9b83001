#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: aurora_cluster
short_description: Manage Amazon Aurora PostgreSQL clusters
version_added: 1.0.0
description:
  - Creates, updates or deletes one Aurora PostgreSQL cluster and waits until it is available.
  - The cluster includes its instances, its subnet group, its parameter group (which requires TLS), its security group (which allows
    connections to the port of the database only from the listed sources) and its secret in AWS Secrets Manager.
  - The storage is always encrypted.
  - AWS Secrets Manager generates the password and stores it in the secret. The module sets it on the cluster and never shows it.
options:
  database_name:
    description:
      - Name of the database that is created with the cluster. If not set, no database is created.
      - "Cannot be changed: AWS sets it when the cluster is created."
    type: str
  storage_type:
    description:
      - Storage type. V(aurora) is Aurora Standard. V(aurora-iopt1) is Aurora I/O-Optimized, which includes I/O in its price.
      - Changed in place. AWS allows a change back to V(aurora) once every 30 days.
    type: str
    choices: [aurora, aurora-iopt1]
  enabled_cloudwatch_logs_exports:
    description: Logs to send to CloudWatch Logs. Other logs are disabled. Changed in place.
    type: list
    elements: str
    choices: [postgresql, instance, iam-db-auth-error]
  engine_lifecycle_support:
    description:
      - What happens at the end of standard support. With V(open-source-rds-extended-support-disabled), AWS upgrades the cluster. With
        V(open-source-rds-extended-support), the cluster enters RDS Extended Support at an additional charge.
      - A new cluster gets V(open-source-rds-extended-support-disabled). Changed in place.
    type: str
    choices: [open-source-rds-extended-support, open-source-rds-extended-support-disabled]
  enable_iam_database_authentication:
    description: Whether IAM principals may log in to the database. The default of AWS is V(false). Changed in place.
    type: bool
  performance_insights_retention_period:
    description: "Number of days to keep the data of Performance Insights: V(7), V(731) or a multiple of 31. Changed in place."
    type: int
  serverless_v2_scaling:
    description: Capacity of instances of the class V(db.serverless). Suboptions that are not set are kept. Changed in place.
    type: dict
    suboptions:
      min_capacity:
        description: Minimum capacity, in Aurora capacity units (ACU). V(0) allows the cluster to pause.
        type: float
      max_capacity:
        description: Maximum capacity, in Aurora capacity units (ACU).
        type: float
      seconds_until_auto_pause:
        description:
          - Number of seconds without a connection after which the cluster pauses, from 300 to 86400. Requires
            O(serverless_v2_scaling.min_capacity=0).
        type: int
notes:
  - In RV(actions), the cluster is listed first. C(master_user_password) is the password, and C(parameter_status) of an instance is its
    reboot.
  - Used by the role P(opta.platform.aurora#role).
seealso:
  - module: opta.platform.documentdb_cluster
  - module: amazon.aws.rds_cluster
  - module: amazon.aws.rds_cluster_snapshot
  - name: CreateDBCluster
    description: Amazon RDS API Reference.
    link: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.database_cluster
  - opta.platform.credentials
  - opta.platform.resource
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Create an Aurora cluster with a writer and a replica
  opta.platform.aurora_cluster:
    name: opta-staging-aurora-main
    engine_version: "17"
    db_instance_class: db.r7g.large
    instance_count: 2
    vpc_id: "{{ network_outputs.vpc_id }}"
    subnet_ids: "{{ network_outputs.private_subnet_ids }}"
    allowed_cidr_blocks: "{{ network_outputs.vpc_cidr_blocks }}"
    kms_key_id: "{{ network_outputs.kms_key_arn }}"
    secret_name: opta/staging/aurora/main
    database_name: app
    backup_retention_period: 5
    deletion_protection: true
    tags:
      opta:environment: staging

- name: Restore a cluster from a snapshot under a different name
  opta.platform.aurora_cluster:
    name: opta-staging-aurora-restored
    restore:
      snapshot_identifier: opta-staging-aurora-main-final-0a1b2c3d
    db_instance_class: db.r7g.large
    vpc_id: "{{ network_outputs.vpc_id }}"
    subnet_ids: "{{ network_outputs.private_subnet_ids }}"
    kms_key_id: "{{ network_outputs.kms_key_arn }}"

- name: Delete the cluster with a final snapshot
  opta.platform.aurora_cluster:
    name: opta-staging-aurora-main
    state: absent
    deletion_protection: false
"""

RETURN = r"""
cluster:
  description: The cluster, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the cluster.
      returned: always
      type: str
      sample: opta-staging-aurora-main
    arn:
      description: ARN of the cluster.
      returned: always
      type: str
      sample: arn:aws:rds:eu-west-1:123456789012:cluster:opta-staging-aurora-main
    endpoint:
      description: Host name of the writer endpoint.
      returned: always
      type: str
      sample: opta-staging-aurora-main.cluster-0123456789ab.eu-west-1.rds.amazonaws.com
    reader_endpoint:
      description: Host name of the reader endpoint.
      returned: always
      type: str
      sample: opta-staging-aurora-main.cluster-ro-0123456789ab.eu-west-1.rds.amazonaws.com
    cluster_resource_id:
      description: Resource ID of the cluster in AWS.
      returned: always
      type: str
      sample: cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ
    status:
      description: Status of the cluster, as AWS reports it.
      returned: always
      type: str
      sample: available
    instances:
      description: Names of the instances.
      returned: with O(state=present)
      type: list
      elements: str
      sample: [opta-staging-aurora-main-1, opta-staging-aurora-main-2]
    secret_arn:
      description: ARN of the secret with the credentials.
      returned: with O(state=present)
      type: str
      sample: arn:aws:secretsmanager:eu-west-1:123456789012:secret:opta/staging/aurora/main-0a1b2c
    secret_name:
      description: Name of the secret with the credentials.
      returned: with O(state=present)
      type: str
      sample: opta/staging/aurora/main
    security_group_id:
      description: ID of the security group.
      returned: with O(state=present)
      type: str
      sample: sg-0123456789abcdef0
    engine_version:
      description: Full engine version.
      returned: always
      type: str
      sample: "17.7"
    port:
      description: Port of the database.
      returned: always
      type: int
      sample: 5432
    master_username:
      description: Name of the master user.
      returned: always
      type: str
      sample: opta
    db_subnet_group_name:
      description: Name of the subnet group.
      returned: always
      type: str
      sample: opta-staging-aurora-main
    db_cluster_parameter_group_name:
      description: Name of the cluster parameter group.
      returned: always
      type: str
      sample: opta-staging-aurora-main-aurora-postgresql17
    vpc_security_group_ids:
      description: IDs of the security groups.
      returned: always
      type: list
      elements: str
      sample: [sg-0123456789abcdef0]
    kms_key_id:
      description: ARN of the KMS key that encrypts the storage.
      returned: always
      type: str
      sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    storage_type:
      description: Storage type.
      returned: always
      type: str
      sample: aurora
    backup_retention_period:
      description: Number of days for which automated backups are kept.
      returned: always
      type: int
      sample: 5
    preferred_backup_window:
      description: Daily time range in UTC for automated backups.
      returned: always
      type: str
      sample: 02:00-03:00
    preferred_maintenance_window:
      description: Weekly time range in UTC for maintenance.
      returned: always
      type: str
      sample: sun:04:00-sun:05:00
    deletion_protection:
      description: Whether deletion protection is enabled.
      returned: always
      type: bool
      sample: true
    copy_tags_to_snapshot:
      description: Whether snapshots get the tags of the cluster. Always V(true).
      returned: always
      type: bool
      sample: true
    enabled_cloudwatch_logs_exports:
      description: Logs that are sent to CloudWatch Logs.
      returned: always
      type: list
      elements: str
      sample: [postgresql]
    serverless_v2_scaling:
      description: Capacity of serverless instances.
      returned: always
      type: dict
      sample: {min_capacity: 0.5, max_capacity: 4}
    tags:
      description: Tags of the cluster.
      returned: always
      type: dict
      sample: {opta:environment: staging}
    database_name:
      description: Name of the database that was created with the cluster.
      returned: always
      type: str
      sample: app
    engine_lifecycle_support:
      description: What happens at the end of standard support.
      returned: always
      type: str
      sample: open-source-rds-extended-support-disabled
    enable_iam_database_authentication:
      description: Whether IAM principals may log in to the database.
      returned: always
      type: bool
      sample: false
left_alone:
  description: V(true) if O(state=absent) did not delete a cluster of this name because it does not have the ownership tags.
  returned: if such a cluster exists
  type: bool
  sample: true
actions:
  description:
    - Actions that were performed, in order. In check mode, the actions that a run would perform.
    - Each action has the keys C(action) (V(create), V(update), V(replace) or V(delete)), C(resource) (type and name of the resource),
      C(attributes) (names of the attributes that change) and C(allowed) (whether the options allow the action; false for a replacement
      that is not allowed).
  returned: success
  type: list
  elements: dict
  sample: [{action: update, resource: EKS cluster opta-staging, attributes: [version], allowed: true}]
diff:
  description: Values of the changed attributes before and after the actions, grouped by resource if there are several. Without secrets.
  returned: success
  type: dict
  sample: {before: {version: "1.34"}, after: {version: "1.35"}}
"""

from ..module_utils._module import PlatformModule
from ..module_utils._rds.engine import AURORA
from ..module_utils._rds.options import DATABASE_ARGUMENTS, SERVERLESS
from ..module_utils._rds.reconcile import cluster_outcomes

ARGUMENTS = {
    **DATABASE_ARGUMENTS,
    "database_name": {},
    "storage_type": {"choices": ["aurora", "aurora-iopt1"]},
    "enabled_cloudwatch_logs_exports": {"type": "list", "elements": "str", "choices": ["postgresql", "instance", "iam-db-auth-error"]},
    "engine_lifecycle_support": {"choices": ["open-source-rds-extended-support", "open-source-rds-extended-support-disabled"]},
    "enable_iam_database_authentication": {"type": "bool"},
    "performance_insights_retention_period": {"type": "int"},
    "serverless_v2_scaling": {"type": "dict", "options": {**SERVERLESS, "seconds_until_auto_pause": {"type": "int"}}},
}


def reconcile(module):
    return cluster_outcomes(module, AURORA)


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="cluster")


if __name__ == "__main__":
    main()
