"""A module that is killed after any of its changes is finished by the next call, without a duplicate: IAM, KMS, S3, DNS, EC2."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.module.interruptions import Case, Options, in_aws, killed_again_and_again, killed_once_after_each_change, phases
from tests.support import domains
from tests.support.standin import Standin

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
MANAGED = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"


def tags(name: str, role: str) -> dict[str, str]:
    return {"opta:environment": name, "opta:role": role, "opta:name": name, "opta:managed-by": "opta.platform"}


def trust(service: str) -> dict[str, object]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def kms_key(_standin: Standin, name: str) -> Sequence[Options]:
    create: dict[str, Any] = {"name": name, "description": "data", "tags": tags(name, "network")}
    return phases(create, {"description": "all data", "rotation_period_in_days": 180, "tags": {**create["tags"], "team": "a"}})


def role_policies(name: str) -> tuple[Options, Options]:
    """What a role has first, and what it is changed to."""
    first = {"managed_policy_arns": [MANAGED], "inline_policies": {"bucket": POLICY}, "description": "first"}
    second = {"managed_policy_arns": [], "inline_policies": {"queue": POLICY}, "description": "second", "max_session_duration": 7200}
    return {"name": name, "path": f"/opta/{name}/", "tags": tags(name, "eks"), **first}, second


def iam_role(_standin: Standin, name: str) -> Sequence[Options]:
    create, change = role_policies(name)
    return phases(
        {**create, "assume_role_policy": trust("ec2.amazonaws.com")}, {**change, "assume_role_policy": trust("eks.amazonaws.com")}
    )


def irsa_role(standin: Standin, name: str) -> Sequence[Options]:
    url = "https://oidc.eks.eu-west-1.amazonaws.com/id/interruptions"
    providers = [each["Arn"] for each in standin.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    known = [arn for arn in providers if url.removeprefix("https://") in arn]
    if not known:
        made = standin.client("iam").create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"])
        known = [made["OpenIDConnectProviderArn"]]
    create, change = role_policies(name)
    account = {"namespace": "hello", "name": "hello"}
    given = {**create, "oidc_provider_arn": known[0], "service_accounts": [account]}
    return phases(given, {**change, "service_accounts": [account, {"namespace": "hello", "name": "worker"}]})


def iam_oidc_provider(_standin: Standin, name: str) -> Sequence[Options]:
    url = f"https://oidc.eks.eu-west-1.amazonaws.com/id/{name}"
    create: dict[str, Any] = {"url": url, "client_id_list": ["sts.amazonaws.com"], "tags": tags(name, "eks")}
    return phases(create, {"client_id_list": ["one", "other"], "tags": {**create["tags"], "team": "a"}})


def ecr_repository(_standin: Standin, name: str) -> Sequence[Options]:
    create: dict[str, Any] = {"name": f"opta-{name}/app", "tags": tags(name, "opta_service")}
    change: dict[str, Any] = {
        "image_tag_mutability": "MUTABLE",
        "scan_on_push": False,
        "tagged_image_count": 5,
        "tags": {**create["tags"], "team": "a"},
    }
    return phases(create, change)


def s3_bucket(_standin: Standin, name: str) -> Sequence[Options]:
    create: dict[str, Any] = {
        "name": f"opta-{name}",
        "encryption": {"sse_algorithm": "AES256"},
        "lifecycle_rules": [{"id": "expire", "expiration_days": 90}],
        "versioning_enabled": True,
        "tags": tags(name, "s3"),
    }
    cors = [{"allowed_origins": ["https://example.com"], "allowed_methods": ["GET"]}]
    change: dict[str, Any] = {"public_access": "read", "cors_rules": cors, "lifecycle_rules": [], "versioning_enabled": False}
    return phases(create, {**change, "tags": {**create["tags"], "team": "a"}})


def route53_zone(_standin: Standin, name: str) -> Sequence[Options]:
    create: dict[str, Any] = {"name": f"{name}.example.com", "comment": "a test", "tags": tags(name, "dns_cert")}
    return phases(create, {"comment": "another", "tags": {**create["tags"], "team": "a"}})


def acm_certificate(standin: Standin, name: str) -> Sequence[Options]:
    domain = f"{name}.example.com"
    made = standin.client("route53").create_hosted_zone(Name=domain, CallerReference=domain)
    domains.delegate(standin, domain, made["DelegationSet"]["NameServers"])
    zone_id = made["HostedZone"]["Id"].rsplit("/", 1)[-1]
    create: dict[str, Any] = {"domain_name": domain, "hosted_zone_id": zone_id, "tags": tags(name, "dns_cert"), "wait_timeout": 60}
    return phases(create, {"subject_alternative_names": [f"*.{domain}", f"api.{domain}"]})


def cloudwatch_log_group(_standin: Standin, name: str) -> Sequence[Options]:
    create: dict[str, Any] = {"name": f"/opta/{name}/test", "retention_in_days": 30, "tags": tags(name, "eks")}
    return phases(create, {"retention_in_days": 60, "tags": {**create["tags"], "team": "a"}})


def vpc_network(standin: Standin, name: str) -> Sequence[Options]:
    logs, iam = standin.client("logs"), standin.client("iam")
    logs.create_log_group(logGroupName=f"/{name}")
    (group,) = logs.describe_log_groups(logGroupNamePrefix=f"/{name}")["logGroups"]
    document = json.dumps(trust("vpc-flow-logs.amazonaws.com"))
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    create: dict[str, Any] = {
        "name": name,
        "cidr_block": "10.0.0.0/16",
        "zone_count": 2,
        "nat_mode": "single",
        "gateway_endpoints": ["s3"],
        "flow_logs": {"log_group_arn": group["arn"], "role_arn": role},
        "tags": tags(name, "network"),
        "wait_timeout": 60,
    }
    change: dict[str, Any] = {"nat_mode": "per_zone", "flow_logs": {}, "gateway_endpoints": [], "tags": {**create["tags"], "team": "a"}}
    return phases(create, change)


CASES = [
    Case("acm_certificate", acm_certificate, in_aws("acm")),
    Case("cloudwatch_log_group", cloudwatch_log_group, in_aws("logs")),
    Case("ecr_repository", ecr_repository, in_aws("ecr")),
    Case("iam_oidc_provider", iam_oidc_provider, in_aws("iam")),
    Case("iam_role", iam_role, in_aws("iam")),
    Case("irsa_role", irsa_role, in_aws("iam")),
    Case("kms_key", kms_key, in_aws("kms")),
    Case("route53_zone", route53_zone, in_aws("route53")),
    Case("s3_bucket", s3_bucket, in_aws("s3")),
]
NETWORK = Case("vpc_network", vpc_network, in_aws("ec2"))
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.module)


@EACH
def test_runs_interrupted_after_each_change_are_completed(standin: Standin, unique: Callable[[str], str], case: Case) -> None:
    assert sum(killed_again_and_again(standin, case, unique)) > 2


def test_a_network_interrupted_after_each_change_is_completed(standin: Standin, unique: Callable[[str], str]) -> None:
    assert min(killed_again_and_again(standin, NETWORK, unique)) > 5


@pytest.mark.kill_all
@EACH
def test_a_module_interrupted_after_any_change_is_completed_by_the_next_call(
    standin: Standin, unique: Callable[[str], str], case: Case
) -> None:
    assert killed_once_after_each_change(standin, case, unique) > 1
