"""Roles for service accounts, OpenID Connect providers and service-linked roles, in moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._iam import api, iam_role, oidc_provider, service_linked_roles
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY
from botocore.exceptions import ClientError
from moto import mock_aws

PROVIDER = "arn:aws-cn:iam::123456789012:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC"
ISSUER = "oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC"
CREDENTIALS = {"region_name": "eu-west-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}
HELLO = ["system:serviceaccount:hello:hello"]
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


@pytest.fixture
def iam(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0.01)
    with mock_aws():
        yield boto3.client("iam", **CREDENTIALS)


def role_of(iam, name="hello", **settings):
    return iam_role.IamRole(iam, name, "/opta/staging/", account=lambda: ("aws", "123456789012"), **settings)


def desired(**more):
    trust = iam_role.trust_policy(PROVIDER.replace("aws-cn", "aws"), HELLO)
    return {"path": "/opta/staging/", "assume_role_policy": trust, "tags": {"opta:environment": "staging"}, **more}


def statements_of(subjects):
    policy = iam_role.trust_policy(PROVIDER, subjects)
    assert isinstance(policy, dict)
    return policy["Statement"]


def test_the_trust_names_subject_and_audience():
    assert statements_of(HELLO) == [
        {
            "Effect": "Allow",
            "Principal": {"Federated": PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": HELLO[0]}},
        }
    ]


def test_a_wildcard_is_trusted_only_if_allowed():
    accounts = [{"namespace": "hello", "name": "*"}, {"namespace": "a", "name": "b"}]
    with pytest.raises(Refused, match=r"the name '\*': a wildcard trusts every matching service account"):
        iam_role.subjects(accounts)
    statements = statements_of(iam_role.subjects(accounts, allow_wildcards=True))
    assert [list(statement["Condition"]) for statement in statements] == [["StringEquals"], ["StringEquals", "StringLike"]]
    assert all(statement["Condition"]["StringEquals"][f"{ISSUER}:aud"] == "sts.amazonaws.com" for statement in statements)


@pytest.mark.parametrize("accounts", [[], [{"namespace": "Hello", "name": "x"}], [{"namespace": "a:b", "name": "x"}]])
def test_wrong_service_accounts_are_refused(accounts):
    with pytest.raises(Refused, match="service_accounts"):
        iam_role.subjects(accounts)


@pytest.mark.parametrize(
    ("name", "path", "seconds", "sentence"),
    [
        ("a" * 65, "/", None, "has 65 characters: an IAM role name can have 64 at most"),
        ("a b", "/", None, "name is 'a b'"),
        ("a", "opta/", None, "path is 'opta/': it must start and end with a slash"),
        ("a", "/", 60, "max_session_duration is 60: it must be between 3600 and 43200"),
    ],
)
def test_invalid_role_names_are_refused(name, path, seconds, sentence):
    with pytest.raises(Refused, match=sentence):
        iam_role.check_names(name, path, seconds)
    iam_role.check_names("a" * 64, "/opta/staging/", 3600)


def test_the_trust_policy_of_an_unknown_provider_is_known_after_apply():
    assert iam_role.trust_policy(KNOWN_AFTER_APPLY, HELLO) == KNOWN_AFTER_APPLY
    known: Any = iam_role.trust_policy(PROVIDER, HELLO)
    assert not iam_role.same_trust(known, KNOWN_AFTER_APPLY)


def test_the_arn_of_a_role_is_known_before_it_is_created(iam):
    role = role_of(iam)
    planned = ensure_present(role, desired(assume_role_policy=KNOWN_AFTER_APPLY), check_mode=True)
    assert planned.resource
    assert planned.resource["arn"] == "arn:aws:iam::123456789012:role/opta/staging/hello"
    done = ensure_present(role, desired(), check_mode=False)
    assert done.resource and done.resource["arn"] == planned.resource["arn"] == iam.get_role(RoleName="hello")["Role"]["Arn"]


def test_policies_are_compared_semantically_and_purged(iam):
    ensure_present(role_of(iam), desired(inline_policies={"a": POLICY, "b": POLICY}), check_mode=False)
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}
    same = {"a": {"Version": "2012-10-17", "Statement": statement}, "b": POLICY}
    assert ensure_present(role_of(iam), desired(inline_policies=same), check_mode=False).action is None
    done = ensure_present(role_of(iam), desired(inline_policies={"a": POLICY}), check_mode=False)
    assert (done.action, done.attributes) == ("update", ["inline_policies"])
    assert iam.list_role_policies(RoleName="hello")["PolicyNames"] == ["a"]
    kept = ensure_present(role_of(iam, purge_policies=False), desired(inline_policies={"c": POLICY}), check_mode=False)
    assert kept.resource and sorted(kept.resource["inline_policies"]) == ["a", "c"]


def test_absent_detaches_policies_before_it_deletes_the_role(iam):
    policy = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(POLICY))["Policy"]["Arn"]
    ensure_present(role_of(iam), desired(inline_policies={"a": POLICY}, managed_policy_arns=[policy]), check_mode=False)
    iam.create_instance_profile(InstanceProfileName="i")
    iam.add_role_to_instance_profile(InstanceProfileName="i", RoleName="hello")
    ensure_absent(role_of(iam), check_mode=False, tags={"opta:environment": "staging"})
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_role(RoleName="hello")
    assert ensure_absent(role_of(iam), check_mode=False).action is None


def test_the_role_of_another_environment_is_refused(iam):
    ensure_present(role_of(iam), desired(), check_mode=False)
    with pytest.raises(Refused, match="it belongs to the environment staging"):
        ensure_present(role_of(iam), desired(tags={"opta:environment": "production"}), check_mode=False)


def test_the_path_cannot_be_changed(iam):
    ensure_present(role_of(iam), desired(), check_mode=False)
    with pytest.raises(Refused, match="path cannot be changed"):
        ensure_present(role_of(iam), desired(path="/other/"), check_mode=False)


def test_only_what_is_missing_is_created_of_the_service_linked_roles(iam):
    """T2: the principals of a key's policy exist before the key."""
    services = ["autoscaling.amazonaws.com", "eks.amazonaws.com"]
    iam.create_service_linked_role(AWSServiceName=services[0])
    planned, roles = service_linked_roles.reconcile(iam, services, check_mode=True)
    assert [outcome.action for outcome in planned] == [None, "create"]
    assert roles[1]["arn"] == KNOWN_AFTER_APPLY
    done, roles = service_linked_roles.reconcile(iam, services, check_mode=False)
    assert [outcome.as_action() for outcome in done] == [outcome.as_action() for outcome in planned]
    assert [role["arn"].rsplit("/", 2)[1] for role in roles] == services
    again, _roles = service_linked_roles.reconcile(iam, services, check_mode=False)
    assert not any(outcome.action for outcome in again)


def test_a_service_linked_role_created_by_a_concurrent_run_is_accepted(monkeypatch):
    answers = iter([[], [{"RoleName": "AWSServiceRoleForAmazonEKS", "Path": "/aws-service-role/eks.amazonaws.com/", "Arn": "arn:x"}]])
    monkeypatch.setattr(api, "list_roles", lambda client, path: next(answers))

    def refuse(client, service):
        taken = {
            "Error": {"Code": "InvalidInput", "Message": "Service role name AWSServiceRoleForAmazonEKS has been taken in this account"}
        }
        raise api.IamError(message="taken", exception=ClientError(taken, "CreateServiceLinkedRole"))

    monkeypatch.setattr(api, "create_service_linked_role", refuse)
    _outcomes, roles = service_linked_roles.reconcile(None, ["eks.amazonaws.com"], check_mode=False)
    assert roles == [{"service": "eks.amazonaws.com", "arn": "arn:x"}]


def test_the_service_linked_role_without_a_suffix_is_selected():
    roles = [{"RoleName": name, "Path": "/aws-service-role/s.amazonaws.com/", "Arn": name} for name in ("Role", "Role_suffix")]
    assert service_linked_roles.roles_by_service(roles) == {"s.amazonaws.com": "Role"}


@pytest.mark.parametrize("service", ["", "eks", "eks.amazonaws.com.evil.org"])
def test_invalid_service_names_are_refused(service):
    with pytest.raises(Refused, match="services has"):
        service_linked_roles.check_services([service])
    service_linked_roles.check_services(["eks.amazonaws.com", "ec2.amazonaws.com.cn"])


@pytest.mark.parametrize("url", ["", "http://x", "https://", "https://x?y"])
def test_wrong_urls_are_refused(url):
    with pytest.raises(Refused, match="url is"):
        oidc_provider.check_url(url)
    oidc_provider.check_url(KNOWN_AFTER_APPLY)


def test_an_oidc_provider_is_planned_created_and_found_by_tags(iam):
    tags = {"opta:environment": "staging", "opta:role": "eks"}

    def provider(url):
        arn = "arn:aws:iam::123456789012:user/x"
        return oidc_provider.OidcProvider(iam, url, identity=lambda: {"Arn": arn, "Account": "123456789012"})

    unknown = ensure_present(provider(KNOWN_AFTER_APPLY), {"tags": tags}, check_mode=True)
    assert unknown.resource
    assert (unknown.action, unknown.resource["arn"]) == ("create", KNOWN_AFTER_APPLY)
    planned = ensure_present(provider("https://example.org/id/A"), {"tags": tags}, check_mode=True)
    done = ensure_present(provider("https://example.org/id/A"), {"tags": tags}, check_mode=False)
    assert planned.as_action() == done.as_action()
    assert planned.resource == done.resource
    assert done.resource and done.resource["client_id_list"] == ["sts.amazonaws.com"]
    assert oidc_provider.providers_owned_by(iam, tags) == [done.resource["arn"]]
    assert oidc_provider.providers_owned_by(iam, {**tags, "opta:environment": "production"}) == []
    with pytest.raises(Refused, match="tags must then include opta:environment"):
        oidc_provider.providers_owned_by(iam, {})
