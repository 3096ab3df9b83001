from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._ecr import lifecycle

NOW = datetime(2026, 6, 30, tzinfo=timezone.utc)


def image(name, days=0, *tags, pulled=None):
    found = {"imageDigest": name, "imageTags": list(tags), "imagePushedAt": NOW - timedelta(days=days)}
    return {**found, "lastRecordedPullTime": NOW - timedelta(days=pulled)} if pulled is not None else found


def rule(priority, kind, number, status="any", action="expire", **selection):
    chosen = {"tagStatus": status, "countType": kind, "countNumber": number, **selection}
    return {"rulePriority": priority, "selection": chosen, "action": {"type": action}}


def expiry(*arguments):
    found = lifecycle.expiry(*arguments)
    assert found
    return found


USUAL = lifecycle.usual_policy(14, 2)


def test_the_default_policy_expires_only_untagged_and_old_tagged_images():
    images = [image("new", 0, "v3"), image("middle", 1, "v2"), image("old", 400, "v1"), image("untagged", 20), image("fresh", 1)]
    shown: Any = {each["imageDigest"]: lifecycle.expiry(USUAL, images, each["imageDigest"], NOW) for each in images}
    assert shown["new"] is shown["middle"] is None
    assert shown["old"].due
    assert "number 3 from the newest, and 2 stay" in shown["old"].sentence
    assert shown["untagged"].due
    assert not shown["fresh"].due
    assert shown["fresh"].at == NOW + timedelta(days=13)


def test_by_default_the_newest_100_images_are_kept():
    rules = lifecycle.usual_policy(14, 100)["rules"]
    assert [r["selection"]["tagStatus"] for r in rules] == ["untagged", "tagged"]
    assert rules[1]["selection"]["countNumber"] == 100


def test_the_first_matching_rule_applies():
    kept = rule(1, "imageCountMoreThan", 5, "tagged", tagPatternList=["v*"])
    images = [image("a", 300, "v1"), image("b", 300, "x1")]
    policy = {"rules": [rule(2, "sinceImagePushed", 30), kept]}
    assert lifecycle.expiry(policy, images, "a", NOW) is None
    assert expiry(policy, images, "b", NOW).due


@pytest.mark.parametrize(
    ("selection", "tags", "selected"),
    [
        ({"tagPatternList": ["prod*"]}, ["prod-1"], True),
        ({"tagPatternList": ["*prod*", "v?"]}, ["a-prod"], False),
        ({"tagPatternList": ["*prod*", "v*"]}, ["a-prod", "v1"], True),
        ({"tagPrefixList": ["prod"]}, ["prod-1"], True),
        ({"tagPrefixList": ["prod"]}, ["a-prod"], False),
        ({"tagPatternList": ["*"]}, [], False),
    ],
)
def test_every_tag_pattern_must_match_a_tag(selection, tags, selected):
    policy = {"rules": [rule(1, "sinceImagePushed", 1, "tagged", **selection)]}
    assert bool(lifecycle.expiry(policy, [image("a", 9, *tags)], "a", NOW)) is selected


def test_pull_time_archive_and_unknown_rule_types_are_evaluated():
    images = [image("a", 300, "v1", pulled=1), image("b", 300, "v2")]
    pulled = {"rules": [rule(1, "sinceImagePulled", 30, action="transition")]}
    assert not expiry(pulled, images, "a", NOW).due
    found = expiry(pulled, images, "b", NOW)
    assert found.due
    assert "is archived" in found.sentence
    unknown = expiry({"rules": [rule(1, "somethingNew", 1)]}, images, "a", NOW)
    assert (unknown.due, unknown.at) == (False, None)


def test_without_policy_or_image_nothing_expires():
    assert lifecycle.expiry({}, [image("a", 300)], "a", NOW) is None
    assert lifecycle.expiry(USUAL, [], "a", NOW) is None


def test_policies_are_the_same_in_any_order():
    assert lifecycle.same({"rules": USUAL["rules"][::-1]}, USUAL)
    assert not lifecycle.same({}, USUAL)
