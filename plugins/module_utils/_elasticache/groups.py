# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The subnet group and the parameter group of a cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._compare import same_members
from .._resource import Attribute, Change
from . import api, write_api
from .cache_resource import CacheResource

MOST_PARAMETERS_A_CALL = 20  # ModifyCacheParameterGroup


def parameter_group_name(store: str, family: str) -> str:
    """Return the name of a parameter group, which includes its family, because a group keeps it (redis6.x becomes redis6-x)."""
    return f"{store}-{family.replace('.', '-')}"


class SubnetGroup(CacheResource):
    """Source: ElastiCache API, CreateCacheSubnetGroup, ModifyCacheSubnetGroup."""

    kind = "cache subnet group"

    def table(self) -> Sequence[Attribute]:
        return (Attribute("subnet_ids", lambda g: sorted(s["SubnetIdentifier"] for s in g["Subnets"]), same=same_members),)

    def observe(self) -> dict[str, Any] | None:
        return api.describe_subnet_group(self.client, self.name)

    def create(self, desired: Mapping[str, Any]) -> None:
        write_api.create_subnet_group(self.client, self.name, f"Subnets of {self.name}", desired["subnet_ids"], desired["tags"])

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "subnet_ids" in names:
            write_api.modify_subnet_group(self.client, self.name, desired["subnet_ids"])

    def delete(self, found: Mapping[str, Any]) -> None:
        write_api.delete_subnet_group(self.client, self.name)


class ParameterGroup(CacheResource):
    """The parameters that the user has set; all others have the engine's defaults. Source: ElastiCache API, ModifyCacheParameterGroup.

    A parameter that is set to its default may keep the source `user`, as in RDS: values are compared, not sources.
    """

    kind = "cache parameter group"
    defaults: Mapping[str, str] = {}

    def table(self) -> Sequence[Attribute]:
        one_family = "a parameter group keeps its family (ElastiCache, CreateCacheParameterGroup)."
        return (
            Attribute("family", lambda g: g["CacheParameterGroupFamily"], Change.REFUSED, one_family),
            Attribute("parameters", lambda g: g["own"], merge=self._merged),
        )

    def observe(self) -> dict[str, Any] | None:
        found = next((g for g in api.describe_parameter_groups(self.client) if g["CacheParameterGroupName"] == self.name), None)
        if found is None:
            return None
        listed = api.describe_parameters(self.client, self.name)
        own = {p["ParameterName"]: p.get("ParameterValue", "") for p in listed if p.get("Source") == "user"}
        self.defaults = {p["ParameterName"]: p.get("ParameterValue", "") for p in listed if p.get("Source") != "user"}
        return {**found, "own": own}

    def _merged(self, found: Mapping[str, str], desired: Mapping[str, str]) -> dict[str, str]:
        """Return what is set after `desired` is applied, without values that equal the default."""
        return {name: value for name, value in desired.items() if name in found or self.defaults.get(name) != value}

    def create(self, desired: Mapping[str, Any]) -> None:
        write_api.create_parameter_group(self.client, self.name, desired["family"], f"Parameters of {self.name}", desired["tags"])
        self._send(write_api.modify_parameters, desired.get("parameters") or {})

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "parameters" not in names:
            return
        before, after = found["own"], desired["parameters"]
        self._send(write_api.modify_parameters, {name: value for name, value in after.items() if before.get(name) != value})
        self._send(write_api.reset_parameters, {name: value for name, value in before.items() if name not in after})

    def _send(self, call: Callable[..., None], values: Mapping[str, str]) -> None:
        pairs = sorted(values.items())
        for start in range(0, len(pairs), MOST_PARAMETERS_A_CALL):
            call(self.client, self.name, pairs[start : start + MOST_PARAMETERS_A_CALL])

    def delete(self, found: Mapping[str, Any]) -> None:
        write_api.delete_parameter_group(self.client, self.name)
