# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an add-on is made of. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._names import Identity

ROLE = "k8s_addons"
KIND = "addon"
Inputs = Mapping[str, Any]
Statement = dict[str, Any]

#: what Pod Security's level restricted asks of pods and containers, for charts that do not set it themselves
RESTRICTED_POD = {
    "runAsNonRoot": True,
    "runAsUser": 65534,
    "runAsGroup": 65534,
    "fsGroup": 65534,
    "seccompProfile": {"type": "RuntimeDefault"},
}
RESTRICTED_CONTAINER = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


@dataclass(frozen=True)
class Addon:
    """One add-on.

    key: as in the names of its variables; values: those of its chart; statements: what it may do in AWS, none without a role;
    service_account: who takes that role; pod_security: what its namespace enforces; mesh_annotations: more of its namespace, in a mesh.
    behind_load_balancer: its pods are targets of the load balancer.
    """

    key: str
    values: Callable[[Inputs], dict[str, Any]]
    statements: Callable[[Inputs], Sequence[Statement]] | None = None
    service_account: str = ""
    pod_security: str = "restricted"
    needs_zone: bool = False
    mesh_annotations: Mapping[str, str] | None = None
    behind_load_balancer: bool = False

    @property
    def release(self) -> str:
        return self.key.replace("_", "-")

    def role_name(self, inputs: Inputs) -> str:
        return identity_of(inputs).role_name(KIND, self.release)

    def role_arn(self, inputs: Inputs) -> str:
        """Known before the role is made."""
        return identity_of(inputs).role_arn(KIND, self.release)


def identity_of(inputs: Inputs) -> Identity:
    """Which environment the cluster belongs to."""
    return Identity(inputs["environment"], inputs["name_prefix"], inputs["region"], inputs["account_id"], inputs["partition"])


def owner_tags(inputs: Inputs, name: str) -> dict[str, str]:
    """The tags of what an add-on has in AWS."""
    return identity_of(inputs).tags(ROLE, name, inputs["tags"])


def service_account(addon_arn: str, name: str) -> dict[str, Any]:
    """The values of a service account that takes an IAM role."""
    return {"create": True, "name": name, "annotations": {"eks.amazonaws.com/role-arn": addon_arn}}


def resources(cpu: str, memory: str) -> dict[str, Any]:
    """Requests, and a limit of memory: a limit of the processor would only slow it down."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}}


def chart_labels(name: str, release: str) -> dict[str, str]:
    """The labels that most charts select their pods by."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": release}


def topology_spread_constraints(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Pods of a Deployment in different zones, and there on different nodes, as far as there is room: for topologySpreadConstraints."""
    how = {"maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway", "matchLabelKeys": ["pod-template-hash"]}
    return [
        {"topologyKey": key, **how, "labelSelector": {"matchLabels": dict(labels)}}
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


#: one pod after the other; one that does not run anyway keeps no node
BUDGET = {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow"}


def budget(name: str, namespace: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """A PodDisruptionBudget, where a chart has none."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {**BUDGET, "selector": {"matchLabels": dict(labels)}},
    }
