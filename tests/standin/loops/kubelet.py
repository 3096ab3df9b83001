"""The part of a kubelet that the API server calls for `kubectl logs`. No container runs, so the logs are imitated and say so."""

from __future__ import annotations

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.standin.control_plane import ControlPlane
from tests.standin.kubernetes_client import KubernetesClient, KubernetesError
from tests.standin.loops.failing_pods import failure_of
from tests.standin.processes import HOST

LOGS_ANNOTATION = "standin/logs"


def imitated_logs(pod: dict[str, Any], container: str, previous: bool) -> tuple[int, str]:
    """HTTP status and text that a kubelet would answer for one container.

    The text is the pod's annotation `standin/logs`, after a line that says that it is imitated.
    """
    name = pod["metadata"]["name"]
    statuses = (pod["status"].get("containerStatuses") or []) + (pod["status"].get("initContainerStatuses") or [])
    status = next((status for status in statuses if status["name"] == container), None)
    if status is None:
        return 400, f'container "{container}" in pod "{name}" is waiting to start: ContainerCreating'
    waiting, ended = status["state"].get("waiting"), status.get("lastState", {}).get("terminated")
    if waiting and not ended:
        reason = "trying and failing to pull image" if "Image" in waiting["reason"] else waiting["reason"]
        return 400, f'container "{container}" in pod "{name}" is waiting to start: {reason}'
    if previous and not ended:
        return 400, f'previous terminated container "{container}" in pod "{name}" not found'
    text = (pod["metadata"].get("annotations") or {}).get(LOGS_ANNOTATION)
    if text is None and failure_of(pod) == "crash":
        text = "fatal: asked to crash by the annotation standin/fail"
    return 200, f"[stand-in] no container runs here: this log is imitated\n{text + chr(10) if text else ''}"


def last_lines(text: str, number: str | None) -> str:
    """The last lines of a text (`tailLines`), all of them without a number."""
    lines = text.splitlines(keepends=True)
    return text if number is None else "".join(lines[len(lines) - min(int(number), len(lines)) :])


class Kubelet:
    """Answers /containerLogs/NAMESPACE/POD/CONTAINER on the control plane's kubelet port, for all nodes."""

    def __init__(self, control_plane: ControlPlane) -> None:
        class Handler(_Handler):
            client = staticmethod(control_plane.client)

        self._server = ThreadingHTTPServer((HOST, control_plane.kubelet_port), Handler)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(control_plane.directory / "apiserver.crt", control_plane.directory / "apiserver.key")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, name=f"kubelet of {control_plane.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    client: Any

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        words, options = url.path.strip("/").split("/"), parse_qs(url.query)
        if len(words) != 4 or words[0] != "containerLogs":
            self._answer(501, f"not imitated by the stand-in's kubelet: {url.path}")
            return
        client: KubernetesClient = self.client()
        try:
            pod = client.get(f"/api/v1/namespaces/{words[1]}/pods/{words[2]}")
        except KubernetesError as error:
            self._answer(error.status, str(error))
            return
        status, text = imitated_logs(pod, words[3], options.get("previous") == ["true"])
        self._answer(status, last_lines(text, options.get("tailLines", [None])[0]) if status == 200 else text)

    def do_POST(self) -> None:
        self._answer(501, "not imitated by the stand-in's kubelet: no container runs here")

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is worth a line."""
