# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """Options that every module for a resource of AWS has."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - Whether the resource exists after the run.
      - V(present) creates the resource, or updates it where it differs from the options. V(absent) deletes it and waits until the deletion
        is complete. A resource that does not exist needs no deletion.
    type: str
    choices: [present, absent]
    default: present
  tags:
    description:
      - Tags that the resource must have. Changed in place.
      - If C(opta:environment) is one of them, the tags also decide ownership, together with C(opta:prefix) and C(opta:region) if they are
        listed too. A resource of the same name without these tags, or with those of another environment, is refused. With O(state=absent)
        such a resource is not deleted, and a warning names it.
    type: dict
  purge_tags:
    description: Whether to remove tags that O(tags) does not list. Tags whose key starts with C(aws:) are never removed.
    type: bool
    default: false
  adopt:
    description: Whether to manage an existing resource of the same name that does not have the ownership tags in O(tags).
    type: bool
    default: false
  allow_replacement:
    description:
      - Whether to allow changes that AWS cannot make in place. For such a change, the resource is deleted and created again.
      - If V(false), such a change fails before anything is changed. In check mode, a warning reports it.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until the resource is ready, or until its deletion is complete. V(false) sends the requests and returns.
    type: bool
    default: true
  wait_timeout:
    description: Maximum time to wait for each step, in seconds.
    type: int
    default: 1800
"""
