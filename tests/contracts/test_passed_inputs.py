"""Inputs that a role passes on as a whole are read by its packages, by their names without prefix."""

from __future__ import annotations

import re

import pytest
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.inputs import LINKERD, PARTS
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.registry import ADDONS

from tests.support import collection

PACKAGES = {"k8s_addons": ("_k8s_addons", "_linkerd"), "opta_service": ("_service",)}
LOOKUP = "opta.platform.role_inputs"


def vars_text(role: str) -> str:
    path = collection.ROLES / role / "vars" / "main.yml"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def read_in_yaml(role: str) -> set[str]:
    """The inputs that tasks, vars, or the defaults of other inputs read; a comment or the hint of an undefined default reads none."""
    texts = [path.read_text(encoding="utf-8") for path in collection.task_files(role)]
    # a line with a name alone is an entry of a list of names
    texts.append(re.sub(r"^ +- \w+$", "", vars_text(role), flags=re.MULTILINE))
    texts += [re.sub(r"hint='[^']*'", "", str(value)) for value in collection.defaults(role).values()]
    return set(re.findall(rf"\b{role}_\w+", re.sub(r"(^| )#.*", "", "\n".join(texts), flags=re.MULTILINE)))


def read_in_python(role: str) -> set[str]:
    """The inputs that the role's packages read from the result of the lookup."""
    paths = [path for package in PACKAGES[role] for path in (collection.ROOT / "plugins" / "module_utils" / package).glob("*.py")]
    quoted = {name for path in paths for name in re.findall(r"[\"'](\w+)[\"']", path.read_text(encoding="utf-8"))}
    of_addons = {f"{key}_{part}" for key in (LINKERD, *ADDONS) for part in PARTS} if role == "k8s_addons" else set()
    return {f"{role}_{name}" for name in quoted | of_addons}


@pytest.mark.parametrize("role", PACKAGES)
def test_every_input_that_is_passed_on_is_read(role: str) -> None:
    assert set(collection.inputs(role)) - read_in_yaml(role) - read_in_python(role) == set()


def test_the_packages_of_every_role_with_the_lookup_are_known() -> None:
    assert {role for role in collection.roles() if LOOKUP in vars_text(role)} == set(PACKAGES)
