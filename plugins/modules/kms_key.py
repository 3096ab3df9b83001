#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kms_key
short_description: Manage AWS KMS keys and their aliases
version_added: 1.0.0
description:
  - Creates or updates one symmetric customer managed key of AWS KMS, or schedules it for deletion. The alias identifies the key.
  - A key that is scheduled for deletion is treated as deleted. A new key is created and the alias moved to it, unless
    O(cancel_deletion=true).
  - O(state=absent) keeps the key, with a warning, as long as a resource is encrypted with it, regardless of who created the resource.
    The module searches volumes, databases and caches with their snapshots of any type, automated backups, images, backup vaults and
    recovery points of AWS Backup, and the resources in grants of EBS, RDS and EKS. Other grants are reported. The key is also kept if
    the caller is not allowed to search.
  - Check mode ignores existing resources with the ownership tags in O(tags), because the same run deletes them before the key.
  - A key that has the ownership tags in O(tags) but no alias, because of an interrupted run, is found and completed.
options:
  name:
    description: Name of the alias of the key, with or without the prefix C(alias/). A different name selects a different key.
    type: str
    required: true
  description:
    description: Description of the key. Changed in place.
    type: str
  enabled:
    description: Whether the key is enabled. Changed in place.
    type: bool
    default: true
  policy:
    description:
      - Key policy. Compared by its meaning, not by its text. Changed in place.
      - The module waits until newly created IAM principals in the policy are known to KMS.
      - If not set, a new key gets the default policy of AWS, which trusts the account only.
    type: dict
  enable_key_rotation:
    description: Whether automatic key rotation is enabled. Changed in place.
    type: bool
    default: true
  rotation_period_in_days:
    description: Number of days between two rotations, from 90 to 2560. The default of AWS is 365. Changed in place.
    type: int
  multi_region:
    description:
      - Whether the key is a multi-Region key, which can be replicated to other regions.
      - "Cannot be changed: KMS sets it when the key is created."
    type: bool
  cancel_deletion:
    description: Whether to cancel the deletion of an existing key of this name and enable the key, instead of creating a new key.
    type: bool
    default: false
  pending_window_in_days:
    description:
      - Number of days after O(state=absent) until KMS deletes the key, from 7 to 30. Afterwards, all data that the key encrypts is
        lost.
    type: int
    default: 30
  still_needed:
    description:
      - Resources that may need the key, in the form of RV(opta.platform.retained_resources#module:retained), each with C(arn) and
        C(kms_key_arn).
      - O(state=absent) keeps a key that one of them needs, with a warning. A C(kms_key_arn) of V(null) matches every key.
    type: list
    elements: dict
    default: []
  retained_deleted:
    description:
      - Whether the same run deletes resources with the tag C(opta:retained) and the ownership tags in O(tags) before the key. If
        V(true), check mode ignores these resources.
    type: bool
    default: false
notes:
  - Used by the role P(opta.platform.network#role).
seealso:
  - module: opta.platform.retained_resources
  - module: amazon.aws.kms_key
  - name: CreateKey
    description: AWS KMS API Reference.
    link: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
  - name: ScheduleKeyDeletion
    description: AWS KMS API Reference.
    link: https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
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
- name: Create or update the environment's key
  opta.platform.kms_key:
    name: opta-staging
    description: All data of the environment staging
    rotation_period_in_days: 365
    tags:
      opta:environment: staging
      opta:role: network
      opta:name: staging

- name: Schedule the key for deletion in a week
  opta.platform.kms_key:
    name: opta-staging
    pending_window_in_days: 7
    state: absent

- name: Schedule the key for deletion unless a retained resource needs it
  opta.platform.kms_key:
    name: opta-staging
    still_needed: "{{ kept.retained }}"
    state: absent
"""

RETURN = r"""
key:
  description:
    - The key, or V(null) if it does not exist or is scheduled for deletion. In check mode, values that only AWS assigns are V((known
      after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the alias without C(alias/).
      returned: always
      type: str
      sample: opta-staging
    alias:
      description: Alias of the key.
      returned: always
      type: str
      sample: alias/opta-staging
    key_id:
      description: ID of the key.
      returned: always
      type: str
      sample: 1234abcd-12ab-34cd-56ef-1234567890ab
    arn:
      description: ARN of the key.
      returned: always
      type: str
      sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    key_state:
      description: State of the key, as KMS reports it.
      returned: always
      type: str
      sample: Enabled
    deletion_date:
      description: Date when KMS deletes the key, in ISO 8601 format. V(null) unless the deletion is scheduled.
      returned: always
      type: str
      sample: "2026-12-31T12:00:00+00:00"
    description:
      description: Description of the key.
      returned: always
      type: str
      sample: All data of the environment staging
    enabled:
      description: Whether the key is enabled.
      returned: always
      type: bool
      sample: true
    policy:
      description: Key policy.
      returned: always
      type: dict
      sample: {Version: "2012-10-17", Statement: []}
    enable_key_rotation:
      description: Whether automatic key rotation is enabled.
      returned: always
      type: bool
      sample: true
    rotation_period_in_days:
      description: Number of days between two rotations.
      returned: always
      type: int
      sample: 365
    multi_region:
      description: Whether the key is a multi-Region key.
      returned: always
      type: bool
      sample: false
    tags:
      description: Tags of the key.
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

from ..module_utils import _tags
from ..module_utils._errors import Refused
from ..module_utils._kms.key import DEFAULT_WINDOW_IN_DAYS, KmsKey
from ..module_utils._kms.users import KeyUsers
from ..module_utils._limits import KEY_DELETION_WINDOW_DAYS, KEY_ROTATION_DAYS
from ..module_utils._module import PlatformModule
from ..module_utils._resource import Outcome

ARGUMENTS = {
    "name": {"required": True},
    "description": {},
    "enabled": {"type": "bool", "default": True},
    "policy": {"type": "dict"},
    "enable_key_rotation": {"type": "bool", "default": True, "no_log": False},
    "rotation_period_in_days": {"type": "int"},
    "multi_region": {"type": "bool"},
    "cancel_deletion": {"type": "bool", "default": False},
    "pending_window_in_days": {"type": "int", "default": DEFAULT_WINDOW_IN_DAYS},
    "still_needed": {"type": "list", "elements": "dict", "default": []},
    "retained_deleted": {"type": "bool", "default": False},
}


def refuse_wrong_numbers(given):
    window, period = given["pending_window_in_days"], given["rotation_period_in_days"]
    if not KEY_DELETION_WINDOW_DAYS.allows(window):
        raise Refused(KEY_DELETION_WINDOW_DAYS.problem("pending_window_in_days", window))
    if period is not None and not KEY_ROTATION_DAYS.allows(period):
        raise Refused(KEY_ROTATION_DAYS.problem("rotation_period_in_days", period))
    if period is not None and not given["enable_key_rotation"]:
        raise Refused("rotation_period_in_days requires enable_key_rotation: true; omit one of the two.")


def remove(module, key):
    """Schedule the key for deletion, unless something needs it, or somebody may who cannot be asked."""
    given, found = module.params, key.find()
    if found is None or _tags.not_ours(key.tags(found), given["tags"]):
        return module.reconcile(key)
    marks = _tags.marks(given["tags"])
    users = KeyUsers(module.client, found["arn"], marks if module.check_mode else {}, given["retained_deleted"] and module.check_mode)
    needing = sorted({*key.needed_by(found, given["still_needed"]), *users.find()})
    reasons = [f"{', '.join(needing)} cannot be read without the key"] if needing else []
    if users.denied:
        reasons.append(f"other users of the key are unknown without the permissions {', '.join(users.denied)}")
    if reasons:
        notes = [f"{key.kind} {key.name} is not scheduled for deletion: {reason}." for reason in reasons]
        return Outcome(key.kind, key.name, resource=key.describe(found), notes=notes)
    outcome = module.reconcile(key)
    if users.other_grants and not module.check_mode:
        outcome.notes.append(f"{key.kind} {key.name} had grants whose resources are unknown: {'; '.join(sorted(users.other_grants))}.")
    return outcome


def reconcile(module):
    given = module.params
    refuse_wrong_numbers(given)
    key = KmsKey(
        module.client("kms"),
        given["name"],
        tags=given["tags"],
        cancel_deletion=given["cancel_deletion"] and given["state"] == "present",
        pending_window_in_days=given["pending_window_in_days"],
        purge_tags=given["purge_tags"],
    )
    if given["state"] == "absent":
        return remove(module, key)
    return module.reconcile(key, {**module.desired(key), "alias": key.alias})


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="key")


if __name__ == "__main__":
    main()
