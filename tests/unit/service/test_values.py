"""What the chart gets, and what stands beside the release."""

from __future__ import annotations

import json

import pytest
from ansible_collections.opta.platform.plugins.filter.opta_service import (
    FilterModule,
    service_errors,
    service_image_errors,
    service_policies,
)
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY
from ansible_collections.opta.platform.plugins.module_utils._service.images import advice, how_to_push, image_reference, service_host
from ansible_collections.opta.platform.plugins.module_utils._service.objects import secret_generation, service_objects
from ansible_collections.opta.platform.plugins.module_utils._service.values import chart_values

from tests.support.identities import identity_of

DIGEST = "sha256:" + "0" * 64
REPOSITORY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/opta-staging/shop/hello"


@pytest.mark.parametrize(
    ("inputs", "image"),
    [
        ({"image": "nginx:1"}, "nginx:1"),
        ({"image": "nginx", "tag": "1"}, "nginx:1"),
        ({"image": "nginx", "digest": DIGEST}, f"nginx@{DIGEST}"),
        ({"image": "nginx", "tag": "1", "digest": DIGEST}, f"nginx:1@{DIGEST}"),
        ({"image": "nginx", "tag": "", "digest": None}, "nginx"),
        ({"image": "nginx", "tag": DIGEST}, f"nginx@{DIGEST}"),
        ({"image": "repository", "tag": "1"}, f"{REPOSITORY}:1"),
        ({"image": "repository", "tag": DIGEST}, f"{REPOSITORY}@{DIGEST}"),
        ({"image": "repository", "digest": DIGEST}, f"{REPOSITORY}@{DIGEST}"),
        ({"image": "repository"}, ""),
    ],
)
def test_the_image_reference_is_built_from_tag_digest_or_repository(given, inputs, image):
    assert image_reference(given(**inputs), REPOSITORY) == image
    assert chart_values(given(**inputs), "", "", REPOSITORY)["image"] == image


def test_without_an_image_no_workload_is_rendered(given):
    job = {"name": "clean", "schedule": "@daily", "command": ["true"]}
    inputs = given(image="repository", ports=[{"port": 8080}], cron_jobs=[job])
    values = chart_values(inputs, "", "", REPOSITORY)
    assert (values["autoscaling"]["minReplicas"], values["autoscaling"]["maxReplicas"], values["cronJobs"]) == (0, 0, [])
    assert service_host(inputs) == ""
    assert service_host({**inputs, "opta_service_tag": "1"}) == "hello.shop"
    assert service_host(given()) == "", "nobody reaches a service without a port"


def test_push_instructions_name_registry_and_repository():
    text = "\n".join(how_to_push(REPOSITORY))
    assert "--region eu-west-1 | docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com\n" in text
    assert f"docker push {REPOSITORY}:1" in text


def test_a_service_reports_its_addresses_or_push_instructions():
    url, waiting = "https://hello.example.com", {"image": "", "public_urls": []}
    assert advice("hello", {"image": "a:1", "repository_uri": REPOSITORY, "public_urls": [url]}) == [f"hello: {url}"]
    assert advice("hello", {"image": "a:1", "repository_uri": "", "public_urls": []}) == []
    reported = advice("hello", {**waiting, "repository_uri": REPOSITORY})
    assert reported[0].startswith("hello: there is no image") and reported[1:] == how_to_push(REPOSITORY)
    (planned,) = advice("hello", {**waiting, "repository_uri": KNOWN_AFTER_APPLY})
    assert planned.startswith("hello: there is no image") and "Push" not in planned


def test_environment_variables_are_strings_in_the_given_order(given):
    values = chart_values(given(environment_variables={"B": True, "A": 1, "C": "x"}), "", "")
    assert values["env"] == [
        {"name": "RDS_CA_PATH", "value": "/config/rds_ca.pem"},
        {"name": "B", "value": "true"},
        {"name": "A", "value": "1"},
        {"name": "C", "value": "x"},
    ]


@pytest.mark.parametrize("option", ["environment_variables", "secrets"])
def test_user_certificates_take_precedence(given, option):
    values = chart_values(given(**{option: {"RDS_CA_PATH": "/own.pem"}}), "", "")
    assert {"name": "RDS_CA_PATH", "value": "/config/rds_ca.pem"} not in values["env"]


def test_secrets_never_pass_through_helm(given):
    inputs = given(secrets={"TOKEN": "correct-horse"})
    assert "correct-horse" not in json.dumps(chart_values(inputs, "role", "generation"))
    assert "TOKEN" not in json.dumps(chart_values(inputs, "role", "generation"))


def test_objects_outside_the_release_are_rendered(given):
    namespace, secret, certificates = service_objects(given(secrets={"TOKEN": "correct-horse", "PORT": 80}), "PEM\n")
    assert namespace["metadata"] == {
        "name": "shop",
        "labels": {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")},
    }
    assert (secret["kind"], secret["stringData"]) == ("Secret", {"TOKEN": "correct-horse", "PORT": "80"})
    assert (certificates["kind"], certificates["data"]) == ("ConfigMap", {"rds_ca.pem": "PEM\n"})
    for obj in (secret, certificates):
        assert (obj["metadata"]["name"], obj["metadata"]["namespace"]) == ("hello", "shop")
        assert obj["metadata"]["labels"]["app.kubernetes.io/instance"] == "hello"


def test_a_user_ca_bundle_replaces_the_rds_bundle(given):
    own = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"
    assert service_objects(given(database_ca_bundle=own), "Amazon's")[2]["data"] == {"rds_ca.pem": own + "\n"}


def test_the_secret_generation_is_read_from_applied_objects():
    annotations = {"opta.platform/generation": "one"}
    applied = [{"kind": "Namespace", "metadata": {}}, {"kind": "Secret", "metadata": {"annotations": annotations}}]
    assert secret_generation(applied) == "one"
    with pytest.raises(ValueError, match="no Secret"):
        secret_generation(applied[:1])


def test_iam_statements_become_a_service_policy(given):
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    assert service_policies(given(), {}, "eu-west-1") == {}
    made = service_policies(given(iam_statements=[statement]), {}, "eu-west-1")
    assert made == {"service": {"Version": "2012-10-17", "Statement": [statement]}}


def test_two_services_never_share_a_role():
    names = {identity_of().role_name("service", f"{layer}.{name}") for layer, name in (("a-b", "c"), ("a", "b-c"), ("a", "b"))}
    assert len(names) == 3
    long = identity_of().role_name("service", f"{'l' * 63}.{'n' * 52}")
    assert len(long) <= 64


def test_the_warning_filter_shows_an_ansible_warning(given, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "ansible_collections.opta.platform.plugins.filter.opta_service.Display.warning", lambda _self, text: shown.append(text)
    )
    storage = [{"name": "data", "path": "/data", "size_gib": 1}]
    assert service_errors(given(persistent_storage=storage), [], {}, {}) == []
    assert len(shown) == 1 and "no node group per zone" in shown[0]


def test_every_filter_has_the_roles_prefix():
    assert all(name.startswith("service_") for name in FilterModule().filters())


# ---------------------------------------------------------------- what the repository of images says

FOUND = {"repository": {"name": "opta-staging/shop/hello"}, "exists": True, "image": {}, "newest_tags": ["2", "1"], "sentence": ""}


@pytest.mark.parametrize(
    ("inputs", "found", "sentence"),
    [
        ({"tag": "1"}, {}, None),
        ({"tag": "9"}, {"exists": False, "sentence": "Image 9 is not in ECR repository x."}, "Image 9 is not in ECR repository x."),
        ({}, {"exists": False}, 'give one of its tags, for example opta_service_tag: "2" (the newest are 2, 1).'),
        ({}, {"exists": False, "newest_tags": []}, None),
        ({}, {"exists": False, "newest_tags": [], "repository": None, "sentence": "It does not exist."}, None),
    ],
)
def test_a_missing_image_is_refused(given, inputs, found, sentence):
    items = service_image_errors(given(image="repository", **inputs), {**FOUND, **found})
    assert items == [] if sentence is None else items[0].endswith(sentence)


def test_an_image_that_will_expire_is_warned_about(given, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "ansible_collections.opta.platform.plugins.filter.opta_service.Display.warning", lambda _self, text: shown.append(text)
    )
    expiring = {**FOUND, "sentence": "Image 1 of ECR repository x does not stay."}
    assert service_image_errors(given(image="repository", tag="1"), expiring) == []
    assert shown == ["Image 1 of ECR repository x does not stay."]
    assert service_image_errors(given(image="repository", tag="9"), {**expiring, "exists": False}) and len(shown) == 1
