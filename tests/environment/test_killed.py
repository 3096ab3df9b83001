"""A run that is killed anywhere is finished by the next one, without a duplicate and without an orphan.

Kills within a module, after each of its changes, are in tests/module/test_interruptions*.py.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.environment.conftest import UNPROTECTED, arguments_of
from tests.environment.killing import AfterItsCall, InANewTask, run_and_kill
from tests.environment.observed import STORES, left_in_aws, passwords_of_stores, secrets, shape
from tests.support.playbooks import Begun, Playbooks, Run
from tests.support.standin import Standin

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
CHANGED: dict[str, Any] = {
    "eks_version": "1.35",
    "network_nat_mode": "per_zone",
    "opta_tags": {"team": "other"},
    "eks_log_types": ["api"],
    **CHANGED_STORES,
    **UNPROTECTED,
}
WORDS = {**CHANGED, "opta_destroy_confirm": "staging"}
#: by the name of a phase of an environment's life, its playbook and variables
Phases = dict[str, tuple[str, dict[str, Any]]]
CREATION: tuple[str, dict[str, Any]] = ("env", {"eks_version": "1.34", **UNPROTECTED})
DESTRUCTION: tuple[str, dict[str, Any]] = ("destroy", {**WORDS, "opta_delete_retained": True})
WHOLE: Phases = {"creation": CREATION, "update": ("env", CHANGED), "destruction": DESTRUCTION}
WITHOUT_A_CLUSTER = ("--tags", "network,s3,aurora,documentdb,elasticache,retention")
#: one of which there is nothing but AWS's answers
ONLY_A_CLUSTER = ("--tags", "dns_cert,eks")
WITH_A_CLUSTER = ("--tags", f"{WITHOUT_A_CLUSTER[1]},{ONLY_A_CLUSTER[1]}")
FIRST = {**CREATION[1], "eks_default_storage_class_enabled": False}


class Life:
    """The phases of an environment on one stand-in."""

    def __init__(self, standin: Standin, playbooks: Playbooks, phases: Phases) -> None:
        self.standin, self.playbooks, self.phases = standin, playbooks, phases
        #: by phase, what an undisturbed run leaves
        self.undisturbed = {phase: self._undisturbed(phase) for phase in phases}

    def arguments(self, phase: str) -> list[str]:
        return arguments_of(*self.phases[phase])

    def left(self) -> dict[str, int]:
        return shape(left_in_aws(self.standin, "staging"))

    def _undisturbed(self, phase: str) -> dict[str, int]:
        done = self.playbooks.run(*self.arguments(phase))
        assert done.returncode == 0, done.failure()
        return self.left()


#: gives what a run is to reach before it is killed; None once it is to come to its own end
Points = Callable[[], Callable[[Begun], bool] | None]
#: whether the next run that is killed is killed with all its processes, or the controller alone
Ways = Iterator[bool]
BOTH = (True, False)


def kill_repeatedly(playbooks: Playbooks, arguments: list[str], points: Points, ways: Ways) -> int:
    """Begin the same run again and again, each killed at the next point in the next way, until there is none or a run comes to its own end.

    Answers how often it was killed.
    """
    killed = 0
    while reached := points():
        if not run_and_kill(playbooks, arguments, reached, whole_group=next(ways)):
            break
        killed += 1
    return killed


def live_and_be_killed(life: Life, points: Callable[[Standin], Points], ways: Ways) -> dict[str, int]:
    """Each phase killed again and again, then finished: it has the end of an undisturbed one. Answers how often each was killed."""
    killed, passwords = {}, []
    for phase, undisturbed in life.undisturbed.items():
        arguments = life.arguments(phase)
        killed[phase] = kill_repeatedly(life.playbooks, arguments, points(life.standin), ways)
        finished = life.playbooks.run(*arguments)
        assert finished.returncode == 0, f"{phase}: {finished.failure()}"
        assert life.left() == undisturbed, phase
        assert life.playbooks.run(*arguments).actions() == [], phase
        if life.phases[phase][0] == "env":
            passwords.append(one_password_each(life.standin, "staging"))
    assert passwords == passwords[:1] * len(passwords), "neither a change of a store nor its return gives it another password"
    assert not any(life.left().values())
    return killed


def one_password_each(standin: Standin, environment: str) -> dict[str, str]:
    """The passwords of the stores by their secrets: each was made once, and its store has it."""
    found = secrets(standin, environment)
    assert sorted(found) == [f"opta/{environment}/{store}/main" for store in STORES]
    assert {tuple(map(tuple, each["versions"].values())) for each in found.values()} == {(("AWSCURRENT",),)}
    assert not any(each["deleted"] for each in found.values())
    assert passwords_of_stores(standin, environment) == {version for each in found.values() for version in each["versions"]}
    return {name: each["password"] for name, each in found.items()}


def remove_nodes(standin: Standin) -> None:
    """By hand: a destruction would ask the cluster's control plane, of which there is none, to let the pods go."""
    eks, ec2, group = standin.client("eks"), standin.client("ec2"), {"clusterName": "opta-staging", "nodegroupName": "default"}
    eks.delete_nodegroup(**group)
    eks.get_waiter("nodegroup_deleted").wait(**group, WaiterConfig={"Delay": 1})
    for template in ec2.describe_launch_templates()["LaunchTemplates"]:
        ec2.delete_launch_template(LaunchTemplateId=template["LaunchTemplateId"])


def test_a_creation_and_stores_whose_change_removal_and_return_are_killed_have_one_password(
    empty: Standin, ansible: Playbooks, play: Callable[..., Run]
) -> None:
    """The secrets are scheduled for deletion in between, and come back. A destruction of all is killed in test_first_path.py."""
    killed = itertools.cycle(BOTH)

    def kill_and_finish(playbook: str, operation: str, tags: tuple[str, str] = WITHOUT_A_CLUSTER, **variables: Any) -> None:
        arguments = arguments_of(playbook, variables, *tags)
        assert run_and_kill(ansible, arguments, AfterItsCall(empty, operation), whole_group=next(killed)), f"it ended before {operation}"
        play(playbook, *tags, **variables)

    empty.set_control_planes()
    kill_and_finish("env", "CreateNodegroup", WITH_A_CLUSTER, **FIRST)
    assert play("env", *WITH_A_CLUSTER, check=True, **FIRST).actions() == []
    kill_and_finish("env", "ModifyReplicationGroup", **CHANGED)
    assert play("env", *WITHOUT_A_CLUSTER, check=True, **CHANGED).actions() == []
    remove_nodes(empty)
    play("destroy", *ONLY_A_CLUSTER, **{**FIRST, **WORDS})
    changed, passwords = shape(left_in_aws(empty, "staging")), one_password_each(empty, "staging")
    kill_and_finish("destroy", "DeleteDBCluster", **WORDS)
    kill_and_finish("env", "RestoreSecret", **CHANGED)
    assert play("env", *WITHOUT_A_CLUSTER, check=True, **CHANGED).actions() == []
    assert shape(left_in_aws(empty, "staging")) == changed
    assert one_password_each(empty, "staging") == passwords
    play("destroy", *WITHOUT_A_CLUSTER, **{**WORDS, "opta_delete_retained": True})
    assert not any(shape(left_in_aws(empty, "staging")).values())


@pytest.fixture(scope="module")
def whole(empty: Standin, ansible: Playbooks) -> Life:
    return Life(empty, ansible, WHOLE)


@pytest.mark.kill_all
@BOTH_WAYS
def test_a_lifecycle_interrupted_in_every_task_ends_in_the_same_state(whole: Life, whole_group: bool) -> None:
    """Killed in each task that changes something, after its first call that does, and begun again."""
    tasks: list[list[str]] = []

    def each_task(standin: Standin) -> Points:
        tasks.append([])
        return lambda: InANewTask(standin, tasks[-1])

    killed = live_and_be_killed(whole, each_task, itertools.repeat(whole_group))
    print(f"killed, {'all processes' if whole_group else 'controller alone'}: {killed}")
    for phase, seen in zip(killed, tasks, strict=True):
        print(f"{phase}: {'; '.join(seen)}")
    assert min(killed.values()) > 10
