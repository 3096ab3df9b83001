"""What Linkerd's charts get."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._linkerd import values
from ansible_collections.opta.platform.plugins.module_utils._linkerd.releases import linkerd_releases
from ansible_collections.opta.platform.plugins.module_utils._preflight.linkerd_rules import linkerd_rules

from tests.standin.binaries import BINARIES, build, find

CHARTS = Path(__file__).resolve().parents[2] / "standin" / "charts"
CERTIFICATES = {"trust_anchors_pem": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "issuer": {"fingerprint": "ab12"}}
PLAIN = values.control_plane_values(CERTIFICATES, high_availability=False)
AVAILABLE = values.control_plane_values(CERTIFICATES, high_availability=True)
SETS = {
    "plain": ("linkerd-control-plane", PLAIN),
    "high availability": ("linkerd-control-plane", AVAILABLE),
    "cni": ("linkerd2-cni", values.cni_values()),
}


def keys_of(given, path=""):
    """The keys that hold no map; annotations have names of our own."""
    for key, value in given.items():
        if isinstance(value, dict) and not key.endswith("Annotations"):
            yield from keys_of(value, f"{path}{key}.")
        else:
            yield f"{path}{key}"


@pytest.mark.parametrize(("chart", "given"), SETS.values(), ids=SETS.keys())
def test_every_key_is_one_of_the_real_chart(chart, given):
    listed = yaml.safe_load((CHARTS / chart / "keys.yml").read_text())["keys"]
    assert set(keys_of(given)) <= set(listed)


@pytest.mark.parametrize(("chart", "given"), SETS.values(), ids=SETS.keys())
def test_two_renders_are_the_same(chart, given, tmp_path):
    (binary,) = (binary for binary in BINARIES if binary.name == "helm")
    found = find(binary)
    helm = found[0] if found else build(binary, print)
    (tmp_path / "values.json").write_text(json.dumps(given))
    options = ["--namespace", "linkerd", "--kube-version", "1.35.0", "-f", tmp_path / "values.json"]
    command = [helm, "template", "linkerd", CHARTS / chart, *options]
    first, second = (subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2))
    assert first == second
    assert "kind: Secret" not in first, "no certificate is left to the chart"


@pytest.mark.parametrize("given", [PLAIN, AVAILABLE])
def test_no_key_is_among_the_values(given):
    assert not [key for key in keys_of(given) if key.lower().endswith(("keypem", "crtpem"))]
    assert given["identity"]["issuer"] == {"scheme": "kubernetes.io/tls"}


def test_namespaces_carry_the_standards_that_their_pods_fulfil():
    control_plane, cni = values.linkerd_namespaces("linkerd")
    assert control_plane["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert cni["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"
    assert PLAIN["cniEnabled"] is True


def test_pods_that_cannot_be_meshed_do_not_start():
    assert {given["webhookFailurePolicy"] for given in (PLAIN, AVAILABLE)} == {"Fail"}


def test_high_availability_changes_numbers_only():
    assert AVAILABLE["controllerReplicas"] == 3
    assert AVAILABLE["proxy"]["resources"]["memory"] == PLAIN["proxy"]["resources"]["memory"]
    assert AVAILABLE["identityTrustAnchorsPEM"] == PLAIN["identityTrustAnchorsPEM"]


def releases(mirror="", **linkerd):
    given = {"chart_version": "", "values": {}, "namespace": "linkerd", **linkerd}
    return linkerd_releases({"repository_mirror": mirror, "addons": {"linkerd": given}}, CERTIFICATES, False)


def test_releases_are_locked_and_in_the_order_that_works():
    assert [(found["name"], found["namespace"], found["chart"], found["version"]) for found in releases()] == [
        ("linkerd-crds", "linkerd", "linkerd-crds", "2026.6.3"),
        ("linkerd-cni", "linkerd-cni", "linkerd2-cni", "2026.6.3"),
        ("linkerd-control-plane", "linkerd", "linkerd-control-plane", "2026.6.3"),
    ]
    assert {found["repository"] for found in releases()} == {"https://helm.linkerd.io/edge"}


def test_users_values_are_merged_over_ours():
    last = releases(values={"proxy": {"defaultInboundPolicy": "cluster-authenticated"}}, chart_version="2026.8.3")[-1]
    assert last["version"] == "2026.8.3"
    assert last["values"]["proxy"] == {**PLAIN["proxy"], "defaultInboundPolicy": "cluster-authenticated"}


def test_a_mirror_replaces_the_chart_repository():
    web, registry = releases("https://charts.example.com/mirror/"), releases("oci://registry.example.com/mirror")
    assert web[0]["repository"] == "https://charts.example.com/mirror/helm.linkerd.io/edge"
    assert registry[0]["chart"] == "oci://registry.example.com/mirror/helm.linkerd.io/edge/linkerd-crds"
    assert "repository" not in registry[0]


def test_invalid_certificate_days_are_reported_before_the_first_call():
    assert linkerd_rules({}) == []
    (said,) = linkerd_rules({"k8s_addons_linkerd_issuer_days": 400})
    assert said == "k8s_addons_linkerd_issuer_days is 400: it must be between 2 and 366, for example 180."
    (said,) = linkerd_rules({"k8s_addons_linkerd_issuer_days": "half a year"})
    assert said.startswith("k8s_addons_linkerd_issuer_days is 'half a year': it must be a number of days")
