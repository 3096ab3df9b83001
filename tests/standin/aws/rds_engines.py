"""What Aurora PostgreSQL and DocumentDB offer: versions, upgrades, instance classes, parameters. A small part of AWS's own lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers

AURORA, DOCUMENTDB = "aurora-postgresql", "docdb"
# engine: versions, oldest first
VERSIONS = {
    AURORA: ("15.15", "15.17", "16.11", "16.13", "17.7", "17.9", "18.3"),
    DOCUMENTDB: ("4.0.0", "5.0.0", "8.0.0"),
}
# engine: versions that only IncludeAll lists, and of which no cluster is made; older than those above
DEPRECATED = {AURORA: ("15.4", "15.10"), DOCUMENTDB: ("3.6.0",)}
# engine: the version of a cluster that names none
DEFAULTS = {AURORA: "17.7", DOCUMENTDB: "8.0.0"}
# engine and major: the version of a cluster that names only the major; else its newest
DEFAULTS_OF_MAJORS = {(AURORA, "17"): "17.7", (AURORA, "16"): "16.11"}
CLASSES = {
    AURORA: ("db.t4g.medium", "db.t4g.large", "db.r6g.large", "db.r7g.large", "db.r7g.xlarge", "db.serverless"),
    DOCUMENTDB: ("db.t4g.medium", "db.r6g.large", "db.r6g.xlarge", "db.r5.large", "db.serverless"),
}
LOG_TYPES = {AURORA: ("postgresql", "instance", "iam-db-auth-error"), DOCUMENTDB: ("audit", "profiler")}
PORTS = {AURORA: 5432, DOCUMENTDB: 27017}
STORAGE_TYPES = {AURORA: ("aurora", "aurora-iopt1"), DOCUMENTDB: ("standard", "iopt1")}

_LIBRARIES = "auto_explain,orafce,pgaudit,pglogical,pg_bigm,pg_cron,pg_hint_plan,pg_prewarm,pg_similarity,pg_stat_statements,plprofiler"
# engine: (name, default, allowed, data type, applied at once, modifiable)
_PARAMETERS: dict[str, tuple[tuple[str, str | None, str | None, str, bool, bool], ...]] = {
    AURORA: (
        ("rds.force_ssl", "0", "0,1", "boolean", True, True),
        ("ssl_min_protocol_version", "TLSv1.2", "TLSv1,TLSv1.1,TLSv1.2,TLSv1.3", "string", True, True),
        ("log_statement", None, "none,ddl,mod,all", "string", True, True),
        ("log_min_duration_statement", None, "-1-2147483647", "integer", True, True),
        ("timezone", "UTC", None, "string", True, True),
        ("max_connections", "LEAST({DBInstanceClassMemory/9531392},5000)", "6-262143", "integer", False, True),
        ("shared_preload_libraries", "pg_stat_statements", _LIBRARIES, "list", False, True),
        ("pgaudit.log", None, "ddl,function,misc,read,role,write,none,all", "list", True, True),
        ("rds.logical_replication", "0", "0,1", "boolean", False, True),
        ("server_encoding", None, None, "string", False, False),
    ),
    DOCUMENTDB: (
        ("tls", "enabled", "disabled,enabled,fips-140-3,tls1.2+,tls1.3+", "string", False, True),
        ("audit_logs", "disabled", "enabled,disabled,all,ddl,dml,dml_read,dml_write,none", "string", True, True),
        ("profiler", "disabled", "enabled,disabled", "string", True, True),
        ("profiler_threshold_ms", "100", "50-2147483646", "integer", True, True),
        ("profiler_sampling_rate", "1.0", "0.0-1.0", "float", True, True),
        ("ttl_monitor", "enabled", "disabled,enabled", "string", True, True),
        ("change_stream_log_retention_duration", "10800", "3600-86400", "integer", True, True),
    ),
}
# (family, name): the default where a family has another one
_DEFAULTS = {(f"{AURORA}17", "rds.force_ssl"): "1", (f"{AURORA}18", "rds.force_ssl"): "1"}
#: of the instances here, which have 4 GiB
MOST_CONNECTIONS = 10000
# types whose values are members of AllowedValues, separated by commas
LISTS = ("list", "string")


def starts_with(values: Mapping[str, str]) -> bool:
    """Whether an instance starts with these parameters. Amazon RDS User Guide, maximum number of connections: with too many it does not."""
    connections = values.get("max_connections", "")
    return not connections.isdigit() or int(connections) <= MOST_CONNECTIONS


def major(engine: str, version: str) -> str:
    """`17` of Aurora PostgreSQL 17.7, `5.0` of DocumentDB 5.0.0."""
    return version.split(".", maxsplit=1)[0] if engine == AURORA else ".".join(version.split(".")[:2])


def family(engine: str, version: str) -> str:
    return f"{engine}{major(engine, version)}"


def families() -> set[str]:
    return {family(engine, version) for engine, versions in VERSIONS.items() for version in versions}


def engine_of_family(name: str) -> str:
    return AURORA if name.startswith(AURORA) else DOCUMENTDB


def resolve(engine: str, version: str | None) -> str:
    """The version of a cluster that is made with this version, which may be only a major, or none."""
    if engine not in VERSIONS:
        raise AwsError("InvalidParameterValue", f"Unrecognized engine name: {engine}", 400)
    if version is None:
        return DEFAULTS[engine]
    if version in VERSIONS[engine]:
        return version
    of_major = [each for each in VERSIONS[engine] if major(engine, each) == version]
    if not of_major:
        raise AwsError("InvalidParameterCombination", f"Cannot find version {version} for {engine}", 400)
    return DEFAULTS_OF_MAJORS.get((engine, version), of_major[-1])


def upgrade_targets(engine: str, version: str) -> list[dict[str, Any]]:
    """ValidUpgradeTarget of a version, be it deprecated."""
    known = (*DEPRECATED[engine], *VERSIONS[engine])
    return [
        {
            "Engine": engine,
            "EngineVersion": target,
            "Description": f"{engine} {target}",
            "AutoUpgrade": False,
            "IsMajorVersionUpgrade": major(engine, target) != major(engine, version),
        }
        for target in known[known.index(version) + 1 :]
        if target in VERSIONS[engine]
    ]


def parameters(family_name: str) -> list[dict[str, Any]]:
    """The parameters of a family, with their defaults."""
    found = []
    engine = engine_of_family(family_name)
    for name, usual, allowed, kind, dynamic, modifiable in _PARAMETERS[engine]:
        default = _DEFAULTS.get((family_name, name), usual)
        parameter = {
            "ParameterName": name,
            "Description": f"Sets {name}",
            "Source": "engine-default" if engine == AURORA else "system",
            "ApplyType": "dynamic" if dynamic else "static",
            "DataType": kind,
            "IsModifiable": modifiable,
            "ApplyMethod": "pending-reboot",
        }
        if default is not None:
            parameter["ParameterValue"] = default
        if allowed is not None:
            parameter["AllowedValues"] = allowed
        found.append(parameter)
    return found


def check_class(engine: str, instance_class: str) -> None:
    if instance_class not in CLASSES[engine]:
        if not instance_class.startswith("db."):
            raise AwsError("InvalidParameterValue", f"Invalid DB Instance class: {instance_class}", 400)
        message = (
            f"RDS does not support creating a DB instance with the following combination: DBInstanceClass={instance_class}, "
            f"Engine={engine}. For supported combinations of instance class and database engine version, see the documentation."
        )
        raise AwsError("InvalidParameterCombination", message, 400)


def check_scaling(scaling: dict[str, Any]) -> None:
    """RDS API, ServerlessV2ScalingConfiguration; aws-cdk, pull request 32232; sst, pull request 5276."""
    largest = scaling.get("MaxCapacity")
    if largest is not None and largest < 1:
        message = f"Serverless v2 maximum capacity {largest} isn't valid. The maximum capacity must be at least 1.0."
        raise AwsError("InvalidParameterValue", message, 400)
    if scaling.get("SecondsUntilAutoPause") is not None and scaling.get("MinCapacity"):
        raise AwsError("InvalidParameterValue", "SecondsUntilAutoPause can only be specified when minimum capacity is 0.", 400)


def shown_scaling(scaling: dict[str, Any]) -> dict[str, Any]:
    """Seconds until it pauses are only kept with a least capacity of 0 (RDS API, ServerlessV2ScalingConfigurationInfo)."""
    kept = {name: value for name, value in scaling.items() if name != "SecondsUntilAutoPause"}
    return kept if scaling.get("MinCapacity") else {**kept, "SecondsUntilAutoPause": scaling.get("SecondsUntilAutoPause", 300)}


@answers("rds", "DescribeDBEngineVersions")
def describe_db_engine_versions(call: Call) -> dict[str, Any]:
    found = []
    for engine, available in VERSIONS.items():
        if call.get("Engine", engine) != engine:
            continue
        versions = (*DEPRECATED[engine], *available) if call.get("IncludeAll") else available
        asked = call.get("EngineVersion")
        chosen = [each for each in versions if asked in (None, each, major(engine, each))]
        if call.get("DefaultOnly"):
            chosen = [resolve(engine, asked)] if chosen else []
        found += [_described(engine, version) for version in chosen]
    wanted = call.get("DBParameterGroupFamily")
    return {"DBEngineVersions": [each for each in found if wanted in (None, each["DBParameterGroupFamily"])]}


@answers("rds", "DescribeOrderableDBInstanceOptions")
def describe_orderable_db_instance_options(call: Call) -> dict[str, Any]:
    engine, asked = call.get("Engine"), call.get("EngineVersion")
    if engine not in VERSIONS:
        raise AwsError("InvalidParameterValue", f"Unrecognized engine name: {engine}", 400)
    if asked in DEPRECATED[engine]:
        return {"OrderableDBInstanceOptions": []}
    if asked is not None and asked not in VERSIONS[engine]:
        raise AwsError("InvalidParameterCombination", f"Cannot find version {asked} for {engine}", 400)
    chosen = [each for each in CLASSES[engine] if call.get("DBInstanceClass", each) == each]
    zones = [{"Name": f"{call.region}{letter}"} for letter in "abc"]
    return {
        "OrderableDBInstanceOptions": [
            {
                "Engine": engine,
                "EngineVersion": version,
                "DBInstanceClass": each,
                "LicenseModel": "postgresql-license" if engine == AURORA else "na",
                "AvailabilityZones": zones,
                "Vpc": True,
                "StorageType": STORAGE_TYPES[engine][0],
            }
            for each in chosen
            for version in VERSIONS[engine]
            if asked in (None, version)
        ]
    }


@answers("rds", "DescribeEngineDefaultClusterParameters")
def describe_engine_default_cluster_parameters(call: Call) -> dict[str, Any]:
    name = call.get("DBParameterGroupFamily")
    if name not in families():
        raise AwsError("InvalidParameterValue", f"Invalid DB Parameter Group Family: {name}", 400)
    return {"EngineDefaults": {"DBParameterGroupFamily": name, "Parameters": parameters(name)}}


def _described(engine: str, version: str) -> dict[str, Any]:
    return {
        "Engine": engine,
        "EngineVersion": version,
        "DBParameterGroupFamily": family(engine, version),
        "DBEngineDescription": "Aurora (PostgreSQL)" if engine == AURORA else "Amazon DocumentDB (with MongoDB compatibility)",
        "DBEngineVersionDescription": f"{engine} {version}",
        "Status": "deprecated" if version in DEPRECATED[engine] else "available",
        "ValidUpgradeTarget": upgrade_targets(engine, version),
        "ExportableLogTypes": list(LOG_TYPES[engine]),
        "SupportsLogExportsToCloudwatchLogs": True,
    }
