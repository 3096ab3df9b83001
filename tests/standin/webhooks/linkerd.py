"""Linkerd's injector: the containers that it adds, with the security context that they have, so that real admission judges them.

Read from linkerd2 at version-2.20 (edge-26.6.3): charts/partials/templates/_proxy.tpl, _proxy-init.tpl, _network-validator.tpl,
pkg/inject/inject.go, controller/proxy-injector/webhook.go. What the real one made is in tests/controllers/recorded; of its variables
those are left out that neither the values nor annotations of the collection decide.
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
OPAQUE_PORTS = f"{CONFIG}opaque-ports"
ADMIN_PORT = 4191
SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
STARTUP_PROBE = {"httpGet": {"path": "/ready", "port": ADMIN_PORT}, "initialDelaySeconds": 0, "periodSeconds": 1, "failureThreshold": 120}
Object = dict[str, Any]


def accept_all(client: KubernetesClient, request: Object) -> Object:
    """The validators' answer: what they would find is not imitated."""
    return {}


def inject(client: KubernetesClient, request: Object) -> Object:
    """The answer of linkerd-proxy-injector to an AdmissionReview's request."""
    obj, namespace, kind = request["object"], request["namespace"], request["kind"]["kind"]
    inherited = _annotations(client.get(f"/api/v1/namespaces/{namespace}"))
    control_plane = _control_plane(client)
    config = client.get(f"/api/v1/namespaces/{control_plane}/configmaps/linkerd-config")
    values = yaml.safe_load(config["data"]["values"])
    opaque = _opaque_ports(obj, kind, inherited, values["proxy"]["opaquePorts"].split(","))
    if kind != "Pod" or not _is_asked_for(obj, inherited):
        return _patch({"metadata": {**obj["metadata"], "annotations": {**_annotations(obj), **opaque}}}) if opaque else {}
    roots = client.get(f"/api/v1/namespaces/{control_plane}/configmaps/linkerd-identity-trust-roots")["data"]["ca-bundle.crt"]
    told = {name: text for name, text in inherited.items() if name == INJECT or name.startswith(CONFIG)}
    return _patch(injected(obj, values, roots, control_plane, namespace, {**opaque, **told, **_annotations(obj)}))


def _patch(changed: Object) -> Object:
    patch = [{"op": "replace", "path": f"/{part}", "value": value} for part, value in changed.items()]
    return {"patch": base64.b64encode(json.dumps(patch).encode()).decode(), "patchType": "JSONPatch"}


def _is_asked_for(pod: Object, inherited: dict[str, str]) -> bool:
    return _annotations(pod).get(INJECT, inherited.get(INJECT)) in ("enabled", "ingress") and not pod["spec"].get("hostNetwork")


def _opaque_ports(obj: Object, kind: str, inherited: dict[str, str], default: list[str]) -> dict[str, str]:
    """The annotation that is added: the one of the namespace, or those of the object's ports that are opaque by default."""
    if OPAQUE_PORTS in _annotations(obj):
        return {}
    if kind == "Pod":
        ports = [str(port["containerPort"]) for container in _containers(obj) for port in container.get("ports") or []]
    else:
        # a port is what it leads to
        ports = [str(port["port"]) for port in obj["spec"].get("ports") or [] if str(port.get("targetPort") or port["port"]) in default]
    found = inherited.get(OPAQUE_PORTS) or ",".join(port for port in ports if kind != "Pod" or port in default)
    return {OPAQUE_PORTS: found} if found else {}


def _containers(pod: Object) -> list[Object]:
    return [*(pod["spec"].get("initContainers") or []), *pod["spec"]["containers"]]


def injected(pod: Object, values: Object, roots: str, control_plane: str, namespace: str, annotations: dict[str, str]) -> Object:
    """The pod as Linkerd makes it. annotations: its own and those that it takes over."""
    spec, metadata = dict(pod["spec"]), dict(pod["metadata"])
    first = (spec["containers"][0].get("securityContext") or {}).get("capabilities")
    image = values["proxy"]["image"]
    common: Object = {"image": f"{image['name']}:{image.get('version') or values['linkerdVersion']}", "imagePullPolicy": "IfNotPresent"}
    common["resources"] = _resources(values["proxy"].get("resources") or {})
    before = _network_validator(common) if values["cniEnabled"] else _init(common, first)
    native = values["proxy"].get("nativeSidecar", True)
    proxy = _proxy(common, values, roots, first, annotations) | {"volumeMounts": _mounts(spec)}
    proxy["env"].append({"name": "LINKERD2_PROXY_INBOUND_PORTS", "value": ",".join(_inbound_ports(pod))})
    proxy |= {"restartPolicy": "Always", "startupProbe": STARTUP_PROBE} if native else {}
    spec["initContainers"] = [before, *([proxy] if native else []), *(spec.get("initContainers") or [])]
    spec["containers"] = [*spec["containers"], *([] if native else [proxy])]
    spec["volumes"] = [*(spec.get("volumes") or []), *_volumes(values)]
    metadata["annotations"] = {
        **annotations,
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
    opaque = annotations.get(OPAQUE_PORTS, values["proxy"]["opaquePorts"])
    policy = annotations.get(f"{CONFIG}default-inbound-policy", values["proxy"]["defaultInboundPolicy"])
    environment = {
        "LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS": f"{roots}\n",
        "LINKERD2_PROXY_INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION": str(opaque),
        "LINKERD2_PROXY_INBOUND_DEFAULT_POLICY": policy,
    }
    return {
        **common,
        "name": "linkerd-proxy",
        "env": [{"name": name, "value": value} for name, value in environment.items()],
        "ports": [{"containerPort": 4143, "name": "linkerd-proxy"}, {"containerPort": ADMIN_PORT, "name": "linkerd-admin"}],
        "livenessProbe": {"httpGet": {"path": "/live", "port": ADMIN_PORT}, "initialDelaySeconds": 10, "timeoutSeconds": 1},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": ADMIN_PORT}, "initialDelaySeconds": 2, "timeoutSeconds": 1},
        "securityContext": context,
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def _mounts(spec: Object) -> list[Object]:
    """Its own, and the token of the pod where the first container has it."""
    token = [mount for mount in spec["containers"][0].get("volumeMounts") or [] if mount["mountPath"] == SERVICE_ACCOUNT]
    own = {"/var/run/linkerd/identity/end-entity": "linkerd-identity-end-entity", "/var/run/secrets/tokens": "linkerd-identity-token"}
    return [*({"mountPath": path, "name": name} for path, name in own.items()), *token]


def _inbound_ports(pod: Object) -> list[str]:
    """Ports of containers, and of their probes by HTTP that name none."""
    ports = {str(port["containerPort"]) for container in _containers(pod) for port in container.get("ports") or []}
    probes = [container.get(probe) or {} for container in _containers(pod) for probe in ("readinessProbe", "livenessProbe")]
    asked = [probe["httpGet"]["port"] for probe in probes if "httpGet" in probe]
    return sorted(ports | {str(port) for port in asked if isinstance(port, int)})


def _init(common: Object, capabilities: Object | None) -> Object:
    dropped = [name for name in (capabilities or {}).get("drop", []) if name not in ("NET_RAW", "NET_ADMIN")]
    context: Object = {"allowPrivilegeEscalation": False, "capabilities": {"add": ["NET_ADMIN", "NET_RAW"], "drop": dropped}}
    context |= {"privileged": False, "runAsNonRoot": True, "runAsUser": 65534, "runAsGroup": 65534, "readOnlyRootFilesystem": True}
    context["seccompProfile"] = {"type": "RuntimeDefault"}
    return {**common, "name": "linkerd-init", "command": ["/usr/lib/linkerd/linkerd2-proxy-init"], "securityContext": context}


def _network_validator(common: Object) -> Object:
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    context |= {"runAsGroup": 65534, "runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}}
    told = {"log-format": "plain", "log-level": "debug", "connect-addr": "1.1.1.1:20001", "listen-addr": "0.0.0.0:4140", "timeout": "10s"}
    command = ["/usr/lib/linkerd/linkerd2-network-validator"]
    arguments = [part for name, value in told.items() for part in (f"--{name}", value)]
    return {**common, "name": "linkerd-network-validator", "command": command, "args": arguments, "securityContext": context}


def _volumes(values: Object) -> list[Object]:
    token = {"serviceAccountToken": {"path": "linkerd-identity-token", "expirationSeconds": 86400, "audience": "identity.l5d.io"}}
    volumes: list[Object] = [
        {"name": "linkerd-identity-end-entity", "emptyDir": {"medium": "Memory"}},
        {"name": "linkerd-identity-token", "projected": {"sources": [token]}},
    ]
    return volumes if values["cniEnabled"] else [{"name": "linkerd-proxy-init-xtables-lock", "emptyDir": {}}, *volumes]


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
