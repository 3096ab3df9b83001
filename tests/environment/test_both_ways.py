"""Every module of the collection gives in the Ansible worker the very results that it gives as a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.environment.conftest import DEMO, UNPROTECTED
from tests.environment.described import PUBLIC
from tests.support import collection
from tests.support.playbooks import Playbooks, Run
from tests.support.standin import REGION

CONFIRMED = {"opta_destroy_confirm": "staging", **UNPROTECTED}
CHANGED = {"eks_version": "1.35", "network_nat_mode": "per_zone", "opta_tags": {"team": "other"}, "eks_log_types": ["api"]}
SERVICE_ABSENT = {"ansible.builtin.include_role": {"name": "opta.platform.opta_service", "tasks_from": "absent"}}
TAGS = {"opta:environment": "staging", "opta:role": "network", "opta:name": "both-ways"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
}
#: made and removed for real, with a name that decides all that is returned
REALLY = {
    "cloudwatch_log_group": {"name": "/both-ways", "retention_in_days": 30},
    "s3_bucket": {"name": "both-ways-of-a-test"},
    "ecr_repository": {"name": "both-ways/of-a-test"},
    "iam_oidc_provider": {"url": "https://both.ways.example.com/id"},
}
Seen = set[str]


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The modules whose results were compared."""
    return set()


@pytest.fixture
def same(ansible: Playbooks, seen: Seen) -> Callable[..., None]:
    """Run a playbook, or a play, in the worker and as processes; every task's result must be the same."""

    def run(what: str | list[Mapping[str, Any]], *arguments: str, **variables: Any) -> None:
        def once(**environment: str) -> Run:
            if isinstance(what, str):
                return ansible.run(f"opta.platform.{what}", *DEMO, *arguments, variables=variables, environment=environment)
            return ansible.play(what, *DEMO, *arguments, variables=variables, environment=environment)

        here, process = once(), once(OPTA_IN_PROCESS="0")
        assert (here.returncode, process.returncode) == (0, 0), here.failure() or process.failure()
        assert [task["task"] for task in here.tasks] == [task["task"] for task in process.tasks]
        for ours, theirs in zip(here.tasks, process.tasks, strict=True):
            assert (ours["status"], ours["result"]) == (theirs["status"], theirs["result"]), ours["task"]
        seen.update(task["action"].rsplit(".", 1)[-1] for task in here.tasks if task["status"] != "skipped")

    return run


@pytest.fixture(scope="module")
def living(play: Callable[..., Run]) -> None:
    play("env", eks_version="1.34")
    play("service", limit="hello,staging")


def test_the_plan_of_everything(same: Callable[..., None]) -> None:
    same("env", "--check", "--diff", "--limit", "staging")


def test_the_plan_of_changes(living: None, same: Callable[..., None]) -> None:
    same("env", "--check", "--diff", "--limit", "staging", "--tags", "network,eks", **CHANGED)
    entry = {"cluster_name": "opta-staging", "principal_arn": "arn:aws:iam::123456789012:role/both-ways", "region": REGION}
    addon = {"cluster_name": "opta-staging", "name": "coredns", "configuration_values": {"replicaCount": 3}, "region": REGION}
    tasks = [
        {"name": "Let somebody in", "opta.platform.eks_access_entry": entry},
        {"name": "Change one add-on", "opta.platform.eks_addon": addon},
    ]
    same([{"name": "Plan", "hosts": "staging", "gather_facts": False, "tasks": tasks}], "--check", "--diff")
    changes = {"opta_service_tag": "1.30", "opta_service_secrets": {"TOKEN": "of-the-test"}, **PUBLIC}
    same("service", "--check", "--diff", "--limit", "hello,staging", **changes)


def test_the_plan_of_removal(living: None, same: Callable[..., None]) -> None:
    absent = {"name": "Remove the service", "hosts": "services", "gather_facts": False, "tasks": [SERVICE_ABSENT]}
    same([absent], "--check", "--diff", "--limit", "hello", **CONFIRMED)
    same("destroy", "--check", "--diff", "--limit", "staging", **CONFIRMED)


def test_what_is_really_done(same: Callable[..., None]) -> None:
    tasks = [
        {"name": f"{module} {state}", f"opta.platform.{module}": {**options, "state": state, "tags": TAGS, "region": REGION}}
        for module, options in REALLY.items()
        for state in ("present", "present", "absent", "absent")
    ]
    tasks.append(
        {"name": "Look for an image", "opta.platform.ecr_image_info": {"repository_name": "none", "image_tag": "1", "region": REGION}}
    )
    same([{"name": "Really", "hosts": "staging", "gather_facts": False, "tasks": tasks}], "--diff")


def test_no_module_is_left_out(living: None, seen: Seen) -> None:
    modules = {path.stem for path in (collection.ROOT / "plugins" / "modules").glob("*.py")}
    assert modules - seen == set()
