"""The stand-in as the tests see it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import botocore.config

from tests.standin import lifecycle
from tests.standin.aws.clock import ASKED_FOR
from tests.standin.owner import identity, is_gone
from tests.standin.processes import start_time

ROOT = Path(__file__).resolve().parents[2]
DIRECTORY = ROOT / ".standin"
REGION = "eu-west-1"
#: helm and kubectl end before their garbage is worth collecting
RARE_COLLECTION = {"GOGC": "off"}
#: the cluster of the tests of what is inside one
KUBERNETES = "objects-tests"
SESSION = boto3.session.Session()  # reads each service's model once
#: seconds that things take where time is measured; what is not named here takes the stand-in's own time
SECONDS = {
    "eks:cluster": 0.3,
    "eks:nodegroup": 0.3,
    "eks:addon": 0.2,
    "eks:update": 0.2,
    "ec2:natgateway": 0.2,
    "rds:cluster": 0.2,
    "rds:instance": 0.2,
    "rds:notice": 0.05,
    "rds:modify": 0.1,
    "rds:reboot": 0.1,
    "rds:snapshot": 0.1,
    "elasticache:replicationgroup": 0.3,
    "elasticache:modification": 0.2,
    "elasticache:notice": 0.05,
    "elasticache:reboot": 0.1,
    "elasticache:user": 0.1,
    "elasticache:snapshot": 0.2,
    "iam:role-visible": 0.3,
    "acm:details": 0.2,
    "acm:certificate": 0.4,
    "acm:in-use": 0.3,
}
#: so many calls later it is as wanted: no test depends on how fast the machine is
CALLS = {"calls": 2}
#: what things take in tests: calls where a client asks for the end, else seconds
TIMES: dict[str, Any] = {kind: CALLS if kind in ASKED_FOR else seconds for kind, seconds in SECONDS.items()}


class Follower:
    """Reads the request log from a place on, each line once."""

    def __init__(self, log: Path, since: int) -> None:
        self._log, self._place, self._mutating = log, since, 0

    def more(self) -> list[dict[str, Any]]:
        """The AWS calls since the last time, oldest first, without those of the stand-in's own loops."""
        with self._log.open("rb") as log:
            log.seek(self._place)
            written = log.read()
        # The last line may not be whole yet.
        whole = written[: written.rfind(b"\n") + 1]
        self._place += len(whole)
        entries = [json.loads(line) for line in whole.splitlines()]
        return [entry for entry in entries if entry.get("client") != "stand-in"]

    def mutating(self) -> int:
        """How many calls so far changed something."""
        self._mutating += sum(entry["mutating"] for entry in self.more())
        return self._mutating


class Standin:
    """One running stand-in.

    directory: where it keeps its state; clusters' kubeconfig is directory/kubeconfig.
    """

    def __init__(self, directory: Path, region: str = REGION, times: Mapping[str, Any] | None = None) -> None:
        self.directory = directory
        self.region = region
        self._times = TIMES if times is None else times
        self.endpoint_url = ""
        self.environment: dict[str, str] = {}
        self._clients: dict[tuple[Any, ...], Any] = {}

    def up(self, latency_ms: int = 0) -> Standin:
        """Starts it; it ends with this process at the latest."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with contextlib.redirect_stdout(sys.stderr):
            lifecycle.up(self.directory, self.region, dict(self._times), latency_ms, identity(os.getpid()))
        self.environment = self._read_environment()
        self.endpoint_url = self.environment["AWS_ENDPOINT_URL"]
        return self

    def down(self) -> None:
        lifecycle.down(self.directory)
        shutil.rmtree(self.directory, ignore_errors=True)

    def client(self, service: str, region: str | None = None, **settings: Any) -> Any:
        """A boto3 client of this stand-in, the same each time; nothing of the user's own AWS configuration has a say."""
        key = (service, region, self.endpoint_url, *sorted(settings.items()))
        if key not in self._clients:
            self._clients[key] = SESSION.client(
                service,
                region_name=region or self.region,
                endpoint_url=self.endpoint_url,
                aws_access_key_id=settings.pop("access_key_id", self.environment["AWS_ACCESS_KEY_ID"]),
                aws_secret_access_key=settings.pop("secret_access_key", self.environment["AWS_SECRET_ACCESS_KEY"]),
                config=botocore.config.Config(retries={"mode": "standard", "max_attempts": 5}),
                **settings,
            )
        return self._clients[key]

    def mark(self) -> int:
        """A place in the request log, for requests(since=…)."""
        log = self.directory / "requests.jsonl"
        return log.stat().st_size if log.exists() else 0

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """The AWS calls since a mark, oldest first, without those of the stand-in's own loops."""
        return self.follow(since).more()

    def follow(self, since: int) -> Follower:
        """Reads the calls since a mark as they come."""
        return Follower(self.directory / "requests.jsonl", since)

    def mutating(self, since: int = 0) -> list[str]:
        """The operations since a mark that change something."""
        return [entry["operation"] for entry in self.requests(since) if entry["mutating"]]

    def fault(self, operation: str, kind: str = "error", nth: int = 1, count: int = 1, **more: Any) -> None:
        """Let the nth call from now of an operation, and the count - 1 after it, go wrong. kind: error, throttle, delay, drop."""
        fault = {"operation": operation, "kind": kind, "nth": nth, "count": count, **more}
        self._control("POST", "faults", fault)

    def clear_faults(self) -> None:
        self._control("DELETE", "faults")

    def set_times(self, **times: Any) -> None:
        """Seconds that kinds of things take from now on, or what TIMES has; `eks:cluster` is written eks_cluster."""
        self._control("PUT", "times", {name.replace("_", ":", 1).replace("_", "-"): value for name, value in times.items()})

    def set_control_planes(self, *patterns: str) -> None:
        """Clusters of these names (`*` for any) get a control plane when they are made; others are AWS's answers alone."""
        self._control("PUT", "control-planes", patterns)

    @contextlib.contextmanager
    def real_controllers(self, *names: str) -> Iterator[None]:
        """Meanwhile these controllers run beside the stand-in, which does not imitate them."""
        self._control("PUT", "real-controllers", names)
        try:
            yield
        finally:
            self._control("PUT", "real-controllers", [])

    def databases(self, *names: str) -> dict[str, Any]:
        """Real databases behind the endpoints of these stores (of all without a name), and the path of their certificate authority."""
        return self._control("POST", "databases", list(names))

    def kubernetes(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """kubectl with the stand-in's kubeconfig."""
        environment = self._read_environment()
        return subprocess.run(["kubectl", *arguments], env=environment, capture_output=True, text=True, check=check)

    def _control(self, method: str, what: str, body: Any = None) -> Any:
        request = urllib.request.Request(f"{self.endpoint_url}/_standin/{what}", method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=120) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def _read_environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if name not in lifecycle.DISTURBING}
        return {**own, **lifecycle.environment(self.directory), **RARE_COLLECTION}


def own_directory() -> Path:
    """A directory for the stand-in of this process."""
    return DIRECTORY / f"test-{os.getpid()}"


def leftovers() -> Iterator[Path]:
    """Directories of stand-ins, <what for>-<pid>[-<name>], whose process has ended: the stand-in itself was killed before it could go."""
    for directory in sorted(DIRECTORY.glob("*-*")):
        pid = re.match(r"[a-z]+-(\d+)(-|$)", directory.name)
        if not pid:
            continue
        try:
            owner = json.loads((directory / "settings.json").read_text())["owner"]
            gone = bool(owner) and is_gone(owner)
        except (OSError, ValueError, KeyError):  # it had not begun, or was ended already
            gone = start_time(int(pid.group(1))) is None
        if gone:
            yield directory


def remove_leftovers() -> None:
    """Ends and removes what killed processes left. Another test process may be at the same."""
    for directory in leftovers():
        with contextlib.suppress(lifecycle.StandInError):
            Standin(directory).down()
