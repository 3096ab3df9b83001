# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define what an add-on consists of, and the parts that several add-ons share. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._names import Identity

ROLE = "k8s_addons"
KIND = "addon"
#: the order of removal: what writes DNS records, what owns load balancers, everything else
DNS, LOAD_BALANCERS, REST = UNINSTALL_PHASES = ("dns", "load_balancers", "rest")
Inputs = Mapping[str, Any]
Statement = dict[str, Any]

#: required by the Pod Security level restricted, for charts that do not set it themselves
RESTRICTED_POD = {
    "runAsNonRoot": True,
    "runAsUser": 65534,
    "runAsGroup": 65534,
    "fsGroup": 65534,
    "seccompProfile": {"type": "RuntimeDefault"},
}
RESTRICTED_CONTAINER = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


@dataclass(frozen=True)
class Chart:
    """A Helm chart at the version that this release of the collection is tested with.

    repository: URL, https:// or oci:// without the chart's name.
    kubernetes: the lowest and the highest minor version of Kubernetes that this version supports.
    """

    repository: str
    name: str
    version: str
    kubernetes: tuple[str, str]


@dataclass(frozen=True)
class Addon:
    """One add-on.

    key: as in the names of its inputs; values: of its chart; statements: permissions of its IAM role, None without a role;
    service_account: that may assume the role; pod_security: level that its namespace enforces; needs_zone: it is not installed without
    a hosted zone; mesh_annotations: of its namespace when the cluster has Linkerd, None when its pods are not in the mesh.
    is_ingress: k8s_addons_ingress selects it, and its pods are targets of the load balancer.
    uninstall_phase: see UNINSTALL_PHASES.
    """

    key: str
    chart: Chart
    values: Callable[[Inputs], dict[str, Any]]
    statements: Callable[[Inputs], Sequence[Statement]] | None = None
    service_account: str = ""
    pod_security: str = "restricted"
    needs_zone: bool = False
    mesh_annotations: Mapping[str, str] | None = None
    is_ingress: bool = False
    uninstall_phase: str = REST

    @property
    def release(self) -> str:
        return self.key.replace("_", "-")

    def role_name(self, inputs: Inputs) -> str:
        return identity_of(inputs).role_name(KIND, self.release)

    def role_arn(self, inputs: Inputs) -> str:
        """The ARN, known before the role is created."""
        return identity_of(inputs).role_arn(KIND, self.release)


def identity_of(inputs: Inputs) -> Identity:
    """Return the identity of the environment that the cluster belongs to."""
    return Identity(inputs["environment"], inputs["name_prefix"], inputs["region"], inputs["account_id"], inputs["partition"])


def owner_tags(inputs: Inputs, name: str) -> dict[str, str]:
    """Return the tags of the AWS resources of an add-on."""
    return identity_of(inputs).tags(ROLE, name, inputs["tags"])


def service_account(addon_arn: str, name: str) -> dict[str, Any]:
    """Return the values of a service account that assumes an IAM role."""
    return {"create": True, "name": name, "annotations": {"eks.amazonaws.com/role-arn": addon_arn}}


def resources(cpu: str, memory: str) -> dict[str, Any]:
    """Return requests, and a memory limit. A CPU limit would only throttle."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}}


def chart_labels(name: str, release: str) -> dict[str, str]:
    """Return the labels by which most charts select their pods."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": release}


def topology_spread_constraints(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return topologySpreadConstraints: prefer different zones, and different nodes within a zone, for the pods of a Deployment."""
    how = {"maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway", "matchLabelKeys": ["pod-template-hash"]}
    return [
        {"topologyKey": key, **how, "labelSelector": {"matchLabels": dict(labels)}}
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


#: one pod at a time; a pod that is not ready does not block a node drain
BUDGET = {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}


def budget(name: str, namespace: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return a PodDisruptionBudget, for a chart without one."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {**BUDGET, "selector": {"matchLabels": dict(labels)}},
    }
