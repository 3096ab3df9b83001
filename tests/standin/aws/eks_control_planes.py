"""The real control planes behind the clusters: started and stopped in the background, with the loops that follow AWS."""

from __future__ import annotations

import base64
import contextlib
import queue
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

import requests

from tests.standin.aws.eks_model import Cluster, Data, NodeGroup
from tests.standin.control_plane import ControlPlane
from tests.standin.kubernetes_client import KubernetesClient, KubernetesError
from tests.standin.loops import ClusterLoops
from tests.standin.loops.node_objects import GENERATION, GROUP_LABEL, generation

if TYPE_CHECKING:
    from tests.standin.aws.view import View

OBSERVE_SECONDS = 0.2
PENDING = ("CREATING", "UPDATING", "DELETING")


class RunningControlPlane:
    """The control plane of one cluster, from the beginning of its start to the end of its stop.

    ready: it answers. failure: why it does not. stopped: it is gone. control_plane: A1's object once it is made.
    """

    def __init__(self, view: View, cluster: Cluster) -> None:
        self._view, self._cluster = view, cluster
        self.control_plane: ControlPlane | None = None
        self.ready, self.stopped = False, False
        self.failure: str | None = None
        self._stop = threading.Event()
        self._force: queue.Queue[tuple[str, str]] = queue.Queue()
        self._nodes: tuple[float, list[dict[str, Any]]] = (0.0, [])
        self._thread = threading.Thread(target=self._run, name=f"control plane of {cluster.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Asks it to end, and returns at once."""
        self._stop.set()

    def join(self) -> None:
        """Waits until it has ended."""
        self._thread.join()

    def settled(self, group: NodeGroup, since: float) -> bool:
        """Whether, at some time after `since` (monotonic seconds), the nodes of a group were what the group wants."""
        when, all_nodes = self._nodes
        nodes = [node for node in all_nodes if node["metadata"]["labels"][GROUP_LABEL] == group.data["nodegroupName"]]
        if when <= since:
            return False
        if group.data["status"] == "DELETING":
            return not nodes
        wanted = generation({**group.data, **group.wanted})
        current = [node for node in nodes if node["metadata"]["annotations"].get(GENERATION) == wanted and _is_ready(node)]
        return len(current) == len(nodes) == group.data["scalingConfig"]["desiredSize"]

    def delete_nodes_by_force(self, group: NodeGroup) -> None:
        """What a deletion, or a forced update of the outdated ones, does to nodes whose pods resist their eviction; in the background."""
        spared = "" if group.data["status"] == "DELETING" else generation({**group.data, **group.wanted})
        self._force.put((group.data["nodegroupName"], spared))

    def _run(self) -> None:
        try:
            self.control_plane = self._make()
            self.control_plane.start()
        except Exception as error:
            traceback.print_exc()
            self.failure = str(error)
            self._stop.wait()
            self.stopped = True
            return
        loops = ClusterLoops(self.control_plane, self._view)
        try:
            loops.start()
            self.ready = True
            client = self.control_plane.client()
            while not self._stop.wait(OBSERVE_SECONDS):
                with contextlib.suppress(KubernetesError, requests.RequestException):
                    self._observe(client)
                    self._delete_forced(client)
        finally:
            loops.stop()
            self.control_plane.stop()
            self.stopped = True

    def _make(self) -> ControlPlane:
        data, view = self._cluster.data, self._view
        name = self._cluster.name
        return ControlPlane(
            view.directory / "clusters" / view.region / name,
            name,
            data["version"],
            data["identity"]["oidc"]["issuer"],
            f"{view.endpoint_url}/_standin/clusters/{name}/token?region={view.region}&account={view.account}",
            view.directory / "bin",
            data["kubernetesNetworkConfig"]["serviceIpv4Cidr"],
        )

    def _observe(self, client: KubernetesClient) -> None:
        """Looks at the nodes while some group waits for them."""
        if not any(group.data["status"] in PENDING for group in list(self._cluster.node_groups.values())):
            return
        began = time.monotonic()
        self._nodes = (began, client.items(f"/api/v1/nodes?labelSelector={GROUP_LABEL}"))

    def _delete_forced(self, client: KubernetesClient) -> None:
        while not self._force.empty():
            name, spared = self._force.get()
            for node in client.items(f"/api/v1/nodes?labelSelector={GROUP_LABEL}%3D{name}"):
                if node["metadata"]["annotations"].get(GENERATION) != spared:
                    client.delete(f"/api/v1/nodes/{node['metadata']['name']}")


def connection(running: RunningControlPlane) -> Data:
    """The members of DescribeCluster that are there once a control plane is."""
    assert running.control_plane is not None
    certificate = base64.b64encode(running.control_plane.certificate_authority).decode()
    return {"endpoint": running.control_plane.endpoint, "certificateAuthority": {"data": certificate}}


def _is_ready(node: dict[str, Any]) -> bool:
    conditions = node["status"].get("conditions") or []
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
