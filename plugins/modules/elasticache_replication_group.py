#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: elasticache_replication_group
short_description: Manage Amazon ElastiCache replication groups of Valkey or Redis OSS
version_added: 1.0.0
description:
  - Creates, updates or deletes one ElastiCache replication group with the resources that it requires, and waits until it is available.
  - These resources are a secret with the password, a security group that opens the port, a subnet group, a parameter group, and a user
    in a user group.
  - TLS, encryption at rest and a password are always enabled. Cluster mode is disabled, so the group has one primary, replicas, and no
    shards.
  - An interrupted run is completed by the next run. The module waits for a change that another run started.
options:
  name:
    description:
      - Name of the replication group, 1 to 40 lowercase letters, digits and hyphens.
      - The user group, the user, the subnet group and the security group have the same name. A different name selects a different
        replication group.
    type: str
    required: true
  description:
    description: Description of the replication group. A new group gets its name, because AWS requires a description. Changed in place.
    type: str
  engine:
    description:
      - Engine of the nodes. A new group gets V(valkey).
      - V(redis) is changed to V(valkey) in place. The opposite direction is refused.
    type: str
    choices: [valkey, redis]
  engine_version:
    description:
      - Engine version, for example V(8.0). A new group gets the default version of AWS.
      - Upgraded in place. A downgrade is not possible, and an existing group with a higher version is not changed. If not set, an
        existing group keeps its version.
    type: str
  node_type:
    description: Type of the nodes. A new group gets V(cache.t4g.small). Changed in place, with a short failover.
    type: str
  replica_count:
    description: Number of replicas, from 0 to 5. A new group gets V(0). Changed in place.
    type: int
  automatic_failover_enabled:
    description: Whether a replica is promoted if the primary fails. Requires at least one replica. Changed in place.
    type: bool
  multi_az_enabled:
    description: Whether the nodes run in several availability zones. Requires O(automatic_failover_enabled=true). Changed in place.
    type: bool
  vpc_id:
    description: VPC of the security group. Required to create a replication group.
    type: str
  subnet_ids:
    description: Subnets of the nodes. Required to create a replication group. Changed in place. A subnet with nodes cannot be removed.
    type: list
    elements: str
  allowed_cidr_blocks:
    description:
      - IPv4 CIDR blocks that may connect to the port. Blocks that a previous run allowed and that are no longer listed lose access.
      - Compared as AWS stores them, so V(10.8.0.5/16) equals V(10.8.0.0/16). Changed in place.
    type: list
    elements: str
  allowed_security_group_ids:
    description:
      - Security groups whose members may connect to the port. Groups that a previous run allowed and that are no longer listed lose
        access. Changed in place.
    type: list
    elements: str
  purge_rules:
    description: Whether to revoke rules of the security group that this module did not create. If V(false), each run warns about them.
    type: bool
    default: false
  port:
    description:
      - Port of the nodes. A new group gets V(6379).
      - "Cannot be changed: ElastiCache sets it when the group is created."
    type: int
  kms_key_arn:
    description:
      - ARN of the KMS key that encrypts the data, the snapshots and the secret. If not set, keys of AWS are used.
      - "Cannot be changed for the data: ElastiCache sets it when the group is created."
    type: str
  transit_encryption_mode:
    description:
      - With V(required), clients must use TLS. V(preferred) also accepts connections without TLS.
      - Changed in place. A group without TLS is first changed to V(preferred).
    type: str
    default: required
    choices: [required, preferred]
  authentication:
    description:
      - How clients authenticate. A new group gets V(user_group).
      - V(user_group) creates a user with the name C(default) and the password, so that clients that send only a password can log in.
        V(auth_token) sets the password as AUTH token.
      - V(auth_token) is changed to V(user_group) in place. The opposite direction is refused.
    type: str
    choices: [user_group, auth_token]
  keep_previous_password:
    description:
      - Whether a rotation keeps the previous password valid, so that clients can switch to the new password. The next run with V(false)
        removes it.
      - While a previous password is kept, O(rotate_password=true) with this option does not start another rotation.
    type: bool
    default: false
  parameters:
    description:
      - Parameters of the engine, for example C(maxmemory-policy). Parameters that are not listed are reset to their defaults. Changed
        in place.
    type: dict
  allow_reboot:
    description:
      - Whether to reboot nodes, replicas first, when changed parameters take effect only after a reboot. If V(false), each run reports
        pending parameters.
      - A node loses its data when it is rebooted. A replica is filled again from the primary, and the primary starts empty.
    type: bool
    default: false
  snapshot_retention_days:
    description: Number of days to keep daily snapshots, from 0 (no snapshots) to 35. A new group gets V(5). Changed in place.
    type: int
  snapshot_window:
    description:
      - Daily time range in UTC for snapshots, for example V(03:00-04:00). If not set, AWS selects one at creation. Changed in place.
    type: str
  maintenance_window:
    description:
      - Weekly time range in UTC for maintenance, for example V(sun:05:00-sun:06:00). If not set, AWS selects one at creation. Changed
        in place.
    type: str
  auto_minor_version_upgrade:
    description: Whether AWS upgrades minor versions automatically. Changed in place.
    type: bool
  log_delivery:
    description: Destinations of logs. An empty list stops log delivery. Changed in place.
    type: list
    elements: dict
    suboptions:
      log_type:
        description: Slow log or engine log.
        type: str
        required: true
        choices: [slow-log, engine-log]
      log_format:
        description: Format of the log entries.
        type: str
        default: json
        choices: [json, text]
      destination_type:
        description: Type of the destination.
        type: str
        default: cloudwatch-logs
        choices: [cloudwatch-logs, kinesis-firehose]
      destination:
        description: Name of the log group or the delivery stream.
        type: str
        required: true
  apply_immediately:
    description:
      - Whether changes of the nodes are applied immediately. If V(false), they are applied during O(maintenance_window), and a warning
        reports them.
    type: bool
    default: true
  skip_final_snapshot:
    description:
      - Whether O(state=absent) deletes the data without a final snapshot.
      - A final snapshot has a unique name and the tag C(opta:retained).
    type: bool
    default: false
notes:
  - RV(actions) has one action for each resource. A new C(password) is listed by name only.
  - Used by the role P(opta.platform.elasticache#role).
seealso:
  - module: opta.platform.aurora_cluster
  - module: opta.platform.documentdb_cluster
  - name: CreateReplicationGroup
    description: Amazon ElastiCache API Reference.
    link: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.credentials
  - opta.platform.resource
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Create or update a cache with a replica
  opta.platform.elasticache_replication_group:
    name: opta-staging-cache-main
    node_type: cache.t4g.small
    replica_count: 1
    automatic_failover_enabled: true
    multi_az_enabled: true
    vpc_id: "{{ network_outputs.vpc_id }}"
    subnet_ids: "{{ network_outputs.private_subnet_ids }}"
    allowed_cidr_blocks: "{{ network_outputs.vpc_cidr_blocks }}"
    kms_key_arn: "{{ network_outputs.kms_key_arn }}"
    secret_name: opta/staging/cache/main
    parameters:
      maxmemory-policy: allkeys-lru
    tags:
      opta:environment: staging
      opta:role: elasticache
      opta:name: opta-staging-cache-main

- name: Rotate the password and keep the previous one valid until the next run
  opta.platform.elasticache_replication_group:
    name: opta-staging-cache-main
    secret_name: opta/staging/cache/main
    rotate_password: true
    keep_previous_password: true
    tags:
      opta:environment: staging

- name: Delete the cache with a final snapshot
  opta.platform.elasticache_replication_group:
    name: opta-staging-cache-main
    secret_name: opta/staging/cache/main
    state: absent
    tags:
      opta:environment: staging
"""

RETURN = r"""
replication_group:
  description:
    - The replication group, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the replication group.
      returned: always
      type: str
      sample: opta-staging-cache-main
    arn:
      description: ARN of the replication group.
      returned: always
      type: str
      sample: arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:opta-staging-cache-main
    status:
      description: Status of the replication group, as ElastiCache reports it.
      returned: always
      type: str
      sample: available
    endpoint:
      description: Host name of the primary endpoint.
      returned: always
      type: str
      sample: master.opta-staging-cache-main.0a1b2c.euw1.cache.amazonaws.com
    reader_endpoint:
      description: Host name of the reader endpoint.
      returned: always
      type: str
      sample: replica.opta-staging-cache-main.0a1b2c.euw1.cache.amazonaws.com
    member_clusters:
      description: Names of the nodes.
      returned: always
      type: list
      elements: str
      sample: [opta-staging-cache-main-001, opta-staging-cache-main-002]
    security_group_id:
      description: ID of the security group that opens the port.
      returned: always
      type: str
      sample: sg-0123456789abcdef0
    secret_arn:
      description: ARN of the secret with the password.
      returned: always
      type: str
      sample: arn:aws:secretsmanager:eu-west-1:123456789012:secret:opta/staging/cache/main-0a1b2c
    secret_name:
      description: Name of the secret with the password.
      returned: always
      type: str
      sample: opta/staging/cache/main
    description:
      description: Description of the replication group.
      returned: always
      type: str
      sample: opta-staging-cache-main
    engine:
      description: Engine of the nodes.
      returned: always
      type: str
      sample: valkey
    engine_version:
      description: Full engine version of the nodes.
      returned: always
      type: str
      sample: 8.0.1
    node_type:
      description: Type of the nodes.
      returned: always
      type: str
      sample: cache.t4g.small
    replica_count:
      description: Number of replicas.
      returned: always
      type: int
      sample: 1
    automatic_failover_enabled:
      description: Whether a replica is promoted if the primary fails.
      returned: always
      type: bool
      sample: true
    multi_az_enabled:
      description: Whether the nodes run in several availability zones.
      returned: always
      type: bool
      sample: true
    parameter_group_name:
      description: Name of the parameter group.
      returned: always
      type: str
      sample: opta-staging-cache-main-valkey8
    subnet_group_name:
      description: Name of the subnet group.
      returned: always
      type: str
      sample: opta-staging-cache-main
    security_group_ids:
      description: IDs of the security groups of the nodes.
      returned: always
      type: list
      elements: str
      sample: [sg-0123456789abcdef0]
    port:
      description: Port of the nodes.
      returned: always
      type: int
      sample: 6379
    kms_key_arn:
      description: ARN of the KMS key that encrypts the data.
      returned: always
      type: str
      sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    at_rest_encryption_enabled:
      description: Whether the data is encrypted. Always V(true).
      returned: always
      type: bool
      sample: true
    transit_encryption_mode:
      description: Whether clients must use TLS.
      returned: always
      type: str
      sample: required
    authentication:
      description: How clients authenticate.
      returned: always
      type: str
      sample: user_group
    user_group_id:
      description: ID of the user group. V(null) with an AUTH token.
      returned: always
      type: str
      sample: opta-staging-cache-main
    snapshot_retention_days:
      description: Number of days for which daily snapshots are kept.
      returned: always
      type: int
      sample: 5
    snapshot_window:
      description: Daily time range in UTC for snapshots.
      returned: always
      type: str
      sample: 03:00-04:00
    maintenance_window:
      description: Weekly time range in UTC for maintenance.
      returned: always
      type: str
      sample: sun:05:00-sun:06:00
    auto_minor_version_upgrade:
      description: Whether AWS upgrades minor versions automatically.
      returned: always
      type: bool
      sample: true
    log_delivery:
      description: Destinations of logs.
      returned: always
      type: list
      elements: dict
      sample: [{log_type: slow-log, log_format: json, destination_type: cloudwatch-logs, destination: /opta/staging/cache}]
    tags:
      description: Tags of the replication group.
      returned: always
      type: dict
      sample: {opta:environment: staging}
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

from ..module_utils._credentials.options import CREDENTIAL_ARGUMENTS
from ..module_utils._elasticache.reconcile import store_outcomes
from ..module_utils._module import PlatformModule

STRINGS = {"type": "list", "elements": "str"}
LOG_DELIVERY = {
    "log_type": {"required": True, "choices": ["slow-log", "engine-log"]},
    "log_format": {"choices": ["json", "text"], "default": "json"},
    "destination_type": {"choices": ["cloudwatch-logs", "kinesis-firehose"], "default": "cloudwatch-logs"},
    "destination": {"required": True},
}
ARGUMENTS = {
    "name": {"required": True},
    "description": {},
    "engine": {"choices": ["valkey", "redis"]},
    "engine_version": {},
    "node_type": {},
    "replica_count": {"type": "int"},
    "allow_reboot": {"type": "bool", "default": False},
    "automatic_failover_enabled": {"type": "bool"},
    "multi_az_enabled": {"type": "bool"},
    "vpc_id": {},
    "subnet_ids": STRINGS,
    "allowed_cidr_blocks": STRINGS,
    "allowed_security_group_ids": STRINGS,
    "purge_rules": {"type": "bool", "default": False},
    "port": {"type": "int"},
    "kms_key_arn": {"no_log": False},
    "transit_encryption_mode": {"choices": ["required", "preferred"], "default": "required"},
    "authentication": {"choices": ["user_group", "auth_token"]},
    "keep_previous_password": {"type": "bool", "default": False, "no_log": False},
    "parameters": {"type": "dict"},
    "snapshot_retention_days": {"type": "int"},
    "snapshot_window": {},
    "maintenance_window": {},
    "auto_minor_version_upgrade": {"type": "bool"},
    "log_delivery": {"type": "list", "elements": "dict", "options": LOG_DELIVERY},
    "apply_immediately": {"type": "bool", "default": True},
    "skip_final_snapshot": {"type": "bool", "default": False},
    **CREDENTIAL_ARGUMENTS,
}


def main():
    PlatformModule(ARGUMENTS).run(store_outcomes, key="replication_group")


if __name__ == "__main__":
    main()
