"""Environments of one name in other regions or under other prefixes are told while nothing of this one stands, and left alone."""

from __future__ import annotations

import json

import pytest

from tests.support.identities import identity_of

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
    }
)
ELSEWHERE = {"region": {"region": "us-east-1"}, "prefix": {"prefix": "acme"}}


@pytest.fixture(params=ELSEWHERE)
def other(request, identity):
    return identity_of(identity.environment, **ELSEWHERE[request.param])


def make_role(aws, identity, kind="eks-node", role="eks"):
    tags = [{"Key": key, "Value": value} for key, value in identity.tags(role, identity.cluster_name).items()]
    name = identity.role_name(kind)
    aws.iam.create_role(RoleName=name, Path=identity.iam_path, AssumeRolePolicyDocument=TRUST, Tags=tags)
    return name


def names(aws, *identities):
    return {role["RoleName"] for each in identities for role in aws.iam.list_roles(PathPrefix=each.iam_path)["Roles"]}


def reported(read):
    return [str(warning) for warning in read.get("warnings", [])]


def test_a_changed_region_or_prefix_is_reported(aws, run_module, identity, other):
    assert reported(run_module("environment_info", environment=identity.environment)) == []
    make_role(aws, other)
    (warning,) = reported(run_module("environment_info", environment=identity.environment))
    assert f"but the environment {identity.environment} (name prefix {other.prefix}, region {other.region})" in warning
    assert "if opta_region or opta_name_prefix has changed, change it back" in warning
    aws.kms.create_alias(AliasName=f"alias/{identity.name}", TargetKeyId=key_of(aws, identity))
    assert reported(run_module("environment_info", environment=identity.environment)) == []


def key_of(aws, identity):
    tags = [{"TagKey": key, "TagValue": value} for key, value in identity.tags("network", identity.name).items()]
    return aws.kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"]


def test_without_the_permission_to_list_roles_nothing_is_reported(aws, run_module, identity, other):
    make_role(aws, other)
    aws.world.faults.add({"operation": "ListRoles", "code": "AccessDenied", "status": 403})
    assert reported(run_module("environment_info", environment=identity.environment)) == []
    aws.world.faults.clear()


def test_only_roles_with_the_environments_path_and_tags_are_deleted(aws, run_module, identity, other):
    ours, theirs = make_role(aws, identity), make_role(aws, other)
    service = make_role(aws, identity, "service", "opta_service")
    stranger = f"{identity.name}-theirs"
    aws.iam.create_role(RoleName=stranger, Path=identity.iam_path, AssumeRolePolicyDocument=TRUST)
    done = run_module("environment_iam_roles", environment=identity.environment, roles=["eks"])
    assert [action["resource"] for action in done["actions"]] == [f"IAM role {ours}"]
    assert names(aws, identity, other) == {theirs, service, stranger}


def test_resources_retained_by_another_environment_are_kept(aws, run_module, identity, other):
    s3, name = aws.client("s3"), other.bucket_name("bucket", "data")
    place = {"CreateBucketConfiguration": {"LocationConstraint": other.region}} if other.region != "us-east-1" else {}
    (s3 if place else aws.client("s3", region_name=other.region)).create_bucket(Bucket=name, **place)
    tags = {**other.tags("s3", "data"), "opta:retained": "true"}
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]})
    s3.put_object(Bucket=name, Key="k", Body=b"1")
    done = run_module("retained_resources", environment=identity.environment, state="absent")
    assert done["actions"] == []
    kept = run_module("retained_resources", environment=identity.environment, name_prefix=other.prefix, region=other.region)["retained"]
    assert [each["name"] for each in kept] == [name]
