"""AWS calls to a server of the own process without a connection: half of such a call's time is the way there and back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPMessage
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError
from werkzeug.serving import BaseWSGIServer

from tests.standin.request_handler import RequestHandler


def call_directly(client: Any, server: BaseWSGIServer) -> None:
    """From now on the calls of a boto3 client are answered by the server's application, in the thread that makes them."""

    def answered(request: AWSPreparedRequest, **_context: Any) -> AWSResponse:
        return _Exchange(server, request).response()

    client.meta.events.register("before-send", answered)


class _Exchange(RequestHandler):
    """One request, as if it had come through a connection, and its answer."""

    def __init__(self, server: BaseWSGIServer, request: AWSPreparedRequest) -> None:
        url, body = urlsplit(request.url), request.body or b""
        content = body.encode() if isinstance(body, str) else bytes(body) if isinstance(body, (bytes, bytearray)) else body.read()
        self.server, self._request, self._response = server, request, None
        self.command, self.path, self.request_version = request.method, f"{url.path or '/'}?{url.query}".removesuffix("?"), "HTTP/1.1"
        self.client_address, self.connection, self.close_connection = ("127.0.0.1", 0), None, False
        self.rfile, self.wfile = io.BytesIO(content), io.BytesIO()
        self.headers = HTTPMessage()
        for name, value in {"Host": url.netloc, **request.headers, "Content-Length": len(content)}.items():
            if name.lower() not in ("expect", "transfer-encoding"):
                del self.headers[name]
                self.headers[name] = value.decode() if isinstance(value, bytes) else str(value)

    def response(self) -> AWSResponse:
        """Raises ConnectionClosedError when the server drops the connection."""
        self.run_wsgi()
        if self._response is None:
            raise ConnectionClosedError(endpoint_url=self._request.url)
        return self._response

    def _answer(self, status: HTTPStatus, headers: list[tuple[str, str]], body: bytes) -> None:
        content = _Content(b"" if self.command == "HEAD" else body)
        self._response = AWSResponse(self._request.url, int(status), dict(headers), content)


class _Content(io.BytesIO):
    """A body as botocore reads it from urllib3."""

    def stream(self, *_arguments: Any, **_named: Any) -> Iterator[bytes]:
        yield self.read()
