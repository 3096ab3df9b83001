# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Inputs of roles in the types that their argument specs declare. Pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

Option = Mapping[str, Any]
#: inputs of these names, or that end so, are words of a command line: Ansible's conversion would cut a string at its commas
WORDS = ("command", "args")


def convert(variable: str, value: Any, option: Option) -> tuple[Any, list[str]]:
    """The value in the declared types, with no key that was not given; and a sentence for everything that is wrong with it."""
    problems: list[str] = []
    prepared = _prepared(variable, variable, value, option, problems)
    if not problems:
        checked = ArgumentSpecValidator({variable: option}).validate({variable: prepared})
        problems += dict.fromkeys(_sentence(variable, message) for message in checked.error_messages)
        if not problems:
            return _given(checked.validated_parameters[variable], prepared, option), []
    return value, problems


def convert_all(given: Mapping[str, Any], options: Mapping[str, Option]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """All inputs by name, converted where they can be; and the sentences by the names of those that cannot."""
    values = {name: None if is_null(value, options.get(name, {})) else value for name, value in given.items()}
    problems: dict[str, list[str]] = {}
    for variable in sorted(name for name in set(given) & set(options) if is_given(given[name], options[name])):
        values[variable], reported = convert(variable, given[variable], options[variable])
        if reported:
            problems[variable] = reported
    return values, problems


def is_given(value: Any, option: Option) -> bool:
    """Whether a value was given at all. Before ansible-core 2.19 a template that answers None is an empty string."""
    return value is not None and (value != "" or _may_be_empty(option))


def is_null(value: Any, option: Option) -> bool:
    """Whether a value is None, or the empty string, of an input that is null by default and cannot be an empty string."""
    return option.get("default") is None and not is_given(value, option)


def _may_be_empty(option: Option) -> bool:
    return option.get("type", "str") in ("str", "raw") and "" in option.get("choices", [""])


def _prepared(name: str, where: str, value: Any, option: Option, problems: list[str]) -> Any:
    """What Ansible's conversion would take in another way than it is meant: JSON text, words, numbers and dates without quotes."""
    kind = option.get("type", "str")
    if isinstance(value, str) and kind in ("list", "dict"):
        value = _from_text(name, where, value, kind, problems)
    if isinstance(value, (list, tuple)) and kind == "list":
        element = {"type": option.get("elements", "raw"), "options": option.get("options")}
        return [_prepared(name, _place(where, entry, number), entry, element, problems) for number, entry in enumerate(value, start=1)]
    if isinstance(value, Mapping) and kind == "dict":
        options = option.get("options")
        return value if not options else _entry(where, value, options, problems)
    if kind == "str" and isinstance(value, bool):
        return str(value).lower()
    if kind == "str" and isinstance(value, (float, date)):
        read_as = "a date" if isinstance(value, date) else "a number"
        problems.append(f'{where} is {value}, {read_as}: put it in quotes, for example "1.30"; YAML drops the trailing zero of a number.')
    return value


def _entry(where: str, value: Mapping[str, Any], options: Mapping[str, Option], problems: list[str]) -> dict[str, Any]:
    made = {}
    for key, item in value.items():
        option = options.get(key) or {"type": "raw"}
        if is_given(item, option):
            made[key] = _prepared(str(key), f"{where}: {key}" if ", " in where else f"{where}, {key}", item, option, problems)
    return made


def _place(where: str, entry: Any, number: int) -> str:
    named = entry.get("name") if isinstance(entry, Mapping) else None
    return f"{where}, {named or number}"


def _from_text(name: str, where: str, value: str, kind: str, problems: list[str]) -> Any:
    text = value.strip()
    if text[:1] == {"list": "[", "dict": "{"}[kind]:
        try:
            return json.loads(text)
        except ValueError:
            problems.append(f"{where} is not valid JSON: set a {kind}, or JSON text.")
    elif kind == "list" and name.endswith(WORDS) and text:
        words = ", ".join(text.split()[:3])
        problems.append(f"{where} is {value!r}, a string: it must be a list, for example [{words}].")
    return value


def _given(converted: Any, prepared: Any, option: Option) -> Any:
    """Without what the validator adds: None for everything that was not given, and defaults, which each role fills in by itself."""
    options = option.get("options")
    if not options:
        return converted
    if isinstance(converted, Mapping):
        keys = prepared if isinstance(prepared, Mapping) else [key for key, value in converted.items() if value is not None]
        before = prepared if isinstance(prepared, Mapping) else converted
        return {key: _given(converted[key], before[key], options.get(key) or {}) for key in keys}
    if isinstance(converted, Sequence) and isinstance(prepared, Sequence) and not isinstance(converted, str):
        element = {"options": options}
        return [_given(new, old, element) for new, old in zip(converted, prepared, strict=True)]
    return converted


#: how Ansible says that a value is of another type
OF_ANOTHER_TYPE = re.compile(
    r"argument '(?P<name>.+?)' is of type (?:<class ')?(?P<given>\w+)(?:'>)?(?: found in '.+?')?\.? "
    r"and we were unable to convert to (?P<type>\w+)"
)
NO_ENTRY = re.compile(r"dictionary requested, could not parse|unable to convert to dict")
CHOICE = re.compile(
    r"value of (?P<name>\S+) must be one(?: or more)? of: (?P<choices>.*?)(?:, got: |\. Got no match for: )(?P<given>.*?)(?: found in .*)?$"
)
MISSING = re.compile(r"missing required arguments: (?P<names>.*?) found in ")
TYPES = {
    "bool": "true or false",
    "dict": "a mapping, for example {team: payments}",
    "float": "a number, for example 0.5",
    "int": "a whole number without a unit, for example 3",
    "list": "a list, for example [a, b]",
}


def _sentence(variable: str, message: str) -> str:
    wrong = OF_ANOTHER_TYPE.search(message)
    if wrong and wrong["type"] in TYPES:
        named = variable if wrong["name"] == variable else f"{variable}, {wrong['name']}"
        return f"{named} must be {TYPES[wrong['type']]}, not a {wrong['given']}."
    if NO_ENTRY.search(message):
        return f"{variable} must be a list of mappings, for example [{{name: main}}]. See the README of the role."
    choice = CHOICE.search(message)
    if choice:
        named = variable if choice["name"] == variable else f"{variable}, {choice['name']}"
        return f"{named} is {choice['given']}: it must be {choice['choices'].replace(', ', ' or ')}."
    missing = MISSING.search(message)
    if missing:
        return f"{variable} has an entry without {missing['names']}, which is required. See the README of the role."
    unknown, supported, known = message.partition(". Supported parameters include: ")
    reported = f"{unknown} is not a valid key; valid keys are {known}" if supported else f"{variable}: {message}"
    return f"{reported.rstrip('.')}. See the README of the role."
