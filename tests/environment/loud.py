"""Runs that are as loud as can be, and all that is to be seen of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.environment.observed import secrets
from tests.support.passwords import releases, watched
from tests.support.playbooks import Begun, Playbooks, Run
from tests.support.standin import Standin


class Loud(Playbooks):
    """Runs with -vvv and --diff, a log file and a cache of facts.

    seen: all texts, by where they were to be seen. passwords: those that each store's secret has had, by its name.
    known_to_services: the Secrets of Kubernetes.
    """

    def __init__(self, standin: Standin, directory: Path) -> None:
        self._log, self._facts, self._moment = (directory / name for name in ("ansible.log", "facts", "moment"))
        self._moment.mkdir()
        settings = {
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self._facts),
            "ANSIBLE_LOG_PATH": str(self._log),
            "ANSIBLE_LOCAL_TEMP": str(self._moment / "local"),
            "ANSIBLE_REMOTE_TMP": str(self._moment / "remote"),
            "TMPDIR": str(self._moment),
        }
        super().__init__({**standin.environment, **settings}, directory)
        self._standin = standin
        self.passwords: dict[str, list[str]] = {}
        self.seen: dict[str, str] = {}
        self.known_to_services = ""

    def begin(self, *arguments: str, **settings: Any) -> Begun:
        return super().begin("-vvv", "--diff", *arguments, **settings)

    def end(self, begun: Begun) -> Run:
        run = super().end(begun)
        self.seen |= {f"output {begun.output.name}": run.output, f"results {begun.results.name}": json.dumps(run.tasks)}
        return run

    def look(self, environment: str) -> None:
        """Read an environment's passwords of the moment, and what Helm keeps in its cluster."""
        for name, secret in secrets(self._standin, environment).items():
            known = self.passwords.setdefault(name, [])
            known += [secret["password"]] if secret["password"] not in known else []
        answer = self._standin.kubernetes("get", "secrets", "--all-namespaces", "-o", "json", "--context", f"opta-{environment}")
        kept = json.loads(answer.stdout)["items"]
        self.seen |= releases(kept)
        self.known_to_services += json.dumps([secret for secret in kept if secret["type"] == "Opaque"])

    def written(self) -> dict[str, str]:
        """What the log file and the cache of facts hold by now."""
        return {str(path): path.read_text() for path in (self._log, *self._facts.rglob("*")) if path.is_file()}


@contextmanager
def loud(standin: Standin, directory: Path) -> Iterator[Loud]:
    """Runs whose short-lived files are watched, too: what they held is in `seen` as soon as it was there."""
    running = Loud(standin, directory)
    with closing(running), watched(directory / "moment", running.seen):
        yield running
