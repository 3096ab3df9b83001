"""What NGINX Gateway Fabric makes for a Gateway, as it was seen to: an nginx (a Deployment) with a ServiceAccount and a Service.

Source: nginx-gateway-fabric 2.6.7, internal/controller/provisioner (names, labels, owner, ports and pods), and what the real one made
(tests/controllers/recorded). Its ConfigMaps and its Secret are not made: no container reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: of the control plane's pods, with the release's name that the collection gives it
INSTANCE = "nginx-gateway-fabric"
IMAGE, VERSION = "ghcr.io/nginx/nginx-gateway-fabric", "2.6.7"
MANAGED_KEYS = "gateway.nginx.org/internal-managed-annotation-keys"
METRICS_PORT, READINESS_PORT = 9113, 8081
POD_SETTINGS = ("affinity", "nodeSelector", "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints")
SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsGroup": 1001,
    "runAsUser": 101,
    "seccompProfile": {"type": "RuntimeDefault"},
}
SECRETS = "/var/run/secrets/ngf"
#: directories of nginx and its agent that are empty at first: where they are mounted, in the order of the container
EMPTY = {
    "nginx-agent-log": "/var/log/nginx-agent",
    "nginx-agent-lib": "/var/lib/nginx-agent",
    "nginx-conf": "/etc/nginx/conf.d",
    "nginx-stream-conf": "/etc/nginx/stream-conf.d",
    "nginx-main-includes": "/etc/nginx/main-includes",
    "nginx-events-includes": "/etc/nginx/events-includes",
    "nginx-secrets": "/etc/nginx/secrets",
    "nginx-run": "/var/run/nginx",
    "nginx-cache": "/var/cache/nginx",
    "nginx-includes": "/etc/nginx/includes",
}
#: what its init container copies: from a file to a directory
COPIED = {
    "/agent/nginx-agent.conf": "/etc/nginx-agent",
    "/includes/main.conf": "/etc/nginx/main-includes",
    "/includes/events.conf": "/etc/nginx/events-includes",
}
Object = Mapping[str, Any]


def service_account(gateway: Object, name: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": _metadata(gateway, name),
        "automountServiceAccountToken": False,
    }


def service(gateway: Object, name: str, settings: Object) -> dict[str, Any]:
    metadata = _metadata(gateway, name)
    annotations: dict[str, str] = {}
    for patch in settings.get("patches") or []:
        annotations |= ((patch.get("value") or {}).get("metadata") or {}).get("annotations") or {}
    if annotations:
        metadata["annotations"] = {**annotations, MANAGED_KEYS: ",".join(sorted(annotations))}
    spec = {
        "type": settings.get("type", "LoadBalancer"),
        "selector": _labels(gateway, name),
        "ipFamilyPolicy": "PreferDualStack",
        "ports": [{"name": f"port-{port}", "port": port, "targetPort": port, "protocol": "TCP"} for port in _ports(gateway)],
    }
    spec |= {key: settings[key] for key in ("loadBalancerClass", "externalTrafficPolicy") if settings.get(key)}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def deployment(gateway: Object, name: str, settings: Object, namespace: str = "nginx-gateway", cluster: str = "") -> dict[str, Any]:
    """namespace: of the control plane. cluster: the uid of the namespace kube-system."""
    labels, pod, container = _labels(gateway, name), settings.get("pod") or {}, settings.get("container") or {}
    image = container.get("image") or {}
    names = {**{port: f"port-{port}" for port in _ports(gateway)}, METRICS_PORT: "metrics"}
    nginx = {
        "name": "nginx",
        "image": f"{image.get('repository', f'{IMAGE}/nginx')}:{image.get('tag', VERSION)}",
        "imagePullPolicy": image.get("pullPolicy", "IfNotPresent"),
        "ports": [{"containerPort": port, "name": names[port], "protocol": "TCP"} for port in sorted(names)],
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": READINESS_PORT}, "initialDelaySeconds": 3},
        "securityContext": SECURITY,
        "volumeMounts": [
            {"mountPath": "/etc/nginx-agent", "name": "nginx-agent"},
            {"mountPath": SECRETS, "name": "nginx-agent-tls"},
            {"mountPath": f"{SECRETS}/serviceaccount", "name": "token"},
            *({"mountPath": path, "name": volume} for volume, path in EMPTY.items()),
        ],
        **{key: container[key] for key in ("resources", "lifecycle") if container.get(key)},
    }
    spec = {
        "automountServiceAccountToken": True,
        "serviceAccountName": name,
        "securityContext": {
            "runAsNonRoot": True,
            "fsGroup": 1001,
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
        },
        "initContainers": [_init(cluster)],
        "containers": [nginx],
        "volumes": _volumes(name, f"{INSTANCE}.{namespace}.svc"),
        **{key: pod[key] for key in POD_SETTINGS if pod.get(key)},
    }
    scraped = {"prometheus.io/port": str(METRICS_PORT), "prometheus.io/scrape": "true"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(gateway, name),
        "spec": {
            "replicas": settings.get("replicas", 1),
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"annotations": scraped, "labels": labels}, "spec": spec},
        },
    }


def _init(cluster: str) -> dict[str, Any]:
    copied = [part for source, target in COPIED.items() for part in ("--source", source, "--destination", target)]
    return {
        "name": "init",
        "image": f"{IMAGE}:{VERSION}",
        "imagePullPolicy": "IfNotPresent",
        "command": ["/usr/bin/gateway", "initialize", *copied],
        "env": [
            {"name": "POD_UID", "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}},
            {"name": "CLUSTER_UID", "value": cluster},
        ],
        "securityContext": SECURITY,
        "volumeMounts": [
            {"mountPath": "/agent", "name": "nginx-agent-config"},
            {"mountPath": "/etc/nginx-agent", "name": "nginx-agent"},
            {"mountPath": "/includes", "name": "nginx-includes-bootstrap"},
            {"mountPath": "/etc/nginx/main-includes", "name": "nginx-main-includes"},
            {"mountPath": "/etc/nginx/events-includes", "name": "nginx-events-includes"},
        ],
    }


def _volumes(name: str, audience: str) -> list[dict[str, Any]]:
    token = {"serviceAccountToken": {"audience": audience, "expirationSeconds": 3600, "path": "token"}}
    return [
        {"name": "token", "projected": {"sources": [token]}},
        {"name": "nginx-agent", "emptyDir": {}},
        {"name": "nginx-agent-config", "configMap": {"name": f"{name}-agent-config"}},
        {"name": "nginx-agent-tls", "secret": {"secretName": f"{name}-agent-tls"}},
        *({"name": volume, "emptyDir": {}} for volume in EMPTY),
        {"name": "nginx-includes-bootstrap", "configMap": {"name": f"{name}-includes-bootstrap"}},
    ]


def _ports(gateway: Object) -> list[int]:
    return sorted({listener["port"] for listener in gateway["spec"]["listeners"]})


def _labels(gateway: Object, name: str) -> dict[str, str]:
    labels = {"instance": INSTANCE, "managed-by": f"{INSTANCE}-{gateway['spec']['gatewayClassName']}", "name": name}
    return {
        **{f"app.kubernetes.io/{key}": value for key, value in labels.items()},
        "gateway.networking.k8s.io/gateway-name": gateway["metadata"]["name"],
    }


def _metadata(gateway: Object, name: str) -> dict[str, Any]:
    owner = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "controller": True, "blockOwnerDeletion": True}
    owner |= {"name": gateway["metadata"]["name"], "uid": gateway["metadata"]["uid"]}
    return {"name": name, "namespace": gateway["metadata"]["namespace"], "labels": _labels(gateway, name), "ownerReferences": [owner]}
