"""What real controllers did when `make test-controllers` ran them: test data to which the stand-in's imitations are held."""

from __future__ import annotations

import json
from string import Template
from typing import Any

import yaml

from tests.support.collection import ROOT

DIRECTORY = ROOT / "tests" / "controllers" / "recorded"


def recorded(controller: str, **names: str) -> Any:
    """What is recorded of a controller, with the names of this run in place of $owner and its like."""
    return yaml.safe_load(Template((DIRECTORY / f"{controller}.yml").read_text(encoding="utf-8")).substitute(names))


def in_order(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changes of records, those of one batch, which Route 53 applies at once."""
    return sorted(changes, key=lambda change: (change["Action"], change["ResourceRecordSet"]["Name"], change["ResourceRecordSet"]["Type"]))


def changes(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Calls of the request log that change something, as `operation: parameters`, in an order of their own.

    Tags and attributes are by key; the targets of a group are those of all calls.
    """
    found: list[dict[str, Any]] = []
    targets: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for call in calls:
        if not call["mutating"]:
            continue
        parameters = _by_key(call["parameters"])
        if "Targets" in parameters:
            targets.setdefault((call["operation"], parameters["TargetGroupArn"]), []).extend(parameters["Targets"])
        else:
            found.append({call["operation"]: parameters})
    for (operation, group), those in targets.items():
        found.append({operation: {"TargetGroupArn": group, "Targets": sorted(those, key=lambda target: str(target["Id"]))}})
    return in_own_order(found)


def in_own_order(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same calls, whose own order depends on the names of this run or on what comes first."""
    return sorted(calls, key=lambda call: json.dumps(call, sort_keys=True))


def _by_key(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _by_key(item) for key, item in value.items()}
    if isinstance(value, list) and value and all(isinstance(item, dict) and item.keys() == {"Key", "Value"} for item in value):
        return {item["Key"]: item["Value"] for item in value}
    return [_by_key(item) for item in value] if isinstance(value, list) else value
