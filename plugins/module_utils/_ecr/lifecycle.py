# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lifecycle policies of a repository: the usual one, and which images fall under one. Pure functions.

Source: Amazon ECR, Lifecycle policy properties: the first rule whose tags an image has decides about it, later ones never do.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

#: countType -> member of an image that its days count from, and the one to take where that is missing
AGES = {"sinceImagePushed": ("imagePushedAt", "imagePushedAt"), "sinceImagePulled": ("lastRecordedPullTime", "imagePushedAt")}


@dataclass(frozen=True)
class Expiry:
    """What a rule means for one image. at: when it goes; None where that follows from the number of images, or is not known."""

    rule_priority: int
    due: bool
    at: datetime | None
    sentence: str

    def shown(self) -> dict[str, Any]:
        at = self.at.isoformat() if self.at else None
        return {"rule_priority": self.rule_priority, "due": self.due, "at": at, "sentence": self.sentence}


def usual_policy(untagged_expiration_days: int, tagged_image_count: int) -> dict[str, Any]:
    """Untagged images go after some days, and of the tagged ones all but the newest."""
    return {
        "rules": [
            {
                "rulePriority": 1,
                "description": f"Expire untagged images after {untagged_expiration_days} days",
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": untagged_expiration_days,
                },
                "action": {"type": "expire"},
            },
            {
                "rulePriority": 2,
                "description": f"Keep the newest {tagged_image_count} tagged images",
                "selection": {
                    "tagStatus": "tagged",
                    "tagPatternList": ["*"],
                    "countType": "imageCountMoreThan",
                    "countNumber": tagged_image_count,
                },
                "action": {"type": "expire"},
            },
        ]
    }


def same(found: Mapping[str, Any], desired: Mapping[str, Any]) -> bool:
    """Whether two policies mean the same; the order of their rules does not count."""
    return _rules(found) == _rules(desired)


def _rules(policy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return sorted(policy.get("rules") or [], key=lambda rule: rule["rulePriority"])


def expiry(policy: Mapping[str, Any], images: Sequence[Mapping[str, Any]], digest: str, now: datetime) -> Expiry | None:
    """What the policy does to the image of this digest; None when it stays.

    images: all of the repository, as DescribeImages shows them.
    """
    image = next((each for each in images if each["imageDigest"] == digest), None)
    rule = next((each for each in _rules(policy) if image is not None and _selects(each["selection"], image)), None)
    if image is None or rule is None:
        return None
    selection, priority = rule["selection"], rule["rulePriority"]
    number, kind = selection.get("countNumber", 0), selection["countType"]
    verb = "expires" if (rule.get("action") or {}).get("type", "expire") == "expire" else "is archived"
    named = f"the lifecycle rule {priority} ({rule.get('description') or kind})"
    if kind == "imageCountMoreThan":
        selected = [each for each in images if _selects(selection, each)]
        newest = sorted(selected, key=lambda each: (each["imagePushedAt"], each["imageDigest"]), reverse=True)
        place = [each["imageDigest"] for each in newest].index(digest) + 1
        if place <= number:
            return None
        return Expiry(
            priority, True, None, f"it {verb} within a day under {named}: it is number {place} from the newest, and {number} stay"
        )
    if kind in AGES:
        member, otherwise = AGES[kind]
        at = (image.get(member) or image[otherwise]) + timedelta(days=number)
        return Expiry(priority, at <= now, at, f"it {verb} at {at:%Y-%m-%d %H:%M} under {named}")
    return Expiry(priority, False, None, f"it {verb} some day under {named}")


def _selects(selection: Mapping[str, Any], image: Mapping[str, Any]) -> bool:
    """Whether a rule is about this image, by its tags: of several patterns or prefixes each must fit one of them."""
    tags = image.get("imageTags") or []
    status = selection["tagStatus"]
    if status != "tagged":
        return status == "any" or not tags
    patterns = [*(selection.get("tagPatternList") or []), *(f"{prefix}*" for prefix in selection.get("tagPrefixList") or [])]
    return bool(tags) and all(any(fnmatch.fnmatchcase(tag, pattern.replace("[", "[[]")) for tag in tags) for pattern in patterns)
