#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: aurora_cluster
short_description: Manage an Aurora PostgreSQL cluster with all that belongs to it
version_added: 1.0.0
description:
  - Creates, changes or deletes one Aurora PostgreSQL cluster with its instances, its subnet group, its parameter group (which forces TLS),
    its security group (which opens the database's port to those who are named, and nothing else)
    and its secret, and waits until it is ready.
  - The storage is always encrypted.
  - The password is made by AWS Secrets Manager, kept in a secret, and set on the cluster. It is never shown.
  - In check mode it says what it would do, attribute by attribute.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
  - boto3 >= 1.38.0
  - botocore >= 1.38.0
options:
  database_name:
    description:
      - Name of the database that is made with the cluster. None is made when not given.
      - "Cannot be changed: AWS fixes it when a cluster is made."
    type: str
  storage_type:
    description: Kind of storage; with V(aurora-iopt1) input and output are in its price. Changed in place, back at most every 30 days.
    type: str
    choices: [aurora, aurora-iopt1]
  enabled_cloudwatch_logs_exports:
    description: Logs that are sent to CloudWatch Logs; the others are turned off. Changed in place.
    type: list
    elements: str
    choices: [postgresql, instance, iam-db-auth-error]
  engine_lifecycle_support:
    description:
      - What happens at the end of standard support. AWS upgrades the cluster, or extended support is paid for.
        A new cluster gets V(open-source-rds-extended-support-disabled). Changed in place.
    type: str
    choices: [open-source-rds-extended-support, open-source-rds-extended-support-disabled]
  enable_iam_database_authentication:
    description: Whether IAM principals may log in to the database. AWS's default is V(false). Changed in place.
    type: bool
  performance_insights_retention_period:
    description: Days that Performance Insights keeps its data, V(7), or a multiple of 31, or V(731). Changed in place.
    type: int
  serverless_v2_scaling:
    description: Capacity of instances of the class V(db.serverless). Changed in place; what is not given of it stays.
    type: dict
    suboptions:
      min_capacity:
        description: Least capacity units; V(0) lets the cluster pause.
        type: float
      max_capacity:
        description: Most capacity units.
        type: float
      seconds_until_auto_pause:
        description: Seconds without a connection until it pauses, from 300 to 86400; only with O(serverless_v2_scaling.min_capacity=0).
        type: int
extends_documentation_fragment:
  - opta.platform.database_cluster
  - opta.platform.credentials
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: opta.platform.documentdb_cluster
"""

EXAMPLES = r"""
- name: Make an Aurora cluster with a writer and a replica
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

- name: Restore it from a snapshot, under another name
  opta.platform.aurora_cluster:
    name: opta-staging-aurora-restored
    restore:
      snapshot_identifier: opta-staging-aurora-main-final-0a1b2c3d
    db_instance_class: db.r7g.large
    vpc_id: "{{ network_outputs.vpc_id }}"
    subnet_ids: "{{ network_outputs.private_subnet_ids }}"
    kms_key_id: "{{ network_outputs.kms_key_arn }}"

- name: Remove it, and keep its data in a snapshot
  opta.platform.aurora_cluster:
    name: opta-staging-aurora-main
    state: absent
    deletion_protection: false
"""

RETURN = r"""
cluster:
  description:
    - The cluster; null when there is none. In check mode, what only AWS decides is V((known after apply)).
  returned: success
  type: dict
  contains:
    name: {description: Name., type: str, returned: always, sample: opta-staging-aurora-main}
    arn: {description: ARN., type: str, returned: always}
    endpoint: {description: Host name of the writer., type: str, returned: always}
    reader_endpoint: {description: Host name of the readers., type: str, returned: always}
    cluster_resource_id: {description: AWS's id of the cluster., type: str, returned: always}
    status: {description: AWS's status., type: str, returned: always, sample: available}
    instances: {description: Names of the instances., type: list, elements: str, returned: when the cluster is wanted}
    secret_arn: {description: ARN of the secret with the credentials., type: str, returned: when the cluster is wanted}
    secret_name: {description: Name of that secret., type: str, returned: when the cluster is wanted}
    security_group_id: {description: Id of the security group., type: str, returned: when the cluster is wanted}
    engine_version: {description: The full version., type: str, returned: always, sample: "17.7"}
    port: {description: As the option., type: int, returned: always}
    master_username: {description: As the option., type: str, returned: always}
    db_subnet_group_name: {description: Name of the subnet group., type: str, returned: always}
    db_cluster_parameter_group_name: {description: Name of the parameter group., type: str, returned: always}
    vpc_security_group_ids: {description: Security groups., type: list, elements: str, returned: always}
    kms_key_id: {description: As the option., type: str, returned: always}
    storage_type: {description: As the option., type: str, returned: always}
    backup_retention_period: {description: As the option., type: int, returned: always}
    preferred_backup_window: {description: As the option., type: str, returned: always}
    preferred_maintenance_window: {description: As the option., type: str, returned: always}
    deletion_protection: {description: As the option., type: bool, returned: always}
    copy_tags_to_snapshot: {description: Whether snapshots get the cluster's tags; always set., type: bool, returned: always}
    enabled_cloudwatch_logs_exports: {description: As the option., type: list, elements: str, returned: always}
    serverless_v2_scaling: {description: As the option., type: dict, returned: always}
    tags: {description: Tags., type: dict, returned: always}
    database_name: {description: As the option., type: str, returned: always}
    engine_lifecycle_support: {description: As the option., type: str, returned: always}
    enable_iam_database_authentication: {description: As the option., type: bool, returned: always}
actions:
  description: What was done, or would be done in check mode; the cluster's first. The password is called C(master_user_password), an
    instance's reboot C(parameter_status).
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: "V(create), V(update) or V(delete).", type: str, returned: always}
    resource: {description: Kind and name., type: str, returned: always, sample: Aurora cluster opta-staging-aurora-main}
    attributes: {description: Attributes that change., type: list, elements: str, returned: always}
    allowed: {description: Whether a run does it without another option., type: bool, returned: always}
left_alone:
  description: V(true) when a cluster of this name exists that O(state=absent) leaves alone, because it belongs to somebody else.
  returned: when there is one
  type: bool
diff:
  description: The changed attributes before and after.
  returned: success
  type: dict
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
