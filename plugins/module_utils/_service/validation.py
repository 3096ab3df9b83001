# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Collect problems, and validate names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
#: registry with an optional port, path, tag and digest, as container registries define a reference
IMAGE = re.compile(
    r"^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?/)?"
    r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$"
)
POLICY_ARN = re.compile(r"^arn:[a-z0-9-]+:iam::(?:[0-9]{12}|aws):policy/.+$")


class Errors:
    """Collects sentences about problems, each once."""

    def __init__(self) -> None:
        self.items: list[str] = []

    def add(self, sentence: str) -> None:
        if sentence not in self.items:
            self.items.append(sentence)


def is_label(text: str, longest: int = 63) -> bool:
    """Return whether Kubernetes allows it as the name of a namespace (RFC 1123 label)."""
    return len(text) <= longest and bool(LABEL.fullmatch(text))


def is_name(text: str, longest: int) -> bool:
    """Return whether Kubernetes allows it as the name of a Service (RFC 1035 label)."""
    return len(text) <= longest and bool(NAME.fullmatch(text))


def repeated(values: Iterable[Any]) -> list[str]:
    """Return the values that occur more than once."""
    seen: set[str] = set()
    twice: list[str] = []
    for value in (str(value) for value in values):
        if value in seen and value not in twice:
            twice.append(value)
        seen.add(value)
    return twice
