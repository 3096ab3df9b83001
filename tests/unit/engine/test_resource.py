"""The engine, on a resource that lives in a dict."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused, ResourceFailed
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present
from ansible_collections.opta.platform.plugins.module_utils._resource import (
    KNOWN_AFTER_APPLY,
    Attribute,
    Change,
    Resource,
    State,
    tags_attribute,
)

from tests.support.identities import marks


class Lamp(Resource):
    kind = "lamp"
    computed = ("arn",)
    attributes = (
        Attribute("colour", lambda r: r["colour"]),
        Attribute("socket", lambda r: r["socket"], Change.REPLACE),
        Attribute("voltage", lambda r: r["voltage"], Change.REFUSED, why="it is built in"),
        Attribute("code", lambda r: r["code"], secret=True),
        tags_attribute(lambda r: r.get("tags", {})),
    )

    def __init__(self, found: dict[str, Any] | None = None) -> None:
        self.name, self.found = "desk", found
        self.calls: list[Any] = []

    def find(self) -> dict[str, Any] | None:
        return self.found

    def state(self, found: Any) -> State:
        return found.get("state", State.READY)

    def create(self, desired: Any) -> None:
        self.calls.append("create")
        self.found = {"arn": "arn:1", "code": "", **desired}

    def update(self, found: Any, desired: Any, names: Any) -> None:
        self.calls.append(f"update {','.join(names)}")
        self.found = {**found, **{name: desired[name] for name in names}}

    def delete(self, found: Any) -> None:
        self.calls.append("delete")
        self.found = None


DESIRED: dict[str, Any] = {"colour": "red", "socket": "E27", "voltage": 230, "code": "s3cret"}
EXISTING = {"arn": "arn:1", **DESIRED}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("found", "change", "action", "calls"),
    [
        pytest.param(None, {}, "create", ["create"], id="nothing there"),
        pytest.param(EXISTING, {}, None, [], id="as wanted"),
        pytest.param(EXISTING, {"colour": "blue"}, "update", ["update colour"], id="in place"),
        pytest.param(EXISTING, {"socket": "E14"}, "replace", ["delete", "create"], id="replaced"),
    ],
)
def test_ensure_present_plans_and_applies_each_kind_of_change(
    found: Any, change: dict[str, Any], action: str | None, calls: list[str], check_mode: bool
) -> None:
    lamp = Lamp(found)
    outcome = ensure_present(lamp, {**DESIRED, **change}, check_mode=check_mode, allow_replacement=True)
    assert outcome.action == action
    assert lamp.calls == ([] if check_mode else calls)
    if not check_mode:
        assert ensure_present(lamp, {**DESIRED, **change}, check_mode=False).action is None


def test_computed_attributes_are_known_after_apply() -> None:
    assert (ensure_present(Lamp(), DESIRED, check_mode=True).resource or {})["arn"] == KNOWN_AFTER_APPLY


def test_unset_attributes_are_not_changed() -> None:
    assert ensure_present(Lamp(EXISTING), {"colour": "red"}, check_mode=False).action is None


def test_replacing_requires_a_confirmation_but_its_plan_does_not() -> None:
    with pytest.raises(Refused, match="allow_replacement"):
        ensure_present(Lamp(EXISTING), {"socket": "E14"}, check_mode=False)
    plan = ensure_present(Lamp(EXISTING), {"socket": "E14"}, check_mode=True)
    assert (plan.action, plan.allowed) == ("replace", False)
    assert plan.notes


def test_a_replacement_keeps_unset_attributes() -> None:
    lamp = Lamp(EXISTING)
    ensure_present(lamp, {"socket": "E14"}, check_mode=False, allow_replacement=True)
    assert lamp.found is not None
    assert lamp.found["colour"] == "red"


@pytest.mark.parametrize("check_mode", [True, False])
def test_immutable_attributes_are_refused(check_mode: bool) -> None:
    with pytest.raises(Refused, match="it is built in"):
        ensure_present(Lamp(EXISTING), {"voltage": 110}, check_mode=check_mode)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("found", [None, EXISTING, {**EXISTING, "code": "old0ne"}])
def test_secrets_are_never_shown(found: Any, check_mode: bool) -> None:
    outcome = ensure_present(Lamp(found), DESIRED, check_mode=check_mode)
    assert "s3cret" not in repr(outcome)
    assert "old0ne" not in repr(outcome)


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({}, "not created by this collection"),
        (marks("production"), "belongs to the environment production"),
        (marks(prefix="acme"), r"belongs to the environment staging \(name prefix acme, region eu-west-1\)"),
        (marks(region="us-east-1"), r"belongs to the environment staging \(name prefix opta, region us-east-1\)"),
        ({"opta:environment": "staging"}, "has no tag opta:prefix and no tag opta:region"),
    ],
)
def test_a_foreign_resource_is_refused_unless_adopted(tags: dict[str, str], reason: str, check_mode: bool) -> None:
    desired = {**DESIRED, "tags": marks()}
    with pytest.raises(Refused, match=reason):
        ensure_present(Lamp({**EXISTING, "tags": tags}), desired, check_mode=check_mode)
    others = Lamp({**EXISTING, "tags": tags})
    left = ensure_absent(others, check_mode=check_mode, tags=desired["tags"])
    assert (left.action, left.left_alone, others.calls) == (None, True, [])
    assert re.search(f"lamp .* is left alone: it .*{reason}", left.notes[0])
    adopted = ensure_present(Lamp({**EXISTING, "tags": tags}), desired, check_mode=check_mode, adopt=True)
    assert adopted.attributes == ["tags"]


def test_a_failed_resource_is_reported() -> None:
    with pytest.raises(ResourceFailed, match="lamp desk has failed"):
        ensure_present(Lamp({**EXISTING, "state": State.FAILED}), DESIRED, check_mode=False)
    planned = ensure_present(Lamp({**EXISTING, "state": State.FAILED}), DESIRED, check_mode=True)
    advice = "Delete it in AWS and run again: the run creates it again."
    assert planned.notes == [f"lamp desk has failed: failed {advice} An apply stops here."]
    assert planned.stops


def test_a_failed_resource_is_created_again_after_deletion() -> None:
    lamp = Lamp({**EXISTING, "state": State.FAILED})
    with pytest.raises(ResourceFailed, match=r"Delete it in AWS and run again: the run creates it again\.$"):
        ensure_present(lamp, DESIRED, check_mode=False)
    lamp.found = None
    assert ensure_present(lamp, DESIRED, check_mode=False).action == "create"


class Bulb(Lamp):
    replacement_note = "It is dark meanwhile."

    def replaceable(self, found: Any) -> bool:
        return True


def test_a_failed_resource_that_may_be_in_use_is_replaced_if_allowed() -> None:
    failed = {**EXISTING, "state": State.FAILED}
    advice = "Fix the cause, set allow_replacement: true to delete and recreate it, and run again. It is dark meanwhile."
    with pytest.raises(ResourceFailed, match=re.escape(advice)):
        ensure_present(Bulb(failed), DESIRED, check_mode=False)
    outcome = ensure_present(Bulb(failed), DESIRED, check_mode=False, allow_replacement=True)
    assert outcome.action == "replace"
    assert outcome.notes == ["lamp desk has failed, and is deleted and created again: failed"]


class Fuse(Lamp):
    def never_worked(self, found: Any) -> bool:
        return True


def test_a_resource_that_failed_at_creation_is_created_again() -> None:
    failed = {**EXISTING, "state": State.FAILED}
    planned = ensure_present(Fuse(failed), {**DESIRED, "socket": "E14"}, check_mode=True)
    assert (planned.action, planned.attributes, planned.allowed) == ("replace", ["socket"], True)
    fuse = Fuse(failed)
    assert ensure_present(fuse, DESIRED, check_mode=False, wait=False).action is None
    assert fuse.calls == []
    assert ensure_present(fuse, DESIRED, check_mode=False).action == "replace"
    assert fuse.calls == ["delete", "create"]


def test_ensure_absent_deletes_once() -> None:
    lamp = Lamp(EXISTING)
    assert ensure_absent(lamp, check_mode=True).action == "delete"
    assert lamp.found
    assert ensure_absent(lamp, check_mode=False).action == "delete"
    assert ensure_absent(lamp, check_mode=False).action is None
