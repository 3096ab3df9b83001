"""The way from the API server to webhooks that are Services: nothing routes a Service's address here.

The API server connects by its egress selector (EgressSelectorConfiguration, `cluster`, HTTPConnect over a Unix socket): it sends
`CONNECT ADDRESS:PORT`, and speaks TLS to what answers. A Service of the table WEBHOOKS that has a ready pod is answered by this process
with the certificate of the Secret that the chart mounts, so that the API server checks it against the caBundle as on a real cluster.
A Service with the annotation SERVED_BY is answered by the program that listens there: a real one.
Every other address is simply connected (the kubelet's port).
"""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import json
import selectors
import socket
import ssl
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from tests.standin.control_plane import ControlPlane
from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.webhooks.linkerd import accept_all, inject

Review = Callable[[KubernetesClient, dict[str, Any]], dict[str, Any]]
#: Service: its Secret, and what answers an AdmissionReview's request
WEBHOOKS: dict[str, tuple[str, Review]] = {
    "linkerd-proxy-injector": ("linkerd-proxy-injector-k8s-tls", inject),
    "linkerd-policy-validator": ("linkerd-policy-validator-k8s-tls", accept_all),
    "linkerd-sp-validator": ("linkerd-sp-validator-k8s-tls", accept_all),
}
#: `127.0.0.1:PORT` on a Service
SERVED_BY = "standin/served-by"
BUFFER = 65536


class ServiceNetwork:
    """Listens on the control plane's egress socket. `start` and `stop` return at once."""

    def __init__(self, control_plane: ControlPlane) -> None:
        self._control_plane = control_plane
        self._services = ipaddress.ip_network(control_plane.service_cidr)
        self._log = control_plane.directory / "webhooks.log"
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind("\0" + control_plane.egress_socket)
        self._socket.listen(64)

    def start(self) -> None:
        threading.Thread(target=self._accept, name="service network", daemon=True).start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._guarded, args=(connection,), daemon=True).start()

    def _guarded(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._serve(connection)
            except (ConnectionError, ssl.SSLError, TimeoutError) as error:
                self._note(f"{error}\n")  # also the API server's word about a certificate that it does not trust
            except Exception:
                self._note(traceback.format_exc())

    def _serve(self, connection: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            read = connection.recv(1)  # nothing of the TLS that follows may be taken
            if not read:
                return
            head += read
        host, _, port = head.split()[1].decode().rpartition(":")
        address = host.strip("[]")
        if ipaddress.ip_address(address) in self._services:
            self._answer(connection, address)
        else:
            self._relay(connection, address, int(port))

    def _answer(self, connection: socket.socket, address: str) -> None:
        client = self._control_plane.client()
        service = _service(client, address)
        namespace, name = service["namespace"], service["name"]
        served_by = (service.get("annotations") or {}).get(SERVED_BY)
        if served_by:
            host, _, port = served_by.rpartition(":")
            self._relay(connection, host, int(port))
            return
        if name not in WEBHOOKS or not _has_ready_pods(client, namespace, name):
            connection.sendall(b"HTTP/1.1 503 no ready pod\r\n\r\n")
            return
        secret, review = WEBHOOKS[name]
        context = _context(client.get(f"/api/v1/namespaces/{namespace}/secrets/{secret}"))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as secured:
            Handler = type("Handler", (_Handler,), {"client": client, "review": staticmethod(review)})
            Handler(secured, (address, 0), SimpleNamespace())

    @staticmethod
    def _relay(connection: socket.socket, address: str, port: int) -> None:
        with socket.create_connection((address, port), timeout=10) as other, selectors.DefaultSelector() as selector:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for ends in ((connection, other), (other, connection)):
                selector.register(ends[0], selectors.EVENT_READ, ends)
            while True:
                for key, _ in selector.select():
                    read = key.data[0].recv(BUFFER)
                    if not read:
                        return
                    key.data[1].sendall(read)

    def _note(self, text: str) -> None:
        with self._log.open("a") as log:
            log.write(text)


class _Handler(BaseHTTPRequestHandler):
    """One request a connection (HTTP/1.0), so that each call meets the certificate of the moment."""

    client: KubernetesClient
    review: Review

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        response = {"uid": body["request"]["uid"], "allowed": True, **self.review(self.client, body["request"])}
        answer = json.dumps({"apiVersion": body["apiVersion"], "kind": "AdmissionReview", "response": response}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is worth a line."""


def _service(client: KubernetesClient, address: str) -> dict[str, Any]:
    """The metadata of the Service with this address."""
    for service in client.items("/api/v1/services"):
        if service["spec"].get("clusterIP") == address:
            metadata: dict[str, Any] = service["metadata"]
            return metadata
    return {"namespace": "", "name": ""}


def _has_ready_pods(client: KubernetesClient, namespace: str, name: str) -> bool:
    slices = client.items(
        f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices?labelSelector=kubernetes.io/service-name={name}"
    )
    return any(endpoint["conditions"].get("ready") for part in slices for endpoint in part.get("endpoints") or [])


def _context(secret: dict[str, Any]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as directory:
        files = [Path(directory) / key for key in ("tls.crt", "tls.key")]
        for file in files:
            file.touch(mode=0o600)
            file.write_bytes(base64.b64decode(secret["data"][file.name]))
        context.load_cert_chain(str(files[0]), str(files[1]))
    return context
