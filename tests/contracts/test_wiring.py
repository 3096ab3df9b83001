"""How roles hang together: who reads whose outputs, and in which order the playbooks take them."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from tests.support import collection

PLAYBOOKS = sorted((collection.ROOT / "playbooks").glob("*.yml"))
ROLES = collection.roles()
INCLUDE, IMPORT = "ansible.builtin.include_role", "ansible.builtin.import_role"


def upstream(role: str) -> set[str]:
    """The roles whose outputs the defaults of a role read."""
    text = (collection.ROLES / role / "defaults" / "main.yml").read_text()
    return {other for other, _key in collection.output_references(text) if other != role}


def include(task: dict[str, Any]) -> dict[str, Any]:
    """What a task includes or imports, if it is a role; else nothing."""
    return task.get(INCLUDE) or task.get(IMPORT) or {}


def included(playbook: Path) -> list[tuple[str, dict[str, Any]]]:
    """The (role, task) of each role of a playbook and of the task files that it includes, in order."""
    return included_by(collection.load(playbook), playbook.parent)


def included_by(plays: Any, directory: Path) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for task in collection.tasks(plays):
        role = include(task)
        if "ansible.builtin.include_tasks" in task:
            found += included(directory / task["ansible.builtin.include_tasks"])
        if role:
            found.append((role["name"].rsplit(".", 1)[1], task))
    return found


def names(playbook: str, entry_points: tuple[str, ...]) -> list[str]:
    chosen = included(collection.ROOT / "playbooks" / playbook)
    return [role for role, task in chosen if role != "common" and include(task).get("tasks_from", "main") in entry_points]


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_plays_run_locally_as_the_caller_regardless_of_ansible_cfg(playbook: Path) -> None:
    for play in collection.load(playbook):
        assert (play["connection"], play["become"]) == ("local", False), play["name"]


@pytest.mark.parametrize("role", ROLES)
def test_outputs_that_are_read_exist(role: str) -> None:
    text = (collection.ROLES / role / "defaults" / "main.yml").read_text()
    for other, key in collection.output_references(text):
        if key is None:
            continue
        assert other in ROLES, f"{role} reads {other}_outputs, and there is no role {other}"
        assert key in collection.outputs(other), f"{role} reads {other}_outputs.{key}, which {other} does not publish"


@pytest.mark.parametrize("role", ROLES)
def test_a_missing_output_is_reported_with_its_remedy(role: str) -> None:
    path = collection.ROLES / role / "vars" / "main.yml"
    variables = collection.load(path) if path.exists() else {}
    for name, value in collection.defaults(role).items():
        text = str(value)
        keys = [key for other, key in collection.output_references(text) if other != role]
        if keys and set(keys) == {None}:
            assert text.count("_outputs | default({})") == len(keys), f"{name}: outputs as a whole default to an empty map"
        elif keys:
            assert "undef(hint=" in text, f"{name} has no hint for when the other role has not run"
            hint = re.sub(r"\b__\w+", lambda match: str(variables.get(match.group(), "")), text)
            assert "run " in hint, f"the hint of {name} does not say what to run"


def test_only_defaults_refer_to_other_roles() -> None:
    foreign_resources = []
    for role in ROLES:
        directory = collection.ROLES / role
        for path in [*directory.rglob("*.yml"), *directory.rglob("*.j2")]:
            if path.parent.name == "defaults" or "files" in path.parts:
                continue
            others = {other for other, _key in collection.output_references(path.read_text()) if other in ROLES}
            foreign_resources += [f"{path.relative_to(directory)} of {role} reads {other}_outputs" for other in others - {role}]
    assert not foreign_resources


def test_role_dependencies_have_no_cycle_and_env_follows_their_order() -> None:
    graph = {role: upstream(role) for role in ROLES}
    assert list(TopologicalSorter(graph).static_order())
    order = names("env.yml", ("main",))
    for position, role in enumerate(order):
        assert upstream(role) <= set(order[:position]), f"{role} runs before {upstream(role) - set(order[:position])}"


def test_destroy_is_the_reverse_of_env_and_ends_with_retention() -> None:
    assert names("destroy.yml", ("absent",)) == [*names("env.yml", ("main",))[::-1], "retention"]


def test_env_creates_every_role_but_services() -> None:
    assert set(names("env.yml", ("main",))) == set(ROLES) - {"common", "opta_service", "retention"}


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_playbooks_include_roles_under_their_own_tag(playbook: Path) -> None:
    assert playbook.stem.replace("_", "a").isalnum(), "a playbook whose name has a hyphen cannot be called by its full name"
    for role, task in included(playbook):
        tags = ["always"] if role == "common" else [role]
        assert task["tags"] == tags
        assert INCLUDE not in task or task[INCLUDE]["apply"]["tags"] == tags
        assert include(task)["name"].startswith("opta.platform.")


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_an_imported_role_exports_no_variables_and_validates_only_under_its_tag(playbook: Path) -> None:
    for _role, task in included(playbook):
        if IMPORT in task:
            assert task[IMPORT]["rolespec_validate"] is False, f"{task['name']}: the validation of an imported role is tagged always"
            assert task[IMPORT]["public"] is False, f"{task['name']}: its defaults would be variables of the whole play"
            assert not {"when", "loop"} & set(task), f"{task['name']}: each of its tasks would inherit that; include it"


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_roles_without_validation_follow_the_role_common(playbook: Path) -> None:
    for play in collection.load(playbook):
        roles = included_by([play], playbook.parent)
        unvalidated = [role for role, task in roles if include(task).get("rolespec_validate") is False]
        assert not unvalidated or roles[0][0] == "common"


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_playbooks_contain_only_roles(playbook: Path) -> None:
    for play in collection.load(playbook):
        assert "roles" not in play
        assert play["gather_facts"] is False
        for task in collection.tasks(play.get("tasks")):
            file = task.get("ansible.builtin.include_tasks")
            every = collection.tasks(collection.load(playbook.parent / file)) if file else [task]
            assert all(include(each) for each in every), f"{task['name']}: a playbook is a list of roles"
