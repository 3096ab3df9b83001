# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lifecycle rules of a bucket as the option has them and as S3 has them. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .. import _tags
from .._limits import NEWER_NONCURRENT_VERSIONS
from .._service.inputs import as_number

#: option of a rule -> (member of S3's rule, member of that)
EXPIRATIONS = {
    "expiration_days": ("Expiration", "Days"),
    "expired_object_delete_marker": ("Expiration", "ExpiredObjectDeleteMarker"),
    "noncurrent_expiration_days": ("NoncurrentVersionExpiration", "NoncurrentDays"),
    "newer_noncurrent_versions": ("NoncurrentVersionExpiration", "NewerNoncurrentVersions"),
    "abort_incomplete_multipart_upload_days": ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
}
#: option of a rule -> (member of S3's rule, name of its days)
TRANSITIONS = {"transitions": ("Transitions", "Days"), "noncurrent_transitions": ("NoncurrentVersionTransitions", "NoncurrentDays")}
#: Amazon S3 API, TransitionStorageClass
CLASSES = ("GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR")
#: nothing moves earlier to these (terraform-provider-aws, pull request 6201)
LATE_CLASSES, EARLIEST_DAY = ("STANDARD_IA", "ONEZONE_IA"), 30
#: the option that ends what the other one moves, which it must do later (aws-sdk-ruby, issue 178)
ENDS = {"expiration_days": "transitions", "noncurrent_expiration_days": "noncurrent_transitions"}
KNOWN = {"ID", "Status", "Filter", "Prefix", *(member for member, _name in (*EXPIRATIONS.values(), *TRANSITIONS.values()))}
KNOWN_FILTERS = {"Prefix", "Tag", "And", "Tags"}


def rule(desired: Mapping[str, Any]) -> dict[str, Any]:
    """S3's LifecycleRule of one of the option's rules."""
    made: dict[str, Any] = {
        "ID": desired["id"],
        "Status": "Enabled" if desired.get("enabled", True) else "Disabled",
        "Filter": _filter(desired.get("prefix") or "", _tags.as_list(desired.get("tags"))),
    }
    for option, (member, name) in EXPIRATIONS.items():
        if desired.get(option):
            made.setdefault(member, {})[name] = desired[option]
    for option, (member, days) in TRANSITIONS.items():
        if desired.get(option):
            made[member] = [{days: step["days"], "StorageClass": step["storage_class"]} for step in desired[option]]
    return made


def _filter(prefix: str, tags: list[dict[str, str]]) -> dict[str, Any]:
    if not tags:
        return {"Prefix": prefix}
    if len(tags) == 1 and not prefix:
        return {"Tag": tags[0]}
    return {"And": {**({"Prefix": prefix} if prefix else {}), "Tags": tags}}


def option(found: Mapping[str, Any]) -> dict[str, Any]:
    """The option's rule of S3's LifecycleRule; only what is set. What the option cannot say is named under `others`."""
    shown: dict[str, Any] = {"id": found.get("ID", ""), "enabled": found.get("Status") == "Enabled"}
    both = found.get("Filter") or {}
    inner = {**both, **(both.get("And") or {})}
    prefix = inner.get("Prefix") or found.get("Prefix")
    tags = _tags.as_dict([*([inner["Tag"]] if inner.get("Tag") else []), *(inner.get("Tags") or [])])
    shown.update({name: value for name, value in (("prefix", prefix), ("tags", tags)) if value})
    for name, (member, key) in EXPIRATIONS.items():
        if (found.get(member) or {}).get(key):
            shown[name] = found[member][key]
    for name, (member, days) in TRANSITIONS.items():
        if found.get(member):
            shown[name] = [{"days": step.get(days, 0), "storage_class": step["StorageClass"]} for step in found[member]]
    others = sorted({*(set(found) - KNOWN), *(set(inner) - KNOWN_FILTERS)})
    return {**shown, "others": others} if others else shown


def same(found: Sequence[Mapping[str, Any]], desired: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lists of the option's rules mean the same; their order does not count."""

    def by_id(rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {each["id"]: {**option(rule(each)), "others": each.get("others")} for each in rules}

    return by_id(found) == by_id(desired)


def errors(rules: Sequence[Mapping[str, Any]], where: str = "lifecycle_rules") -> list[str]:
    """A sentence for each rule that S3 would refuse, or that does nothing."""
    names = [each["id"] for each in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    sentences = [f"{where} has two rules with the id {name}: ids must be unique." for name in twice]
    for each in rules:
        start = f"{where}: the rule {each['id']}"
        if not any(each.get(name) for name in (*EXPIRATIONS, *TRANSITIONS)):
            sentences.append(f"{start} has no action; set one, for example expiration_days: 90.")
        if each.get("newer_noncurrent_versions") and not each.get("noncurrent_expiration_days"):
            sentences.append(f"{start} has newer_noncurrent_versions, which requires noncurrent_expiration_days, for example 30.")
        if each.get("expired_object_delete_marker") and (each.get("expiration_days") or each.get("tags")):
            sentences.append(f"{start}: expired_object_delete_marker cannot be combined with expiration_days or tags; use a separate rule.")
        if each.get("abort_incomplete_multipart_upload_days") and each.get("tags"):
            sentences.append(f"{start}: abort_incomplete_multipart_upload_days cannot be combined with tags; use a separate rule.")
        sentences.extend(f"{start}: {problem}" for problem in (*_numbers(each), *_steps(each)))
    return sentences


def _number(value: Any) -> int:
    return as_number(value) or 0


def _numbers(rule: Mapping[str, Any]) -> Iterator[str]:
    for name in (name for name in EXPIRATIONS if name.endswith("_days")):
        value = rule.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value < 1:
            yield f"{name} is {value}: it must be 1 or more, for example 30; or omit it."
    newer = _number(rule.get("newer_noncurrent_versions"))
    if newer and not NEWER_NONCURRENT_VERSIONS.allows(newer):
        yield NEWER_NONCURRENT_VERSIONS.problem("newer_noncurrent_versions", newer)


def _steps(rule: Mapping[str, Any]) -> Iterator[str]:
    for end, option in ENDS.items():
        steps = [step for step in rule.get(option) or [] if isinstance(step, Mapping)]
        for step in steps:
            named, days = step.get("storage_class"), _number(step.get("days"))
            if named not in CLASSES:
                yield f"{option}: storage_class is {named!r}; valid storage classes are {', '.join(CLASSES)}."
            elif named in LATE_CLASSES and days < EARLIEST_DAY:
                yield f"{option}: days is {days}, but S3 moves objects to {named} after {EARLIEST_DAY} days at the earliest."
        last = max((_number(step.get("days")) for step in steps), default=0)
        if rule.get(end) and steps and _number(rule[end]) <= last:
            yield f"{end} is {rule[end]}: it must be higher than the {last} days of {option}."
