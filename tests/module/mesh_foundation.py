"""A mesh on the test cluster: certificates, linkerd-cni and the control plane, as the role k8s_addons brings them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.opta.platform.plugins.module_utils._linkerd import values

from tests.module.kubernetes_foundation import Cluster
from tests.standin.kubernetes_client import KubernetesClient
from tests.support.standin import Standin

CHARTS = Path(__file__).resolve().parents[1] / "standin" / "charts"
WEBHOOKS = {
    "mutatingwebhookconfigurations": ["linkerd-proxy-injector"],
    "validatingwebhookconfigurations": ["linkerd-policy-validator", "linkerd-sp-validator"],
}
NAMESPACES = ("linkerd", "linkerd-cni")
SECRET = "opta/staging/linkerd/trust-anchor"


class Mesh:
    """What brings it, and its parts."""

    def __init__(self, standin: Standin, run_module: Any, charts: Path = CHARTS) -> None:
        self.cluster, self._charts = Cluster(standin), charts
        self._run = run_module
        self.options = {**self.cluster.options, "environment": "staging"}

    def certificates(self, **more: Any) -> dict[str, Any]:
        return self._run("linkerd_certificates", **{**self.options, "secret_name": SECRET, **more})

    def install(self) -> None:
        self._run("kubernetes_objects", **self.options, objects=values.linkerd_namespaces("linkerd"))
        self._release("linkerd-crds", "linkerd", "linkerd-crds", {})
        self._release("linkerd-cni", "linkerd-cni", "linkerd2-cni", values.cni_values())
        self.release()

    def release(self, **terms: Any) -> dict[str, Any]:
        """The certificates, then the control plane."""
        made = values.control_plane_values(self.certificates(**terms)["certificates"], False)
        return self._release("linkerd-control-plane", "linkerd", "linkerd-control-plane", made)

    def _release(self, name: str, namespace: str, chart: str, made: dict[str, Any]) -> dict[str, Any]:
        return self._run("helm_release", **self.options, name=name, namespace=namespace, chart=str(self._charts / chart), values=made)


def remove(kubernetes: KubernetesClient) -> None:
    """Take the mesh out of the way of other tests."""
    for kind, names in WEBHOOKS.items():
        for name in names:
            kubernetes.delete(f"/apis/admissionregistration.k8s.io/v1/{kind}/{name}-webhook-config")
    for name in NAMESPACES:
        kubernetes.delete(f"/api/v1/namespaces/{name}")
