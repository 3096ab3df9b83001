#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: elasticache_replication_group
short_description: Manage a store of Valkey or Redis OSS in ElastiCache
version_added: 1.0.0
description:
  - Brings a replication group of ElastiCache and all that it needs to what is wanted, a secret with its password, a security group that
    opens one port, a subnet group, a parameter group, and a user in a user group.
  - TLS, encryption at rest and a password are always on. It has a primary and replicas, no shards.
  - A run that ends anywhere is finished by the next one. A change that another run began is waited for.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  name:
    description:
      - Name of the replication group, 1 to 40 lower-case letters, digits and hyphens. Another name is another group.
      - The groups, the user and the security group that belong to it bear the same name.
    type: str
    required: true
  description:
    description: What the group is for. Changed in place; AWS wants one, so it is the name when it is never given.
    type: str
  engine:
    description: V(valkey) when it is never given. V(redis) is changed to V(valkey) in place, not the other way.
    type: str
    choices: [valkey, redis]
  engine_version:
    description:
      - Version, for example C(8.0). Upgraded in place, never downgraded; a group with a later version is left as it is.
      - AWS's default when a group is made without it; afterwards, when it is not given, the group keeps its version.
    type: str
  node_type:
    description: Type of the nodes. A new group gets V(cache.t4g.small). Changed in place, with a short failover.
    type: str
  replica_count:
    description: Number of replicas, from 0 to 5. A new group gets V(0). Changed in place.
    type: int
  automatic_failover_enabled:
    description: Whether a replica takes over when the primary fails. Needs a replica. Changed in place.
    type: bool
  multi_az_enabled:
    description: Whether the nodes are to be in several zones. Needs O(automatic_failover_enabled=true). Changed in place.
    type: bool
  vpc_id:
    description: The VPC of the security group. Needed to make a group.
    type: str
  subnet_ids:
    description: The subnets in which nodes may be. Needed to make a group. Changed in place; one that has nodes cannot be left out.
    type: list
    elements: str
  allowed_cidr_blocks:
    description:
      - Blocks of IPv4 addresses that may reach the port; those that an earlier run allowed and that are not listed any more may not.
      - Compared as AWS keeps them, V(10.8.0.5/16) is V(10.8.0.0/16). Changed in place.
    type: list
    elements: str
  allowed_security_group_ids:
    description:
      - Security groups whose members may reach the port; those that an earlier run allowed and that are not listed any more may not.
        Changed in place.
    type: list
    elements: str
  purge_rules:
    description:
      - Whether rules of the security group that this module did not make are revoked. Otherwise they stay, and each run warns of them.
    type: bool
    default: false
  port:
    description: Port of the store, 6379 when it is never given. Cannot be changed.
    type: int
  kms_key_arn:
    description: ARN of the KMS key of data, snapshots and secret. Cannot be changed for data; AWS's own key when it is not given.
    type: str
  transit_encryption_mode:
    description:
      - V(required) lets in clients with TLS only, V(preferred) others as well.
      - A group without TLS goes over V(preferred). Changed in place.
    type: str
    choices: [required, preferred]
    default: required
  authentication:
    description:
      - V(user_group) makes a user with the name C(default) and the password, so that clients that know only a password get in.
        V(auth_token) sets the password as AUTH token.
      - V(user_group) when it is never given. V(auth_token) is changed to V(user_group) in place, not the other way.
    type: str
    choices: [user_group, auth_token]
  keep_previous_password:
    description:
      - Whether a rotation leaves the password before valid as well. The first run with V(false) ends it.
        So clients can take the new one in the meantime.
      - While the one before is kept, O(rotate_password=true) together with this option begins no other rotation.
    type: bool
    default: false
  parameters:
    description:
      - Parameters of the engine, for example C(maxmemory-policy). Those that are not listed get the engine's defaults. Changed in place.
    type: dict
  allow_reboot:
    description:
      - Whether nodes are rebooted, replicas first, when parameters take effect only then. Otherwise each run reports that they wait.
      - A node loses what it holds when it is rebooted; a replica is filled again from the primary, and the primary begins empty.
    type: bool
    default: false
  snapshot_retention_days:
    description: Days for which daily snapshots are kept, from 0 (none are made) to 35. A new group gets V(5). Changed in place.
    type: int
  snapshot_window:
    description: The hours of a day in UTC for snapshots, for example C(03:00-04:00). Chosen by AWS at first. Changed in place.
    type: str
  maintenance_window:
    description: The hours of a week in UTC for maintenance, for example C(sun:05:00-sun:06:00). Chosen by AWS at first. Changed in place.
    type: str
  auto_minor_version_upgrade:
    description: Whether AWS brings in minor versions by itself. Changed in place.
    type: bool
  log_delivery:
    description: Where logs go. Changed in place; an empty list ends it.
    type: list
    elements: dict
    suboptions:
      log_type:
        description: The slow log, or the engine's log.
        type: str
        required: true
        choices: [slow-log, engine-log]
      log_format:
        description: How a line is written.
        type: str
        choices: [json, text]
        default: json
      destination_type:
        description: The kind of the destination.
        type: str
        choices: [cloudwatch-logs, kinesis-firehose]
        default: cloudwatch-logs
      destination:
        description: Name of the log group or the delivery stream.
        type: str
        required: true
  apply_immediately:
    description: Whether changes that touch the nodes are made at once. With V(false) they wait for O(maintenance_window), with a warning.
    type: bool
    default: true
  skip_final_snapshot:
    description:
      - Whether O(state=absent) takes no final snapshot.
      - A final snapshot carries the tag C(opta:retained), and a name that no other has had.
    type: bool
    default: false
extends_documentation_fragment:
  - opta.platform.credentials
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Bring a cache with a replica
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

- name: Change the password, and let the one before hold until the next run
  opta.platform.elasticache_replication_group:
    name: opta-staging-cache-main
    secret_name: opta/staging/cache/main
    rotate_password: true
    keep_previous_password: true
    tags:
      opta:environment: staging

- name: Remove the cache and keep its data in a snapshot
  opta.platform.elasticache_replication_group:
    name: opta-staging-cache-main
    secret_name: opta/staging/cache/main
    state: absent
    tags:
      opta:environment: staging
"""

RETURN = r"""
replication_group:
  description: The group; null when it is gone.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str, sample: opta-staging-cache-main}
    arn: {description: Its ARN., type: str}
    status: {description: Status that ElastiCache reports., type: str, sample: available}
    endpoint: {description: Host name of the primary., type: str}
    reader_endpoint: {description: Host name of the replicas., type: str}
    member_clusters: {description: Names of the nodes., type: list, elements: str}
    security_group_id: {description: The security group that opens the port., type: str}
    secret_arn: {description: ARN of the secret with the password., type: str}
    secret_name: {description: Its name., type: str, sample: opta/staging/cache/main}
    description: {description: As the option., type: str}
    engine: {description: As the option., type: str, sample: valkey}
    engine_version: {description: The version of the nodes., type: str, sample: 8.0.1}
    node_type: {description: As the option., type: str, sample: cache.t4g.small}
    replica_count: {description: As the option., type: int, sample: 1}
    automatic_failover_enabled: {description: As the option., type: bool}
    multi_az_enabled: {description: As the option., type: bool}
    parameter_group_name: {description: The parameter group., type: str, sample: opta-staging-cache-main-valkey8}
    subnet_group_name: {description: The subnet group., type: str}
    security_group_ids: {description: The security groups of the nodes., type: list, elements: str}
    port: {description: As the option., type: int, sample: 6379}
    kms_key_arn: {description: The key of the data., type: str}
    at_rest_encryption_enabled: {description: Whether data is encrypted; always true., type: bool}
    transit_encryption_mode: {description: As the option., type: str, sample: required}
    authentication: {description: As the option., type: str, sample: user_group}
    user_group_id: {description: "The user group; null with an AUTH token.", type: str}
    snapshot_retention_days: {description: As the option., type: int}
    snapshot_window: {description: As the option., type: str}
    maintenance_window: {description: As the option., type: str}
    auto_minor_version_upgrade: {description: As the option., type: bool}
    log_delivery: {description: As the option., type: list, elements: dict}
    tags: {description: All tags., type: dict}
actions:
  description:
    - What was done, or in check mode would be done, one entry for each part. A new C(password) is listed, its value is not shown.
  returned: always
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update) or C(delete).", type: str}
    resource: {description: Kind and name., type: str, sample: cache replication group opta-staging-cache-main}
    attributes: {description: The attributes that are set., type: list, elements: str}
    allowed: {description: Whether the run may do it., type: bool}
diff:
  description: The changed attributes of each part before and after.
  returned: always
  type: dict
"""

from ansible_collections.opta.platform.plugins.module_utils._credentials.options import CREDENTIAL_ARGUMENTS
from ansible_collections.opta.platform.plugins.module_utils._elasticache.bring import store_outcomes
from ansible_collections.opta.platform.plugins.module_utils._module import PlatformModule

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
    module = PlatformModule(argument_spec=ARGUMENTS)
    module.run("replication_group", lambda: store_outcomes(module))


if __name__ == "__main__":
    main()
