#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudwatch_log_group
short_description: Manage Amazon CloudWatch Logs log groups
version_added: 1.0.0
description:
  - Creates, updates or deletes one log group. A change of settings never deletes log events.
  - A resource that still writes to a deleted log group may create it again, without retention and key. Delete flow logs and EKS
    clusters before their log groups.
options:
  name:
    description: Name of the log group. A different name selects a different log group.
    type: str
    required: true
  retention_in_days:
    description:
      - Number of days to keep log events. V(0) keeps them indefinitely. Changed in place.
      - A new log group gets V(30), and so does an empty log group without a retention. If not set, other log groups keep their
        retention.
    type: int
    choices:
      - 0
      - 1
      - 3
      - 5
      - 7
      - 14
      - 30
      - 60
      - 90
      - 120
      - 150
      - 180
      - 365
      - 400
      - 545
      - 731
      - 1096
      - 1827
      - 2192
      - 2557
      - 2922
      - 3288
      - 3653
  kms_key_arn:
    description:
      - ARN of the symmetric KMS key that encrypts new log events. An empty string selects encryption by CloudWatch Logs. Changed in
        place.
      - The key policy must allow CloudWatch Logs of the region to use the key.
    type: str
  log_group_class:
    description:
      - Class of the log group. A new log group gets V(STANDARD).
      - "Cannot be changed: CloudWatch Logs sets it when the log group is created."
    type: str
    choices: [STANDARD, INFREQUENT_ACCESS, DELIVERY, ESSENTIALS]
notes:
  - Used by the roles P(opta.platform.aurora#role), P(opta.platform.documentdb#role), P(opta.platform.eks#role) and
    P(opta.platform.network#role).
seealso:
  - module: amazon.aws.cloudwatchlogs_log_group
  - name: CreateLogGroup
    description: Amazon CloudWatch Logs API Reference.
    link: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.resource
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Create a log group that keeps flow logs for 30 days, encrypted with a KMS key
  opta.platform.cloudwatch_log_group:
    name: /opta/staging/flow-logs
    retention_in_days: 30
    kms_key_arn: "{{ network_outputs.kms_key_arn }}"
    tags:
      opta:environment: staging

- name: Delete the log group
  opta.platform.cloudwatch_log_group:
    name: /opta/staging/flow-logs
    state: absent
"""

RETURN = r"""
log_group:
  description: The log group, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the log group.
      returned: always
      type: str
      sample: /opta/staging/flow-logs
    arn:
      description: ARN of the log group, without C(:*) at its end.
      returned: always
      type: str
      sample: arn:aws:logs:eu-west-1:123456789012:log-group:/opta/staging/flow-logs
    retention_in_days:
      description: Number of days for which log events are kept. V(0) means indefinitely.
      returned: always
      type: int
      sample: 30
    kms_key_arn:
      description: ARN of the KMS key, or an empty string.
      returned: always
      type: str
      sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    log_group_class:
      description: Class of the log group.
      returned: always
      type: str
      sample: STANDARD
    tags:
      description: Tags of the log group.
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

from ..module_utils._logs.log_group import CLASSES, FOR_EVER, LogGroup
from ..module_utils._logs.retentions import RETENTIONS
from ..module_utils._module import PlatformModule

ARGUMENTS = {
    "name": {"required": True},
    "retention_in_days": {"type": "int", "choices": [FOR_EVER, *RETENTIONS]},
    "kms_key_arn": {"no_log": False},
    "log_group_class": {"choices": list(CLASSES)},
}


def reconcile(module):
    return module.reconcile(LogGroup(module.client("logs"), module.params["name"], purge_tags=module.params["purge_tags"]))


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="log_group")


if __name__ == "__main__":
    main()
