"""The module iam_oidc_provider through Ansible, asked of IAM."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.steps import twelve_steps

URL = "https://oidc.eks.eu-west-1.amazonaws.com/id/"


@pytest.fixture
def iam(standin):
    return standin.client("iam")


@pytest.fixture
def options(unique):
    name = unique("provider")
    return {"url": f"{URL}{name}", "tags": {"opta:environment": name, "opta:role": "eks", "opta:name": name}}


def arn_of(standin, options):
    account = standin.client("sts").get_caller_identity()["Account"]
    return f"arn:aws:iam::{account}:oidc-provider/{options['url'].removeprefix('https://')}"


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, iam, options):
    arn = arn_of(standin, options)

    def poll():
        try:
            found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return found["ClientIDList"], {tag["Key"]: tag["Value"] for tag in found["Tags"]}

    changed = {**options, "tags": {**options["tags"], "team": "blue"}}
    created, updated, deleted = twelve_steps(standin, run_module, "iam_oidc_provider", options, changed, poll)
    assert created == (["sts.amazonaws.com"], options["tags"])
    assert updated == (["sts.amazonaws.com"], changed["tags"])
    assert deleted == "NoSuchEntity"


def test_client_ids_change_in_place(run_module, iam, standin, options):
    run_module("iam_oidc_provider", **options)
    done = run_module("iam_oidc_provider", **options, client_id_list=["other"])
    assert done["actions"][0]["attributes"] == ["client_id_list"]
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn_of(standin, options))["ClientIDList"] == ["other"]
    assert not run_module("iam_oidc_provider", **options)["changed"]


def test_a_provider_with_an_unknown_url_is_deleted_by_its_tags(run_module, iam, standin, options):
    run_module("iam_oidc_provider", **options)
    gone = {"state": "absent", "tags": options["tags"]}
    planned = run_module("iam_oidc_provider", check_mode=True, **gone)
    done = run_module("iam_oidc_provider", **gone)
    assert planned["actions"] == done["actions"] != []
    assert arn_of(standin, options) not in [p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    assert not run_module("iam_oidc_provider", **gone)["changed"]


def test_a_plan_without_a_cluster_does_not_know_the_arn(run_module, options):
    planned = run_module("iam_oidc_provider", check_mode=True, **{**options, "url": "(known after apply)"})
    assert planned["oidc_provider"]["arn"] == "(known after apply)"
    assert [action["action"] for action in planned["actions"]] == ["create"]


def test_invalid_urls_are_refused_before_the_first_call(standin, run_module, options):
    mark = standin.mark()
    refused = run_module("iam_oidc_provider", expect_failure=True, **{**options, "url": "http://example.org"})
    assert "it must be the issuer's URL, starting with https://" in refused["msg"]
    assert standin.requests(mark) == []


def test_the_provider_of_another_environment_is_refused(run_module, options):
    run_module("iam_oidc_provider", **options)
    others = {**options, "tags": {"opta:environment": "another"}}
    refused = run_module("iam_oidc_provider", expect_failure=True, **others)
    assert f"it belongs to the environment {options['tags']['opta:environment']}" in refused["msg"]
    assert run_module("iam_oidc_provider", **others, adopt=True)["changed"]
