"""A template that answers None is a null, also before ansible-core 2.19, where it answers an empty string."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.action.preflight import ActionModule
from ansible_collections.opta.platform.plugins.plugin_utils import _inputs

GIVEN: dict[str, Any] = {
    "eks_version": "{{ none }}",
    "network_vpc_id": "",
    "opta_region": "{{ none }}",
    "eks_service_ipv4_cidr": None,
    "eks_tags": {},
}


@pytest.mark.parametrize(
    ("none", "region"),
    [
        (None, None),
        ("", ""),  # not null by default: that it is empty is told
    ],
)
def test_a_template_that_returns_none_is_null(none: str | None, region: str | None) -> None:
    action: Any = object.__new__(ActionModule)
    answers = {"{{ none }}": none}
    template = lambda value: answers.get(value, value) if isinstance(value, str) else value  # noqa: E731
    action._templar = SimpleNamespace(template=template)
    given, problems = action._given(GIVEN, set(GIVEN))
    assert problems == []
    assert given == {"eks_version": None, "network_vpc_id": "", "opta_region": region, "eks_service_ipv4_cidr": None, "eks_tags": {}}


@pytest.mark.parametrize("file", sorted(_inputs.ROLES_DIRECTORY.glob("*/tasks/*.yml")), ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_tasks_omit_an_empty_string_that_represents_null(file: Path) -> None:
    """A null of YAML, too, is an empty string once a task hands it on, before ansible-core 2.19."""
    text = file.read_text()
    free = [name for name in _inputs.nullable() if _inputs.options()[name].get("type", "str") == "str"]
    assert [name for name in free if f"{name} | default(omit) }}}}" in text] == []
