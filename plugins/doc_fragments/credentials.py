# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """Options that every module for a store with credentials has."""

    DOCUMENTATION = r"""
options:
  secret_name:
    description:
      - Name of the secret in AWS Secrets Manager that holds the credentials, as JSON with C(username) and C(password).
        It is made with a password of its own when there is none, restored when it is scheduled for deletion, and never shown.
      - Another name is another secret, and its password is set.
    type: str
  rotate_password:
    description:
      - Whether the password is changed. Each run with V(true) changes it.
      - A rotation that a run began and did not finish is finished by any later run, with V(false) too.
    type: bool
    default: false
  secret_recovery_window_in_days:
    description: Days from O(state=absent) until the secret is lost; from 7 to 30.
    type: int
    default: 30
"""
