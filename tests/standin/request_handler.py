"""One connection of a client: it is kept for the client's next calls, as AWS does and werkzeug's own handler does not."""

from __future__ import annotations

import traceback
from http import HTTPStatus

from moto.moto_server.werkzeug_app import MotoRequestHandler

from tests.standin.aws.errors import DroppedConnectionError

WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
OURS = ("content-length", "connection", "transfer-encoding")


class RequestHandler(MotoRequestHandler):
    """For an application that reads the whole body of a request and answers in one piece. requests.jsonl has a line for each call."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one piece
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return

    def run_wsgi(self) -> None:
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        status, headers, body = HTTPStatus.INTERNAL_SERVER_ERROR, list[tuple[str, str]](), b""

        def start_response(words: str, given: list[tuple[str, str]]) -> None:
            nonlocal status, headers
            status, headers = HTTPStatus(int(words.split(maxsplit=1)[0])), given

        try:
            body = b"".join(self.server.app(self.make_environ(), start_response))
        except DroppedConnectionError:
            self.close_connection = True
            return
        except Exception:
            traceback.print_exc()
            self.close_connection = True
        self._answer(status, headers, body)

    def _answer(self, status: HTTPStatus, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        length = str(len(body))
        for name, value in headers:
            if name.lower() not in OURS:
                self.send_header(name, value)
            elif name.lower() == "content-length" and self.command == "HEAD":
                length = value  # of what GET would answer
        if status not in WITHOUT_BODY:
            self.send_header("Content-Length", length)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and status not in WITHOUT_BODY:
            self.wfile.write(body)
        self.wfile.flush()
