# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """Options that every module for a resource of AWS has."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - Whether the resource is to exist. V(absent) deletes it and waits until it is gone; what is not there is no change.
    type: str
    choices: [present, absent]
    default: present
  tags:
    description:
      - Tags that the resource must have. With C(opta:environment) among them they decide ownership as well,
        together with C(opta:prefix) and C(opta:region) where these are among them.
        A resource of that name without these tags, or of another environment, is refused; O(state=absent) leaves it alone, with a warning.
    type: dict
  purge_tags:
    description: Whether tags that O(tags) does not name are removed. Those of AWS itself (C(aws:)) always stay.
    type: bool
    default: false
  adopt:
    description: Whether a resource of that name that does not carry our tags is taken over.
    type: bool
    default: false
  allow_replacement:
    description:
      - Whether a change that AWS can only make by deleting the resource and making it anew may be done.
        Without it such a change fails before anything is done; in check mode it is reported with a warning.
    type: bool
    default: false
  wait:
    description: Whether to wait until the resource is ready, or gone. V(false) begins the work and returns.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait for each step at the most.
    type: int
    default: 1800
attributes:
  check_mode:
    description: Can run in check mode and says exactly what it would do.
    support: full
  diff_mode:
    description: Returns the changed attributes before and after.
    support: full
"""

    # For modules that only change or read, without the life of a resource
    ATTRIBUTES = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and says exactly what it would do.
    support: full
  diff_mode:
    description: Returns what changes, before and after.
    support: full
"""
