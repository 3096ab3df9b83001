"""Add-ons of several replicas, and what is behind the load balancer, outlive the replacement of their pods and nodes.

Rendered by helm from the stand-in's charts, and from the real ones where OPTA_CHART_SOURCES has them.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import load_balancer, registry
from ansible_collections.opta.platform.plugins.module_utils._linkerd import releases, values

from tests.standin.loops import nginx
from tests.support import collection
from tests.support.service_chart import helm_binary

SOURCES = [collection.ROOT / "tests" / "standin" / "charts", *map(Path, filter(None, [os.environ.get("OPTA_CHART_SOURCES")]))]
TOPOLOGIES = {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
CERTIFICATES = {"trust_anchors_pem": "PEM", "issuer": {"fingerprint": "1"}}
#: Datadog's chart and Linkerd's cannot be rendered without those that they depend on
CASES = [(key, source) for source in SOURCES for key in registry.ADDONS if source is SOURCES[0] or key != "datadog"]


@pytest.fixture(scope="module")
def helm():
    return helm_binary()


def render(helm, source, entry, chart):
    command = [str(helm), "template", entry["name"], str(source / chart), f"--namespace={entry['namespace']}", "--kube-version=1.35.0"]
    command += ["--values=-", "--skip-tests"]
    done = subprocess.run(command, input=json.dumps(entry["values"]), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [obj for obj in yaml.safe_load_all(done.stdout) if obj]
    proxies = [obj["spec"]["kubernetes"]["deployment"] for obj in found if obj["kind"] == "NginxProxy"]
    gateways = [obj for obj in found if obj["kind"] == "Gateway"]
    for gateway in gateways:  # what the controller makes for it
        gateway["metadata"]["uid"] = "1"
        found.append(nginx.deployment(gateway, f"{gateway['metadata']['name']}-nginx", proxies[0]))
    return found


def selects(selector, deployment):
    return selector["matchLabels"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()


def is_spread(deployment):
    pod = deployment["spec"]["template"]["spec"]
    constraints = [each for each in pod.get("topologySpreadConstraints") or [] if selects(each["labelSelector"], deployment)]
    apart = (pod.get("affinity") or {}).get("podAntiAffinity") or {}
    terms = apart.get("requiredDuringSchedulingIgnoredDuringExecution", [])
    terms = [*terms, *(each["podAffinityTerm"] for each in apart.get("preferredDuringSchedulingIgnoredDuringExecution", []))]
    return {each["topologyKey"] for each in [*constraints, *terms]} >= TOPOLOGIES


def faults(objects):
    """What is wrong with the Deployments of several replicas."""
    budgets = [obj["spec"]["selector"] for obj in objects if obj["kind"] == "PodDisruptionBudget"]
    several = [obj for obj in objects if obj["kind"] == "Deployment" and obj["spec"].get("replicas", 1) > 1]
    found = {}
    for obj in several:
        missing = [] if is_spread(obj) else ["spread"]
        missing += [] if sum(selects(selector, obj) for selector in budgets) == 1 else ["one budget"]
        if missing:
            found[obj["metadata"]["name"]] = missing
    return found, len(several)


@pytest.mark.parametrize(("key", "source"), CASES)
def test_several_replicas_have_a_budget_and_are_spread(helm, inputs, key, source):
    inputs["ingress"] = key if key in registry.INGRESSES else inputs["ingress"]
    (entry,) = [entry for entry in registry.releases(inputs) if entry["name"] == registry.ADDONS[key].release]
    found, several = faults(render(helm, source, entry, registry.CHARTS[key].name))
    assert found == {}
    assert several == {"nginx_gateway_fabric": 2, "cluster_autoscaler": 0, "external_dns": 0, "datadog": 0}.get(key, 1)


def test_a_mesh_of_high_availability_has_budgets_and_is_spread(helm, inputs):
    for entry in releases.linkerd_releases(inputs, CERTIFICATES, True):
        if entry["name"] == "linkerd-control-plane":
            found, several = faults(render(helm, SOURCES[0], entry, "linkerd-control-plane"))
            assert (found, several) == ({}, 3)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.parent.name)
@pytest.mark.parametrize("key", registry.INGRESSES)
def test_pods_behind_the_load_balancer_have_a_readiness_gate_and_end_late(helm, inputs, key, source):
    (entry,) = [entry for entry in registry.releases(inputs) if entry["name"] == registry.ADDONS[key].release]
    objects = render(helm, source, entry, registry.CHARTS[key].name)
    name = {"nginx_gateway_fabric": "public-nginx", "ingress_nginx": "ingress-nginx-controller"}[key]
    (pod,) = [obj["spec"]["template"]["spec"] for obj in objects if (obj["kind"], obj["metadata"]["name"]) == ("Deployment", name)]
    (container,) = pod["containers"]
    sleeps = container["lifecycle"]["preStop"].get("sleep", {}).get("seconds", 0)
    waits = [int(each.partition("=")[2]) for each in container.get("args") or [] if each.startswith("--shutdown-grace-period=")]
    assert sum([sleeps, *waits]) == load_balancer.DRAIN_SECONDS >= 120
    assert pod["terminationGracePeriodSeconds"] > load_balancer.DRAIN_SECONDS
    inputs["ingress"] = key
    (namespace,) = [obj["metadata"] for obj in registry.namespaces(inputs) if obj["metadata"]["name"] == entry["namespace"]]
    assert namespace["labels"]["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"


def test_other_pods_have_no_readiness_gate(inputs):
    labelled = {
        obj["metadata"]["name"]
        for obj in registry.namespaces(inputs)
        if load_balancer.READINESS_GATE.items() <= obj["metadata"]["labels"].items()
    }
    assert labelled == {inputs["addons"][key]["namespace"] for key in registry.INGRESSES}


def without_webhooks(inputs):
    return {
        obj["metadata"]["name"]
        for obj in registry.namespaces(inputs)
        if registry.WITHOUT_WEBHOOKS.items() <= obj["metadata"]["labels"].items()
    }


def test_pods_that_the_injector_needs_are_not_injected(inputs):
    """A new node for the injector's pod needs the autoscaler; so Linkerd's webhooks are off wherever no pod is in the mesh."""
    expected = {inputs["addons"][key]["namespace"] for key, addon in registry.ADDONS.items() if addon.mesh_annotations is None}
    assert without_webhooks(inputs) == expected >= {"cluster-autoscaler", "aws-load-balancer-controller", "metrics-server", "external-dns"}
    for namespace in values.linkerd_namespaces("linkerd"):
        assert registry.WITHOUT_WEBHOOKS.items() <= namespace["metadata"]["labels"].items()
    plain = values.control_plane_values(CERTIFICATES, high_availability=False)
    assert plain["priorityClassName"] == "system-cluster-critical"


def test_a_namespace_with_meshed_pods_keeps_the_webhooks(inputs):
    inputs["addons"]["metrics_server"]["namespace"] = inputs["addons"]["ingress_nginx"]["namespace"]
    inputs["extra_charts"] = [{"name": "mine", "namespace": "external-dns", "repository": "https://x", "chart_version": "1"}]
    assert without_webhooks(inputs) == {"cluster-autoscaler", "aws-load-balancer-controller", "datadog"}
