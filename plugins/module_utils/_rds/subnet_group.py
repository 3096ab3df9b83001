# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The subnet group of a database cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._compare import same_members
from .._resource import Attribute, Resource, tags_attribute
from . import api


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """Return the attributes. Source: RDS API, CreateDBSubnetGroup and ModifyDBSubnetGroup."""
    return (
        Attribute("subnet_ids", lambda g: sorted(subnet["SubnetIdentifier"] for subnet in g["Subnets"]), same=same_members),
        tags_attribute(lambda g: g["tags"], purge_tags),
    )


class SubnetGroup(Resource):
    """Source: RDS API, DBSubnetGroup."""

    kind = "DB subnet group"

    def __init__(self, client: Any, name: str, *, description: str = "", purge_tags: bool = False) -> None:
        self.client = client
        self.name = name
        self.description = description or f"Subnets of {name}"
        self.attributes = attributes(purge_tags)

    def find(self) -> Mapping[str, Any] | None:
        return api.describe_subnet_group(self.client, self.name)

    def create(self, desired: Mapping[str, Any]) -> None:
        api.create_subnet_group(
            self.client,
            DBSubnetGroupName=self.name,
            DBSubnetGroupDescription=self.description,
            SubnetIds=desired["subnet_ids"],
            Tags=_tags.as_list(desired.get("tags")),
        )

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "subnet_ids" in names:
            api.modify_subnet_group(self.client, self.name, SubnetIds=desired["subnet_ids"])
        if "tags" in names:
            _tags.change(self.client, found["DBSubnetGroupArn"], found["tags"], desired["tags"], api.add_tags, api.remove_tags)

    def delete(self, found: Mapping[str, Any]) -> None:
        api.delete_subnet_group(self.client, self.name)
