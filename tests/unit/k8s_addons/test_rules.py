"""One clear sentence for each input that cannot be right."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import mirror
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.registry import CHARTS
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.rules import outside_windows
from ansible_collections.opta.platform.plugins.module_utils._preflight.rules import aws_notes, aws_rules, environment_rules

from tests.support import collection

GIVEN = {
    **{name: value for name, value in collection.defaults("k8s_addons").items() if "{{" not in str(value)},
    "opta_environment": "staging",
    "opta_region": "eu-west-1",
    "network_cidr_block": "10.0.0.0/16",
    "network_zone_count": 3,
    "eks_version": "1.35",
}

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "values that are no map": ({"k8s_addons_metrics_server_values": "replicas=2"}, "k8s_addons_metrics_server_values is a string"),
    "Datadog without a key": ({"k8s_addons_datadog_enabled": True}, "no API key is set"),
    "Datadog with two keys": (
        {"k8s_addons_datadog_enabled": True, "k8s_addons_datadog_api_key": "x", "k8s_addons_datadog_api_key_secret_arn": "arn"},
        "are both set",
    ),
    "an ingress that is none": ({"k8s_addons_ingress": "traefik"}, "k8s_addons_ingress is 'traefik': it must be nginx_gateway_fabric"),
    "a mirror without a scheme": ({"k8s_addons_repository_mirror": "charts.example.com"}, "must start with https://, http:// or oci://"),
    "an extra chart without a version": (
        {"k8s_addons_extra_charts": [{"name": "a", "repository": "https://x.example"}]},
        "chart a: chart_version is required",
    ),
    "an extra chart of nowhere": (
        {"k8s_addons_extra_charts": [{"name": "a", "repository": "x", "chart_version": "1"}]},
        "repository must be a URL",
    ),
    "two extra charts of one name": (
        {"k8s_addons_extra_charts": [{"name": "a", "repository": "https://x.example", "chart_version": "1"}] * 2},
        "has two charts named a",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_invalid_inputs_are_reported(case):
    inputs, words = WRONG[case]
    reported = environment_rules({**GIVEN, **inputs})
    assert any(words in sentence for sentence in reported), reported
    assert not [sentence for sentence in reported if "None" in sentence]


def test_the_defaults_are_valid():
    assert environment_rules(GIVEN) == []


LINKERD_1_36 = {"k8s_addons_linkerd_chart_version": "2026.9.1"}
NGINX_1_36 = {"k8s_addons_ingress": "ingress_nginx", "k8s_addons_linkerd_enabled": False}


def chart(name, **more):
    return {"name": name, "repository": "https://charts.example.com", "chart_version": "1", **more}


@pytest.mark.parametrize(
    ("charts", "words"),
    [
        ([chart("datadog")], "chart datadog: the namespace datadog has a release of an add-on with this name;"),
        ([chart("datadog", enabled=False)], None),
        ([chart("datadog", namespace="monitoring")], None),
        ([chart("mine", namespace="datadog")], None),
        ([chart("mine", namespace="datadog", pod_security="baseline")], "but the add-on datadog, which shares the namespace datadog"),
        ([chart("one", namespace="x"), chart("two", namespace="x", pod_security="baseline")], "but the chart one, which shares"),
        ([chart("one", namespace="x", pod_security="baseline"), chart("two", namespace="x")], None),
    ],
)
def test_charts_share_a_namespace_with_others_under_one_level_only(charts, words):
    said = environment_rules({**GIVEN, "k8s_addons_datadog_namespace": "datadog", "k8s_addons_extra_charts": charts})
    assert len(said) == bool(words)
    assert not words or words in said[0]


@pytest.mark.parametrize(
    ("desired", "current", "inputs", "refused", "note"),
    [
        pytest.param(
            "1.36", None, {}, "linkerd-control-plane is for Kubernetes 1.31 to 1.35, but the cluster will run 1.36", "", id="made"
        ),
        pytest.param("1.36", "1.35", {}, "linkerd-control-plane is for Kubernetes 1.31 to 1.35, but the cluster", "", id="upgraded"),
        pytest.param("1.30", None, {}, "is for Kubernetes 1.31 to 1.36, but the cluster will run 1.30", "", id="made with an old one"),
        pytest.param("1.36", "1.36", {}, "", "and the cluster runs 1.36", id="has it"),
        pytest.param(
            None, "1.36", {}, "", "linkerd-control-plane is for Kubernetes 1.31 to 1.35, and the cluster runs 1.36", id="AWS upgraded"
        ),
        pytest.param("1.35", "1.36", {}, "", "and the cluster runs 1.36: set k8s_addons_linkerd_chart_version", id="above the wanted one"),
        pytest.param("1.36", None, LINKERD_1_36, "", "", id="a chart version of the user"),
        pytest.param("1.36", None, NGINX_1_36, "version 4.15.1 of the chart ingress-nginx is for Kubernetes 1.31 to 1.35", "", id="nginx"),
        pytest.param(None, "1.35", {}, "", "", id="within"),
        pytest.param("1.35", "1.34", {}, "", "", id="upgraded within"),
        pytest.param(None, None, {}, "", "", id="the default"),
    ],
)
def test_an_unsupported_kubernetes_version_is_refused_unless_the_cluster_already_has_it(desired, current, inputs, refused, note):
    given, found = {**GIVEN, "eks_version": desired, **inputs}, {"cluster_version": current}
    assert environment_rules(given) == []
    for reported, words in ((aws_rules(given, found), refused), (aws_notes(given, found), note)):
        assert any(words in sentence for sentence in reported) if words else reported == []


def test_the_default_version_is_supported_by_every_add_on():
    default = collection.load(collection.ROLES / "eks" / "vars" / "main.yml")["__eks_default_version"]
    assert outside_windows({key: {"enabled": True} for key in CHARTS}, default, stands=False) == []


@pytest.mark.parametrize(
    ("repository", "through", "expected"),
    [
        ("https://kubernetes.github.io/autoscaler", "", {"chart": "c", "repository": "https://kubernetes.github.io/autoscaler"}),
        ("oci://ghcr.io/nginx/charts", "", {"chart": "oci://ghcr.io/nginx/charts/c"}),
        ("https://a.io/b/", "https://m.example/x/", {"chart": "c", "repository": "https://m.example/x/a.io/b"}),
        ("oci://ghcr.io/nginx/charts", "https://m.example", {"chart": "c", "repository": "https://m.example/ghcr.io/nginx/charts"}),
        ("https://a.io/b", "oci://r.example/m", {"chart": "oci://r.example/m/a.io/b/c"}),
    ],
)
def test_chart_references_are_resolved_through_a_mirror(repository, through, expected):
    assert mirror.place_of(repository, "c", through) == expected


def test_manifests_are_downloaded_from_the_file_mirror():
    url = "https://github.com/a/b.yaml"
    assert mirror.mirrored_url(url, "https://m.example/x") == "https://m.example/x/github.com/a/b.yaml"
    assert mirror.mirrored_url(url, "oci://r.example") == url
