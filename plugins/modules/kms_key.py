#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kms_key
short_description: Manage a customer-managed KMS key and its alias
version_added: 1.0.0
description:
  - Creates, changes or schedules for deletion one symmetric key of AWS KMS, which is known by its alias.
  - A key that is scheduled for deletion counts as gone. A new one is made, and the alias moved to it, unless O(cancel_deletion=true).
  - With O(state=absent), a key is left as it is, with a warning, as long as something is encrypted under it, whoever made that.
    Looked for are volumes, databases and caches with their snapshots of any type, automated backups, images, vaults and recovery points
    of AWS Backup, and what grants of EBS, RDS and EKS name. Other grants are reported. A key also stays when the caller may not look.
  - Check mode does not count what carries the ownership tags in O(tags) and lives, because the same run removes it before the key.
  - A key that carries the ownership tags in O(tags) but no alias, because a run ended in between, is found and finished.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  name:
    description: Name of the key's alias, with or without C(alias/) before it. Another name is another key.
    type: str
    required: true
  description:
    description: What the key is for. Changed in place.
    type: str
  enabled:
    description: Whether the key can be used. Changed in place.
    type: bool
    default: true
  policy:
    description:
      - The key's policy document. Changed in place. Compared by what it means, not by its text.
      - A principal that IAM has made a moment ago is waited for.
      - AWS's own default, which trusts the account alone, when a key is made without it.
    type: dict
  enable_key_rotation:
    description: Whether KMS makes new key material regularly. Changed in place.
    type: bool
    default: true
  rotation_period_in_days:
    description: Days between two rotations, from 90 to 2560; AWS takes 365 when it is never given. Changed in place.
    type: int
  multi_region:
    description: "Whether the key can be replicated to other regions. Cannot be changed: a key is of one kind for life."
    type: bool
  cancel_deletion:
    description: Whether a key of this name that is scheduled for deletion is taken back and enabled, instead of a new one being made.
    type: bool
    default: false
  pending_window_in_days:
    description: Days from O(state=absent) until KMS deletes the key and all that it encrypts is lost; from 7 to 30.
    type: int
    default: 30
  still_needed:
    description:
      - Things that may need the key, as M(opta.platform.retained_resources) lists them, each with C(arn) and C(kms_key_arn).
      - With O(state=absent), a key that one of them needs is left as it is, with a warning that says why.
        A C(kms_key_arn) of null may be any key.
    type: list
    elements: dict
    default: []
  retained_goes:
    description:
      - Whether the same run deletes what carries C(opta:retained) and the ownership tags of O(tags) before it comes to the key.
        Check mode does not count it then.
    type: bool
    default: false
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
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

- name: Schedule the key for deletion, unless something that is kept needs it
  opta.platform.kms_key:
    name: opta-staging
    still_needed: "{{ kept.retained }}"
    state: absent
"""

RETURN = r"""
key:
  description: The key as it is, or would be; null when it is scheduled for deletion or was never there.
  returned: always
  type: dict
  contains:
    name: {description: The alias without C(alias/)., type: str, sample: opta-staging}
    alias: {description: The alias., type: str, sample: alias/opta-staging}
    key_id: {description: AWS's id of the key., type: str, sample: 1234abcd-12ab-34cd-56ef-1234567890ab}
    arn: {description: ARN of the key., type: str}
    key_state: {description: "C(Enabled), C(Disabled) or another state of KMS.", type: str, sample: Enabled}
    deletion_date: {description: "When KMS will delete it, ISO 8601.", type: str}
    description: {description: What the key is for., type: str}
    enabled: {description: Whether it can be used., type: bool}
    policy: {description: The policy document., type: dict}
    enable_key_rotation: {description: Whether it is rotated., type: bool}
    rotation_period_in_days: {description: Days between two rotations., type: int, sample: 365}
    multi_region: {description: Whether it is a multi-Region key., type: bool}
    tags: {description: All tags., type: dict}
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update) or C(delete).", type: str}
    resource: {description: Kind and name., type: str, sample: KMS key opta-staging}
    attributes: {description: The attributes that are set., type: list, elements: str}
    allowed: {description: Whether the run may do it., type: bool}
diff:
  description: The changed attributes before and after.
  returned: always
  type: dict
"""

from ..module_utils import _tags
from ..module_utils._errors import Refused
from ..module_utils._kms.key import KmsKey
from ..module_utils._kms.users import KeyUsers
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
    "pending_window_in_days": {"type": "int", "default": 30},
    "still_needed": {"type": "list", "elements": "dict", "default": []},
    "retained_goes": {"type": "bool", "default": False},
}


def refuse_wrong_numbers(given):
    window, period = given["pending_window_in_days"], given["rotation_period_in_days"]
    if not 7 <= window <= 30:
        raise Refused(f"pending_window_in_days is {window}, but KMS allows 7 to 30 days, for example 30.")
    if period is not None and not 90 <= period <= 2560:
        raise Refused(f"rotation_period_in_days is {period}, but KMS allows 90 to 2560 days, for example 365.")
    if period is not None and not given["enable_key_rotation"]:
        raise Refused("rotation_period_in_days needs enable_key_rotation: true; leave one of the two out.")


def remove(module, key):
    """Schedule the key for deletion, unless something needs it, or somebody may who cannot be asked."""
    given, found = module.params, key.find()
    if found is None or _tags.not_ours(key.tags(found), given["tags"]):
        return module.reconcile(key)
    marks = _tags.marks(given["tags"])
    users = KeyUsers(module.client, found["arn"], marks if module.check_mode else {}, given["retained_goes"] and module.check_mode)
    needing = sorted({*key.needed_by(found, given["still_needed"]), *users.find()})
    reasons = [f"{', '.join(needing)} cannot be read without it"] if needing else []
    if users.denied:
        reasons.append(f"what else needs it is not known without the permissions {', '.join(users.denied)}")
    if reasons:
        notes = [f"{key.kind} {key.name} is not scheduled for deletion: {reason}." for reason in reasons]
        return Outcome(key.kind, key.name, resource=key.describe(found), notes=notes)
    outcome = module.reconcile(key)
    if users.other_grants and not module.check_mode:
        outcome.notes.append(f"{key.kind} {key.name} had grants that name no resource known here: {'; '.join(sorted(users.other_grants))}.")
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
