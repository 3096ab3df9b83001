"""Real databases of the stand-in: what they follow, and how they end."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.standin.databases import programs
from tests.standin.databases.description import Account, Description
from tests.standin.databases.running import Databases
from tests.standin.processes import is_alive, release_address, reserve_address
from tests.support.databases import Clients, real_databases
from tests.support.process_tree import bound_process
from tests.support.until import until

ROOT = Path(__file__).resolve().parents[3]
FIRST, SECOND = "a" * 32, "b" * 32
NAMES = ("db.cluster-x.example.com", "db.cluster-ro-x.example.com")
DATABASE = Description("postgresql", "db", NAMES, NAMES, 5432, (Account("opta", (FIRST,)),), True, "app")
CACHE = Description("redis", "cache", ("cache.example.com",), ("cache.example.com",), 6379, (Account("default", (FIRST,)),), True)


@pytest.fixture
def standing() -> dict[str, Description]:
    """What stands in AWS; tests change it."""
    return {"one": DATABASE, "two": CACHE}


@pytest.fixture
def databases(tmp_path: Path, standing: dict[str, Description]) -> Iterator[Databases]:
    made = Databases(tmp_path / "databases", lambda: dict(standing))
    yield made
    made.stop()


@pytest.fixture
def clients(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Clients:
    shown = databases.run()
    return Clients(shown, Path(shown["certificate_authority"]), monkeypatch)


def url(password: str, authority: Path | str = "", host: str = NAMES[0], mode: str = "verify-full") -> str:
    return f"postgresql://opta:{password}@{host}/app?sslmode={mode}" + (f"&sslrootcert={authority}" if authority else "")


@real_databases
def test_a_postgresql_follows_its_password_and_whether_tls_is_forced(
    databases: Databases, standing: dict[str, Description], clients: Clients, tmp_path: Path
) -> None:
    authority = tmp_path / "databases" / "ca.crt"
    assert [clients.postgresql(url(FIRST, authority, host)) for host in NAMES] == ["", ""]
    assert "no encryption" in clients.postgresql(url(FIRST, mode="disable"))
    standing["one"] = dataclasses.replace(DATABASE, accounts=(Account("opta", ("it's another",)),), tls=False)
    until(lambda: clients.postgresql(url("it's another", authority)) == "")
    assert "password authentication failed" in clients.postgresql(url(FIRST, authority))
    until(lambda: clients.postgresql(url("it's another", mode="disable")) == "not encrypted")


@real_databases
def test_a_redis_follows_its_users_and_their_passwords(standing: dict[str, Description], clients: Clients) -> None:
    def login(password: str) -> str:
        return clients.redis(f"rediss://default:{password}@cache.example.com")

    assert login(FIRST) == ""
    assert clients.redis(f"redis://default:{FIRST}@cache.example.com") != ""
    assert "authenticated" in clients.redis("rediss://cache.example.com")
    standing["two"] = dataclasses.replace(CACHE, accounts=(Account("default", (FIRST, SECOND), "~* &* +@all"),))
    until(lambda: login(SECOND) == "")
    assert login(FIRST) == ""
    standing["two"] = dataclasses.replace(CACHE, accounts=(Account("default", (SECOND,), "~* +ping"),))
    until(lambda: login(FIRST) != "")
    assert login(SECOND) == ""
    standing["two"] = dataclasses.replace(CACHE, accounts=(Account("reader", (SECOND,)),))
    until(lambda: login(SECOND) != "")
    assert clients.redis(f"rediss://reader:{SECOND}@cache.example.com") == ""


@real_databases
def test_a_database_ends_with_its_cluster_and_a_new_one_is_empty(
    databases: Databases, standing: dict[str, Description], clients: Clients, tmp_path: Path
) -> None:
    (of_the_first,) = (path for path in (tmp_path / "databases").glob("one/processes.json"))
    process = json.loads(of_the_first.read_text())["postgres"]
    assert is_alive(process)
    del standing["one"]
    until(lambda: not is_alive(process))
    until(lambda: not (of_the_first.parent / "data").exists())
    assert [each["name"] for each in databases.run()["databases"]] == ["cache"]
    standing["other"] = DATABASE
    shown = databases.run(["db"])["databases"]
    assert [(each["name"], each["failure"]) for each in shown] == [("db", None)]


@real_databases
def test_databases_end_when_the_process_that_started_them_is_killed(tmp_path: Path) -> None:
    program = (
        "import signal, sys, pathlib\n"
        "from tests.unit.standin.test_databases import CACHE, DATABASE, Databases\n"
        "Databases(pathlib.Path(sys.argv[1]), lambda: {'one': DATABASE, 'two': CACHE}).run()\n"
        "print('up', flush=True)\n"
        "signal.pause()\n"
    )
    words = [sys.executable, "-c", program, str(tmp_path)]
    with bound_process(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        started = [process for path in tmp_path.glob("*/processes.json") for process in json.loads(path.read_text()).values()]
        assert len(started) == 2 and all(is_alive(process) for process in started)
        os.kill(parent.pid, signal.SIGKILL)
    until(lambda: not any(is_alive(process) for process in started))
    for data in tmp_path.glob("*/data"):  # as `down` does it for a stand-in that was killed
        shutil.rmtree(data.resolve())


def test_a_database_that_cannot_start_is_reported_without_affecting_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "DEBIAN_POSTGRESQL", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    databases = Databases(tmp_path / "databases", lambda: {"one": DATABASE, "two": CACHE})
    failures = {each["engine"]: each["failure"] for each in databases.run()["databases"]}
    databases.stop()
    assert failures == {
        "postgresql": "there is no PostgreSQL on this machine: install Debian's postgresql",
        "redis": "there is no Valkey or Redis on this machine: install Debian's redis-server",
    }


def test_addresses_are_reserved_once_for_one_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "randint", lambda _first, _last: 77)
    address = reserve_address(15999)
    assert address == "127.77.77.77"
    with pytest.raises(RuntimeError, match="port 15999 is taken"):
        reserve_address(15999)
    assert reserve_address(15998) == address
    release_address(address, 15999)
    assert reserve_address(15999) == address
    for port in (15998, 15999):
        release_address(address, port)
