# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The cluster parameter group of a database cluster."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .. import _tags
from .._errors import Refused
from .._parallel import run_parallel
from .._resource import Attribute, Resource, tags_attribute
from . import api
from .engine import DatabaseEngine

#: the most parameters in one ModifyDBClusterParameterGroup
MOST_AT_ONCE = 20
SET_BY_USER = ("user", "customer")
#: types of data whose values can be several of AllowedValues, separated by commas
LISTS = ("list", "string")
RANGE = re.compile(r"\d-\d")


def members(value: str) -> list[str]:
    """Return the members of a list parameter."""
    return [each.strip() for each in value.split(",")]


def value_error(name: str, value: str, known: Mapping[str, Any]) -> str | None:
    """Return the error in the value of a parameter, as a sentence. known: AWS's description of it; AWS validates ranges."""
    choices = members(known.get("AllowedValues") or "")
    if len(choices) < 2 or any(RANGE.search(choice) for choice in choices):
        return None
    wrong = [each for each in (members(value) if known.get("DataType", "string") in LISTS else [value]) if each not in choices]
    if not wrong:
        return None
    several = "; several are separated by commas" if known.get("DataType") == "list" else ""
    return f"{name} is {value!r}, but {wrong[0]} is not one of {', '.join(choices)}{several}; for example {choices[0]}."


class ParameterGroup(Resource):
    """Source: RDS API, DBClusterParameterGroup and ModifyDBClusterParameterGroup.

    purge_parameters: whether parameters that are not desired are reset to their defaults, except the spared ones.
    A parameter that is set to its default keeps the source system or engine-default, so values decide and not sources.
    """

    kind = "DB cluster parameter group"

    def __init__(
        self,
        client: Any,
        engine: DatabaseEngine,
        name: str,
        family: str,
        *,
        purge_parameters: bool = False,
        spared: Sequence[str] = (),
        purge_tags: bool = False,
    ) -> None:
        self.client = client
        self.engine = engine
        self.name = name
        self.family = family
        self.purge_parameters = purge_parameters
        self.spared = tuple(spared)
        self.attributes = (
            Attribute("parameters", lambda g: g["parameters"], merge=self._merged),
            tags_attribute(lambda g: g["tags"], purge_tags),
        )
        self._known: dict[str, dict[str, Any]] = {}
        self._defaults: dict[str, str] = {}

    def find(self) -> Mapping[str, Any] | None:
        groups = [group for group in api.describe_parameter_groups(self.client) if group["DBClusterParameterGroupName"] == self.name]
        if not groups:
            return None
        asked: dict[str, Callable[[], Any]] = {
            "values": partial(api.describe_parameters, self.client, self.name),
            "tags": partial(api.list_tags, self.client, groups[0]["DBClusterParameterGroupArn"]),
        }
        answers = run_parallel(asked, len(asked))
        if answers["tags"] is None:  # it has gone in between
            return None
        self._known = {each["ParameterName"]: each for each in answers["values"]}
        values = {name: each.get("ParameterValue", "") for name, each in self._known.items()}
        found = {name: value for name, value in values.items() if self._known[name].get("Source") in SET_BY_USER}
        self._defaults = {name: value for name, value in values.items() if name not in found}
        return {**groups[0], "parameters": dict(sorted(found.items())), "tags": _tags.as_dict(answers["tags"])}

    def _merged(self, found: Mapping[str, str] | None, desired: Mapping[str, str]) -> dict[str, str]:
        """Return what is set after `desired` is applied, without values that equal the default."""
        found = found or {}
        kept = {name: value for name, value in found.items() if not self.purge_parameters or name in self.spared}
        values = {name: self._as_kept(name, value) for name, value in desired.items()}
        changed = {name: value for name, value in values.items() if name in found or self._defaults.get(name) != value}
        return dict(sorted({**kept, **changed}.items()))

    def _as_kept(self, name: str, value: str) -> str:
        """Return a value as it is sent: without spaces between the members of a list."""
        is_list = self._known.get(name, {}).get("DataType") == "list"
        return ",".join(members(value)) if is_list else value

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        changed = set(self.changes(found["parameters"] if found else {}, desired.get("parameters", {})))
        if not changed:
            return
        known = self._parameters()
        for name in sorted(changed & set(desired["parameters"])):
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f" did you mean {near[0]}?" if near else ""
                raise Refused(
                    f"{self.kind} {self.name}: the family {self.family} has no parameter {name}:{hint or ' see its list in AWS.'}"
                )
            if not known[name].get("IsModifiable", True):
                raise Refused(f"{self.kind} {self.name}: AWS does not allow a change of the parameter {name}.")
            wrong = value_error(name, desired["parameters"][name], known[name])
            if wrong:
                raise Refused(f"{self.kind} {self.name}: {wrong}")

    def changes(self, found: Mapping[str, str], desired: Mapping[str, str]) -> list[str]:
        """Return the names of the parameters that change."""
        after = self._merged(found, desired)
        return sorted(name for name in {*found, *after} if found.get(name) != after.get(name))

    def static(self, names: Sequence[str]) -> list[str]:
        """Return the parameters that take effect only after a reboot."""
        return [name for name in names if self._parameters().get(name, {}).get("ApplyType") == "static"] if names else []

    def _parameters(self) -> dict[str, dict[str, Any]]:
        if not self._known:
            listed = api.describe_default_parameters(self.client, self.family)
            self._known = {each["ParameterName"]: each for each in listed}
        return self._known

    def create(self, desired: Mapping[str, Any]) -> None:
        api.create_parameter_group(
            self.client,
            DBClusterParameterGroupName=self.name,
            DBParameterGroupFamily=self.family,
            Description=f"Parameters of {self.name}",
            Tags=_tags.as_list(desired.get("tags")),
        )
        parameters = self._merged({}, desired.get("parameters", {}))
        self._set(parameters, sorted(parameters))

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "parameters" in names:
            changed = [name for name, value in desired["parameters"].items() if found["parameters"].get(name) != value]
            self._set(desired["parameters"], changed)
            gone = sorted(set(found["parameters"]) - set(desired["parameters"]))
            if gone:
                api.reset_parameter_group(self.client, self.name, [self._with_method(name) for name in gone])
        if "tags" in names:
            arn = found["DBClusterParameterGroupArn"]
            _tags.change(self.client, arn, found["tags"], desired["tags"], api.add_tags, api.remove_tags)

    def _set(self, values: Mapping[str, str], names: Sequence[str]) -> None:
        requests = [{**self._with_method(name), "ParameterValue": values[name]} for name in names]
        for start in range(0, len(requests), MOST_AT_ONCE):
            api.modify_parameter_group(self.client, self.name, requests[start : start + MOST_AT_ONCE])

    def _with_method(self, name: str) -> dict[str, str]:
        return {"ParameterName": name, "ApplyMethod": "pending-reboot" if self.static([name]) else "immediate"}

    def delete(self, found: Mapping[str, Any]) -> None:
        api.delete_parameter_group(self.client, self.name)
