"""Every input of a role has an effect: a task, a variable, another default or a playbook reads it."""

from __future__ import annotations

import re

import pytest

from tests.support import collection

#: their inputs are passed on as a whole
WHOLE = ("k8s_addons", "opta_service")


def readers(role: str) -> str:
    """What can read an input of the role: its tasks, variables and templates, the values of its defaults, and the playbooks."""
    directory = collection.ROLES / role
    paths = [path for part in ("tasks", "vars", "templates", "handlers") for path in (directory / part).rglob("*") if path.is_file()]
    paths += (collection.ROOT / "playbooks").rglob("*.yml")
    values = [str(value) for name, value in collection.defaults(role).items()]
    return "\n".join([*(path.read_text(encoding="utf-8") for path in paths), *values])


def unread(role: str, text: str) -> list[str]:
    return [name for name in collection.inputs(role) if not re.search(rf"(?<![\w'\"]){name}(?![\w'\"]|:)", re.sub(r"#.*", "", text))]


@pytest.mark.parametrize("role", [role for role in collection.roles() if role not in WHOLE])
def test_every_input_is_read(role: str) -> None:
    assert unread(role, readers(role)) == []


def test_input_that_is_only_set_or_mentioned_is_not_read() -> None:
    text = "network_cidr_block: 1\n# network_cidr_block\n{{ x | validated('network_cidr_block') }}"
    assert "network_cidr_block" in unread("network", text)
    assert "network_cidr_block" not in unread("network", "{{ network_cidr_block }}")
