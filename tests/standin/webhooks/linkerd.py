"""Linkerd's injector: the containers that it adds, with the security context that they have, so that real admission judges them.

Read from linkerd2 at version-2.20 (edge-26.6.3): charts/partials/templates/_proxy.tpl, _proxy-init.tpl, _network-validator.tpl,
pkg/inject/inject.go, controller/proxy-injector/webhook.go.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import yaml

from tests.standin.kubernetes_client import KubernetesClient

PREFIX = "linkerd.io/"
CONFIG = "config.linkerd.io/"
INJECT = f"{PREFIX}inject"
Object = dict[str, Any]


def accept_all(client: KubernetesClient, request: Object) -> Object:
    """The validators' answer: what they would find is not imitated."""
    return {}


def inject(client: KubernetesClient, request: Object) -> Object:
    """The answer of linkerd-proxy-injector to an AdmissionReview's request."""
    pod, namespace = request["object"], request["namespace"]
    if request["kind"]["kind"] != "Pod":
        return {}
    place = client.get(f"/api/v1/namespaces/{namespace}")
    own, inherited = _annotations(pod), _annotations(place)
    if own.get(INJECT, inherited.get(INJECT)) not in ("enabled", "ingress") or pod["spec"].get("hostNetwork"):
        return {}
    control_plane = _control_plane(client)
    config = client.get(f"/api/v1/namespaces/{control_plane}/configmaps/linkerd-config")
    roots = client.get(f"/api/v1/namespaces/{control_plane}/configmaps/linkerd-identity-trust-roots")["data"]["ca-bundle.crt"]
    values = yaml.safe_load(config["data"]["values"])
    changed = injected(pod, values, roots, control_plane, namespace, {**inherited, **own})
    patch = [{"op": "replace", "path": f"/{part}", "value": changed[part]} for part in ("metadata", "spec")]
    return {"patch": base64.b64encode(json.dumps(patch).encode()).decode(), "patchType": "JSONPatch"}


def injected(pod: Object, values: Object, roots: str, control_plane: str, namespace: str, annotations: dict[str, str]) -> Object:
    """The pod as Linkerd makes it."""
    spec, metadata = dict(pod["spec"]), dict(pod["metadata"])
    first = (spec["containers"][0].get("securityContext") or {}).get("capabilities")
    image = values["proxy"]["image"]
    common: Object = {"image": f"{image['name']}:{image.get('version') or values['linkerdVersion']}", "imagePullPolicy": "IfNotPresent"}
    common["resources"] = _resources(values["proxy"].get("resources") or {})
    before = _network_validator(common) if values["cniEnabled"] else _init(common, first)
    native = values["proxy"].get("nativeSidecar", True)
    proxy = _proxy(common, values, roots, first, {**annotations}) | ({"restartPolicy": "Always"} if native else {})
    spec["initContainers"] = [before, *([proxy] if native else []), *(spec.get("initContainers") or [])]
    spec["containers"] = [*spec["containers"], *([] if native else [proxy])]
    spec["volumes"] = [*(spec.get("volumes") or []), *_volumes(values)]
    metadata["annotations"] = {
        **_annotations(pod),
        f"{PREFIX}created-by": f"linkerd/proxy-injector {values['linkerdVersion']}",
        f"{PREFIX}proxy-version": values["linkerdVersion"],
        f"{PREFIX}trust-root-sha256": hashlib.sha256(roots.encode()).hexdigest(),
    }
    metadata["labels"] = {
        **(metadata.get("labels") or {}),
        f"{PREFIX}control-plane-ns": control_plane,
        f"{PREFIX}workload-ns": namespace,
    }
    return {"metadata": metadata, "spec": spec}


def _proxy(common: Object, values: Object, roots: str, capabilities: Object | None, annotations: dict[str, str]) -> Object:
    uid = values["proxy"]["uid"]
    context = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True, "runAsUser": uid}
    context["seccompProfile"] = {"type": "RuntimeDefault"}
    if capabilities:  # those of the pod's first container
        context["capabilities"] = capabilities
    opaque = annotations.get(f"{CONFIG}opaque-ports", values["proxy"]["opaquePorts"])
    policy = annotations.get(f"{CONFIG}default-inbound-policy", values["proxy"]["defaultInboundPolicy"])
    environment = {
        "LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS": roots,
        "LINKERD2_PROXY_INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION": str(opaque),
        "LINKERD2_PROXY_INBOUND_DEFAULT_POLICY": policy,
    }
    return {
        **common,
        "name": "linkerd-proxy",
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        "ports": [{"containerPort": 4143, "name": "linkerd-proxy"}, {"containerPort": 4191, "name": "linkerd-admin"}],
        "securityContext": context,
        "volumeMounts": [
            {"mountPath": "/var/run/linkerd/identity/end-entity", "name": "linkerd-identity-end-entity"},
            {"mountPath": "/var/run/secrets/tokens", "name": "linkerd-identity-token"},
        ],
    }


def _init(common: Object, capabilities: Object | None) -> Object:
    dropped = [name for name in (capabilities or {}).get("drop", []) if name not in ("NET_RAW", "NET_ADMIN")]
    context: Object = {"allowPrivilegeEscalation": False, "capabilities": {"add": ["NET_ADMIN", "NET_RAW"], "drop": dropped}}
    context |= {"privileged": False, "runAsNonRoot": True, "runAsUser": 65534, "runAsGroup": 65534, "readOnlyRootFilesystem": True}
    context["seccompProfile"] = {"type": "RuntimeDefault"}
    return {**common, "name": "linkerd-init", "command": ["/usr/lib/linkerd/linkerd2-proxy-init"], "securityContext": context}


def _network_validator(common: Object) -> Object:
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    context |= {"runAsGroup": 65534, "runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}}
    command = ["/usr/lib/linkerd/linkerd2-network-validator"]
    return {**common, "name": "linkerd-network-validator", "command": command, "securityContext": context}


def _volumes(values: Object) -> list[Object]:
    token = {"serviceAccountToken": {"path": "linkerd-identity-token", "expirationSeconds": 86400, "audience": "identity.l5d.io"}}
    volumes: list[Object] = [
        {"name": "linkerd-identity-token", "projected": {"sources": [token]}},
        {"name": "linkerd-identity-end-entity", "emptyDir": {"medium": "Memory"}},
    ]
    return volumes if values["cniEnabled"] else [*volumes, {"name": "linkerd-proxy-init-xtables-lock", "emptyDir": {}}]


def _resources(given: Object) -> Object:
    made: Object = {}
    for name, amounts in given.items():
        for kind in ("request", "limit"):
            if (amounts or {}).get(kind):
                made.setdefault(f"{kind}s", {})[name] = amounts[kind]
    return made


def _control_plane(client: KubernetesClient) -> str:
    found = client.items("/api/v1/services?fieldSelector=metadata.name=linkerd-proxy-injector")
    namespace: str = found[0]["metadata"]["namespace"]
    return namespace


def _annotations(obj: Object) -> dict[str, str]:
    return obj["metadata"].get("annotations") or {}
