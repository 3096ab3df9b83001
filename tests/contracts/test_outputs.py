"""The outputs of a role are mapped once: the role and environment_info, which reads them back from AWS, use the same function."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support import collection

PLUGINS = collection.ROOT / "plugins"
FILTER = re.compile(r"^\{\{ .* \| opta\.platform\.\w+(\(.*\))? \}\}$", re.DOTALL)
#: opta_service is not read back
READ_BACK = [role for role in collection.roles() if collection.outputs(role) and role != "opta_service"]
NAMES = {role: set(collection.outputs(role)) for role in READ_BACK}


def keys(path: str) -> list[set[str]]:
    """The literal keys of each dictionary that a Python file writes."""
    tree = ast.parse((PLUGINS / path).read_text(encoding="utf-8"))
    found = [node.keys for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    return [{str(key.value) for key in each if isinstance(key, ast.Constant)} for each in found]


def mapping_files() -> dict[str, set[str]]:
    """The files, by role, with a dictionary that has most of the role's outputs as keys."""
    files: dict[str, set[str]] = {role: set() for role in READ_BACK}
    for path in sorted(str(path.relative_to(PLUGINS)) for path in PLUGINS.rglob("*.py")):
        for written in keys(path):
            for role, names in NAMES.items():
                if len(written & names) * 2 > len(names):
                    files[role].add(path)
    return files


@pytest.mark.parametrize("role", READ_BACK)
def test_a_role_publishes_the_result_of_a_filter(role: str) -> None:
    published = collection.load(collection.ROLES / role / "vars" / "main.yml")[f"__{role}_published"]
    assert isinstance(published, str), f"__{role}_published maps outputs itself; use a filter that environment_info shares"
    assert FILTER.match(published.strip())


def test_outputs_are_mapped_in_one_file() -> None:
    several = {role: files for role, files in mapping_files().items() if len(files) != 1}
    assert not several
