"""Composite resources: plan, apply, wait and delete, on parts that live in a dict."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _wait
from ansible_collections.opta.platform.plugins.module_utils._composite import Composite, CompositeOptions, plan_and_apply
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._resource import Attribute, Outcome, Resource, State, tags_attribute

TAGS = {"opta:environment": "staging"}
FOREIGN = {"opta:environment": "production"}


class Part(Resource):
    """A part that AWS shows in progress at one look after each request."""

    kind = "part"
    attributes = (Attribute("size", lambda found: found["size"]), tags_attribute(lambda found: found["tags"]))

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud, self.name = cloud, name

    def find(self) -> dict[str, Any] | None:
        found = self.cloud.parts.get(self.name)
        if found is None:
            return None
        shown = {**found}
        if found["state"] is State.DELETING:
            del self.cloud.parts[self.name]
        found["state"] = State.READY
        return shown

    def state(self, found: Any) -> State:
        return found["state"]

    def create(self, desired: Any) -> None:
        self.cloud.calls.append(f"create {self.name}")
        self.cloud.parts[self.name] = {**desired, "state": State.IN_PROGRESS}

    def update(self, found: Any, desired: Any, names: Any) -> None:
        self.cloud.calls.append(f"update {self.name}")
        self.cloud.parts[self.name].update({name: desired[name] for name in names})

    def delete(self, found: Any) -> None:
        self.cloud.calls.append(f"delete {self.name}")
        self.cloud.parts[self.name]["state"] = State.DELETING


class Cloud:
    def __init__(self, **parts: dict[str, Any]) -> None:
        self.parts = parts
        self.calls: list[str] = []


def existing(size: int = 1, state: State = State.READY, tags: dict[str, str] = TAGS) -> dict[str, Any]:
    return {"size": size, "state": state, "tags": dict(tags)}


class Whole(Composite):
    """main, then first and second in parallel; other is not desired."""

    def __init__(self, cloud: Cloud, passes: list[bool], check_mode: bool, size: int = 1, **options: Any) -> None:
        super().__init__(CompositeOptions("whole", tags=TAGS, timeout_seconds=5, **options), check_mode)
        self.cloud, self.passes, self.desired = cloud, passes, {"size": size, "tags": TAGS}

    def reconcile(self) -> list[Outcome]:
        self.passes.append(self.check_mode)
        for name in ("first", "second"):
            self.start(Part(self.cloud, name), self.desired)
        self.wait_for_started(Part)
        main = self.ensure(Part(self.cloud, "main"), self.desired)
        self.delete_together([Part(self.cloud, name) for name in ("other", "third")])
        return self.outcomes_of(main)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_wait, "FIRST_DELAY_SECONDS", 0.001)


def run(cloud: Cloud, check_mode: bool = False, **options: Any) -> tuple[list[Outcome], list[bool]]:
    passes: list[bool] = []
    return plan_and_apply(lambda plan: Whole(cloud, passes, plan, **options), check_mode), passes


def shown(outcomes: list[Outcome]) -> list[tuple[str | None, str]]:
    return [(outcome.action, outcome.name) for outcome in outcomes]


def test_parts_are_planned_then_applied_main_first() -> None:
    cloud = Cloud(other=existing(), third=existing())
    expected = [("create", "main"), ("create", "first"), ("create", "second"), ("delete", "other"), ("delete", "third")]
    planned, passes = run(cloud, check_mode=True)
    assert (shown(planned), passes, cloud.calls) == (expected, [True], [])
    done, passes = run(cloud)
    assert (shown(done), passes) == (expected, [True, False])
    assert cloud.calls == ["create first", "create second", "create main", "delete other", "delete third"]
    assert sorted(cloud.parts) == ["first", "main", "second"]


def test_nothing_to_change_and_nothing_to_wait_for_needs_no_apply() -> None:
    outcomes, passes = run(Cloud(main=existing(), first=existing(), second=existing()))
    assert (shown(outcomes), passes) == ([(None, "main")], [True])


@pytest.mark.parametrize("part", ["main", "first"])
def test_an_apply_waits_for_a_part_in_progress_although_nothing_changes(part: str) -> None:
    cloud = Cloud(main=existing(), first=existing(), second=existing())
    cloud.parts[part]["state"] = State.IN_PROGRESS
    outcomes, passes = run(cloud)
    assert (shown(outcomes), passes, cloud.calls) == ([(None, "main")], [True, False], [])


def test_what_is_refused_is_refused_before_anything_changes() -> None:
    cloud = Cloud(main=existing(tags=FOREIGN))
    with pytest.raises(Refused, match="belongs to the environment production"):
        run(cloud)
    assert cloud.calls == []


def test_a_part_left_alone_is_reported_and_not_waited_for() -> None:
    cloud = Cloud(main=existing(), first=existing(), second=existing(), other=existing(tags=FOREIGN))
    outcomes, _passes = run(cloud)
    assert shown(outcomes) == [(None, "main"), (None, "other")]
    assert outcomes[1].left_alone and "other" in cloud.parts
    outcomes, _passes = run(cloud, adopt=True)
    assert shown(outcomes) == [(None, "main"), ("delete", "other")]


def test_a_head_start_always_applies() -> None:
    outcomes, passes = run(Cloud(main=existing(), first=existing(), second=existing()), wait=False)
    assert (shown(outcomes), passes) == ([(None, "main")], [True, False])
