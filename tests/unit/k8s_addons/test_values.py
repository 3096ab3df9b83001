"""What the charts are set to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import load_balancer, registry
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.definition import UNINSTALL_PHASES

from tests.support import collection
from tests.support.identities import identity_of, marks

ROLE = collection.ROOT / "roles" / "k8s_addons"
OWN_CHARTS = collection.ROOT / "tests" / "standin" / "charts"
#: directories of the real charts by name, for those who have them: OPTA_CHART_SOURCES=directory
SOURCES = os.environ.get("OPTA_CHART_SOURCES", "")
#: maps that the real charts write into the objects as they are
FREE = {"resources", "podSecurityContext", "securityContext", "containerSecurityContext", "annotations", "extraArgs", "config"}
WITHOUT_LINKERD = list(registry.ADDONS)


def values(inputs, key):
    (release,) = [entry for entry in registry.releases(inputs) if entry["name"] == registry.ADDONS[key].release]
    return release["values"]


def unknown(ours, theirs, path=""):
    """The keys that we set and that the chart does not have."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict) or not theirs or path.rpartition(".")[2] in FREE:
        return []
    missing = [f"{path}.{key}" for key in ours if key not in theirs]
    return missing + [name for key in ours if key in theirs for name in unknown(ours[key], theirs[key], f"{path}.{key}")]


@pytest.mark.parametrize("key", WITHOUT_LINKERD)
def test_every_key_is_one_of_the_chart(inputs, key):
    own = OWN_CHARTS / registry.CHARTS[key].name
    assert unknown(values(inputs, key), yaml.safe_load((own / "values.yaml").read_text())) == []
    assert yaml.safe_load((own / "Chart.yaml").read_text())["version"] == registry.CHARTS[key].version, (
        "the keys were read from this version"
    )


@pytest.mark.parametrize("key", WITHOUT_LINKERD if SOURCES else [])
def test_the_keys_are_those_of_the_real_chart(key):
    real = Path(SOURCES) / registry.CHARTS[key].name
    assert yaml.safe_load((real / "Chart.yaml").read_text())["version"] == registry.CHARTS[key].version
    own = yaml.safe_load((OWN_CHARTS / registry.CHARTS[key].name / "values.yaml").read_text())
    templates = "".join(path.read_text() for path in (real / "templates").rglob("*.*"))
    assert merged_defaults(own, yaml.safe_load((real / "values.yaml").read_text()), templates) == own


def merged_defaults(own, real, templates):
    """The real defaults of the keys that our chart has; some are read without being listed."""
    if not isinstance(own, dict) or not own or not isinstance(real, dict):
        return real
    unlisted = {key: None if f".{key} " in templates else "(no such key)" for key in own}
    return {key: merged_defaults(value, real[key], templates) if key in real else unlisted[key] for key, value in own.items()}


def test_values_of_the_user_are_merged_over_ours():
    ours = {"a": {"b": 1, "c": 2}, "d": [1], "e": 5}
    assert registry.merged(ours, {"a": {"c": 3}, "d": [2], "f": 6}) == {"a": {"b": 1, "c": 3}, "d": [2], "e": 5, "f": 6}
    assert registry.merged(ours, {"a": {"b": None}}) == {"a": {"c": 2}, "d": [1], "e": 5}


@pytest.mark.parametrize(("minor", "image"), [("1.34", "v1.34.5"), ("1.35", "v1.35.2"), ("1.36", "v1.36.1")])
def test_the_autoscaler_is_of_the_clusters_minor_version(inputs, minor, image):
    assert values({**inputs, "kubernetes_version": minor}, "cluster_autoscaler")["image"]["tag"] == image


def further_objects(found):
    return [json.loads(text) for text in found["extraObjects"]]


def test_the_load_balancer_terminates_tls_and_forwards_http(inputs):
    found = values(inputs, "nginx_gateway_fabric")
    listeners = found["gateways"][0]["spec"]["listeners"]
    assert [(entry["name"], entry["port"], entry["protocol"]) for entry in listeners] == [("http", 80, "HTTP"), ("https", 443, "HTTP")]
    reported = found["nginx"]["service"]["patches"][0]["value"]["metadata"]["annotations"]
    for name, value in {
        "ssl-ports": "443",
        "alpn-policy": "HTTP2Preferred",
        "ssl-negotiation-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "proxy-protocol": "*",
        "scheme": "internet-facing",
    }.items():
        assert reported[f"{load_balancer.PREFIX}{name}"] == value
    assert found["nginx"]["config"]["rewriteClientIP"]["mode"] == "ProxyProtocol", "both speak it, or neither"
    assert found["nginx"]["config"]["rewriteClientIP"]["trustedAddresses"] == [
        {"type": "CIDR", "value": "10.0.0.0/16"},
        {"type": "CIDR", "value": "100.64.0.0/16"},
    ]
    assert "access_logs.s3.bucket=logs" in reported[f"{load_balancer.PREFIX}attributes"]
    (redirect,) = [each for each in further_objects(found) if each["metadata"]["name"] == "redirect-to-https"]
    assert redirect["spec"]["parentRefs"] == [{"name": "public", "sectionName": "http"}], "on 443 it would go round for ever"


def test_the_health_check_path_responds_without_any_service(inputs):
    service, route = further_objects(values(inputs, "nginx_gateway_fabric"))[:2]
    assert (service["kind"], route["kind"]) == ("Service", "HTTPRoute")
    assert service["spec"]["selector"] == {"gateway.networking.k8s.io/gateway-name": "public"}, "the label of nginx's own pods"
    assert route["spec"]["parentRefs"] == [{"name": "public"}], "all listeners"
    assert "hostnames" not in route["spec"], "a service that holds a host keeps all its paths"
    (rule,) = route["spec"]["rules"]
    assert rule["matches"] == [{"path": {"type": "Exact", "value": "/healthz"}}]
    assert rule["backendRefs"] == [{"name": service["metadata"]["name"], "port": service["spec"]["ports"][0]["port"]}]


def test_without_a_certificate_only_port_80_is_open(inputs):
    inputs["zone"] = {}
    found = values(inputs, "nginx_gateway_fabric")
    assert [entry["name"] for entry in found["gateways"][0]["spec"]["listeners"]] == ["http"]
    assert [each["metadata"]["name"] for each in further_objects(found)] == ["health", "health", "nginx-gateway-fabric", "public"]
    assert "ssl-cert" not in str(found)
    assert values(inputs, "ingress_nginx")["controller"]["service"]["enableHttps"] is False


def test_the_controller_gets_vpc_region_and_tags(inputs):
    found = values(inputs, "aws_load_balancer_controller")
    assert (found["vpcId"], found["region"]) == ("vpc-1", "eu-west-1")
    assert found["defaultTags"] == {**marks(), "opta:managed-by": "opta.platform", "team": "demo"}
    assert not any(found[switch] for switch in ("enableShield", "enableWaf", "enableWafv2"))


def test_external_dns_values_keep_registry_records_in_the_zone(inputs):
    found = values(inputs, "external_dns")
    assert (found["policy"], found["txtOwnerId"], found["txtPrefix"]) == ("sync", "opta-staging-eu-west-1", "%{record_type}-extdns.")
    assert found["extraArgs"]["zone-id-filter"] == "Z1"
    assert found["sources"] == ["gateway-httproute", "gateway-grpcroute"]


def test_the_datadog_api_key_is_not_a_chart_value(inputs):
    assert "the-key" not in str(registry.releases(inputs))
    (secret,) = [obj for obj in registry.objects(inputs, "the-key") if obj["kind"] == "Secret"]
    assert secret["stringData"] == {"api-key": "the-key"}
    assert values(inputs, "datadog")["datadog"]["apiKeyExistingSecret"] == secret["metadata"]["name"]


def test_namespaces_fulfil_pod_security_and_kube_system_is_not_changed(inputs):
    inputs["addons"]["metrics_server"]["namespace"] = "kube-system"
    found = {obj["metadata"]["name"]: obj["metadata"] for obj in registry.namespaces(inputs)}
    assert "kube-system" not in found
    levels = {name: metadata["labels"]["pod-security.kubernetes.io/enforce"] for name, metadata in found.items()}
    assert levels["nginx-gateway"] == "restricted" and levels["datadog"] == "privileged"
    assert found["nginx-gateway"]["annotations"]["linkerd.io/inject"] == "enabled"
    assert [obj["metadata"]["name"] for obj in registry.namespaces(inputs, on=False)] == []


def test_a_disabled_add_on_is_uninstalled_with_its_namespace(inputs):
    inputs["addons"]["datadog"]["enabled"] = False
    (entry,) = [entry for entry in registry.releases(inputs) if entry["name"] == "datadog"]
    assert entry == {"name": "datadog", "namespace": "datadog", "chart": "datadog", "state": "absent"}
    assert [obj["metadata"]["name"] for obj in registry.namespaces(inputs, on=False)] == ["datadog"]


@pytest.mark.parametrize(
    ("resource", "removed"),
    [
        ("helm release external-dns/external-dns", True),
        (f"IAM role {identity_of().role_name('addon', 'external-dns')}", True),
        ("helm release datadog/datadog", False),
        (None, False),
    ],
)
def test_removed_resources_are_read_from_task_results(inputs, resource, removed):
    """In a loop and alone; what was only changed, and what was skipped, does not count."""
    action = {"action": "delete", "resource": resource}
    others: list[dict[str, Any]] = [{"actions": [{**action, "action": "update"}]}, {"skipped": True}]
    actions = {"actions": [action] if resource else []}
    nested: list[dict[str, Any]] = [{"results": [*others, actions]}]
    for results in ([*others, actions], nested):
        assert registry.were_removed(results, "external_dns", inputs) is removed


def test_external_dns_is_uninstalled_before_owners_of_load_balancers(inputs):
    inputs["extra_charts"] = [{"name": "mine", "enabled": False}]
    phases = {phase: [entry["name"] for entry in registry.removals(inputs, phase)] for phase in UNINSTALL_PHASES}
    assert phases == {
        "dns": ["external-dns"],
        "load_balancers": ["nginx-gateway-fabric", "ingress-nginx", "mine"],
        "rest": ["aws-load-balancer-controller", "metrics-server", "cluster-autoscaler", "datadog"],
    }
    names = [namespace["metadata"]["name"] for namespace in registry.removed_namespaces(inputs)]
    assert names == [inputs["addons"][key]["namespace"] for key in registry.ADDONS] + ["mine"]


def test_a_namespace_used_by_an_extra_chart_is_retained(inputs):
    inputs["addons"]["datadog"]["enabled"] = False
    inputs["extra_charts"] = [{"name": "mine", "namespace": "datadog", "repository": "https://x", "chart_version": "1"}]
    assert registry.namespaces(inputs, on=False) == []


def test_charts_that_remain_may_have_dropped_claims():
    charts = [{"name": "on"}, {"name": "off", "enabled": "no"}, {"name": "other", "namespace": "shop"}]
    releases = [{"name": "on", "namespace": "on", "dropped_claims": ["data"]}, None]
    assert registry.charts_losing_claims(charts, releases) == [
        {"name": "off", "namespace": "off"},
        {"name": "on", "namespace": "on", "dropped_claims": ["data"]},
        {"name": "other", "namespace": "shop", "dropped_claims": []},
    ]


def test_the_external_dns_role_is_deleted_after_the_dns_records(inputs):
    """A run that ends between two of these tasks has left what the next one decides by."""
    tasks = yaml.safe_load((ROLE / "tasks" / "disabled.yml").read_text())
    modules = [next(key for key in task if key.startswith("opta.platform.")) for task in tasks[:3]]
    assert modules == ["opta.platform.irsa_role", "opta.platform.external_dns_records", "opta.platform.irsa_role"]
    looked, records, taken_back = tasks[:3]
    assert (looked["check_mode"], taken_back.get("check_mode")) == (True, None)
    assert looked["register"] in records["when"][1]
    inputs["addons"]["external_dns"]["enabled"] = inputs["addons"]["cluster_autoscaler"]["enabled"] = False
    (role,) = registry.roles(inputs, False, "external_dns")
    assert role in registry.roles(inputs, False)
    plan = {"results": [{"actions": [{"action": "delete", "resource": f"IAM role {role['name']}"}]}]}
    assert registry.were_removed([{"actions": []}, plan], "external_dns", inputs), "the release went in the run that was killed"
    inputs["addons"]["external_dns"]["enabled"] = True
    assert registry.roles(inputs, False, "external_dns") == []
