# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Snapshots of databases that are retained. DocumentDB's snapshots are among those of RDS, because both share one namespace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from .. import _tags
from .._names import Identity
from .._retained import api
from .._retained.retained_resource import RetainedResource, retained_answers
from .teardown import final_name

ARNS = (("rds", "cluster-snapshot"), ("rds", "snapshot"))
KIND = "database cluster snapshot"


def find(client: Callable[[str], Any], identity: Identity) -> list[RetainedResource]:
    """The snapshots of clusters and instances with the environment's tags and opta:retained."""
    rds = client("rds")
    found = []
    for snapshot in retained_answers(identity, api.describe_cluster_snapshots(rds), "TagList"):
        name = snapshot["DBClusterSnapshotIdentifier"]
        remove = partial(api.delete_cluster_snapshot, rds, name)
        found.append(RetainedResource(KIND, name, snapshot["DBClusterSnapshotArn"], snapshot.get("KmsKeyId") or "", remove))
    for snapshot in retained_answers(identity, api.describe_instance_snapshots(rds), "TagList"):
        name = snapshot["DBSnapshotIdentifier"]
        remove = partial(api.delete_instance_snapshot, rds, name)
        found.append(RetainedResource("database snapshot", name, snapshot["DBSnapshotArn"], snapshot.get("KmsKeyId") or "", remove))
    return found


def expected(client: Callable[[str], Any], identity: Identity, options: Mapping[str, Any]) -> list[RetainedResource]:
    """The final snapshots that a run will create. options: expect_database_snapshots; databases_without_snapshot, names of clusters."""
    if not options["expect_database_snapshots"]:
        return []
    rds = client("rds")
    clusters = [
        cluster
        for cluster in api.describe_clusters(rds)
        if _tags.carries(_tags.as_dict(cluster.get("TagList")), identity.marks()) and cluster["Status"] != "deleting"
    ]
    retaining = [cluster for cluster in clusters if cluster["DBClusterIdentifier"] not in options["databases_without_snapshot"]]
    taken = [each["DBClusterSnapshotIdentifier"] for each in api.describe_cluster_snapshots(rds)] if retaining else []
    return [
        RetainedResource(
            KIND,
            final_name(cluster["DBClusterIdentifier"], cluster["DbClusterResourceId"], taken),
            cluster["DBClusterArn"],
            cluster.get("KmsKeyId") or "",
        )
        for cluster in retaining
    ]
