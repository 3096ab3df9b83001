#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: documentdb_cluster
short_description: Manage Amazon DocumentDB clusters
version_added: 1.0.0
description:
  - Creates, updates or deletes one Amazon DocumentDB cluster and waits until it is available.
  - The cluster includes its instances, its subnet group, its parameter group (which enables TLS), its security group (which allows
    connections to the port of the database only from the listed sources) and its secret in AWS Secrets Manager.
  - The storage is always encrypted.
  - AWS Secrets Manager generates the password and stores it in the secret. The module sets it on the cluster and never shows it.
options:
  storage_type:
    description:
      - Storage type. V(iopt1) is I/O-Optimized, which includes I/O in its price.
      - Changed in place. AWS allows a change back to V(standard) once every 30 days.
    type: str
    choices: [standard, iopt1]
  enabled_cloudwatch_logs_exports:
    description:
      - Logs to send to CloudWatch Logs. Other logs are disabled. Changed in place.
      - DocumentDB writes these logs only if the parameters C(audit_logs) and C(profiler) are enabled. For each listed log, the module
        sets its parameter to C(enabled), unless O(parameters) sets it.
    type: list
    elements: str
    choices: [audit, profiler]
  serverless_v2_scaling:
    description: Capacity of instances of the class V(db.serverless). Suboptions that are not set are kept. Changed in place.
    type: dict
    suboptions:
      min_capacity:
        description: Minimum capacity, in DocumentDB capacity units (DCU).
        type: float
      max_capacity:
        description: Maximum capacity, in DocumentDB capacity units (DCU).
        type: float
notes:
  - In RV(actions), the cluster is listed first. C(master_user_password) is the password, and C(parameter_status) of an instance is its
    reboot.
  - Used by the role P(opta.platform.documentdb#role).
seealso:
  - module: opta.platform.aurora_cluster
  - name: CreateDBCluster
    description: Amazon DocumentDB API Reference.
    link: https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html
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
- name: Create a DocumentDB cluster with an audit log
  opta.platform.documentdb_cluster:
    name: opta-staging-docdb-main
    engine_version: "5.0"
    db_instance_class: db.t4g.medium
    vpc_id: "{{ network_outputs.vpc_id }}"
    subnet_ids: "{{ network_outputs.private_subnet_ids }}"
    allowed_cidr_blocks: "{{ network_outputs.vpc_cidr_blocks }}"
    kms_key_id: "{{ network_outputs.kms_key_arn }}"
    secret_name: opta/staging/docdb/main
    enabled_cloudwatch_logs_exports: [audit]
    tags:
      opta:environment: staging

- name: Rotate the password
  opta.platform.documentdb_cluster:
    name: opta-staging-docdb-main
    secret_name: opta/staging/docdb/main
    rotate_password: true

- name: Delete the cluster and its data
  opta.platform.documentdb_cluster:
    name: opta-staging-docdb-main
    state: absent
    deletion_protection: false
    skip_final_snapshot: true
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
      sample: opta-staging-docdb-main
    arn:
      description: ARN of the cluster.
      returned: always
      type: str
      sample: arn:aws:rds:eu-west-1:123456789012:cluster:opta-staging-docdb-main
    endpoint:
      description: Host name of the cluster endpoint, which connects to the writer.
      returned: always
      type: str
      sample: opta-staging-docdb-main.cluster-0123456789ab.eu-west-1.docdb.amazonaws.com
    reader_endpoint:
      description: Host name of the reader endpoint.
      returned: always
      type: str
      sample: opta-staging-docdb-main.cluster-ro-0123456789ab.eu-west-1.docdb.amazonaws.com
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
      sample: [opta-staging-docdb-main-1]
    secret_arn:
      description: ARN of the secret with the credentials.
      returned: with O(state=present)
      type: str
      sample: arn:aws:secretsmanager:eu-west-1:123456789012:secret:opta/staging/docdb/main-0a1b2c
    secret_name:
      description: Name of the secret with the credentials.
      returned: with O(state=present)
      type: str
      sample: opta/staging/docdb/main
    security_group_id:
      description: ID of the security group.
      returned: with O(state=present)
      type: str
      sample: sg-0123456789abcdef0
    engine_version:
      description: Full engine version.
      returned: always
      type: str
      sample: "5.0.0"
    port:
      description: Port of the database.
      returned: always
      type: int
      sample: 27017
    master_username:
      description: Name of the master user.
      returned: always
      type: str
      sample: opta
    db_subnet_group_name:
      description: Name of the subnet group.
      returned: always
      type: str
      sample: opta-staging-docdb-main
    db_cluster_parameter_group_name:
      description: Name of the cluster parameter group.
      returned: always
      type: str
      sample: opta-staging-docdb-main-docdb5-0
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
      sample: standard
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
      sample: [audit]
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
from ..module_utils._rds.engine import DOCUMENTDB
from ..module_utils._rds.options import DATABASE_ARGUMENTS, SERVERLESS
from ..module_utils._rds.reconcile import cluster_outcomes

ARGUMENTS = {
    **DATABASE_ARGUMENTS,
    "storage_type": {"choices": ["standard", "iopt1"]},
    "enabled_cloudwatch_logs_exports": {"type": "list", "elements": "str", "choices": ["audit", "profiler"]},
    "serverless_v2_scaling": {"type": "dict", "options": SERVERLESS},
}


def reconcile(module):
    return cluster_outcomes(module, DOCUMENTDB)


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="cluster")


if __name__ == "__main__":
    main()
