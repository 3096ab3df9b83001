"""Runs the loops of one cluster in a thread of the server."""

from __future__ import annotations

import threading
import traceback
from typing import Any, Protocol

import requests

from tests.standin.control_plane import ControlPlane
from tests.standin.loops.changes import Changes
from tests.standin.loops.external_dns import ExternalDns
from tests.standin.loops.failing_pods import FailingPods
from tests.standin.loops.gateways import Gateways
from tests.standin.loops.ingresses import Ingresses
from tests.standin.loops.kubelet import Kubelet
from tests.standin.loops.load_balancers import LoadBalancers
from tests.standin.loops.node_objects import Instance
from tests.standin.loops.nodes import Nodes
from tests.standin.loops.policy_controllers import PolicyControllers
from tests.standin.loops.remembering import RememberingClient
from tests.standin.loops.routes import Routes
from tests.standin.loops.volumes import Volumes
from tests.standin.webhooks import ServiceNetwork


class View(Protocol):
    """What the loops may know of AWS without a call over HTTP."""

    endpoint_url: str
    region: str

    @property
    def mutations(self) -> int:
        """How often something has changed in AWS so far."""

    @property
    def real_controllers(self) -> tuple[str, ...]:
        """Names of controllers that run beside the stand-in and are not imitated."""

    def node_groups(self, cluster: str) -> list[dict[str, Any]]:
        """The node groups in DescribeNodegroup's shape, those that are being created or deleted too."""

    def exchange_instances(self, cluster: str, group: str, instances: list[Instance]) -> set[str]:
        """Notes the instances of a node group; answers the ids of those that Auto Scaling is to terminate."""

    def subnets(self) -> list[dict[str, Any]]:
        """All subnets in DescribeSubnets's shape."""

    def addon_status(self, cluster: str, name: str) -> str | None:
        """An add-on's status as DescribeAddon reports it, None without the add-on."""


class Loop(Protocol):
    """What is done again and again."""

    def run(self) -> None: ...


class ClusterLoops:
    """Arguments: a started control plane; the view of AWS. `start` returns at once, `stop` waits for the pass under way.

    passes: how often all loops have looked.
    """

    def __init__(self, control_plane: ControlPlane, view: View) -> None:
        self._log = control_plane.directory / "loops.log"
        self._noted = ""
        self.passes = 0
        self._stopped = threading.Event()
        self._kubelet = Kubelet(control_plane)
        self._services = ServiceNetwork(control_plane)
        self._changes = Changes(control_plane, view)
        name = control_plane.name
        client = RememberingClient(control_plane.endpoint, control_plane.directory, lambda: self._changes.writes)
        self._view = view
        #: each with the name of the controller that it imitates
        self._loops: tuple[tuple[str, Loop], ...] = (
            ("", Nodes(client, name, view, control_plane.kubelet_port)),
            ("", FailingPods(client)),
            ("", PolicyControllers(client)),
            ("nginx-gateway-fabric", Gateways(client)),
            ("ingress-nginx", Ingresses(client)),
            ("aws-load-balancer-controller", LoadBalancers(client, name, view)),
            ("nginx-gateway-fabric", Routes(client)),
            ("external-dns", ExternalDns(client, view)),
            ("aws-ebs-csi-driver", Volumes(client, name, view)),
        )
        self._thread = threading.Thread(target=self._run, name=f"loops of {name}", daemon=True)

    def start(self) -> None:
        self._kubelet.start()
        self._services.start()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=20)
        self._kubelet.stop()
        self._services.stop()

    def _run(self) -> None:
        while self._changes.wait(self._stopped):
            for controller, loop in self._loops:
                if self._stopped.is_set():
                    return
                if controller in self._view.real_controllers:
                    continue
                try:
                    loop.run()
                except requests.ConnectionError as error:
                    self._note(f"the API server does not answer: {error}\n")
                except Exception:
                    self._note(traceback.format_exc())
            self.passes += 1

    def _note(self, text: str) -> None:
        if text != self._noted:  # what fails once fails in each turn
            self._noted = text
            with self._log.open("a") as log:
                log.write(text)
