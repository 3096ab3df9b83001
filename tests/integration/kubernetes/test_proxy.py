"""The API server behind an HTTP proxy that wants credentials, as AWS is behind it."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.client import KubernetesClient, KubernetesError

from tests.standin.certificates import make_certificates

CREDENTIALS = "Basic " + base64.b64encode(b"ann:p@ss:word").decode()


class ApiServer(BaseHTTPRequestHandler):
    """Answers every GET with an object."""

    def do_GET(self) -> None:
        content = b'{"kind": "Namespace"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        pass


class Proxy(ApiServer):
    """Tunnels to whatever is asked for, for who has the credentials; counts the tunnels that were asked for."""

    asked = 0
    refusal = (407, "Proxy Authentication Required")

    def do_CONNECT(self) -> None:
        type(self).asked += 1
        if self.headers.get("Proxy-Authorization") != CREDENTIALS:
            self.send_error(*self.refusal)
            return
        host, port = self.path.split(":")
        with socket.create_connection((host, int(port))) as server:
            self.send_response(200)
            self.end_headers()
            other_way = threading.Thread(target=_copy, args=(server, self.connection), daemon=True)
            other_way.start()
            _copy(self.connection, server)
        self.close_connection = True


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificates")
    make_certificates(made, "127.0.0.1", "172.20.0.1")
    return made


@pytest.fixture(scope="module")
def serve(certificates: Path) -> Iterator[Callable[..., int]]:
    """Serve requests on a free port; the port."""
    servers = []

    def start(handler: type[BaseHTTPRequestHandler], encrypted: bool) -> int:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        if encrypted:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates / "apiserver.crt", certificates / "apiserver.key")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return int(server.server_address[1])

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def api_server(serve: Callable[..., int]) -> int:
    return serve(ApiServer, encrypted=True)


@pytest.fixture
def get(api_server: int, certificates: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any] | None]:
    """Ask the API server with HTTPS_PROXY set; nothing is waited for."""

    def ask(proxy: str, no_proxy: str = "") -> dict[str, Any] | None:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, no_proxy)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificates / "ca.crt"))
        monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("it waits for what does not pass"))
        Proxy.asked = 0
        authority = base64.b64encode((certificates / "ca.crt").read_bytes()).decode()
        client = KubernetesClient("opta-staging", f"https://127.0.0.1:{api_server}", authority, mock.Mock())
        return client.get("/api/v1/namespaces/hello")

    return ask


@pytest.mark.parametrize("scheme", ["http://", "https://", ""])
def test_credentials_of_the_proxy_are_sent_to_it(get: Callable[..., Any], serve: Callable[..., int], scheme: str) -> None:
    port = serve(Proxy, encrypted=scheme == "https://")
    assert get(f"{scheme}ann:p%40ss%3Aword@127.0.0.1:{port}") == {"kind": "Namespace"}
    assert Proxy.asked == 1


def test_missing_proxy_credentials_are_reported_without_retries_and_password(get: Callable[..., Any], serve: Callable[..., int]) -> None:
    port = serve(Proxy, encrypted=False)
    with pytest.raises(KubernetesError) as reported:
        get(f"http://ann:wrong@127.0.0.1:{port}")
    assert f"The proxy http://127.0.0.1:{port} does not connect to 127.0.0.1: 407 Proxy Authentication Required. Set its user" in str(
        reported.value
    )
    assert "wrong" not in str(reported.value)
    assert Proxy.asked == 1


def test_a_proxy_that_refuses_the_endpoint_is_reported_without_retries(
    get: Callable[..., Any], serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Proxy, "refusal", (403, "Forbidden"))
    port = serve(Proxy, encrypted=False)
    with pytest.raises(KubernetesError, match=r"does not connect to 127\.0\.0\.1: 403 Forbidden\. .* add 127\.0\.0\.1 to NO_PROXY"):
        get(f"http://127.0.0.1:{port}")


def test_no_proxy_is_respected(get: Callable[..., Any]) -> None:
    assert get("http://127.0.0.1:1", no_proxy="127.0.0.1") == {"kind": "Namespace"}
    assert Proxy.asked == 0
