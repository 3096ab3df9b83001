"""The real databases that run: each started when it is asked for, following what the emulated AWS says, ended with what it stands for."""

from __future__ import annotations

import re
import shutil
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.standin.certificates import Authority, make_authority, make_server_certificate
from tests.standin.databases.description import Description
from tests.standin.databases.postgresql import PostgreSQL
from tests.standin.databases.redis import Redis
from tests.standin.processes import release_address, reserve_address

LOOK_SECONDS = 0.1
START_SECONDS = 60.0


class Database(Protocol):
    """A real database."""

    def start(self, description: Description) -> None: ...

    def follow(self, description: Description) -> None: ...

    def stop(self) -> None: ...


ENGINES: dict[str, Callable[[Path, str, int], Database]] = {"postgresql": PostgreSQL, "redis": Redis}


class RunningDatabase:
    """One database, in a thread of its own. look: answers what it is to be; None once it is gone.

    settled: it answers, or failure says why it does not.
    """

    def __init__(self, directory: Path, authority: Authority, description: Description, look: Callable[[], Description | None]) -> None:
        self._directory, self._authority, self._look = directory, authority, look
        self.description = description
        self.address = ""
        self.failure: str | None = None
        self.settled = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"database {description.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Asks it to end, and returns at once."""
        self._stop.set()

    def join(self) -> None:
        self._thread.join()

    def ended(self) -> bool:
        return not self._thread.is_alive()

    def _run(self) -> None:
        database: Database | None = None
        try:
            self.address = reserve_address(self.description.port)
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory.mkdir(parents=True)
            make_server_certificate(self._directory, self._authority, "stand-in database", self.description.certificate_names)
            database = ENGINES[self.description.engine](self._directory, self.address, self.description.port)
            database.start(self.description)
            self.settled.set()
            self._follow(database)
        except Exception as error:
            traceback.print_exc()
            self.failure = str(error)
        finally:
            if database is not None:
                database.stop()
            release_address(self.address, self.description.port)
            self.settled.set()

    def _follow(self, database: Database) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            wanted = self._look()
            if wanted is None:
                return
            if wanted != self.description:
                database.follow(wanted)
                self.description = wanted


class Databases:
    """All of a stand-in. standing: answers what stands in the emulated AWS, by an identity that nothing else ever has."""

    def __init__(self, directory: Path, standing: Callable[[], Mapping[str, Description]]) -> None:
        self._directory, self._standing = directory, standing
        self._lock = threading.Lock()
        self._running: dict[str, RunningDatabase] = {}
        self._authority: Authority | None = None

    def run(self, names: Sequence[str] = ()) -> dict[str, Any]:
        """Starts what stands and does not run yet, waits until each answers, and says where: in JSON's shape.

        names: of clusters and replication groups; none means all.
        """
        with self._lock:
            self._make_authority()
            standing = {key: each for key, each in self._standing().items() if not names or each.name in names}
            for identity, description in standing.items():
                if identity not in self._running or self._running[identity].ended():
                    self._running[identity] = self._start(identity, description)
            running = [self._running[identity] for identity in standing]
        for each in running:
            each.settled.wait(START_SECONDS)
        return {"certificate_authority": str(self._directory / "ca.crt"), "databases": [_shown(each) for each in running]}

    def stop(self) -> None:
        """Ends all of them, side by side."""
        with self._lock:
            for running in self._running.values():
                running.stop()
            for running in self._running.values():
                running.join()

    def _make_authority(self) -> Authority:
        """One for all databases of the stand-in."""
        if self._authority is None:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._authority = make_authority(self._directory, "stand-in databases")
        return self._authority

    def _start(self, identity: str, description: Description) -> RunningDatabase:
        directory = self._directory / re.sub(r"[^A-Za-z0-9-]", "-", identity)
        return RunningDatabase(directory, self._make_authority(), description, lambda: self._standing().get(identity))


def _shown(running: RunningDatabase) -> dict[str, Any]:
    description = running.description
    failure = running.failure or (None if running.settled.is_set() else "it does not answer yet")
    return {
        "engine": description.engine,
        "name": description.name,
        "host_names": list(description.host_names),
        "address": running.address,
        "port": description.port,
        "failure": failure,
    }
