"""The tags of a resource after a change."""

from __future__ import annotations

from ansible_collections.opta.platform.plugins.module_utils import _tags

FOUND = {"aws:cloudformation:stack-name": "old", "team": "web", "cost": "1"}


def test_foreign_tags_are_kept_unless_purged_and_aws_tags_always_kept() -> None:
    assert _tags.keeping_others(FOUND, {"cost": 2}) == {**FOUND, "cost": "2"}
    assert _tags.only_desired(FOUND, {"cost": 2}) == {"aws:cloudformation:stack-name": "old", "cost": "2"}
    assert (_tags.keeping_others(None, {}), _tags.only_desired(None, {})) == ({}, {})


def test_a_difference_lists_tags_to_set_and_to_remove() -> None:
    assert _tags.difference(FOUND, _tags.only_desired(FOUND, {"cost": 2, "new": "x"})) == ({"cost": "2", "new": "x"}, ["team"])
