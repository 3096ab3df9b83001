"""Engines of ElastiCache: versions, parameter families and their parameters, node types."""

from __future__ import annotations

import re
from typing import Any

from tests.standin.aws.elasticache_model import Data, combination, group_of, invalid
from tests.standin.aws.operations import Call, answers

#: engine: its versions, oldest first, with what a node of that version calls itself, and the family of parameters
VERSIONS: dict[str, dict[str, tuple[str, str]]] = {
    "redis": {
        "5.0.6": ("5.0.6", "redis5.0"),
        "6.0": ("6.0.5", "redis6.x"),
        "6.2": ("6.2.6", "redis6.x"),
        "7.0": ("7.0.7", "redis7"),
        "7.1": ("7.1.0", "redis7"),
    },
    "valkey": {
        "7.2": ("7.2.6", "valkey7"),
        "8.0": ("8.0.1", "valkey8"),
        "8.1": ("8.1.0", "valkey8"),
        "8.2": ("8.2.0", "valkey8"),
    },
}
DEFAULT = {"redis": "7.1", "valkey": "8.0"}
FAMILIES = {family for versions in VERSIONS.values() for _patch, family in versions.values()}
#: name: data type, allowed values, default
PARAMETERS = {
    "maxmemory-policy": (
        "string",
        "volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction",
        "volatile-lru",
    ),
    "timeout": ("integer", "0,20-", "0"),
    "notify-keyspace-events": ("string", "", ""),
    "activedefrag": ("string", "yes,no", "no"),
    "reserved-memory-percent": ("integer", "0-100", "25"),
    "cluster-enabled": ("string", "yes,no", "no"),
    "maxclients": ("integer", "1-65000", "65000"),
    "databases": ("integer", "1-1200000", "16"),
}
FIXED = ("maxclients", "cluster-enabled")
#: these take effect once the nodes have been rebooted
REBOOT = ("databases",)
NODE_TYPE = re.compile(r"cache\.(?P<family>t3|t4g|m5|m6g|m7g|r5|r6g|r6gd|r7g)\.(?P<size>micro|small|medium|large|xlarge|\d+xlarge)")
SIZES = ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge")


def split(version: str) -> tuple[int, ...]:
    """The numbers of a version."""
    return tuple(int(part) for part in version.split("."))


def version_of(engine: str, version: str | None) -> str:
    """The version that is meant, as the API lists it; refused when there is none."""
    wanted = version or DEFAULT[engine]
    for listed, (patch, _family) in VERSIONS[engine].items():
        if wanted in (listed, patch):
            return listed
    raise combination(f"Cannot find version {version} for {engine}")


def family_of(engine: str, version: str) -> str:
    return VERSIONS[engine][version][1]


def check_engine(engine: str) -> str:
    if engine not in VERSIONS:
        raise invalid(f"Invalid engine: {engine}. Only redis and valkey are valid for a replication group.")
    return engine


def check_node_type(node_type: str | None) -> str:
    if not NODE_TYPE.fullmatch(node_type or ""):
        raise invalid(f"The CacheNodeType {node_type} is not valid.")
    return str(node_type)


def default_parameters() -> dict[str, str]:
    return {name: default for name, (_kind, _allowed, default) in PARAMETERS.items()}


@answers("elasticache", "DescribeCacheEngineVersions")
def describe_cache_engine_versions(call: Call) -> dict[str, Any]:
    listed = []
    for engine, versions in VERSIONS.items():
        for version, (_patch, family) in versions.items():
            skipped = call.get("EngineVersion") not in (None, version) or call.get("CacheParameterGroupFamily") not in (None, family)
            if call.get("Engine") not in (None, engine) or skipped or (call.get("DefaultOnly") and version != DEFAULT[engine]):
                continue
            described: Data = {"Engine": engine, "EngineVersion": version, "CacheParameterGroupFamily": family}
            listed.append({**described, "CacheEngineDescription": engine, "CacheEngineVersionDescription": f"{engine} version {version}"})
    return {"CacheEngineVersions": listed}


@answers("elasticache", "ListAllowedNodeTypeModifications")
def list_allowed_node_type_modifications(call: Call) -> dict[str, Any]:
    current = group_of(call).settings["CacheNodeType"]
    size = SIZES.index(current.split(".")[2])
    every = [f"cache.{family}.{each}" for family in ("t4g", "m7g", "r7g") for each in SIZES]
    others = [each for each in every if each != current]
    return {
        "ScaleUpModifications": [each for each in others if SIZES.index(each.split(".")[2]) >= size],
        "ScaleDownModifications": [each for each in others if SIZES.index(each.split(".")[2]) < size],
    }
