"""A store in the stand-in's AWS, in this process: brought and taken down as the module does, and a run that can die at any call."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency, _wait
from ansible_collections.opta.platform.plugins.module_utils._elasticache.reconcile import SERVICES, check, outcomes
from ansible_collections.opta.platform.plugins.module_utils._elasticache.rules import normal
from ansible_collections.opta.platform.plugins.module_utils._elasticache.store import CacheOptions

from tests.standin.aws.clock import DEFAULT_TIMES
from tests.support.identities import marks
from tests.unit.standin.conftest import ACCOUNT, REGION, Aws, emulated

READING = ("Describe", "Get", "List")
_numbers = itertools.count(1)


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


class Cache:
    """One store; what a client that knows the secret's password sees of it."""

    def __init__(self, aws: Aws, place: dict[str, Any], clients: dict[str, Any]) -> None:
        self.aws = aws
        environment = f"test{next(_numbers)}"
        self.name = f"opta-{environment}-cache-main"
        self.secret = f"opta/{environment}/cache/main"
        self.tags = {
            **marks(environment),
            "opta:role": "elasticache",
            "opta:name": self.name,
            "opta:managed-by": "opta.platform",
        }
        self.clients = clients
        self.api = self.clients["elasticache"]
        self.calls: list[str] = []
        self.dies_after: int | None = None
        self.whole = {
            **place,
            "node_type": "cache.t4g.micro",
            "secret_name": self.secret,
            "transit_encryption_mode": "required",
            "secret_recovery_window_in_days": 7,
        }

    def note(self, model: Any, **_context: Any) -> None:
        self.calls.append(model.name)
        if self.dies_after is not None and len(self.changing()) > self.dies_after:
            raise Killed(model.name)

    def changing(self) -> list[str]:
        return [name for name in self.calls if not name.startswith(READING)]

    def _work(self, present: bool, check_mode: bool, more: dict[str, Any], given: dict[str, Any]) -> list[Any]:
        options = CacheOptions(name=self.name, given=given, **{"tags": self.tags, "timeout_seconds": 30, **more})
        self.calls.clear()
        check(options)
        return outcomes(self.clients.__getitem__, options, present=present, check_mode=check_mode)

    def reconcile(self, check_mode: bool = False, more: dict[str, Any] | None = None, **given: Any) -> list[Any]:
        return self._work(True, check_mode, more or {}, normal({**self.whole, **given}))

    def remove(self, check_mode: bool = False, more: dict[str, Any] | None = None, **given: Any) -> list[Any]:
        of_removal = {"secret_name": self.secret, "secret_recovery_window_in_days": 7, **given}
        return self._work(False, check_mode, more or {}, of_removal)

    def group(self) -> dict[str, Any]:
        return self.api.describe_replication_groups(ReplicationGroupId=self.name)["ReplicationGroups"][0]

    def node(self) -> dict[str, Any]:
        return self.api.describe_cache_clusters(CacheClusterId=self.group()["MemberClusters"][0])["CacheClusters"][0]

    @property
    def account(self) -> Any:
        return self.aws.world.elasticache[ACCOUNT, REGION]

    def password(self, label: str = "AWSCURRENT") -> str:
        found = self.clients["secretsmanager"].get_secret_value(SecretId=self.secret, VersionStage=label)
        return str(json.loads(found["SecretString"])["password"])

    def accepted(self) -> list[str]:
        """The passwords with which a client gets in, the newest last."""
        group = self.account.groups[self.name]
        users = [user for each in group.settings["UserGroupIds"] for user in self.account.user_groups[each]["UserIds"]]
        return group.tokens or [password for user in users for password in self.account.passwords[user]]

    def left(self) -> list[str]:
        """The ARNs and ids of everything that carries the environment's tag."""
        environment = self.tags["opta:environment"]
        arns = [arn for arn, tags in self.account.tags.items() if tags.get("opta:environment") == environment]
        filters = [{"Name": "tag:opta:environment", "Values": [environment]}]
        groups = self.clients["ec2"].describe_security_groups(Filters=filters)["SecurityGroups"]
        return sorted([*arns, *(group["GroupId"] for group in groups)])


def actions(done: list[Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    return sorted((o.action, f"{o.kind} {o.name}", tuple(o.attributes)) for o in done if o.action)


def planned_and_done(cache: Cache, **options: Any) -> list[Any]:
    """Plans, does, and plans again: the plan is what is done, and nothing is left."""
    planned = cache.reconcile(check_mode=True, **options)
    assert cache.changing() == []
    done = cache.reconcile(**options)
    assert actions(done) == actions(planned)
    again = {key: value for key, value in options.items() if key != "rotate_password"}
    assert actions(cache.reconcile(**again)) == []
    assert cache.changing() == []
    return done


def changed(done: list[Any]) -> set[str]:
    return {attribute for outcome in done if outcome.action for attribute in outcome.attributes}


def died(cache: Cache, number: int, work: Callable[[], Any]) -> bool:
    """Whether the work died after its number-th changing call."""
    cache.dies_after = number
    try:
        work()
    except Killed:
        return True
    finally:
        cache.dies_after = None
    return False


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An AWS in which nothing takes longer than a call; changes and reboots are seen, since that is waited for."""
    times: dict[str, Any] = dict.fromkeys(DEFAULT_TIMES, 0.0)
    times.update(dict.fromkeys(("elasticache:notice", "elasticache:reboot", "elasticache:modification"), {"calls": 1}))
    times["elasticache:user"] = {"calls": 2}
    with emulated(tmp_path_factory.mktemp("standin"), times) as running:
        yield running


@pytest.fixture(scope="module")
def place(aws: Aws) -> dict[str, Any]:
    vpc_id, subnet_ids = aws.network()
    key = aws.kms.create_key()["KeyMetadata"]["Arn"]
    return {"vpc_id": vpc_id, "subnet_ids": subnet_ids, "allowed_cidr_blocks": ["10.0.0.0/16"], "kms_key_arn": key}


@pytest.fixture(scope="module")
def clients(aws: Aws) -> dict[str, Any]:
    """Made once: that takes longer than a test."""
    return {service: aws.client(service) for service in SERVICES}


@pytest.fixture
def cache(aws: Aws, place: dict[str, Any], clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Cache]:
    """A fresh environment."""
    monkeypatch.setattr(_wait, "FIRST_DELAY_SECONDS", 0.001)
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0.001)
    fresh = Cache(aws, place, clients)
    for client in clients.values():
        client.meta.events.register("after-call", fresh.note)
    yield fresh
    for client in clients.values():
        client.meta.events.unregister("after-call", fresh.note)
