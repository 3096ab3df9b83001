"""What AWS itself says of an environment, and what runs did with it, so that two ends of different ways can be compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.support.identities import identity_of
from tests.support.playbooks import Run
from tests.support.standin import Standin

ENVIRONMENT_TAG = "opta:environment"
#: as the names of their secrets have them
STORES = ("aurora", "cache", "docdb")

#: a service with a public address, on a cluster whose ingress is somebody's own
INGRESS = {"ingress": "ingress_nginx", "ingress_class_name": "nginx", "domain": "example.com"}
PUBLIC = {"opta_service_public_addresses": ["{{ inventory_hostname }}.example.com"], "opta_service_k8s_addons": INGRESS}


def union(run: Run) -> set[tuple[str, str, str, str]]:
    """(host, action, resource, attributes) of all that a run did or would do; a stock module's change by its task's name."""
    done = set()
    for task in run.tasks:
        actions = task["result"].get("actions")
        for action in actions or []:
            done.add((task["host"], action["action"], action["resource"], ",".join(sorted(action["attributes"]))))
        if actions is None and task["status"] == "changed":
            done.add((task["host"], "change", task["task"], ""))
    return done


def tags_of(item: Mapping[str, Any]) -> dict[str, str]:
    tags = item.get("Tags") or item.get("TagSet") or item.get("tags") or []
    if isinstance(tags, Mapping):
        return dict(tags)
    return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value")) for tag in tags}


def _tagged_as(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """RDS's answers with their tags where EC2 has them."""
    return [{**item, "Tags": item.get("TagList")} for item in items]


def _of(environment: str | None, items: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    return sorted(str(item[name]) for item in items if environment is None or tags_of(item).get(ENVIRONMENT_TAG) == environment)


def _named(names: Iterable[str], environment: str | None, *parts: str) -> list[str]:
    return sorted(name for name in names if environment is None or any(part in name for part in parts))


def _pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    if not client.can_paginate(operation):
        return getattr(client, operation)(**arguments)[key]
    return client.get_paginator(operation).paginate(**arguments).build_full_result().get(key, [])


#: by kind, the ids of what a service has
Found = dict[str, list[str]]

#: operation, key of the answer, key of the id
EC2_KINDS = (
    ("describe_vpcs", "Vpcs", "VpcId"),
    ("describe_subnets", "Subnets", "SubnetId"),
    ("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("describe_addresses", "Addresses", "AllocationId"),
    ("describe_route_tables", "RouteTables", "RouteTableId"),
    ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("describe_flow_logs", "FlowLogs", "FlowLogId"),
    ("describe_security_groups", "SecurityGroups", "GroupId"),
    ("describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    ("describe_volumes", "Volumes", "VolumeId"),
)


def _ec2(standin: Standin, environment: str | None) -> Found:
    ec2 = standin.client("ec2")
    found = {operation: _of(environment, _pages(ec2, operation, key), item) for operation, key, item in EC2_KINDS}
    gateways = [gateway for gateway in _pages(ec2, "describe_nat_gateways", "NatGateways") if gateway["State"] != "deleted"]
    found["describe_nat_gateways"] = _of(environment, gateways, "NatGatewayId")
    snapshots = _pages(ec2, "describe_snapshots", "Snapshots", OwnerIds=["self"])
    found["describe_snapshots"] = _of(environment, snapshots, "SnapshotId")
    return found


def _eks(standin: Standin, environment: str | None) -> Found:
    eks = standin.client("eks")
    described = [eks.describe_cluster(name=cluster)["cluster"] for cluster in _pages(eks, "list_clusters", "clusters")]
    clusters = _of(environment, described, "name")
    found = {"list_clusters": clusters}
    for operation, key in (("list_nodegroups", "nodegroups"), ("list_addons", "addons"), ("list_access_entries", "accessEntries")):
        found[operation] = sorted(item for cluster in clusters for item in _pages(eks, operation, key, clusterName=cluster))
    return found


def _iam(standin: Standin, environment: str | None) -> Found:
    iam, path = standin.client("iam"), identity_of(environment).iam_path if environment else "/"
    providers = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    described = [{"Arn": p["Arn"], **iam.get_open_id_connect_provider(OpenIDConnectProviderArn=p["Arn"])} for p in providers]
    return {
        "list_roles": sorted(role["RoleName"] for role in _pages(iam, "list_roles", "Roles", PathPrefix=path)),
        "list_policies": sorted(p["PolicyName"] for p in _pages(iam, "list_policies", "Policies", PathPrefix=path, Scope="Local")),
        "list_open_id_connect_providers": _of(environment, described, "Arn"),
    }


def _logs(standin: Standin, environment: str | None) -> Found:
    names = [group["logGroupName"] for group in _pages(standin.client("logs"), "describe_log_groups", "logGroups")]
    return {"describe_log_groups": _named(names, environment, f"/opta-{environment}/", f"/opta/{environment}/")}


def _rds(standin: Standin, environment: str | None) -> Found:
    """DocumentDB is in the same namespace. Snapshots are kept on purpose."""
    rds = standin.client("rds")
    found = {
        operation: _of(environment, _tagged_as(_pages(rds, operation, key)), item)
        for operation, key, item in (
            ("describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
            ("describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
        )
    }
    for operation, key, item in (
        ("describe_db_cluster_parameter_groups", "DBClusterParameterGroups", "DBClusterParameterGroupName"),
        ("describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
    ):
        found[operation] = _named((each[item] for each in _pages(rds, operation, key)), environment, f"opta-{environment}-")
    return found


def _secretsmanager(standin: Standin, environment: str | None) -> Found:
    listed = _pages(standin.client("secretsmanager"), "list_secrets", "SecretList")
    return {"list_secrets": _of(environment, listed, "Name")}


def _s3(standin: Standin, environment: str | None) -> Found:
    names = [bucket["Name"] for bucket in standin.client("s3").list_buckets()["Buckets"]]
    return {"list_buckets": _named(names, environment, f"opta-{environment}-")}


def _ecr(standin: Standin, environment: str | None) -> Found:
    names = [each["repositoryName"] for each in _pages(standin.client("ecr"), "describe_repositories", "repositories")]
    return {"describe_repositories": _named(names, environment, f"opta-{environment}/")}


def _kms(standin: Standin, environment: str | None) -> Found:
    """Without the keys whose deletion is scheduled."""
    kms = standin.client("kms")
    kept = []
    for key in _pages(kms, "list_keys", "Keys"):
        if kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] != "PendingDeletion":
            tags = [{"Key": tag["TagKey"], "Value": tag["TagValue"]} for tag in kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]]
            kept.append({"KeyId": key["KeyId"], "Tags": tags})
    return {"list_keys": _of(environment, kept, "KeyId")}


def _route53(standin: Standin, environment: str | None) -> Found:
    route53 = standin.client("route53")
    zones = [zone["Id"].rsplit("/", 1)[-1] for zone in _pages(route53, "list_hosted_zones", "HostedZones")]
    tagged = [
        {"Id": zone, **route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone)["ResourceTagSet"]} for zone in zones
    ]
    return {"list_hosted_zones": _of(environment, tagged, "Id")}


def _acm(standin: Standin, environment: str | None) -> Found:
    acm = standin.client("acm")
    arns = [certificate["CertificateArn"] for certificate in _pages(acm, "list_certificates", "CertificateSummaryList")]
    certificates = [{"Arn": arn, "Tags": acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]} for arn in arns]
    return {"list_certificates": _of(environment, certificates, "Arn")}


#: operation of ElastiCache, key of the answer
CACHE_KINDS = (
    ("describe_replication_groups", "ReplicationGroups"),
    ("describe_users", "Users"),
    ("describe_user_groups", "UserGroups"),
    ("describe_cache_parameter_groups", "CacheParameterGroups"),
    ("describe_cache_subnet_groups", "CacheSubnetGroups"),
)


def _elasticache(standin: Standin, environment: str | None) -> Found:
    """Final snapshots are kept on purpose."""
    cache, found = standin.client("elasticache"), {}
    for operation, key in CACHE_KINDS:
        arns = [item["ARN"] for item in _pages(cache, operation, key)]
        tagged = [{"ARN": arn, "Tags": cache.list_tags_for_resource(ResourceName=arn)["TagList"]} for arn in arns]
        found[operation] = _of(environment, tagged, "ARN")
    return found


SERVICES: dict[str, Callable[[Standin, str | None], Found]] = {
    "acm": _acm,
    "ec2": _ec2,
    "ecr": _ecr,
    "eks": _eks,
    "elasticache": _elasticache,
    "iam": _iam,
    "kms": _kms,
    "logs": _logs,
    "rds": _rds,
    "route53": _route53,
    "s3": _s3,
    "secretsmanager": _secretsmanager,
}


def left_in_aws(standin: Standin, environment: str | None, services: Iterable[str] = tuple(SERVICES)) -> Found:
    """By kind, everything that carries the environment's tags, name or IAM path, through each service's own list calls.

    environment None: everything of the account.
    """
    return {kind: items for service in services for kind, items in SERVICES[service](standin, environment).items()}


def secrets(standin: Standin, environment: str) -> dict[str, dict[str, Any]]:
    """By name, each secret of the environment's stores: the password that is current, and all its versions with their labels."""
    manager = standin.client("secretsmanager")
    found = {}
    for name in _of(environment, _pages(manager, "list_secrets", "SecretList", IncludePlannedDeletion=True), "Name"):
        if "/linkerd/" in name:
            continue
        described = manager.describe_secret(SecretId=name)
        deleted = "DeletedDate" in described
        text = None if deleted else json.loads(manager.get_secret_value(SecretId=name)["SecretString"])["password"]
        found[name] = {"password": text, "versions": described.get("VersionIdsToStages") or {}, "deleted": deleted}
    return found


def passwords_of_stores(standin: Standin, environment: str) -> set[str]:
    """The versions of secrets whose passwords the stores have, by their own tags."""
    cache = standin.client("elasticache")
    users = [cache.list_tags_for_resource(ResourceName=user["ARN"]) for user in _pages(cache, "describe_users", "Users")]
    tagged = [*_tagged_as(_pages(standin.client("rds"), "describe_db_clusters", "DBClusters")), *({"Tags": u["TagList"]} for u in users)]
    tags = [tags_of(each) for each in tagged]
    return {each["opta:secret-version-id"] for each in tags if each.get(ENVIRONMENT_TAG) == environment}


def shape(found: Mapping[str, list[str]]) -> dict[str, int]:
    """How many there are of each kind: equal for two environments that were built alike."""
    return {kind: len(items) for kind, items in found.items()}
