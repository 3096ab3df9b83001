"""A module behaves in the Ansible worker as it does in a process of its own: what it returns, how it ends, what it leaves behind."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.playbooks import Playbooks, Run
from tests.support.standin import ROOT

COLLECTION = "opta_test.semantics"
ORDINARY = {"OPTA_IN_PROCESS": "0"}
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}


@pytest.fixture(scope="module")
def ansible(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playbooks]:
    """Ansible with the tests' own collection, whose modules are routed as those of opta.platform."""
    directory = tmp_path_factory.mktemp("in-process")
    target = directory / "ansible_collections" / "opta_test" / "semantics"
    shutil.copytree(Path(__file__).parent / "semantics", target)
    paths = os.pathsep.join([str(directory), str(ROOT / ".cache")])
    pythonpath = os.pathsep.join([str(directory), os.environ.get("PYTHONPATH", "")])
    invocation = {"ANSIBLE_INJECT_INVOCATION": "true"}  # from ansible-core 2.21 on, -vvv shows it only then
    running = Playbooks({"ANSIBLE_COLLECTIONS_PATH": paths, "PYTHONPATH": pythonpath, **invocation}, directory)
    yield running
    running.close()


def both_ways(ansible: Playbooks, tasks: list[dict[str, Any]], *arguments: str, **play: Any) -> tuple[Run, Run]:
    """The same tasks in the worker and as processes."""
    whole = {"name": "Both ways", "hosts": "all", "gather_facts": False, "vars": LOCAL, **play, "tasks": tasks}
    return ansible.play(whole, *arguments), ansible.play(whole, *arguments, environment=ORDINARY)


def reported(run: Run) -> list[tuple[str, str, dict[str, Any]]]:
    """What is the same both ways: not the temporary paths in a traceback."""
    return [(task["task"], task["status"], task["result"]) for task in run.tasks]


def ends(way: str, **more: Any) -> dict[str, Any]:
    return {"name": way, f"{COLLECTION}.ends": {"way": way, **more}, "ignore_errors": True}


def test_results_failures_warnings_and_masking_match_a_module_process(ansible: Playbooks) -> None:
    tasks = [
        ends("print", token="s3cret-token"),
        ends("fail", token="s3cret-token"),
        ends("warn", old="x"),
        {**ends("fail", token="s3cret-token"), "no_log": True},
        {**ends("print"), "changed_when": False},
        {"name": "bad option", f"{COLLECTION}.ends": {"way": "fly"}, "ignore_errors": True},
        {"name": "unknown option", f"{COLLECTION}.ends": {"way": "warn", "unknown": 1}, "ignore_errors": True},
    ]
    here, process = both_ways(ansible, tasks, "-vvv", "--diff")
    assert len(here.tasks) == len(tasks)
    assert reported(here) == reported(process)
    for run in (here, process):
        assert "s3cret-token" not in json.dumps(run.tasks)
        assert "a warning" in run.output
    assert "runs as a separate process and reports no progress: OPTA_IN_PROCESS=0" in process.output
    assert "runs as a separate process" not in here.output


def test_the_invocation_at_verbosity_3_matches_a_module_process(ansible: Playbooks) -> None:
    shown = []
    for run in both_ways(ansible, [ends("warn", token="s3cret-token")], "-vvv"):
        begin = run.output.index('"invocation"')
        shown.append(run.output[begin : run.output.index("}", run.output.index("module_args", begin))])
    assert shown[0] == shown[1]
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in shown[0]


@pytest.mark.parametrize("way", ["raise", "exit", "return", "cut"])
def test_a_module_that_exits_without_a_result_fails(ansible: Playbooks, way: str) -> None:
    here, process = both_ways(ansible, [ends(way)])
    for run in (here, process):
        assert [task["status"] for task in run.tasks] == ["ignored"]
        assert run.returncode == 0
    assert here.tasks[0]["result"]["msg"] == process.tasks[0]["result"]["msg"]
    assert here.tasks[0]["result"].get("rc") == process.tasks[0]["result"].get("rc")


def test_a_task_timeout_ends_the_module(ansible: Playbooks) -> None:
    here, process = both_ways(ansible, [{**ends("sleep"), "timeout": 1}])
    assert here.tasks[0]["result"]["msg"] == process.tasks[0]["result"]["msg"]
    assert here.tasks[0]["seconds"] < 10


def test_a_killed_module_process_fails_the_run_without_hanging(ansible: Playbooks) -> None:
    tasks = [{"name": "killed", f"{COLLECTION}.ends": {"way": "kill"}}]
    here, process = both_ways(ansible, tasks)
    assert here.returncode != 0
    assert process.returncode != 0


def test_a_module_runs_in_an_isolated_forked_worker(ansible: Playbooks) -> None:
    tasks: list[dict[str, Any]] = [
        {
            "name": "look twice in one worker",
            f"{COLLECTION}.surroundings": {"number": "{{ item }}"},
            "loop": [1, 2],
            "environment": {"OF_THE_TASK": "given"},
        },
        {"name": "the fact", "ansible.builtin.debug": {"var": "fact_of_the_module"}},
    ]
    defaults = {f"group/{COLLECTION}.surroundings": {"default": "of the group"}}
    for arguments in ([], ["--check", "--diff"]):
        here, process = both_ways(ansible, tasks, *arguments, module_defaults=defaults)
        assert reported(here) == reported(process)
        first, second = [task["result"]["seen"] for task in here.tasks if task["status"] == "item"]
        assert {**first, "number": 2} == second
        assert (first["spoilt"], first["variable"], first["default"]) == (None, "given", "of the group")
        assert first["check_mode"] is bool(arguments)
        assert here.tasks[-1]["result"]["fact_of_the_module"] == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"async": 30, "poll": 1}, "async", id="async"),
        pytest.param({"become": True, "become_method": "ansible.builtin.sudo", "ignore_errors": True}, "become", id="become"),
    ],
)
def test_unsupported_modules_run_as_a_process(ansible: Playbooks, changes: dict[str, Any], reason: str) -> None:
    task = {"name": "task", f"{COLLECTION}.surroundings": {"number": 1}, **changes}
    run = ansible.play({"name": "Ordinary", "hosts": "all", "gather_facts": False, "vars": LOCAL, "tasks": [task]}, "-vvv")
    assert f"runs as a separate process and reports no progress: {reason}" in run.output
    if reason == "async":
        assert run.tasks[-1]["result"]["seen"]["number"] == 1


def test_many_workers_run_in_parallel(ansible: Playbooks) -> None:
    hosts = ",".join(f"host{number}" for number in range(30)) + ","
    play = {
        "name": "Many",
        "hosts": "all",
        "gather_facts": False,
        "vars": LOCAL,
        "tasks": [{"name": "look", f"{COLLECTION}.surroundings": {"number": "{{ inventory_hostname | replace('host', '') | int }}"}}],
    }
    run = ansible.play(play, "-i", hosts, "--forks", "30")
    assert run.returncode == 0
    assert {task["host"]: task["result"]["seen"]["number"] for task in run.tasks} == {f"host{number}": number for number in range(30)}
