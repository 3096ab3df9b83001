"""What real controllers did when `make test-controllers` ran them: test data to which the stand-in's imitations are held."""

from __future__ import annotations

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
