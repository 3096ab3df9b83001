"""The stand-in's command line, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.standin.processes import is_alive
from tests.standin.tests.clusters import create_cluster, create_subnets
from tests.support.process_tree import bound_process, with_variable
from tests.support.standin import Standin
from tests.support.until import until

ROOT = Path(__file__).resolve().parents[3]


def command(verb: str, directory: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "tests.standin", verb, "--directory", str(directory), *arguments]
    return subprocess.run(words, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False)


def processes(directory: Path) -> dict[str, dict[str, Any]]:
    """All recorded processes of a stand-in."""
    files = [directory / "state.json", *directory.glob("**/processes.json")]
    return {f"{file.parent.name}/{name}": process for file in files for name, process in json.loads(file.read_text()).items()}


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "stand-in"
    command("down", tmp_path / "stand-in")


def test_up_status_env_down(directory: Path) -> None:
    started = command("up", directory)
    assert (started.returncode, started.stderr) == (0, "")
    assert "stand-in for AWS and EKS: http://127.0.0.1:" in started.stdout
    assert "emulated:" in started.stdout
    assert "binaries' cache: " in started.stdout
    recorded = processes(directory)
    assert [is_alive(process) for process in recorded.values()] == [True]

    again = command("up", directory)
    assert again.returncode == 1
    assert "already running" in again.stderr
    assert command("status", directory).returncode == 0

    lines = command("env", directory, AWS_PROFILE="mine", NO_PROXY="example.com").stdout.splitlines()
    assert lines[0] == "unset AWS_PROFILE"
    exported = dict(line.removeprefix("export ").split("=", 1) for line in lines[1:])
    assert set(exported) == {
        "AWS_ACCESS_KEY_ID",
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_REGION",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SHARED_CREDENTIALS_FILE",
        "HELM_CACHE_HOME",
        "HELM_CONFIG_HOME",
        "HELM_DATA_HOME",
        "KUBECACHEDIR",
        "KUBECONFIG",
        "NO_PROXY",
        "OPTA_REPOSITORY_MIRROR",
        "PATH",
        "STANDIN_DNS",
        "no_proxy",
    }
    assert not Path(exported["AWS_CONFIG_FILE"]).exists()
    assert exported["NO_PROXY"] == "example.com,127.0.0.1"
    assert exported["PATH"].split(os.pathsep)[:2] == [str(directory / "bin"), str(Path(sys.executable).parent)]

    assert command("down", directory).returncode == 0
    assert not any(is_alive(process) for process in recorded.values())
    gone = command("status", directory)
    assert gone.returncode == 1
    assert "no stand-in is up in" in gone.stderr
    assert command("down", directory).returncode == 0


def test_two_run_in_parallel(directory: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    try:
        assert command("up", directory).returncode == command("up", other, "--region", "eu-north-1").returncode == 0
        addresses = [json.loads((place / "server.json").read_text())["endpoint_url"] for place in (directory, other)]
        assert addresses[0] != addresses[1]
        command("down", directory)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{addresses[1]}/_standin/ready", timeout=10) as answer:
            assert answer.status == 200
        assert "export AWS_REGION=eu-north-1" in command("env", other).stdout
    finally:
        command("down", other)


def test_a_directory_with_other_files_is_never_emptied(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    refused = command("up", tmp_path)
    assert refused.returncode == 1
    assert "has files that are not a stand-in's" in refused.stderr
    assert command("down", tmp_path).returncode == 0
    assert [file.name for file in tmp_path.iterdir()] == ["precious"]


def test_times_that_are_no_seconds_are_refused(directory: Path) -> None:
    refused = command("up", directory, "--times", '{"eks:cluster": "soon"}')
    assert refused.returncode == 2
    assert "must be a JSON object of seconds or calls" in refused.stderr
    assert not directory.exists()


@pytest.mark.parametrize("verb", ["down", "up"])
def test_a_killed_stand_in_leaves_no_process(directory: Path, verb: str) -> None:
    running = Standin(directory).up()
    create_cluster(running, "killed", create_subnets(running))
    recorded = processes(directory)
    assert {name.split("/")[1] for name in recorded} >= {"server", "etcd", "kube-apiserver", "kwok"}
    assert all(is_alive(process) for process in recorded.values())
    os.kill(recorded[f"{directory.name}/server"]["pid"], signal.SIGKILL)
    until(lambda: not any(is_alive(process) for process in recorded.values()), seconds=10)
    status = command("status", directory)
    assert status.returncode == 1
    assert "DEAD" in status.stdout
    assert command(verb, directory).returncode == 0
    assert not list(directory.glob("**/etcd/member"))


OWNER = """
import pathlib, signal, sys
from tests.standin.tests.clusters import create_cluster, create_subnets
from tests.support.standin import Standin
running = Standin(pathlib.Path(sys.argv[1])).up()
create_cluster(running, "owned", create_subnets(running))
print("ready", flush=True)
signal.pause()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_the_owner_has_gone(directory: Path, monkeypatch: pytest.MonkeyPatch, end: signal.Signals) -> None:
    monkeypatch.setenv("OPTA_TEST_OF", str(directory))
    words = [sys.executable, "-c", OWNER, str(directory)]
    with bound_process(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "ready\n"
        begun = {Path(f"/proc/{pid}/comm").read_text().strip() for pid in with_variable("OPTA_TEST_OF", str(directory))}
        assert begun >= {"python", "etcd", "kube-apiserver", "kwok"}
        owner.send_signal(end)
        owner.wait(60)
    until(lambda: not list(with_variable("OPTA_TEST_OF", str(directory))), 60, "every process has ended")
    assert not directory.exists()


def test_an_interrupted_start_leaves_nothing(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in is not up yet when its owner goes."""
    monkeypatch.setenv("OPTA_TEST_OF", str(directory))
    words = [sys.executable, "-m", "tests.standin", "up", "--directory", str(directory)]
    with bound_process(["sleep", "60"]) as owner:
        words += ["--owner", str(owner.pid)]
        with bound_process(words, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as starting:
            until((directory / "state.json").exists, 60, "its server begins")
            owner.kill()
            assert starting.wait(60) == 1
    until(lambda: not list(with_variable("OPTA_TEST_OF", str(directory))), 60, "every process has ended")
    assert not directory.exists()


def test_an_owner_that_has_gone_is_refused(directory: Path) -> None:
    for owner in ("none", f"{os.getpid()}:1"):
        refused = command("up", directory, "--owner", owner)
        assert refused.returncode == 2
        assert "--owner: must be the pid of a process that lives" in refused.stderr
    assert not directory.exists()
