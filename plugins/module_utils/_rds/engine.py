# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The differences between Aurora PostgreSQL and DocumentDB."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

#: "A database named postgres is always created" (RDS API, CreateDBCluster, DatabaseName)
EVERY_DATABASE = "postgres"
#: EngineLifecycleSupport (RDS API, CreateDBCluster)
EXTENDED_SUPPORT, WITHOUT_EXTENDED_SUPPORT = "open-source-rds-extended-support", "open-source-rds-extended-support-disabled"


@dataclass(frozen=True)
class DatabaseEngine:
    """One database engine.

    kind: the name of its clusters in results. engine: its name in the API. service: botocore's name of its service.
    major_parts: how many numbers of a version are its major version. required: parameters that are always set,
    unless one of `instead` (by parameter) is desired. storage: the storage type that DescribeDBClusters may leave out.
    lifecycle_support: of a new cluster without the option; empty where the service has none.
    can_be_public: whether an instance can have a public address, which ours never have.
    parameters_of_logs: parameters that enable a log, by the log's name.
    """

    kind: str
    engine: str
    service: str
    port: int
    major_parts: int
    storage: str
    lifecycle_support: str
    can_be_public: bool
    required: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters_of_logs: Mapping[str, str] = field(default_factory=dict)

    def major(self, version: str) -> str:
        """Return the major version: `17` of Aurora PostgreSQL 17.7, `5.0` of DocumentDB 5.0.0."""
        return ".".join(version.split(".")[: self.major_parts])

    def is_major(self, version: str) -> bool:
        """Return whether a version names only the major version."""
        return len(version.split(".")) == self.major_parts

    def family(self, version: str) -> str:
        """Return the family of parameter groups of a version."""
        return f"{self.engine}{self.major(version)}"

    def group_name(self, cluster_name: str, version: str) -> str:
        """Return the name of the cluster's parameter group for a version: a major upgrade needs another group."""
        return f"{cluster_name}-{self.family(version).replace('.', '-')}"

    def is_group_of(self, group_name: str, cluster_name: str) -> bool:
        """Return whether a parameter group has such a name."""
        return bool(re.fullmatch(rf"{re.escape(cluster_name)}-{re.escape(self.engine)}\d+(-\d+)*", group_name))

    def parameters(self, asked: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters to set: the desired ones, and the required ones."""
        kept = {name: asked[name] if asked.get(name) in self.instead.get(name, ()) else value for name, value in self.required.items()}
        return {**asked, **kept}


AURORA = DatabaseEngine(
    kind="Aurora cluster",
    engine="aurora-postgresql",
    service="rds",
    port=5432,
    major_parts=1,
    storage="aurora",
    lifecycle_support=WITHOUT_EXTENDED_SUPPORT,
    can_be_public=True,
    required={"rds.force_ssl": "1"},
)
DOCUMENTDB = DatabaseEngine(
    kind="DocumentDB cluster",
    engine="docdb",
    service="docdb",
    port=27017,
    major_parts=2,
    storage="standard",
    lifecycle_support="",
    can_be_public=False,
    required={"tls": "enabled"},
    instead={"tls": ("fips-140-3", "tls1.2+", "tls1.3+")},
    parameters_of_logs={"audit": "audit_logs", "profiler": "profiler"},
)
