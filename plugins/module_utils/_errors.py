# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The errors that modules of this collection tell their users. Private to the collection."""

from __future__ import annotations

from typing import Any


class PlatformError(Exception):
    """Something that the user is told in one sentence; the module fails with it."""


class Refused(PlatformError):
    """A change that is not made: AWS cannot make it, or it needs the user's explicit word."""


class ResourceFailed(PlatformError):
    """AWS says that a resource has failed; the message holds AWS's own reason and what can be done."""


class WaitTimeout(PlatformError):
    """Something did not come to its end in time; the message holds the last status."""


class LostResponse(PlatformError):
    """A call that makes something was sent, and AWS did not say whether it was carried out."""


class ControllerGone(PlatformError):
    """The ansible-playbook that started this module has ended: nothing more is changed."""


def not_adopted(what: object, reason: str) -> Refused:
    """Return the refusal of something that exists and does not belong to the environment."""
    return Refused(f"{what} exists, but {reason}. Choose another name, or set adopt: true to take it over.")


def error_code(error: Any) -> str:
    """Return AWS's code of a failed call, from an AnsibleAWSError; empty when AWS gave none."""
    return str(getattr(error.exception, "response", {}).get("Error", {}).get("Code", ""))
