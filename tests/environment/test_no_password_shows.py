"""The password of no store shows in anything that a run of an environment or a service prints, logs, caches, or writes for a moment."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.environment.conftest import DEMO, UNPROTECTED
from tests.support.passwords import forms, releases, shown, watched
from tests.support.playbooks import Playbooks
from tests.support.standin import Standin

LOUD = ("-vvv", "--diff")
STORES = ("aurora", "docdb", "cache")
ONLY_STORES = ("--tags", "aurora,documentdb,elasticache")
ROTATION = {"aurora_rotate_passwords": ["main"], "documentdb_rotate_passwords": ["main"], "elasticache_rotate_passwords": True}
#: playbook, hosts, arguments and variables of each run; the keys name what is searched
LIFE: dict[str, tuple[str, str, tuple[str, ...], dict[str, Any]]] = {
    "plan": ("env", "staging", ("--check",), {}),
    "creation": ("env", "staging", (), {}),
    "service": ("service", "hello,staging", (), {}),
    "plan of a rotation": ("env", "staging", ("--check", *ONLY_STORES), ROTATION),
    "rotation": ("env", "staging", ONLY_STORES, ROTATION),
    "plan of the roll-out": ("service", "hello,staging", ("--check",), {}),
    "roll-out": ("service", "hello,staging", (), {}),
    "destruction": ("destroy", "staging", ONLY_STORES, {"opta_destroy_confirm": "staging", **UNPROTECTED}),
}


class Life:
    """The passwords that there were, and all that was to be seen, by where."""

    def __init__(self, standin: Standin) -> None:
        self._standin = standin
        self.passwords: dict[str, list[str]] = {store: [] for store in STORES}
        self.seen: dict[str, str] = {}
        self.known_to_the_service = ""

    def look(self) -> None:
        """Read the passwords of the moment, and what Helm keeps."""
        manager = self._standin.client("secretsmanager")
        for secret in manager.list_secrets()["SecretList"]:
            store = secret["Name"].split("/")[2]
            if store not in STORES:
                continue
            password = json.loads(manager.get_secret_value(SecretId=secret["Name"])["SecretString"])["password"]
            if password not in self.passwords[store]:
                self.passwords[store].append(password)
        if self._standin.client("eks").list_clusters()["clusters"]:
            answer = self._standin.kubernetes("get", "secrets", "--all-namespaces", "-o", "json", "--context", "opta-staging")
            secrets = json.loads(answer.stdout)["items"]
            self.seen.update(releases(secrets))
            self.known_to_the_service += json.dumps([secret for secret in secrets if secret["type"] == "Opaque"])


@pytest.fixture(scope="module")
def life(empty: Standin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A whole life of an environment and its service, as loud as it can be, with a log file and a cache of facts."""
    directory = tmp_path_factory.mktemp("loud")
    log, facts, moment = (directory / name for name in ("ansible.log", "facts", "moment"))
    moment.mkdir()
    settings = {
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(facts),
        "ANSIBLE_LOG_PATH": str(log),
        "ANSIBLE_LOCAL_TEMP": str(moment / "local"),
        "ANSIBLE_REMOTE_TMP": str(moment / "remote"),
        "TMPDIR": str(moment),
    }
    lived = Life(empty)
    ansible = Playbooks({**empty.environment, **settings}, directory)  # Ansible reads these when it starts
    try:
        with watched(moment) as held:
            ansible.play(_cached_fact(), *DEMO, "--limit", "staging")
            for name, (playbook, hosts, arguments, variables) in LIFE.items():
                done = ansible.run(f"opta.platform.{playbook}", *DEMO, *LOUD, *arguments, "--limit", hosts, variables=variables)
                assert done.returncode == 0, f"{name}: {done.failure()}"
                lived.seen |= {f"output of the {name}": done.output, f"results of the {name}": json.dumps(done.tasks)}
                if name not in ("plan", "destruction"):
                    lived.look()
    finally:
        ansible.close()
    lived.seen |= held | _files(facts) | {str(log): log.read_text()}
    yield lived


def _cached_fact() -> dict[str, Any]:
    """A play that shows that the cache is written."""
    task = {"name": "Keep a fact", "ansible.builtin.set_fact": {"kept_by_the_test": "a fact", "cacheable": True}}
    return {"name": "Begin", "hosts": "staging", "gather_facts": False, "tasks": [task]}


def _files(directory: Path) -> dict[str, str]:
    return {str(path): path.read_text() for path in directory.rglob("*") if path.is_file()}


def test_d4_t16_no_password_shows_anywhere(life: Life) -> None:
    assert {store: len(passwords) for store, passwords in life.passwords.items()} == dict.fromkeys(STORES, 2), "one, and its successor"
    for passwords in life.passwords.values():
        for password in passwords:
            assert any(form in life.known_to_the_service for form in forms(password)), "the service gets each of them"
    everything = " ".join(life.seen)
    for place in ("ansible.log", "/facts/", "helm release", "/moment/", "output of the rotation"):
        assert place in everything
    assert shown([password for passwords in life.passwords.values() for password in passwords], life.seen) == []


@pytest.mark.parametrize("before", ["", "a", "ab", "postgresql://opta:"])
def test_the_search_finds_a_password_that_shows(before: str) -> None:
    password = "Corr3ct/H0rse Batt3ry"
    for form in sorted(forms(password)):
        assert shown([password], {"here": f"… {form} …", "there": "…"}) == ["here"]
    encoded = base64.b64encode(f"{before}{password}@host".encode()).decode()
    assert shown([password], {"here": encoded}) == ["here"]
