# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The errors that modules report to their users."""

from __future__ import annotations

from typing import Any


class PlatformError(Exception):
    """An error that the user reads as one sentence; the module fails with it."""


class Refused(PlatformError):
    """A change that is not made: AWS cannot make it, or it needs the user's explicit permission."""


class ResourceFailed(PlatformError):
    """AWS reports that a resource has failed; the message holds AWS's reason and what can be done."""


class WaitTimeout(PlatformError):
    """Something did not finish in time; the message holds the last status."""


class LostResponse(PlatformError):
    """A call that creates something was sent, and AWS did not say whether it took effect."""


class ControllerGone(PlatformError):
    """The ansible-playbook process that started this module has ended: nothing more is changed."""


def not_adopted(what: object, reason: str) -> Refused:
    """Return the refusal of something that exists and does not belong to the environment."""
    return Refused(f"{what} exists, but {reason}. Use another name, or set adopt: true to adopt it.")


def error_code(error: Any) -> str:
    """Return AWS's code of a failed call, from an AnsibleAWSError; empty when AWS gave none."""
    return str(getattr(error.exception, "response", {}).get("Error", {}).get("Code", ""))
