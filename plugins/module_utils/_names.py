# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names of all resources, from prefix, environment, kind and name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import _tags
from ._errors import PlatformError

HASH_LENGTH = 8
ROLE_NAME_LIMIT = 64  # IAM, CreateRole
BUCKET_NAME_LIMIT = 63  # Amazon S3, bucket naming rules
CLUSTER_NAME_LIMIT = 100  # Amazon EKS, CreateCluster


def shortened(name: str, limit: int) -> str:
    """The name, or, when it is longer than limit characters, its beginning and a hash of the whole."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - HASH_LENGTH - 1].rstrip('-')}-{digest(name)}"


def digest(*parts: str) -> str:
    """Eight characters that stand for the parts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:HASH_LENGTH]


def resource_name(prefix: str, environment: str, kind: str = "", name: str = "", limit: int = 255) -> str:
    """<prefix>-<environment>[-<kind>[-<name>]], at most limit characters."""
    return shortened("-".join(part for part in (prefix, environment, kind, name) if part), limit)


@dataclass(frozen=True)
class Identity:
    """What tells an environment from every other one: account, region, prefix and name.

    Names and tags of everything that an environment has are built here. account_id and partition may be empty
    where only tags, paths and regional names are asked for.
    """

    environment: str
    prefix: str
    region: str
    account_id: str = ""
    partition: str = ""

    def __post_init__(self) -> None:
        for field in ("environment", "prefix", "region"):
            if not getattr(self, field):
                raise PlatformError(f"The identity of an environment requires {field}, which is empty.")

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Identity:
        """given: the fields by name, as roles hold them in __<role>_identity."""
        return cls(**{field: str(value or "") for field, value in given.items()})

    @property
    def name(self) -> str:
        """<prefix>-<environment>: what its VPC and its key are called."""
        return resource_name(self.prefix, self.environment)

    @property
    def cluster_name(self) -> str:
        """What its EKS cluster is called."""
        return resource_name(self.prefix, self.environment, limit=CLUSTER_NAME_LIMIT)

    @property
    def iam_path(self) -> str:
        """The path of its IAM roles; it says what belongs to the environment, but does not make names unique."""
        return f"/opta/{self.prefix}/{self.region}/{self.environment}/"

    @property
    def suffix(self) -> str:
        """A hash of account and region: names end in it where they share a namespace with those of other regions or accounts."""
        if not self.account_id:
            raise PlatformError("A name that is unique across regions requires the account ID, which is empty.")
        return digest(self.account_id, self.region)

    @property
    def dns_owner_id(self) -> str:
        """By this id external-dns marks the records of the environment's cluster; a zone may have those of several regions."""
        return f"{self.name}-{self.region}"

    def global_name(self, kind: str, name: str, limit: int) -> str:
        """A name in a namespace that regions or accounts share."""
        return f"{resource_name(self.prefix, self.environment, kind, name, limit - HASH_LENGTH - 1)}-{self.suffix}"

    def bucket_name(self, kind: str, name: str = "") -> str:
        """The name of an S3 bucket."""
        return self.global_name(kind, name, BUCKET_NAME_LIMIT)

    def role_name(self, kind: str, name: str = "") -> str:
        """The name of an IAM role."""
        return self.global_name(kind, name, ROLE_NAME_LIMIT)

    def role_arn(self, kind: str, name: str = "") -> str:
        """The ARN that the IAM role of this kind and name gets; of a role that stands, AWS is asked."""
        return role_arn(self.partition, self.account_id, self.iam_path, self.role_name(kind, name))

    def marks(self) -> dict[str, str]:
        """The tags that everything of the environment carries, and nothing of another one."""
        return {_tags.ENVIRONMENT: self.environment, _tags.PREFIX: self.prefix, _tags.REGION: self.region}

    def tags(self, role: str, name: str, more: Mapping[str, Any] | None = None) -> dict[str, str]:
        """The tags of what a role of this collection makes. more: of the user; they never override these."""
        ours = {**self.marks(), _tags.ROLE: role, _tags.NAME: name, _tags.MANAGED_BY: _tags.COLLECTION}
        return {**{key: str(value) for key, value in (more or {}).items()}, **ours}


def role_arn(partition: str, account_id: str, path: str, name: str) -> str:
    """The ARN that an IAM role of this path and name has."""
    return f"arn:{partition}:iam::{account_id}:role{path}{name}"
