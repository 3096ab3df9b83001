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
SECRET = "opta/staging/linkerd/trust-anchor"


class Mesh:
    """Installed by the first call of `install`, and by each that wants other values."""

    def __init__(self, standin: Standin, run_module: Any) -> None:
        self.cluster = Cluster(standin)
        self._run = run_module
        self.options = {**self.cluster.options, "environment": "staging"}

    def certificates(self, **more: Any) -> dict[str, Any]:
        return self._run("linkerd_certificates", **{**self.options, "secret_name": SECRET, **more})

    def install(self, **changed: Any) -> list[dict[str, Any]]:
        """The results of all steps, in their order."""
        results = [self._run("kubernetes_objects", **self.options, objects=values.linkerd_namespaces("linkerd", "linkerd-cni"))]
        results.append(self.certificates())
        made = {**values.control_plane_values(results[-1]["certificates"], False), **changed}
        releases: list[tuple[str, str, str, dict[str, Any]]] = [
            ("linkerd-crds", "linkerd", "linkerd-crds", {}),
            ("linkerd-cni", "linkerd-cni", "linkerd2-cni", values.cni_values()),
            ("linkerd-control-plane", "linkerd", "linkerd-control-plane", made),
        ]
        return results + [self._release(*release) for release in releases]

    def _release(self, name: str, namespace: str, chart: str, made: dict[str, Any]) -> dict[str, Any]:
        return self._run("helm_release", **self.options, name=name, namespace=namespace, chart=str(CHARTS / chart), values=made)


def remove(kubernetes: KubernetesClient) -> None:
    """Take the mesh out of the way of other tests."""
    for kind, names in WEBHOOKS.items():
        for name in names:
            kubernetes.delete(f"/apis/admissionregistration.k8s.io/v1/{kind}/{name}-webhook-config")
    for name in ("linkerd", "linkerd-cni"):
        kubernetes.delete(f"/api/v1/namespaces/{name}")
