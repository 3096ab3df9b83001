"""The stand-in's server: the emulated AWS and, in threads, the loops of the clusters. Started by `python -m tests.standin up`.

python -m tests.standin.server --directory DIR [--region R] [--times JSON] [--latency-ms N] [--owner PID:START]

Writes DIR/server.json {pid, port, endpoint_url, dns_address} when it answers, and one line for each AWS call to DIR/requests.jsonl.
SIGTERM ends it, and so does the end of its owner, with which DIR goes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from tests.standin import chart_repository
from tests.standin.aws import control, handlers  # noqa: F401
from tests.standin.aws.databases import standing_databases
from tests.standin.aws.eks_control_planes import RunningControlPlane
from tests.standin.aws.eks_model import Cluster
from tests.standin.aws.protocol import Request
from tests.standin.aws.start import prepare
from tests.standin.aws.view import View
from tests.standin.aws.world import World
from tests.standin.databases.running import Databases
from tests.standin.dns_server import DnsServer
from tests.standin.owner import is_gone, when_gone
from tests.standin.processes import HOST, reserve_port
from tests.standin.request_handler import RequestHandler
from tests.support import garbage

Environ = dict[str, Any]


class Application:
    """The WSGI application."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __call__(self, environ: Environ, start_response: Any) -> list[bytes]:
        body = _body(environ)
        path = environ["PATH_INFO"]
        if path.startswith(chart_repository.PREFIX):
            status, kind, file = chart_repository.answer(path)
            start_response(f"{status} ", [("Content-Type", kind)])
            return [file]
        if path.startswith(control.PREFIX):
            status, content = control.answer(self._world, environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), body)
            start_response(f"{status} ", [("Content-Type", "application/json")])
            return [json.dumps(content).encode()]
        status, headers, answer = self._world.answer(Request(environ, body, self._world.region))
        start_response(f"{status} ", headers)
        return [answer]


def make_control_plane(world: World, account: str, region: str, cluster: Cluster) -> RunningControlPlane:
    return RunningControlPlane(View(world, account, region), cluster)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--region", default="eu-west-1")
    parser.add_argument("--times", type=json.loads, default={})
    parser.add_argument("--latency-ms", type=int, default=0)
    parser.add_argument("--owner", default="")
    options = parser.parse_args()
    directory = options.directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"  # AWS's managed policies exist
    try:
        world = World(directory, options.region, options.times, options.latency_ms)
    except ValueError as error:
        sys.exit(f"--times: {error}")
    world.control_planes = make_control_plane
    world.databases = Databases(directory / "databases", lambda: standing_databases(world))
    port = reserve_port()
    world.endpoint_url = f"http://{HOST}:{port}"
    prepare(world)
    dns = DnsServer(world)
    dns.start()
    server = make_server(HOST, port, Application(world), threaded=True, request_handler=RequestHandler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    if options.owner:
        when_gone(options.owner, lambda: os.kill(os.getpid(), signal.SIGTERM))
    running = {"pid": os.getpid(), "port": port, "endpoint_url": world.endpoint_url, "dns_address": dns.address}
    _write(directory / "server.json", running)
    garbage.collect_rarely()
    try:
        server.serve_forever()
    finally:
        dns.stop()
        _end(world)
        if options.owner and is_gone(options.owner):
            shutil.rmtree(directory, ignore_errors=True)


def _end(world: World) -> None:
    """Stops all databases, and all control planes, side by side."""
    if world.databases:
        world.databases.stop()
    running = [cluster.control_plane for account in world.eks.values() for cluster in account.clusters.values() if cluster.control_plane]
    for control_plane in running:
        control_plane.stop()
    for control_plane in running:
        control_plane.join()
    world.close()


def _body(environ: Environ) -> bytes:
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        environ["wsgi.input_terminated"] = True
        return bytes(environ["wsgi.input"].read())
    return bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))


def _write(path: Path, content: dict[str, Any]) -> None:
    replacement = path.with_suffix(".new")
    replacement.write_text(json.dumps(content))
    replacement.replace(path)


if __name__ == "__main__":
    main()
