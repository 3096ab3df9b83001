"""A template that is compiled once gives what one gives that is compiled each time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible._internal._templating._engine import TemplateEngine
from ansible.errors import AnsibleError
from ansible.template import trust_as_template

from tests.support import compiled_templates


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was compiled."""
    done = []

    def noted(environment: Any, source: Any, *more: Any) -> Any:
        done.append(source)
        return real(environment, source, *more)

    real = compiled_templates.COMPILE
    monkeypatch.setattr(compiled_templates, "COMPILE", noted)
    return done


@pytest.fixture
def templated(compiled: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """Template a text with what another process has kept."""

    def template(text: str, **variables: Any) -> Any:
        monkeypatch.setattr(compiled_templates.AnsibleEnvironment, "compile", compiled_templates.compile_once(tmp_path / "kept"))
        return TemplateEngine(variables=variables).template(trust_as_template(text))

    return template


def test_a_template_is_compiled_once(templated: Callable[..., Any], compiled: list[Any]) -> None:
    text = "{{ names | map('upper') | join(', ') }}"
    assert [templated(text, names=["a", "b"]), templated(text, names=["c"])] == ["A, B", "C"]
    assert compiled == [text]


def test_templates_with_other_settings_are_compiled_separately(templated: Callable[..., Any], compiled: list[Any]) -> None:
    texts = [
        "#jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ a ]] {{ a }}",
        "[[ a ]] {{ a }}",
    ]
    assert [templated(text, a=1) for text in texts * 2] == ["1 {{ a }}", "[[ a ]] 1"] * 2
    assert len(compiled) == 2


def test_an_invalid_template_fails_each_time(templated: Callable[..., Any]) -> None:
    for _ in range(2):
        with pytest.raises(AnsibleError, match="end of print statement"):
            templated("{{ a b }}")
