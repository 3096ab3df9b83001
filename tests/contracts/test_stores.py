"""What every kind of store in the registry has, and where the stores are still named one by one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._stores.definition import Store
from ansible_collections.opta.platform.plugins.module_utils._stores.registry import STORES

from tests.support import collection

TASKS = collection.ROOT / "playbooks" / "tasks"
IMPORT = "ansible.builtin.import_role"
PAGE = collection.ROOT / "docs" / "contributing" / "add-a-store.md"
FILE = re.compile(r"^\| `([\w/.]+)` \|", re.MULTILINE)
MOST_SHARED_FILES = 10
#: what names the stores one by one and is not changed for a new one: the outputs of roles, for links and examples
NOT_CHANGED = {"roles/opta_service/defaults/main.yml"}
#: names only some kinds of stores
OF_SOME_STORES = {
    "plugins/modules/store_secrets_info.py",
    "plugins/module_utils/_kms/users.py",
    "plugins/modules/retained_resources.py",
    "roles/network/vars/main.yml",
}
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


def listed(heading: str) -> list[str]:
    """The files in the table after a sentence of the page."""
    return FILE.findall(PAGE.read_text(encoding="utf-8").split(heading)[1].split("\n\n")[1])


def shared_files() -> list[Path]:
    """The product's files outside the packages, roles, modules, and filters of stores."""
    own = {"_rds", "_elasticache", "_s3", *(store.role for store in STORES), *(f"{store.module}.py" for store in STORES)}
    own |= {"elasticache.py", "databases.py", "s3.py"}
    paths = [path for top in ("meta", "playbooks", "plugins", "roles") for path in (collection.ROOT / top).rglob("*")]
    return sorted(path for path in paths if path.suffix in {".py", ".yml"} and not own & set(path.parts))


def test_a_new_store_changes_few_shared_files() -> None:
    always, sometimes = listed("Each store changes these files:"), listed("Some stores also change these files:")
    assert len(always) <= MOST_SHARED_FILES
    assert not [name for name in (*always, *sometimes) if not (collection.ROOT / name).is_file()]


def test_the_page_lists_every_shared_file_that_names_the_stores() -> None:
    """Such a file names Aurora and ElastiCache."""
    pages = {*listed("Each store changes these files:"), *listed("Some stores also change these files:"), *NOT_CHANGED}
    naming = {str(path.relative_to(collection.ROOT)) for path in shared_files() if names_stores(path.read_text(encoding="utf-8"))}
    assert naming <= {*pages, "plugins/lookup/stores.py"}
    assert pages - naming <= OF_SOME_STORES


def names_stores(text: str) -> bool:
    return all(re.search(word, text, re.IGNORECASE) for word in ("aurora", "elasticache"))
