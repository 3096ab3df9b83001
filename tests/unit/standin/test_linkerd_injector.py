"""What the stand-in's injector makes of a pod, as Linkerd's would."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.registry import merged
from ansible_collections.opta.platform.plugins.module_utils._linkerd.values import control_plane_values

from tests.standin import chart_repository
from tests.standin.webhooks.linkerd import inject as review
from tests.standin.webhooks.linkerd import injected
from tests.support.recorded_injector import by_name, injector_case, injector_cases, patched

PROXY = {"image": {"name": "cr.l5d.io/linkerd/proxy"}, "uid": 2102, "opaquePorts": "25", "defaultInboundPolicy": "all-unauthenticated"}
CHART_VALUES = yaml.safe_load((Path(chart_repository.__file__).parent / "charts" / "linkerd-control-plane" / "values.yaml").read_text())
VALUES = {"linkerdVersion": "edge-26.6.3", "cniEnabled": True, "proxy": PROXY}


def pod(**context):
    return {"metadata": {"name": "app"}, "spec": {"containers": [{"name": "app", "image": "x", "securityContext": context}]}}


def inject(given, annotations=None, **values):
    return injected(given, {**VALUES, **values}, "ROOTS", "linkerd", "shop", annotations or {})


@pytest.mark.parametrize(("cni", "first"), [(True, "linkerd-network-validator"), (False, "linkerd-init")])
def test_init_containers_are_injected(cni, first):
    made = inject(pod(), cniEnabled=cni)["spec"]["initContainers"]
    assert [container["name"] for container in made] == [first, "linkerd-proxy"]
    assert made[1]["restartPolicy"] == "Always"
    added = made[0]["securityContext"]["capabilities"].get("add")
    assert added == (None if cni else ["NET_ADMIN", "NET_RAW"])


def test_a_proxy_without_native_sidecars_is_a_container():
    made = inject(pod(), proxy={**PROXY, "nativeSidecar": False})["spec"]
    assert [container["name"] for container in made["containers"]] == ["app", "linkerd-proxy"]


def test_the_proxy_has_the_capabilities_of_the_first_container():
    proxies = [inject(pod(**context))["spec"]["initContainers"][1] for context in ({"capabilities": {"drop": ["ALL"]}}, {})]
    assert [proxy["securityContext"].get("capabilities") for proxy in proxies] == [{"drop": ["ALL"]}, None]


def test_annotations_name_the_trust_anchors_and_override_values():
    made = inject(pod(), {"config.linkerd.io/opaque-ports": "27017"})
    assert made["metadata"]["annotations"]["linkerd.io/trust-root-sha256"] == hashlib.sha256(b"ROOTS").hexdigest()
    environment = {variable["name"]: variable["value"] for variable in made["spec"]["initContainers"][1]["env"]}
    assert environment["LINKERD2_PROXY_INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION"] == "27017"


class Cluster:
    """A cluster with a namespace, and what the chart of the control plane leaves in its own."""

    def __init__(self, annotations: dict[str, str], values: dict[str, Any]) -> None:
        maps = {"linkerd-config": {"values": yaml.safe_dump(values)}, "linkerd-identity-trust-roots": {"ca-bundle.crt": "ROOTS"}}
        self._objects: dict[str, Any] = {f"/api/v1/namespaces/linkerd/configmaps/{name}": {"data": data} for name, data in maps.items()}
        self._objects["/api/v1/namespaces/shop"] = {"metadata": {"annotations": annotations}}

    def get(self, path: str) -> dict[str, Any]:
        return self._objects[path]

    def items(self, _path: str) -> list[dict[str, Any]]:
        return [{"metadata": {"namespace": "linkerd"}}]


@pytest.mark.parametrize("name", injector_cases())
def test_injected_pods_and_services_match_the_recorded_injector(name):
    """Of the proxy's variables it has those that values and annotations of the collection decide."""
    case = injector_case(name, "shop", "ROOTS")
    ours = control_plane_values({"trust_anchors_pem": "ROOTS", "issuer": {"fingerprint": "1"}}, False)
    cluster = Cluster(case["namespace"], merged(CHART_VALUES, ours))
    request = {"object": case["given"], "namespace": "shop", "kind": {"kind": case["given"]["kind"]}}
    made = by_name(patched(case["given"], review(cluster, request)))  # type: ignore[arg-type]
    for container in made["spec"].get("initContainers", []):
        (real,) = (each for each in case["made"]["spec"]["initContainers"] if each["name"] == container["name"])
        if "env" in container:
            assert container["env"].items() <= real["env"].items()
            container["env"] = real["env"]
    assert made == case["made"]
