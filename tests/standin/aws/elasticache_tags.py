"""Tags on every ARN of ElastiCache; not on a replication group that is not available."""

from __future__ import annotations

from typing import Any

from tests.standin.aws.elasticache_model import account
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers

MISSING = {
    "replicationgroup": "ReplicationGroupNotFoundFault",
    "cluster": "CacheClusterNotFound",
    "user": "UserNotFound",
    "usergroup": "UserGroupNotFound",
    "parametergroup": "CacheParameterGroupNotFound",
    "subnetgroup": "CacheSubnetGroupNotFoundFault",
    "snapshot": "SnapshotNotFoundFault",
}


@answers("elasticache", "ListTagsForResource")
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    return _answer(_tags_of(call))


@answers("elasticache", "AddTagsToResource")
def add_tags_to_resource(call: Call) -> dict[str, Any]:
    tags = _tags_of(call)
    tags.update({tag["Key"]: tag.get("Value", "") for tag in call.get("Tags", [])})
    return _answer(tags)


@answers("elasticache", "RemoveTagsFromResource")
def remove_tags_from_resource(call: Call) -> dict[str, Any]:
    tags = _tags_of(call)
    for key in call.get("TagKeys", []):
        tags.pop(key, None)
    return _answer(tags)


def _tags_of(call: Call) -> dict[str, str]:
    known, wanted = account(call), str(call.get("ResourceName"))
    kind, _, name = wanted.split(":", 5)[-1].partition(":")
    group = known.groups.get(name) if kind == "replicationgroup" else None
    if group is not None and group.status in ("creating", "deleting"):
        raise AwsError("InvalidReplicationGroupState", f"Replication group {name} is in {group.status} state.", 400)
    if kind not in MISSING:
        raise AwsError("InvalidARN", f"{wanted} is not the ARN of something of ElastiCache", 400)
    if wanted not in known.tags:
        raise AwsError(MISSING[kind], f"{name} not found.", 404)
    return known.tags[wanted]


def _answer(tags: dict[str, str]) -> dict[str, Any]:
    return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}
