"""What every kind of store in the registry has, and where the stores are still named one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._stores.definition import Store
from ansible_collections.opta.platform.plugins.module_utils._stores.registry import STORES

from tests.support import collection

TASKS = collection.ROOT / "playbooks" / "tasks"
IMPORT = "ansible.builtin.import_role"
every_store = pytest.mark.parametrize("store", STORES, ids=lambda store: store.role)


def imported(path: Path) -> list[str]:
    """The roles that a file of tasks imports, in order."""
    return [task[IMPORT]["name"].rsplit(".", 1)[1] for task in collection.tasks(collection.load(path)) if IMPORT in task]


def play_task(playbook: str, name: str) -> dict[str, Any]:
    """The task of a playbook with this name."""
    plays = collection.load(collection.ROOT / "playbooks" / playbook)
    return next(task for task in collection.tasks(plays) if task.get("name") == name)


@every_store
def test_role_and_module_exist(store: Store) -> None:
    assert store.role in collection.roles()
    assert store.module in collection.modules()
    assert collection.inputs(store.role)[store.variable]["elements"] == "dict"
    assert store.output_of_each in collection.outputs(store.role)


@every_store
def test_a_store_with_a_password_has_it_as_output_and_input(store: Store) -> None:
    assert ("secret_arns" in collection.outputs(store.role)) == store.has_password
    assert (f"{store.role}_rotate_passwords" in collection.inputs(store.role)) == store.has_password
    choices = collection.documentation("store_secrets_info")["options"]["kind"]["choices"]
    assert (store.kind in choices) == store.has_password


@every_store
def test_a_head_start_has_both_entry_points(store: Store) -> None:
    assert {"start", "start_absent"} & set(collection.specs(store.role)) == ({"start", "start_absent"} if store.has_head_start else set())


def test_head_starts_of_stores_are_imported() -> None:
    starting = [store.role for store in STORES if store.has_head_start]
    assert [role for role in imported(TASKS / "start.yml")] == starting
    assert imported(TASKS / "start_absent_stores.yml") == starting[::-1]
    assert play_task("env.yml", "Start creating missing resources")["tags"] == ["network", "eks", *starting]
    assert play_task("destroy.yml", "Start deleting the stores")["tags"] == starting[::-1]


def test_passwords_of_all_stores_can_be_rotated() -> None:
    plays = collection.load(collection.ROOT / "playbooks" / "rotate.yml")
    conditions = {task["when"] for task in collection.tasks(plays) if isinstance(task.get("when"), str)}
    assert conditions == {f"rotate_store is match('{store.role}/')" for store in STORES if store.has_password}


def test_the_registry_is_the_only_list_of_stores_in_shared_code() -> None:
    """A file of shared code that names three kinds of stores lists them; links and KMS keep lists of their own kinds."""
    own = {"_rds", "_elasticache", "_s3", "_stores"}
    allowed = {"_service", "_kms"}
    variables = [store.variable for store in STORES]
    listing = [
        str(path.relative_to(collection.ROOT))
        for path in sorted((collection.ROOT / "plugins").rglob("*.py"))
        if not (own | allowed) & set(path.parts) and sum(f'"{variable}"' in path.read_text(encoding="utf-8") for variable in variables) > 2
    ]
    assert not listing
