# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The cluster parameter group of a database cluster. Private to the collection."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .. import _tags
from .._errors import Refused
from .._resource import Attribute, Resource, tags_attribute
from .._side_by_side import side_by_side
from . import api
from .common import change_tags
from .engine import Engine

#: ModifyDBClusterParameterGroup takes so many at once
MOST_AT_ONCE = 20
SET_BY_USER = ("user", "customer")


def attributes(purge_tags: bool = False, purge_parameters: bool = False) -> tuple[Attribute, ...]:
    """Every attribute once. Source: RDS API, ModifyDBClusterParameterGroup."""

    def merged(found: Mapping[str, str] | None, wanted: Mapping[str, str]) -> dict[str, str]:
        return dict(sorted({**({} if purge_parameters else found or {}), **wanted}.items()))

    return (
        Attribute("parameters", lambda g: g["parameters"], merge=merged),
        tags_attribute(lambda g: g["tags"], purge_tags),
    )


class ParameterGroup(Resource):
    """Source: RDS API, DBClusterParameterGroup.

    purge_parameters: whether parameters that are not wanted go back to their defaults.
    """

    kind = "DB cluster parameter group"

    def __init__(
        self, client: Any, engine: Engine, name: str, family: str, *, purge_parameters: bool = False, purge_tags: bool = False
    ) -> None:
        self.client = client
        self.engine = engine
        self.name = name
        self.family = family
        self.attributes = attributes(purge_tags, purge_parameters)
        self._known: dict[str, dict[str, Any]] = {}

    def find(self) -> Mapping[str, Any] | None:
        groups = [group for group in api.describe_parameter_groups(self.client) if group["DBClusterParameterGroupName"] == self.name]
        if not groups:
            return None
        only = {"Source": "user"} if self.engine.filters_by_source else {}
        asked: dict[str, Callable[[], Any]] = {
            "values": partial(api.describe_parameters, self.client, self.name, **only),
            "tags": partial(api.list_tags, self.client, groups[0]["DBClusterParameterGroupArn"]),
        }
        answers = side_by_side(asked, len(asked))
        if answers["tags"] is None:  # it has gone in between
            return None
        found = {each["ParameterName"]: each.get("ParameterValue", "") for each in answers["values"] if each.get("Source") in SET_BY_USER}
        return {**groups[0], "parameters": dict(sorted(found.items())), "tags": _tags.as_dict(answers["tags"])}

    def check(self, found: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> None:
        changed = set(self.changes(found["parameters"] if found else {}, wanted.get("parameters", {})))
        if not changed:
            return
        known = self._parameters()
        for name in sorted(changed & set(wanted["parameters"])):
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f" did you mean {near[0]}?" if near else ""
                raise Refused(
                    f"{self.kind} {self.name}: the family {self.family} has no parameter {name}:{hint or ' see its list in AWS.'}"
                )
            if not known[name].get("IsModifiable", True):
                raise Refused(f"{self.kind} {self.name}: AWS does not let the parameter {name} be changed.")
            allowed = known[name].get("AllowedValues", "")
            choices = allowed.split(",")
            if len(choices) > 1 and wanted["parameters"][name] not in choices:
                raise Refused(
                    f"{self.kind} {self.name}: {name} is {wanted['parameters'][name]!r}, but must be one of {', '.join(choices)}; "
                    f"for example {choices[0]}."
                )

    def changes(self, found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
        """Names of the parameters that change."""
        merge = self.attributes[0].merge
        after = merge(found, wanted)
        return sorted(name for name in {*found, *after} if found.get(name) != after.get(name))

    def static(self, names: Sequence[str]) -> list[str]:
        """Those of the parameters that hold only after a reboot."""
        return [name for name in names if self._parameters().get(name, {}).get("ApplyType") == "static"] if names else []

    def _parameters(self) -> dict[str, dict[str, Any]]:
        if not self._known:
            listed = api.describe_default_parameters(self.client, self.family)
            self._known = {each["ParameterName"]: each for each in listed}
        return self._known

    def create(self, wanted: Mapping[str, Any]) -> None:
        api.create_parameter_group(
            self.client,
            DBClusterParameterGroupName=self.name,
            DBParameterGroupFamily=self.family,
            Description=f"Parameters of {self.name}",
            Tags=_tags.as_list(wanted.get("tags")),
        )
        self._set(wanted.get("parameters", {}), sorted(wanted.get("parameters", {})))

    def update(self, found: Mapping[str, Any], wanted: Mapping[str, Any], names: Sequence[str]) -> None:
        if "parameters" in names:
            changed = [name for name, value in wanted["parameters"].items() if found["parameters"].get(name) != value]
            self._set(wanted["parameters"], changed)
            gone = sorted(set(found["parameters"]) - set(wanted["parameters"]))
            if gone:
                api.reset_parameter_group(self.client, self.name, [self._with_method(name) for name in gone])
        if "tags" in names:
            change_tags(self.client, found["DBClusterParameterGroupArn"], found["tags"], wanted["tags"])

    def _set(self, values: Mapping[str, str], names: Sequence[str]) -> None:
        requests = [{**self._with_method(name), "ParameterValue": values[name]} for name in names]
        for start in range(0, len(requests), MOST_AT_ONCE):
            api.modify_parameter_group(self.client, self.name, requests[start : start + MOST_AT_ONCE])

    def _with_method(self, name: str) -> dict[str, str]:
        return {"ParameterName": name, "ApplyMethod": "pending-reboot" if self.static([name]) else "immediate"}

    def delete(self, found: Mapping[str, Any]) -> None:
        api.delete_parameter_group(self.client, self.name)
