# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The links of a service: what it may name, and what each kind gives. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .inputs import PREFIX, Inputs

#: the outputs of the environment's roles by kind of link; empty where the environment has none
Stores = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True)
class LinkKind:
    """What can be linked under one word.

    noun: what it is called. described_in: the variable that describes those of the environment; empty for what is named by its ARN.
    outputs: variables by the output of the role that holds them. credentials: variables by the part of the store's secret.
    url: the variable with everything in one. permissions: those that can be asked for.
    """

    noun: str
    described_in: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    permissions: tuple[str, ...] = ()
    arn_example: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        return (*self.credentials, *self.outputs, *((self.url,) if self.url else ()))

    @property
    def needed_outputs(self) -> tuple[str, ...]:
        """The outputs in which every store of this kind is named."""
        return ("endpoints", "secret_arns") if self.credentials else ("bucket_names", "bucket_arns")


#: names of the variables as Opta's users know them
DATABASE = {"db_user": "username", "db_password": "password"}
DATABASE_ADDRESSES = {"db_host": "endpoints", "db_reader_host": "reader_endpoints", "db_port": "ports"}
CACHE = {"cache_user": "username", "cache_auth_token": "password"}
CACHE_ADDRESSES = {"cache_host": "endpoints", "cache_reader_host": "reader_endpoints", "cache_port": "ports"}

KINDS: dict[str, LinkKind] = {
    "aurora": LinkKind("Aurora cluster", "aurora_clusters", {**DATABASE_ADDRESSES, "db_name": "database_names"}, DATABASE, "db_url"),
    "documentdb": LinkKind("DocumentDB cluster", "documentdb_clusters", DATABASE_ADDRESSES, DATABASE, "db_url"),
    "elasticache": LinkKind("ElastiCache replication group", "elasticache_replication_groups", CACHE_ADDRESSES, CACHE, "cache_url"),
    "s3": LinkKind("S3 bucket", "s3_buckets", {"bucket_name": "bucket_names"}, permissions=("read", "write")),
    "sqs": LinkKind("queue", permissions=("publish", "subscribe"), arn_example="arn:aws:sqs:eu-west-1:123456789012:orders"),
    "sns": LinkKind("topic", permissions=("publish",), arn_example="arn:aws:sns:eu-west-1:123456789012:orders"),
    "dynamodb": LinkKind("table", permissions=("read", "write"), arn_example="arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
}
#: beside the outputs of a role: the stores that get a new password, while a rotation is planned
ROTATED = "rotated"
OPTIONS = ("as", "permission", "variables", "kms_key_arn")


@dataclass(frozen=True)
class Link:
    """One entry of opta_service_links that names one thing."""

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
        """What is asked for; where only one thing can be, it need not be said."""
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
        """The environment variables by what they hold: `db_host` is called main_db_host unless it is renamed."""
        beginning = str(self.entry.get("as") or self.name).replace("-", "_")
        return {what: str(self.renamed.get(what) or f"{beginning}_{what}") for what in self.kind.variables}


def links(inputs: Inputs) -> Iterator[Link]:
    """The links of a service, without entries that do not name exactly one thing."""
    for entry in inputs.items("links"):
        named = kinds_named(entry)
        if len(named) == 1 and isinstance(entry[named[0]], str) and entry[named[0]]:
            yield Link(named[0], entry[named[0]], entry)


def kinds_named(entry: Any) -> list[str]:
    """The kinds that an entry names; an option that is null was not given."""
    return [kind for kind in KINDS if kind in entry] if isinstance(entry, Mapping) else []
