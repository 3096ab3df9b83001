"""Nodes follow the managed node groups: their number, labels, zones, taints and versions.

An update replaces them one after another, and the nodes of a group that is deleted are drained side by side.
"""

from __future__ import annotations

import ipaddress
import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.loops.each import for_each
from tests.standin.loops.node_objects import (
    GENERATION,
    GROUP_LABEL,
    LABELS,
    TAINTS,
    generation,
    instance_of,
    node_object,
    wanted_labels,
    wanted_taints,
)

if TYPE_CHECKING:
    from tests.standin.loops.cluster_loops import View

WITHOUT_NODES = ("CREATING", "CREATE_FAILED", "DELETE_FAILED")
NODES = "/api/v1/nodes"
Node = dict[str, Any]


class Nodes:
    """Arguments: a client; the cluster's name; the view of AWS; the port of the nodes' imitated kubelets."""

    def __init__(self, client: KubernetesClient, cluster: str, view: View, kubelet_port: int) -> None:
        self._client, self._cluster, self._view, self._kubelet_port = client, cluster, view, kubelet_port

    def run(self) -> None:
        groups = {group["nodegroupName"]: group for group in self._view.node_groups(self._cluster) if group["status"] not in WITHOUT_NODES}
        members: dict[str, list[Node]] = {name: [] for name in groups}
        for node in self._client.items(f"{NODES}?labelSelector={GROUP_LABEL}"):
            name = node["metadata"]["labels"][GROUP_LABEL]
            if name in groups:
                members[name].append(node)
            else:
                self._delete(node)
        for_each(groups, lambda name: self._follow(groups[name], members[name]))
        self._delete_orphaned_pods()

    def _follow(self, group: dict[str, Any], nodes: list[Node]) -> None:
        desired, wanted = int(group["scalingConfig"]["desiredSize"]), generation(group)
        instances = [instance_of(node) for node in nodes]
        terminating = self._view.exchange_instances(self._cluster, group["nodegroupName"], instances)
        if group["status"] == "DELETING":
            for_each(nodes, self._drain)
            return
        for node in [node for node in nodes if instance_of(node).identifier in terminating]:
            self._drain(node)  # by the lifecycle hook that EKS gives the group
            nodes.remove(node)
        outdated = [node for node in nodes if node["metadata"]["annotations"].get(GENERATION) != wanted]
        current = [node for node in nodes if node not in outdated]
        for node in current:
            self._update(node, group)
        if outdated and len(current) < desired and len(nodes) <= desired:
            self._create(group, nodes)  # one node more, as EKS does, before the next old one goes
        elif outdated:
            self._drain(min(outdated, key=lambda node: str(node["metadata"]["name"])))
        else:
            for _ in range(desired - len(nodes)):
                nodes.append(self._create(group, nodes))
            for node in self._surplus(nodes, len(nodes) - desired):
                self._delete(node)

    @staticmethod
    def _surplus(nodes: list[Node], number: int) -> list[Node]:
        """The newest nodes of the fullest zones."""
        remaining, surplus = list(nodes), []
        for _ in range(number):
            zones = Counter(node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in remaining)
            surplus.append(
                max(
                    remaining,
                    key=lambda node: (
                        zones[node["metadata"]["labels"]["topology.kubernetes.io/zone"]],
                        node["metadata"]["creationTimestamp"],
                        node["metadata"]["name"],
                    ),
                )
            )
            remaining.remove(surplus[-1])
        return surplus

    def _create(self, group: dict[str, Any], siblings: list[Node]) -> Node:
        subnets = [subnet for subnet in self._view.subnets() if subnet["SubnetId"] in group["subnets"]]
        used = Counter(node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in siblings)
        subnet = min(subnets, key=lambda candidate: (used[candidate["AvailabilityZone"]], candidate["AvailabilityZone"]))
        network = ipaddress.ip_network(subnet["CidrBlock"])
        address = network[random.randrange(10, network.num_addresses - 1)]  # AWS keeps the first four and the last
        node = node_object(group, subnet, str(address), self._view.region, self._kubelet_port)
        created: Node = self._client.create(NODES, node, accept=())
        return created

    def _update(self, node: Node, group: dict[str, Any]) -> None:
        """Changed labels and taints of the group reach its nodes without a replacement. Those of others stay."""
        labels, taints = wanted_labels(group), wanted_taints(group)
        annotations = node["metadata"]["annotations"]
        present = node["metadata"]["labels"]
        changes = {key: value for key, value in labels.items() if present.get(key) != value}
        changes.update({key: None for key in json.loads(annotations.get(LABELS, "[]")) if key not in labels})
        path = f"{NODES}/{node['metadata']['name']}"
        if changes:
            self._client.merge(path, {"metadata": {"labels": changes, "annotations": {LABELS: json.dumps(sorted(labels))}}})
        earlier = json.loads(annotations.get(TAINTS, "[]"))
        if earlier != taints:
            foreign = [taint for taint in node["spec"].get("taints") or [] if taint not in earlier]
            self._client.merge(path, {"metadata": {"annotations": {TAINTS: json.dumps(taints)}}, "spec": {"taints": [*foreign, *taints]}})

    def _drain(self, node: Node) -> None:
        """Cordons a node and evicts its pods, which a PodDisruptionBudget can delay; deletes it when only DaemonSets' pods are left."""
        name = node["metadata"]["name"]
        if not node["spec"].get("unschedulable"):
            self._client.merge(f"{NODES}/{name}", {"spec": {"unschedulable": True}})
        pods = [pod for pod in self._client.items(f"/api/v1/pods?fieldSelector=spec.nodeName={name}") if not _of_daemon_set(pod)]
        for pod in pods:
            metadata = {key: pod["metadata"][key] for key in ("name", "namespace")}
            path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/eviction"
            self._client.create(path, {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}, accept=(404, 429))
        if not pods:
            self._delete(node)

    def _delete(self, node: Node) -> None:
        self._client.delete(f"{NODES}/{node['metadata']['name']}")

    def _delete_orphaned_pods(self) -> None:
        """Pods of deleted nodes: no kubelet answers for them. The node goes first, so that nothing is bound to it meanwhile."""
        names = {node["metadata"]["name"] for node in self._client.items(NODES)}
        for pod in self._client.items("/api/v1/pods?fieldSelector=spec.nodeName!="):
            if pod["spec"]["nodeName"] not in names:
                path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
                self._client.delete(f"{path}?gracePeriodSeconds=0")


def _of_daemon_set(pod: dict[str, Any]) -> bool:
    return any(owner["kind"] == "DaemonSet" for owner in pod["metadata"].get("ownerReferences") or [])
