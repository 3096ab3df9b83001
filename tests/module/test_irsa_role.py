"""The module irsa_role through Ansible, asked of IAM."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.support.steps import plan_and_do, twelve_steps

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


@pytest.fixture
def iam(standin):
    return standin.client("iam")


@pytest.fixture
def provider(iam, unique):
    url = f"https://oidc.eks.eu-west-1.amazonaws.com/id/{unique('role')}"
    return iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]


@pytest.fixture
def options(unique, provider):
    name = unique("role")
    return {
        "name": name,
        "path": f"/opta/{name}/",
        "oidc_provider_arn": provider,
        "service_accounts": [{"namespace": "hello", "name": "hello"}],
        "managed_policy_arns": ["arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"],
        "inline_policies": {"bucket": POLICY},
        "description": "hello",
        "tags": {"opta:environment": name, "opta:role": "opta_service", "opta:name": "hello"},
    }


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, iam, options, provider):
    name, issuer = options["name"], provider.split(":oidc-provider/")[1]

    def poll():
        try:
            role = iam.get_role(RoleName=name)["Role"]
        except ClientError as error:
            return error.response["Error"]["Code"]
        condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
        attached = [policy["PolicyArn"] for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
        return role["Path"], role["Description"], condition, attached, iam.list_role_policies(RoleName=name)["PolicyNames"]

    changed = {
        **options,
        "service_accounts": [{"namespace": "hello", "name": "hello"}, {"namespace": "hello", "name": "worker"}],
        "managed_policy_arns": [],
        "inline_policies": {"queue": POLICY},
    }
    created, updated, deleted = twelve_steps(standin, run_module, "irsa_role", options, changed, poll)
    subject, audience = f"{issuer}:sub", f"{issuer}:aud"
    first, second = "system:serviceaccount:hello:hello", "system:serviceaccount:hello:worker"
    equals = {audience: "sts.amazonaws.com", subject: first}
    assert created == (options["path"], "hello", {"StringEquals": equals}, options["managed_policy_arns"], ["bucket"])
    assert updated == (options["path"], "hello", {"StringEquals": {**equals, subject: [first, second]}}, [], ["queue"])
    assert deleted == "NoSuchEntity"


def test_a_role_is_planned_before_its_cluster_exists(standin, run_module, iam, options):
    account = standin.client("sts").get_caller_identity()["Account"]
    unknown = {**options, "oidc_provider_arn": "(known after apply)"}
    planned = run_module("irsa_role", check_mode=True, **unknown)
    assert planned["role"]["arn"] == f"arn:aws:iam::{account}:role{options['path']}{options['name']}"
    assert planned["role"]["assume_role_policy"] == "(known after apply)"
    done = run_module("irsa_role", **options)
    assert done["actions"] == planned["actions"]
    assert done["role"]["arn"] == planned["role"]["arn"]
    refused = run_module("irsa_role", expect_failure=True, **unknown)
    assert "create the provider first" in refused["msg"]


def test_description_and_session_duration_change_independently(standin, run_module, iam, options):
    run_module("irsa_role", **options)
    plan_and_do(standin, run_module, "irsa_role", "update", **{**options, "max_session_duration": 7200})
    role = iam.get_role(RoleName=options["name"])["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("hello", 7200)


def test_unlisted_policies_are_kept_without_purge(run_module, iam, options):
    run_module("irsa_role", **options)
    iam.put_role_policy(RoleName=options["name"], PolicyName="theirs", PolicyDocument=json.dumps(POLICY))
    assert not run_module("irsa_role", **options, purge_policies=False)["changed"]
    run_module("irsa_role", **options)
    assert iam.list_role_policies(RoleName=options["name"])["PolicyNames"] == ["bucket"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "a" * 65}, "has 65 characters: an IAM role name can have 64 at most"),
        ({"service_accounts": [{"namespace": "hello", "name": "*"}]}, "a wildcard trusts every matching service account"),
        ({"service_accounts": []}, "service_accounts is empty"),
        ({"oidc_provider_arn": "nonsense"}, "it must be the ARN of an IAM OpenID Connect provider"),
    ],
)
def test_invalid_input_is_refused_before_the_first_call(standin, run_module, options, change, sentence):
    mark = standin.mark()
    assert sentence in run_module("irsa_role", expect_failure=True, **{**options, **change})["msg"]
    assert standin.requests(mark) == []


def test_the_role_of_another_environment_is_refused(run_module, options):
    run_module("irsa_role", **options)
    others = {**options, "tags": {"opta:environment": "another"}}
    assert f"it belongs to the environment {options['name']}" in run_module("irsa_role", expect_failure=True, **others)["msg"]
    assert "path cannot be changed" in run_module("irsa_role", expect_failure=True, **{**options, "path": "/"})["msg"]


def test_a_run_interrupted_before_the_policies_is_completed(standin, run_module, iam, options):
    standin.fault("PutRolePolicy", kind="error", count=1, code="AccessDenied", message="not now")
    run_module("irsa_role", expect_failure=True, **options)
    standin.clear_faults()
    assert run_module("irsa_role", **options)["actions"][0]["action"] == "update"
    assert iam.list_role_policies(RoleName=options["name"])["PolicyNames"] == ["bucket"]
