# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read the links of a service. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .inputs import PREFIX, Inputs
from .link_kinds import KINDS, LinkKind

#: the outputs of the environment's roles by kind of link; empty without entries
Stores = Mapping[str, Mapping[str, Mapping[str, str]]]


#: added to the outputs of a role while a rotation is planned: the stores with a new password
ROTATED = "rotated"
OPTIONS = ("as", "permission", "variables", "kms_key_arn")


@dataclass(frozen=True)
class Link:
    """One valid entry of opta_service_links."""

    kind_name: str
    name: str
    entry: Mapping[str, Any]

    @property
    def kind(self) -> LinkKind:
        return KINDS[self.kind_name]

    @property
    def where(self) -> str:
        return f"{PREFIX}links, {self.kind_name} {self.name}"

    @property
    def permission(self) -> str:
        """The permission: the given one, or the only one of the kind."""
        given = self.entry.get("permission") or ""
        return str(given or (self.kind.permissions[0] if len(self.kind.permissions) == 1 else ""))

    @property
    def kms_key_arn(self) -> str:
        return str(self.entry.get("kms_key_arn") or "")

    @property
    def renamed(self) -> dict[str, Any]:
        given = self.entry.get("variables")
        return dict(given) if isinstance(given, Mapping) else {}

    def variables(self) -> dict[str, str]:
        """Return the environment variables by their meaning: `db_host` is named main_db_host unless it is renamed."""
        beginning = str(self.entry.get("as") or self.name).replace("-", "_")
        return {what: str(self.renamed.get(what) or f"{beginning}_{what}") for what in self.kind.variables}


def links(inputs: Inputs) -> Iterator[Link]:
    """Yield the links of a service, without invalid entries."""
    for entry in inputs.items("links"):
        named = kinds_named(entry)
        if len(named) == 1 and isinstance(entry[named[0]], str) and entry[named[0]]:
            yield Link(named[0], entry[named[0]], entry)


def kinds_named(entry: Any) -> list[str]:
    """Return the kinds that an entry names; a null option is not given."""
    return [kind for kind in KINDS if kind in entry] if isinstance(entry, Mapping) else []
