# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build the values of Linkerd's charts, and their namespaces. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._k8s_addons.registry import merged
from .charts import CNI_NAMESPACE

POD_SECURITY = "pod-security.kubernetes.io"
#: Linkerd's default list, and the port of DocumentDB
OPAQUE_PORTS = "25,587,3306,4444,5432,6379,9300,11211,27017"
#: the webhooks of the chart
WEBHOOK_VALUES = {"proxyInjector": "proxy_injector", "policyValidator": "policy_validator", "profileValidator": "profile_validator"}
#: fingerprint of the issuer, so that a renewal restarts the pods that read it
ISSUER_ANNOTATION = "opta.platform/issuer"


def control_plane_namespace(name: str) -> dict[str, Any]:
    """Return the namespace of the control plane. The chart adds the proxies; with linkerd-cni the pods meet the level restricted."""
    labels = {
        "linkerd.io/is-control-plane": "true",
        "linkerd.io/control-plane-ns": name,
        "config.linkerd.io/admission-webhooks": "disabled",
    }
    labels |= {f"{POD_SECURITY}/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
    return _namespace(name, labels)


def cni_namespace(name: str) -> dict[str, Any]:
    """Return the namespace of linkerd-cni, whose pods write to directories of the node."""
    labels = {
        "linkerd.io/cni-resource": "true",
        "config.linkerd.io/admission-webhooks": "disabled",
        f"{POD_SECURITY}/enforce": "privileged",
    }
    return _namespace(name, labels)


def linkerd_namespaces(control_plane: str) -> list[dict[str, Any]]:
    """Return the namespaces of the control plane and of linkerd-cni."""
    return [control_plane_namespace(control_plane), cni_namespace(CNI_NAMESPACE)]


def cni_values() -> dict[str, Any]:
    """Return the values of the chart linkerd2-cni: it is chained to vpc-cni, and repairs pods that started before it."""
    return {"repairController": {"enabled": True}, "priorityClassName": "system-node-critical"}


def control_plane_values(certificates: Mapping[str, Any], high_availability: bool) -> dict[str, Any]:
    """Return the values of the chart linkerd-control-plane.

    certificates: the result of linkerd_certificates, without secrets.
    A pod that cannot be injected does not start (webhookFailurePolicy), because its traffic would not be encrypted.
    """
    anchors = certificates["trust_anchors_pem"]
    values: dict[str, Any] = {
        "identityTrustAnchorsPEM": anchors,
        "identity": {
            "issuer": {"scheme": "kubernetes.io/tls"},
            # Linkerd reads a new issuer automatically, but may miss it (linkerd2#15109): restart it
            "podAnnotations": {ISSUER_ANNOTATION: certificates["issuer"]["fingerprint"]},
        },
        "cniEnabled": True,
        "webhookFailurePolicy": "Fail",
        # scheduled before the pods that need its injector
        "priorityClassName": "system-cluster-critical",
        "disableHeartBeat": True,
        "proxy": {
            "nativeSidecar": True,
            "opaquePorts": OPAQUE_PORTS,
            # a HorizontalPodAutoscaler counts in percent of what all containers request
            "resources": {"cpu": {"request": "20m"}, "memory": {"request": "20Mi", "limit": "250Mi"}},
        },
        **{key: {"externalSecret": True, "caBundle": anchors} for key in WEBHOOK_VALUES},
    }
    return merged(values, _high_availability()) if high_availability else values


def _high_availability() -> dict[str, Any]:
    """Return the values of the chart's own values-ha.yaml."""
    controller = {"cpu": {"request": "100m"}, "memory": {"request": "50Mi", "limit": "250Mi"}}
    return {
        "highAvailability": True,
        "controllerReplicas": 3,
        "enablePodAntiAffinity": True,
        "enablePodDisruptionBudget": True,
        "deploymentStrategy": {"rollingUpdate": {"maxUnavailable": 1, "maxSurge": "25%"}},
        "proxy": {"resources": {"cpu": {"request": "100m"}}},
        "destinationResources": controller,
        "identityResources": {**controller, "memory": {"request": "10Mi", "limit": "250Mi"}},
        "proxyInjectorResources": controller,
        "spValidatorResources": controller,
    }


def _namespace(name: str, labels: Mapping[str, str]) -> dict[str, Any]:
    metadata = {"name": name, "labels": dict(labels), "annotations": {"linkerd.io/inject": "disabled"}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
