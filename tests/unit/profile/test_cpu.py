"""CPU time by kind of process, of a /proc that is made of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.profile.cpu import TICKS, Processes

MARKER = "OPTA_TEST_RUN=here"


class Proc:
    """A directory like /proc."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def has(self, pid: int, parent: int, line: str, own: float = 0, reaped: float = 0, marked: bool = True) -> None:
        """A process has used so many seconds."""
        directory = self.directory / str(pid)
        directory.mkdir(exist_ok=True)
        fields = ["S", str(parent), *["0"] * 9, str(int(own * TICKS)), "0", str(int(reaped * TICKS)), "0", *["0"] * 4, str(pid)]
        name = line.split(maxsplit=1)[0].rsplit("/", 1)[-1]
        (directory / "stat").write_text(f"{pid} ({name}) {' '.join(fields)}")
        (directory / "cmdline").write_text(line.replace(" ", "\0") + "\0")
        (directory / "environ").write_text(f"PATH=/bin\0{MARKER}\0" if marked else "PATH=/bin\0")

    def ended(self, pid: int) -> None:
        for path in (self.directory / str(pid)).iterdir():
            path.unlink()
        (self.directory / str(pid)).rmdir()


@pytest.fixture
def proc(tmp_path: Path) -> Proc:
    made = Proc(tmp_path)
    made.has(1, 0, "/sbin/init", own=99, marked=False)
    made.has(10, 1, "/venv/bin/python /venv/bin/pytest tests", own=2)
    return made


@pytest.fixture
def processes(proc: Proc) -> Processes:
    return Processes(MARKER, proc.directory)


def test_foreign_processes_are_excluded_and_daemons_included(proc: Proc, processes: Processes) -> None:
    proc.has(20, 1, "/bin/etcd --data-dir=x", own=3)
    proc.has(21, 1, "/usr/bin/postgres -D x", own=5, marked=False)
    processes.look()
    assert processes.seconds() == {"etcd": 3, "pytest": 2}


def test_children_of_an_included_process_are_included(proc: Proc, processes: Processes) -> None:
    proc.has(20, 1, "/usr/bin/postgres -D x", own=1)
    proc.has(21, 20, "postgres: writer", own=4, marked=False)
    processes.look()
    assert processes.seconds() == {"postgres": 5, "pytest": 2}


def test_an_ended_child_is_counted_once(proc: Proc, processes: Processes) -> None:
    proc.has(20, 10, "/bin/helm template", own=3)
    processes.look()
    proc.ended(20)
    proc.has(10, 1, "/venv/bin/python /venv/bin/pytest tests", own=2, reaped=3.5)
    processes.look()
    processes.look()
    assert processes.seconds() == {"helm": 3, "pytest": 2.5}


def test_cpu_time_of_unobserved_processes_is_counted_for_the_parent(proc: Proc, processes: Processes) -> None:
    processes.look()
    proc.has(10, 1, "/venv/bin/python /venv/bin/pytest tests", own=2, reaped=1)
    processes.look()
    assert processes.seconds() == {"pytest": 3}


def test_a_child_and_its_parent_that_end_together_are_counted_once(proc: Proc, processes: Processes) -> None:
    proc.has(20, 10, "/venv/bin/molecule test", own=1)
    proc.has(21, 20, "/bin/helm list", own=4)
    processes.look()
    proc.ended(20)
    proc.ended(21)
    proc.has(10, 1, "/venv/bin/python /venv/bin/pytest tests", own=2, reaped=5)
    processes.look()
    assert processes.seconds() == {"helm": 4, "pytest": 2, "molecule": 1}


def test_a_process_is_classified_by_its_last_command_line(proc: Proc, processes: Processes) -> None:
    proc.has(20, 1, "/venv/bin/python -I -S /x/tests/standin/processes.py 10 9 /bin/kube-apiserver", own=0.5)
    processes.look()
    proc.has(20, 1, "/bin/kube-apiserver --etcd-servers=x", own=6)
    processes.look()
    assert processes.seconds() == {"kube-apiserver": 6, "pytest": 2}
    assert processes.started("kube-apiserver") == 1


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("/venv/bin/python -u -c import sys;exec(eval(sys.stdin.readline()))", "pytest"),
        ("/venv/bin/python -m tests.support.playbook_server 7", "ansible"),
        ("/venv/bin/python /venv/bin/ansible-playbook x.yml", "ansible"),
        ("/venv/bin/python -m tests.standin.server --directory x", "stand-in, server"),
        ("/venv/bin/python -m tests.standin up --directory x", "stand-in, commands"),
        ("/venv/bin/python /venv/bin/ansible-lint -q", "linters"),
        ("/venv/bin/python /venv/bin/molecule test", "molecule"),
        ("/bin/kube-controller-manager --kubeconfig=x", "kube-controller-manager"),
    ],
)
def test_processes_are_classified_by_command_line(proc: Proc, processes: Processes, line: str, kind: str) -> None:
    proc.has(20, 1, line, own=9)
    processes.look()
    assert next(iter(processes.seconds())) == kind
