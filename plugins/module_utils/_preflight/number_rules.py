# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the numbers among the inputs may be, where AWS or time allows less than any number. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._logs.retentions import RETENTIONS

#: KMS API, EnableKeyRotation and ScheduleKeyDeletion; S3, LifecycleExpiration
RANGES: dict[str, tuple[int, int, int]] = {  # the least, the most, an example
    "network_kms_key_rotation_days": (90, 2560, 365),
    "retention_kms_key_deletion_window_days": (7, 30, 30),
    "network_log_bucket_expiration_days": (1, 2147483647, 90),
    "opta_progress_seconds": (0, 3600, 30),
}
#: CloudWatch Logs API, PutRetentionPolicy: these, or 0 for ever
LOG_RETENTIONS = ("_log_retention_days", "_logs_retention_days")
TIMEOUT = "_wait_timeout_seconds"


def number_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each number that is refused; given: inputs and literal defaults by name."""
    numbers = {name: value for name, value in given.items() if isinstance(value, (int, float)) and not isinstance(value, bool)}
    sentences = [
        f"{name} is {numbers[name]}: it must be between {least} and {most}, for example {example}."
        for name, (least, most, example) in RANGES.items()
        if name in numbers and not least <= numbers[name] <= most
    ]
    days = ", ".join(map(str, (0, *RETENTIONS)))
    sentences += [
        f"{name} is {numbers[name]}, but CloudWatch Logs accepts {days} days (0: never expire), for example 30."
        for name in numbers
        if name.endswith(LOG_RETENTIONS) and numbers[name] not in (0, *RETENTIONS)
    ]
    return sentences + [
        f"{name} is {value}: it must be at least 1, for example 1800."
        for name, value in sorted(numbers.items())
        if name.endswith(TIMEOUT) and value < 1
    ]
