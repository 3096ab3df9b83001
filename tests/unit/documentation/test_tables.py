"""Markdown out of argument specs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.documentation import pages, tables


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("C(code) and V(3) and M(opta.platform.x)", "`code` and `3` and `opta.platform.x`"),
        ("V((known after apply))", "`(known after apply)`"),
        ("unless O(absent#eks_delete_volumes=true)", "unless `eks_delete_volumes: true`"),
        ("O(eks_node_groups[].min_size)", "`eks_node_groups[].min_size`"),
        ("I(one) B(two)", "*one* **two**"),
        ("L(the guide,https://example.com/x)", "[the guide](https://example.com/x)"),
        ("U(https://example.com)", "<https://example.com>"),
        ("IAM (the service), VPC(s)", "IAM (the service), VPC(s)"),
    ],
)
def test_ansible_markup_is_converted_to_markdown(written: str, shown: str) -> None:
    assert tables.markdown(written) == shown


@pytest.mark.parametrize(
    ("option", "written", "shown"),
    [
        ({"required": True}, None, "required"),
        ({"default": 3}, 3, "`3`"),
        ({"default": ""}, "", '`""`'),
        ({"default": [1, 2]}, [1, 2], "`[1, 2]`"),
        ({"default": False}, False, "`false`"),
        ({}, None, ""),
        ({"default": "opta"}, "{{ opta_name_prefix | default('opta') }}", "`opta_name_prefix`, else `opta`"),
        ({}, "{{ network_outputs.vpc_id | default(undef(hint='run the network role, or set eks_vpc_id')) }}", "`network_outputs.vpc_id`"),
    ],
)
def test_defaults_are_rendered_as_markdown(option: dict[str, Any], written: Any, shown: str) -> None:
    assert tables.shown_default(option, written) == shown


def test_suboptions_follow_their_parent() -> None:
    options = {"eks_groups": {"type": "list", "elements": "dict", "options": {"name": {"required": True, "description": "Name | of it."}}}}
    lines = tables.options_table(options, {}).splitlines()
    assert lines[2] == "| `eks_groups` | list of dict |  |  |"
    assert lines[3] == "| `eks_groups[].name` | str | required | Name \\| of it. |"


def test_choices_are_part_of_the_meaning() -> None:
    assert tables.meaning({"description": ["One.", "Two."], "choices": ["a", "b"]}) == "One. Two. One of `a`, `b`."


def test_inputs_shared_with_main_are_only_named() -> None:
    main: dict[str, Any] = {"x_region": {}, "x_name": {}}
    absent = {"short_description": "Remove it", "options": {"x_region": {}, "x_confirm": {"description": "The word."}}}
    parts = pages.entry_point_parts("absent", absent, main, {})
    assert "Of the inputs above it reads `x_region`." in parts
    assert "`x_confirm`" in parts[-1]
    assert "x_region" not in parts[-1]


def test_text_between_markers_is_replaced() -> None:
    text = "a\n<!-- roles:begin -->\nold\n<!-- roles:end -->\nb\n"
    assert pages.between(text, "roles", "new") == "a\n<!-- roles:begin -->\nnew\n<!-- roles:end -->\nb\n"
