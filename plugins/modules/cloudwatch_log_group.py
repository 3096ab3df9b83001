#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudwatch_log_group
short_description: Manage a log group of CloudWatch Logs
version_added: 1.0.0
description:
  - Creates, changes or deletes one log group. Its log events are never lost to a change of its settings.
  - Something that still writes to a deleted group may make it anew, without retention and key. A flow log or an EKS cluster
    is therefore deleted before its log group.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  name:
    description: Name of the log group. Another name is another group.
    type: str
    required: true
  retention_in_days:
    description:
      - Days until a log event expires; V(0) keeps them for ever. Changed in place.
      - A new group gets V(30), and so does an empty one without a retention. Other groups keep theirs when it is not given.
    type: int
    choices: [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
  kms_key_arn:
    description:
      - ARN of the symmetric key that encrypts events from now on; an empty string for a key of AWS. Changed in place.
      - The key's policy must let CloudWatch Logs of the region use it.
    type: str
  log_group_class:
    description: "Class of the group; V(STANDARD) when it is made without. Cannot be changed: CloudWatch Logs has no call for it."
    type: str
    choices: [STANDARD, INFREQUENT_ACCESS, DELIVERY, ESSENTIALS]
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Keep flow logs for 30 days under the environment's key
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
  description: The log group; null when it is gone.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str, sample: /opta/staging/flow-logs}
    arn: {description: "Its ARN, without C(:*) at its end.", type: str}
    retention_in_days: {description: "Days until an event expires, 0 for never.", type: int, sample: 30}
    kms_key_arn: {description: "The key, or an empty string.", type: str}
    log_group_class: {description: Its class., type: str, sample: STANDARD}
    tags: {description: All tags., type: dict}
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update) or C(delete).", type: str}
    resource: {description: Kind and name., type: str, sample: log group /opta/staging/flow-logs}
    attributes: {description: The attributes that are set., type: list, elements: str}
    allowed: {description: Whether the run may do it., type: bool}
diff:
  description: The changed attributes before and after.
  returned: always
  type: dict
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
