"""The first response of every call that makes something is lost: the result is the same, and nothing is there twice."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _lost_responses
from botocore import xform_name

from tests.module.database_foundation import Databases
from tests.module.eks_foundation import Foundation
from tests.support.collection import ROOT
from tests.support.standin import SECONDS, Standin
from tests.support.until import until

VPC = {
    "CreateVpc",
    "CreateSubnet",
    "CreateInternetGateway",
    "AttachInternetGateway",
    "CreateRouteTable",
    "CreateRoute",
    "AssociateRouteTable",
    "AllocateAddress",
    "CreateNatGateway",
    "CreateVpcEndpoint",
    "CreateSecurityGroup",
    "AuthorizeSecurityGroupIngress",
    "CreateFlowLogs",
}
STORE_GROUP = {"CreateSecret", "CreateSecurityGroup", "AuthorizeSecurityGroupIngress"}
#: what each module makes
MADE: dict[str, set[str]] = {
    "vpc_network": VPC,
    "kms_key": {"CreateKey", "CreateAlias"},
    "iam_role": {"CreateRole"},
    "iam_oidc_provider": {"CreateOpenIDConnectProvider"},
    "cloudwatch_log_group": {"CreateLogGroup"},
    "s3_bucket": {"CreateBucket"},
    "ecr_repository": {"CreateRepository"},
    "route53_zone": {"CreateHostedZone"},
    "acm_certificate": {"RequestCertificate"},
    "aurora_cluster": {
        *STORE_GROUP,
        "CreateDBSubnetGroup",
        "CreateDBClusterParameterGroup",
        "CreateDBCluster",
        "CreateDBInstance",
    },
    "elasticache_replication_group": {
        *STORE_GROUP,
        "CreateCacheSubnetGroup",
        "CreateCacheParameterGroup",
        "CreateReplicationGroup",
        "CreateUser",
        "CreateUserGroup",
    },
    "eks_cluster": {"CreateCluster"},
    "eks_node_group": {"CreateLaunchTemplate", "CreateNodegroup"},
    "eks_addon": {"CreateAddon"},
    "eks_access_entry": {"CreateAccessEntry"},
}
#: of these the engine's tests, or those of their own modules, lose the response
ELSEWHERE = {
    "AssociateEncryptionConfig",  # an update with a token
    "CreateLaunchTemplateVersion",  # with a token
    "CreateSnapshot",  # tests/unit/ebs
    "RestoreDBClusterFromSnapshot",  # named, as CreateDBCluster is
    "RestoreDBClusterToPointInTime",
}


def test_every_creating_call_is_covered() -> None:
    """All operations that the collection calls, as its source has them."""
    called: set[str] = set()
    services = ("ec2", "eks", "iam", "kms", "logs", "rds", "elasticache", "s3", "ecr", "acm", "route53", "secretsmanager")
    models = [boto3.client(service, region_name="eu-west-1").meta.service_model for service in services]
    source = "\n".join(path.read_text() for path in (ROOT / "plugins" / "module_utils").rglob("*.py"))
    methods = set(re.findall(r"\bclient\.(\w+)\(", source))
    for model in models:
        for name in model.operation_names:
            if xform_name(name) in methods and _lost_responses.creates_resource(model.operation_model(name)):
                called.add(name)
    assert called == {operation for operations in MADE.values() for operation in operations} | ELSEWHERE


def lose_first_responses(standin: Standin, operations: Iterable[str]) -> None:
    """AWS carries out the next call of each operation, and its answer never arrives."""
    for operation in operations:
        standin.fault(operation, kind="drop", carried_out=True)


def tagged(standin: Standin, environment: str) -> Counter[str]:
    """How many of each kind AWS lists with the environment's tag."""
    pages = standin.client("resourcegroupstaggingapi").get_paginator("get_resources")
    found = pages.paginate(TagFilters=[{"Key": "opta:environment", "Values": [environment]}]).build_full_result()
    arns = [entry["ResourceARN"] for entry in found["ResourceTagMappingList"]]
    kinds = Counter(":".join(re.split("[:/]", arn.split(":", 5)[5])[:-1][:1] + [arn.split(":")[2]]) for arn in arns)
    addresses = standin.client("ec2").describe_addresses(Filters=[{"Name": "tag:opta:environment", "Values": [environment]}])
    kinds["addresses"] = len(addresses["Addresses"])
    return kinds


@pytest.fixture
def options(standin: Standin, unique: Callable[[str], str]) -> Callable[[str, str], dict[str, Any]]:
    """The options of a module for an environment."""

    def of(module: str, environment: str) -> dict[str, Any]:
        tags = {"opta:environment": environment, "opta:role": "test", "opta:name": environment, "opta:managed-by": "opta.platform"}
        return {"tags": tags, **OPTIONS[module](standin, environment)}

    return of


def network(standin: Standin, name: str) -> dict[str, Any]:
    logs, iam = standin.client("logs"), standin.client("iam")
    logs.create_log_group(logGroupName=f"/{name}")
    arn = logs.describe_log_groups(logGroupNamePrefix=f"/{name}")["logGroups"][0]["arn"]
    role = Foundation(standin).role(f"{name}-logs", "vpc-flow-logs.amazonaws.com")
    assert iam.get_role(RoleName=f"{name}-logs")
    endpoints = {"gateway_endpoints": ["s3"], "interface_endpoints": ["sts"]}
    shape = {"cidr_block": "10.0.0.0/16", "zone_count": 2, "nat_mode": "single", **endpoints}
    return {"name": name, **shape, "flow_logs": {"log_group_arn": arn, "role_arn": role}}


def role(_standin: Standin, name: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    return {"name": name, "assume_role_policy": {"Version": "2012-10-17", "Statement": [statement]}, "managed_policy_arns": []}


def certificate(standin: Standin, name: str) -> dict[str, Any]:
    domain = f"{name}.example.com"
    zone = standin.client("route53").create_hosted_zone(Name=domain, CallerReference=domain)["HostedZone"]["Id"]
    return {"domain_name": domain, "hosted_zone_id": zone.rsplit("/", 1)[-1], "wait": False}


def cache(standin: Standin, name: str) -> dict[str, Any]:
    foundation = Foundation(standin)
    vpc_id = foundation.ec2.describe_subnets(SubnetIds=foundation.subnet_ids)["Subnets"][0]["VpcId"]
    return {
        "name": name,
        "node_type": "cache.t4g.micro",
        "vpc_id": vpc_id,
        "subnet_ids": foundation.subnet_ids,
        "allowed_cidr_blocks": ["10.0.0.0/16"],
        "kms_key_arn": foundation.key_arn(),
        "secret_name": f"opta/{name}/cache/main",
        "parameters": {"maxmemory-policy": "allkeys-lru"},
    }


def cluster(standin: Standin, name: str) -> dict[str, Any]:
    foundation = Foundation(standin)
    return {"name": name, "version": "1.35", "role_arn": foundation.cluster_role_arn, "subnet_ids": foundation.subnet_ids, "wait": False}


def nodes(standin: Standin, name: str) -> dict[str, Any]:
    foundation = Foundation(standin)
    sizes = {"min_size": 1, "max_size": 2, "instance_types": ["m7i.large"], "volume_size_gib": 20}
    place = {"node_role_arn": foundation.node_role_arn, "subnet_ids": foundation.subnet_ids}
    return {"cluster_name": foundation.cluster_for_nodes(), "name": name, **place, **sizes, "wait": False}


def entry(standin: Standin, name: str) -> dict[str, Any]:
    foundation = Foundation(standin)
    policies = [{"policy": "AmazonEKSViewPolicy"}]
    principal = foundation.role(name)
    made = standin.client("iam").get_role(RoleName=name)["Role"]["CreateDate"]
    visible = made + datetime.timedelta(seconds=SECONDS["iam:role-visible"])
    until(lambda: datetime.datetime.now(datetime.UTC) > visible, what="EKS sees the role: a refusal would use up the fault")
    return {"cluster_name": foundation.cluster(), "principal_arn": principal, "policies": policies}


OPTIONS: dict[str, Callable[[Standin, str], dict[str, Any]]] = {
    "vpc_network": network,
    "kms_key": lambda _standin, name: {"name": name},
    "iam_role": role,
    "iam_oidc_provider": lambda _standin, name: {"url": f"https://oidc.example.com/{name}"},
    "cloudwatch_log_group": lambda _standin, name: {"name": f"/{name}", "retention_in_days": 7},
    "s3_bucket": lambda _standin, name: {"name": name},
    "ecr_repository": lambda _standin, name: {"name": name},
    "route53_zone": lambda _standin, name: {"name": f"{name}.example.com"},
    "acm_certificate": certificate,
    "aurora_cluster": lambda standin, name: Databases(standin).options(name, "aurora", engine_version="17"),
    "elasticache_replication_group": cache,
    "eks_cluster": cluster,
    "eks_node_group": nodes,
    "eks_addon": lambda standin, name: {"cluster_name": Foundation(standin).cluster_for_nodes(), "name": "kube-proxy", "wait": False},
    "eks_access_entry": entry,
}


@pytest.mark.parametrize("module", MADE)
def test_lost_responses_create_no_duplicates(
    standin: Standin,
    run_module: Callable[..., dict[str, Any]],
    unique: Callable[[str], str],
    options: Callable[[str, str], dict[str, Any]],
    module: str,
) -> None:
    given = options(module, unique("lost"))
    lose_first_responses(standin, MADE[module])
    mark = standin.mark()
    made = run_module(module, **given)
    lost = {entry["operation"] for entry in standin.requests(mark) if entry["status"] == 0}
    assert lost == MADE[module]
    assert made["actions"][0]["action"] == "create"
    mark = standin.mark()
    again = run_module(module, **given)
    assert (again["actions"], standin.mutating(mark)) == ([], [])
    found = tagged(standin, given["tags"]["opta:environment"])
    is_named_by_aws = module == "eks_addon"  # the shared cluster has one of the name
    if is_named_by_aws:
        run_module(module, state="absent", **given)
    other = options(module, unique("kept"))
    run_module(module, **other)
    assert found == tagged(standin, other["tags"]["opta:environment"])
    if is_named_by_aws:
        run_module(module, state="absent", **other)
