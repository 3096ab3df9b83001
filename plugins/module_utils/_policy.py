# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Policy documents of AWS, compared by what they mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

VERSION = "2012-10-17"
ROOT = re.compile(r"^arn:[a-z0-9-]+:iam::([0-9]{12}):root$")
LISTS = ("Action", "NotAction", "Resource", "NotResource")
PRINCIPALS = ("Principal", "NotPrincipal")


def document(statements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A policy document of these statements."""
    return {"Version": VERSION, "Statement": [dict(statement) for statement in statements]}


def parsed(policy: str | Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The document as a dict; None when there is none."""
    if not policy:
        return None
    return json.loads(policy) if isinstance(policy, str) else dict(policy)


def same(left: str | Mapping[str, Any] | None, right: str | Mapping[str, Any] | None) -> bool:
    """Whether two documents mean the same: order, a single value beside a list of one, and account number beside root ARN do not count."""
    return normalised(left) == normalised(right)


def normalised(policy: str | Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The document in the one form in which two that mean the same are equal."""
    content = parsed(policy)
    if content is None:
        return None
    statements = content.get("Statement") or []
    found = [_statement(statement) for statement in ([statements] if isinstance(statements, Mapping) else statements)]
    others = {key: value for key, value in content.items() if key not in {"Statement", "Id"}}
    return {**others, "Statement": sorted(found, key=lambda statement: json.dumps(statement, sort_keys=True))}


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in statement.items():
        if key in LISTS:
            result[key] = _strings(value)
        elif key in PRINCIPALS:
            result[key] = _principal(value)
        elif key == "Condition":
            result[key] = {test: {name: _strings(content) for name, content in names.items()} for test, names in value.items()}
        elif key != "Sid" or value:
            result[key] = value
    return result


def _principal(value: Any) -> dict[str, list[str]]:
    if not isinstance(value, Mapping):
        return {"AWS": _strings(value)}
    return {kind: sorted({ROOT.sub(r"\1", name) for name in _strings(names)}) for kind, names in value.items()}


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, (list, tuple)) else [value]
    return sorted({str(item).lower() if isinstance(item, bool) else str(item) for item in values})
