"""A run that is killed anywhere is finished by the next one, without a duplicate and without an orphan.

Kills within a module, after each of its changes, are in tests/module/test_interruptions*.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.environment.conftest import DEMO, UNPROTECTED
from tests.environment.killing import AfterCalls, InANewTask, run_and_kill
from tests.environment.observed import STORES, left_in_aws, passwords_of_stores, secrets, shape
from tests.support.playbooks import Begun, Playbooks
from tests.support.standin import Standin

#: kills of each phase in each way; tests/module/test_interruptions*.py kills each module after each of its changes
POINTS = 1
BOTH_WAYS = pytest.mark.parametrize("whole_group", [True, False], ids=["all processes", "controller alone"])
DATABASE = {"name": "main", "instance_class": "db.t4g.medium", "replica_count": 1, "backup_retention_days": 9}
#: a change that touches each store
CHANGED_STORES = {
    "aurora_clusters": [{**DATABASE, "engine_version": "17", "database_name": "app", "log_exports": ["postgresql"]}],
    "documentdb_clusters": [{**DATABASE, "engine_version": "5.0", "log_exports": ["audit"]}],
    "elasticache_replication_groups": [
        {"name": "main", "node_type": "cache.t4g.small", "replica_count": 1, "automatic_failover_enabled": True}
    ],
    "s3_buckets": [{"name": "uploads", "versioning_enabled": True}],
}
#: and one that touches the network, the cluster, its add-ons and its nodes, too
CHANGED = {
    "eks_version": "1.35",
    "network_nat_mode": "per_zone",
    "opta_tags": {"team": "other"},
    "eks_log_types": ["api"],
    **CHANGED_STORES,
    **UNPROTECTED,
}
#: each phase of an environment's life: its playbook and variables
PHASES: dict[str, tuple[str, dict[str, Any]]] = {
    "creation": ("env", {"eks_version": "1.34", **UNPROTECTED}),
    "update": ("env", CHANGED),
    "destruction": ("destroy", {**CHANGED, "opta_destroy_confirm": "staging", "opta_delete_retained": True}),
}

#: an environment without a cluster, which is soon made
SMALL = {"opta_environment": "again", "dns_cert_domain": "", **UNPROTECTED}


def arguments(playbook: str, variables: dict[str, Any], *more: str) -> list[str]:
    return [f"opta.platform.{playbook}", *DEMO, "--limit", "staging", "--extra-vars", json.dumps(variables), *more]


def arguments_of(phase: str) -> list[str]:
    return arguments(*PHASES[phase])


@dataclass(frozen=True)
class Undisturbed:
    """What an undisturbed run leaves, and how many calls that change something it takes."""

    left: dict[str, int]
    calls: int


Reference = dict[str, Undisturbed]


@pytest.fixture(scope="module")
def reference(empty: Standin, ansible: Playbooks) -> Reference:
    """An undisturbed run of each phase."""
    found = {}
    for phase in PHASES:
        mark = empty.mark()
        done = ansible.run(*arguments_of(phase))
        assert done.returncode == 0, done.failure()
        found[phase] = Undisturbed(shape(left_in_aws(empty, "staging")), len(empty.mutating(mark)))
    return found


#: gives what a run is to reach before it is killed; None once it is to come to its own end
Points = Callable[[], Callable[[Begun], bool] | None]
#: whether each run that is killed is killed with all its processes (the controller alone otherwise), one after another
Ways = tuple[bool, ...]
BOTH: Ways = (True, False)


def kill_repeatedly(playbooks: Playbooks, arguments: list[str], points: Points, ways: Ways) -> int:
    """Begin the same run again and again, each killed at the next point in the next way, until there is none or a run comes to its own end.

    Answers how often it was killed.
    """
    killed = 0
    while reached := points():
        if not run_and_kill(playbooks, arguments, reached, whole_group=ways[killed % len(ways)]):
            break
        killed += 1
    return killed


def live_and_be_killed(
    standin: Standin, playbooks: Playbooks, reference: Reference, points: Callable[[Standin, Undisturbed], Points], ways: Ways
) -> dict[str, int]:
    """Each phase killed again and again, then finished: it has the end of an undisturbed one. Answers how often each was killed."""
    killed, passwords = {}, []
    for phase, undisturbed in reference.items():
        arguments = arguments_of(phase)
        killed[phase] = kill_repeatedly(playbooks, arguments, points(standin, undisturbed), ways)
        finished = playbooks.run(*arguments)
        assert finished.returncode == 0, f"{phase}: {finished.failure()}"
        assert shape(left_in_aws(standin, "staging")) == undisturbed.left, phase
        assert playbooks.run(*arguments).actions() == [], phase
        if phase != "destruction":
            passwords.append(one_password_each(standin, "staging"))
    assert passwords == passwords[:1] * 2, "a change of a store leaves its password"
    return killed


def times(number: int, point: Callable[[], Callable[[Begun], bool]]) -> Points:
    """The same point so many times."""
    left = iter(range(number))
    return lambda: None if next(left, None) is None else point()


def one_password_each(standin: Standin, environment: str) -> dict[str, str]:
    """The passwords of the stores by their secrets: each was made once, and its store has it."""
    found = secrets(standin, environment)
    assert sorted(found) == [f"opta/{environment}/{store}/main" for store in STORES]
    assert {tuple(map(tuple, each["versions"].values())) for each in found.values()} == {(("AWSCURRENT",),)}
    assert passwords_of_stores(standin, environment) == {version for each in found.values() for version in each["versions"]}
    return {name: each["password"] for name, each in found.items()}


def test_a_life_killed_in_each_phase_in_both_ways_has_the_same_end(empty: Standin, ansible: Playbooks, reference: Reference) -> None:
    points = POINTS * len(BOTH)

    def spread(standin: Standin, undisturbed: Undisturbed) -> Points:
        """Points that share a run's calls evenly: a part less than there are points is left over, as calls run together."""
        return times(points, lambda: AfterCalls(standin, max(1, undisturbed.calls * 2 // (points * 3))))

    assert live_and_be_killed(empty, ansible, reference, spread, BOTH) == dict.fromkeys(PHASES, points)


@pytest.mark.kill_all
@BOTH_WAYS
def test_a_life_killed_in_every_task_has_the_same_end(empty: Standin, ansible: Playbooks, reference: Reference, whole_group: bool) -> None:
    """Killed in each task that changes something, after its first call that does, and begun again."""
    tasks: list[list[str]] = []

    def each_task(standin: Standin, _undisturbed: Undisturbed) -> Points:
        tasks.append([])
        return lambda: InANewTask(standin, tasks[-1])

    killed = live_and_be_killed(empty, ansible, reference, each_task, (whole_group,))
    print(f"killed, {'all processes' if whole_group else 'controller alone'}: {killed}")
    for phase, seen in zip(killed, tasks, strict=True):
        print(f"{phase}: {'; '.join(seen)}")
    assert min(killed.values()) > 10


def test_stores_that_come_back_take_their_secrets_back(empty: Standin, ansible: Playbooks) -> None:
    """A destruction is killed, then the creation after it: the secrets, scheduled for deletion in between, are restored."""
    small = ("--tags", "network,aurora,documentdb,elasticache")
    creation, words = arguments("env", SMALL, *small), {**SMALL, "opta_destroy_confirm": "again"}
    destruction = arguments("destroy", words, *small)
    assert ansible.run(*creation).returncode == 0
    before = one_password_each(empty, "again")
    for name, life, whole_group in (("destruction", destruction, True), ("creation", creation, False)):
        assert kill_repeatedly(ansible, life, times(1, lambda: AfterCalls(empty, 16)), (whole_group,)) == 1
        finished = ansible.run(*life)
        assert finished.returncode == 0, finished.failure()
        assert {each["deleted"] for each in secrets(empty, "again").values()} == {name == "destruction"}
    assert one_password_each(empty, "again") == before
    assert ansible.run(*arguments("destroy", {**words, "opta_delete_retained": True}, *small)).returncode == 0
    assert not any(left_in_aws(empty, "again").values())
