"""Starting, ending and describing one stand-in: everything that it knows of itself is in its directory."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from tests.standin import binaries, chart_repository, kubeconfig
from tests.standin import owner as owners
from tests.standin.aws.clock import Times
from tests.standin.aws_calls import aws_client
from tests.standin.processes import HOST, ProcessTable, is_alive, resident_mebibytes

ROOT = Path(__file__).resolve().parents[2]
MARKER = "this-is-a-stand-in"  # only a directory that has it, or an empty one, is ever emptied
EXPLANATION = """\
  real:       Kubernetes: for each EKS cluster its own API server, etcd, controller manager and scheduler; kubectl and helm
  on request: PostgreSQL, Valkey or Redis behind the endpoints of Aurora and ElastiCache (python -m tests.standin databases)
  emulated:   AWS (moto and an extension); nodes and pods (kwok: no container runs); logs, load balancers, volumes;
              the public DNS (a server that answers from the emulated zones)"""
# What a user's shell may have set must not reach the server's own AWS clients.
AWS_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE", "AWS_ROLE_ARN")


class StandInError(Exception):
    """What a user can act on, in one sentence or a log's end."""


class Running:
    """A stand-in that answers: what loops.aws.aws_client wants to know of it, and its directory."""

    def __init__(self, directory: Path) -> None:
        try:
            server = json.loads((directory / "server.json").read_text())
            self.region: str = json.loads((directory / "settings.json").read_text())["region"]
        except OSError as error:
            raise StandInError(
                f"no stand-in is up in {directory}; start it with: python -m tests.standin up --directory {directory}"
            ) from error
        self.directory = directory
        self.endpoint_url: str = server["endpoint_url"]
        self.dns_address: str = server["dns_address"]

    def clusters(self) -> list[dict[str, Any]]:
        """The EKS clusters whose API server answers already, in DescribeCluster's shape."""
        client = aws_client("eks", self)
        names = [name for page in client.get_paginator("list_clusters").paginate() for name in page["clusters"]]
        clusters = [client.describe_cluster(name=name)["cluster"] for name in names]
        return [cluster for cluster in clusters if cluster.get("endpoint") and cluster.get("certificateAuthority", {}).get("data")]


def up(directory: Path, region: str, times: Times, latency_ms: int, owner: str = "") -> None:
    """Starts a stand-in, empty, and returns when it answers. StandInError when one is up there already or it does not start.

    owner: the process, as `PID:START`, with whose end the stand-in ends and its directory goes; without one it stays until `down`.
    """
    if owner:
        owners.when_gone(owner, lambda: os.kill(os.getpid(), signal.SIGINT))
    _own(directory)
    with _locked(directory):
        if any(is_alive(process) for process in _table(directory).processes.values()):
            raise StandInError(f"already running in {directory}; to stop it: python -m tests.standin down --directory {directory}")
        _end(directory)
        for entry in directory.iterdir():
            if entry.name not in (MARKER, "lock"):
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        settings = {"region": region, "times": times, "latency_ms": latency_ms, "owner": owner}
        (directory / "settings.json").write_text(json.dumps(settings))
        try:
            binaries.provide(directory / "bin")
            table = _table(directory)
            command = [sys.executable, "-m", "tests.standin.server", "--directory", directory, "--region", region]
            command += ["--times", json.dumps(times), "--latency-ms", latency_ms, "--owner", owner]
            table.start("server", command, _server_environment(directory), bound=False)
            table.wait_until("server", lambda: _probe(directory))
        except (RuntimeError, KeyboardInterrupt) as error:
            with contextlib.suppress(FileNotFoundError):  # the directory goes with the owner
                _end(directory)
            if owner and owners.is_gone(owner):
                shutil.rmtree(directory, ignore_errors=True)
            raise StandInError(str(error) or "interrupted") from error
    running = Running(directory)
    print(f"stand-in for AWS and EKS: {running.endpoint_url}, region {region}, state in {directory}\n{EXPLANATION}")


def down(directory: Path) -> None:
    """Ends all processes of a stand-in, also what a server that was killed may have left. Nothing to end is fine."""
    if not (directory / MARKER).exists():
        return
    with _locked(directory):
        _end(directory)
        for name in ("server.json", "settings.json"):
            (directory / name).unlink(missing_ok=True)


def status(directory: Path) -> int:
    """Prints the processes; 0 when all of them live, 1 when one is dead or nothing is up."""
    running = Running(directory)
    print(f"stand-in for AWS and EKS: {running.endpoint_url}, region {running.region}")
    alive = True
    for path in (directory / "state.json", *_process_tables(directory)):
        part = "" if path.parent == directory else f"{path.parent.name}: "
        for name, process in ProcessTable(path, path.parent).processes.items():
            lives = is_alive(process)
            alive = alive and lives
            memory = f"{resident_mebibytes(process['pid'])} MiB" if lives else "DEAD"
            print(f"  {part + name:<48}{process['pid']:>8}  {memory}")
    return 0 if alive else 1


def databases(directory: Path) -> str:
    """Starts the real databases behind the endpoints; one line for each, as /etc/hosts has them, with what it is behind the #."""
    answer = _ask(f"{Running(directory).endpoint_url}/_standin/databases", "POST").json()
    lines = [f"# their certificate authority: {answer['certificate_authority']}"]
    for each in answer["databases"]:
        if each["failure"]:
            lines.append(f"# {each['name']}: {each['failure']}")
        else:
            lines.append(f"{each['address']} {' '.join(each['host_names'])} # {each['engine']} {each['name']}, port {each['port']}")
    return "\n".join(lines)


#: what a user's shell may have set, and what would send clients elsewhere
DISTURBING = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


def environment_lines(directory: Path) -> str:
    """`export` lines for a shell that wants to look at the stand-in with aws, kubectl and helm; writes DIR/kubeconfig.

    With them the three neither read nor write anything in the user's home.
    """
    variables = environment(directory)
    disturbing = [name for name in DISTURBING if name in os.environ]
    lines = [f"unset {' '.join(disturbing)}"] if disturbing else []
    return "\n".join([*lines, *(f"export {name}={shlex.quote(value)}" for name, value in variables.items())])


def environment(directory: Path) -> dict[str, str]:
    """The variables of `environment_lines`."""
    running = Running(directory)
    kubeconfig.write_clusters(directory / "kubeconfig", running.clusters(), running.region)
    path = os.environ.get("PATH", "").split(os.pathsep)
    first = [str(directory / "bin"), str(Path(sys.executable).parent)]
    hosts = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    without_proxy = ",".join(dict.fromkeys([*filter(None, hosts.split(",")), HOST]))
    return {
        "AWS_ENDPOINT_URL": running.endpoint_url,
        "STANDIN_DNS": running.dns_address,
        "OPTA_REPOSITORY_MIRROR": running.endpoint_url + chart_repository.PREFIX.rstrip("/"),
        "AWS_REGION": running.region,
        "AWS_DEFAULT_REGION": running.region,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        **_no_aws_files(directory),
        "NO_PROXY": without_proxy,
        "no_proxy": without_proxy,
        "KUBECONFIG": str(directory / "kubeconfig"),
        "KUBECACHEDIR": str(directory / "kubectl-cache"),
        **{f"HELM_{kind.upper()}_HOME": str(directory / "helm" / kind) for kind in ("cache", "config", "data")},
        "PATH": os.pathsep.join([*first, *(folder for folder in path if folder not in first)]),
    }


def _no_aws_files(directory: Path) -> dict[str, str]:
    """Files that do not exist: the user's own ~/.aws is neither read nor written."""
    return {"AWS_CONFIG_FILE": str(directory / "no-aws-config"), "AWS_SHARED_CREDENTIALS_FILE": str(directory / "no-aws-credentials")}


def _server_environment(directory: Path) -> dict[str, str | None]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **dict.fromkeys(AWS_VARIABLES), **_no_aws_files(directory)}


def _probe(directory: Path) -> None:
    endpoint_url = json.loads((directory / "server.json").read_text())["endpoint_url"]
    _ask(f"{endpoint_url}/_standin/ready", "GET", 5)


def _ask(url: str, method: str, seconds: float = 120) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    answer = session.request(method, url, timeout=seconds)
    answer.raise_for_status()
    return answer


def _table(directory: Path) -> ProcessTable:
    return ProcessTable(directory / "state.json", directory)


def _process_tables(directory: Path) -> list[Path]:
    return sorted(directory.glob("**/processes.json"))


def _end(directory: Path) -> None:
    """The server first, so that it starts nothing new; then what it may have left behind."""
    stubborn = _table(directory).end_all(((signal.SIGTERM, 20), (signal.SIGKILL, 5)))
    for path in _process_tables(directory):
        stubborn += ProcessTable(path, path.parent).end_all(((signal.SIGKILL, 5),))
        for data in ("etcd", "data"):  # of a control plane, of a database
            shutil.rmtree((path.parent / data).resolve(), ignore_errors=True)
    if stubborn:
        raise StandInError(f"these processes would not end: {', '.join(stubborn)}; see state.json and processes.json in {directory}")


def _own(directory: Path) -> None:
    if directory.exists() and any(directory.iterdir()) and not (directory / MARKER).exists():
        raise StandInError(f"{directory} has files that are not a stand-in's; give an empty or a new directory")
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MARKER).touch()


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """One `up` or `down` at a time."""
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StandInError(f"another `up` or `down` works on {directory}") from error
        yield
