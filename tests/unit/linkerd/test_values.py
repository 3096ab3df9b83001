"""What Linkerd's charts get."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._linkerd import values

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
def test_t25_two_renders_are_the_same(chart, given, tmp_path):
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


def test_t24_namespaces_carry_the_standards_that_their_pods_fulfil():
    control_plane, cni = values.linkerd_namespaces("linkerd", "linkerd-cni")
    assert control_plane["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert cni["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"
    assert PLAIN["cniEnabled"] is True


def test_pods_that_cannot_be_meshed_do_not_start():
    assert {given["webhookFailurePolicy"] for given in (PLAIN, AVAILABLE)} == {"Fail"}


def test_high_availability_changes_numbers_only():
    assert AVAILABLE["controllerReplicas"] == 3
    assert AVAILABLE["proxy"]["resources"]["memory"] == PLAIN["proxy"]["resources"]["memory"]
    assert AVAILABLE["identityTrustAnchorsPEM"] == PLAIN["identityTrustAnchorsPEM"]
