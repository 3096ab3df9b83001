# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """Options of modules for stores with credentials."""

    DOCUMENTATION = r"""
options:
  secret_name:
    description:
      - Name of the secret in AWS Secrets Manager that stores the credentials, as JSON with the keys C(username) and C(password).
      - If the secret does not exist, it is created with a generated password. If it is scheduled for deletion, it is restored. The password
        is never shown.
      - A different name selects a different secret, and its password is set on the store.
    type: str
  rotate_password:
    description:
      - Whether to change the password. Each run with V(true) changes it.
      - A rotation that an interrupted run started is completed by the next run, also with V(false).
    type: bool
    default: false
  secret_recovery_window_in_days:
    description:
      - Number of days after O(state=absent) during which the secret can be restored, from 7 to 30. Afterwards, Secrets Manager deletes it.
    type: int
    default: 30
"""
