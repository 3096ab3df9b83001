"""defaults/main.yml and the sample inventory are completed from the argument specs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.documentation.completion import completed_defaults, completed_sample, flow

OPTIONS: dict[str, dict[str, Any]] = {
    "x_region": {"type": "str", "description": "Region."},
    "x_days": {"type": "int", "description": ["Number of days, see O(main#x_region).", "More."]},
    "x_mode": {"type": "str", "choices": ["one", "two"], "description": "Mode."},
    "x_size": {"type": "int", "default": 3, "description": "Size."},
    "x_groups": {"type": "list", "default": [], "description": "Groups."},
}
DEFAULTS = """---
# Region
x_region: "{{ opta_region }}"

x_days: null # 30 when created
# x_mode: one
x_size: 3
x_groups: []
"""
SAMPLE = """---
# x_region: eu-west-1

# How long
# x_days: 30

# x_mode: one
# x_size: 3 # of something
# x_groups:
#   - name: a
"""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("single", "single"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("1.30", '"1.30"'),
        ("true", '"true"'),
        ("", '""'),
        (["a", "b"], "[a, b]"),
        (None, "null"),
        (True, "true"),
        ({}, "{}"),
    ],
)
def test_value_on_one_line(value: Any, text: str) -> None:
    assert flow(value) == text


def test_complete_files_stay_as_they_are() -> None:
    assert completed_defaults(DEFAULTS, OPTIONS, {"x_days": 30}) == DEFAULTS
    assert completed_sample(SAMPLE, OPTIONS, {"x_days": 30}) == SAMPLE


def test_changed_defaults_are_written() -> None:
    options = {**OPTIONS, "x_size": {**OPTIONS["x_size"], "default": 5}}
    defaults = completed_defaults(DEFAULTS, options, {"x_days": 60})
    assert "x_days: null # 60 when created\n" in defaults
    assert "x_size: 5\n" in defaults
    sample = completed_sample(SAMPLE, options, {"x_days": 60})
    assert "# x_days: 60\n" in sample
    assert "# x_size: 5 # of something\n" in sample


@pytest.mark.parametrize(
    ("name", "line"),
    [("x_days", "x_days: null # 30 when created"), ("x_mode", "# x_mode: one"), ("x_size", "x_size: 3"), ("x_groups", "x_groups: []")],
)
def test_missing_default_is_added_after_the_input_before_it(name: str, line: str) -> None:
    text = "".join(each for each in DEFAULTS.splitlines(keepends=True) if name not in each)
    lines = completed_defaults(text, OPTIONS, {"x_days": 30}).splitlines()
    before = list(OPTIONS)[list(OPTIONS).index(name) - 1]
    assert before in lines[lines.index(line) - 1]


def test_missing_input_is_added_to_the_sample_with_its_description() -> None:
    text = SAMPLE.replace("# How long\n# x_days: 30\n\n", "")
    assert "# x_region: eu-west-1\n\n# Number of days, see x_region.\n# x_days: 30\n" in completed_sample(text, OPTIONS, {"x_days": 30})


def test_missing_input_follows_the_lines_of_a_list() -> None:
    options = {**OPTIONS, "x_more": {"type": "bool", "default": False, "description": "More."}}
    assert completed_sample(SAMPLE, options, {}).endswith("#   - name: a\n\n# More.\n# x_more: false\n")
