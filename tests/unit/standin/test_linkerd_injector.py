"""What the stand-in's injector makes of a pod, as Linkerd's would."""

from __future__ import annotations

import hashlib

import pytest

from tests.standin.webhooks.linkerd import injected

PROXY = {"image": {"name": "cr.l5d.io/linkerd/proxy"}, "uid": 2102, "opaquePorts": "25", "defaultInboundPolicy": "all-unauthenticated"}
VALUES = {"linkerdVersion": "edge-26.6.3", "cniEnabled": True, "proxy": PROXY}


def pod(**context):
    return {"metadata": {"name": "app"}, "spec": {"containers": [{"name": "app", "image": "x", "securityContext": context}]}}


def inject(given, annotations=None, **values):
    return injected(given, {**VALUES, **values}, "ROOTS", "linkerd", "shop", annotations or {})


@pytest.mark.parametrize(("cni", "first"), [(True, "linkerd-network-validator"), (False, "linkerd-init")])
def test_init_containers(cni, first):
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


def test_annotations_say_what_it_trusts_and_override_the_values():
    made = inject(pod(), {"config.linkerd.io/opaque-ports": "27017"})
    assert made["metadata"]["annotations"]["linkerd.io/trust-root-sha256"] == hashlib.sha256(b"ROOTS").hexdigest()
    environment = {variable["name"]: variable["value"] for variable in made["spec"]["initContainers"][1]["env"]}
    assert environment["LINKERD2_PROXY_INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION"] == "27017"
