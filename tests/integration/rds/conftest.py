"""The modules for databases in this process, on the emulated AWS: what takes minutes passes at once when a module waits."""

from __future__ import annotations

import importlib
import itertools
import time
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _wait
from ansible_collections.opta.platform.plugins.module_utils._module import COMMON_ARGUMENTS, READING, PlatformModule
from ansible_collections.opta.platform.plugins.module_utils._reconcile import as_result

from tests.module.database_foundation import Databases
from tests.unit.standin import conftest as emulated

REGION, aws = emulated.REGION, emulated.aws
_numbers = itertools.count(1)


class Passing:
    """Time that passes at once, here and in AWS."""

    def __init__(self, aws):
        self._aws, self._slept = aws, 0.0

    def sleep(self, seconds):
        self._slept += seconds
        self._aws.pass_time()

    def monotonic(self):
        return time.monotonic() + self._slept


class Clients:
    """One client a service for all runs of a test module: to load the models takes longest."""

    def __init__(self, aws):
        self._aws = aws
        self._made = {}
        self.check_mode = False

    def __call__(self, service):
        if service not in self._made:
            self._made[service] = self._aws.client(service)
            self._made[service].meta.events.register("before-call", self._before_call)
        return self._made[service]

    def _before_call(self, model, **context):
        assert not self.check_mode or model.name.startswith(READING), f"check mode calls {model.name}"


class Module:
    """What the work of a module sees of its module."""

    def __init__(self, clients, arguments, options, check_mode):
        spec = {**COMMON_ARGUMENTS, **arguments}
        unknown = set(options) - set(spec)
        assert not unknown, f"the module has no {unknown}"
        self.params = {name: options.get(name, meaning.get("default")) for name, meaning in spec.items()}
        self.check_mode = check_mode
        self.client = clients
        clients.check_mode = check_mode

    desired = PlatformModule.desired


@pytest.fixture(scope="module")
def clients(aws):
    return Clients(aws)


@pytest.fixture(scope="module")
def databases(aws):
    standin: Any = SimpleNamespace(client=aws.client, region=REGION)
    return Databases(standin)


@pytest.fixture
def reconcile(aws, clients, monkeypatch):
    """Run a module's work; answers its result, with the notes under `warnings`."""
    monkeypatch.setattr(_wait, "time", Passing(aws))

    def run(name, /, check_mode=False, **options):
        module = importlib.import_module(f"ansible_collections.opta.platform.plugins.modules.{name}")
        outcomes = module.reconcile(Module(clients, module.ARGUMENTS, options, check_mode))
        return {**as_result(outcomes, "cluster"), "warnings": [note for outcome in outcomes for note in outcome.notes]}

    return run


@pytest.fixture
def plan_and_do(aws, reconcile):
    """Plan, do, plan again, do again: the plan says what is done, and the second time nothing is left to do."""

    def run(name, expected, /, **options):
        planned = reconcile(name, check_mode=True, **options)
        done = reconcile(name, **options)
        assert [action["action"] for action in done["actions"][:1]] == [expected], done["actions"]
        for key in ("actions", "changed", "diff"):
            assert planned[key] == done[key]
        before = len(aws.log())
        assert reconcile(name, check_mode=True, **options)["actions"] == []
        assert reconcile(name, **options)["actions"] == []
        assert [each["operation"] for each in aws.log()[before:] if each["mutating"]] == []
        return done

    return run


@pytest.fixture
def fresh():
    """A fresh name."""
    return lambda prefix: f"{prefix}-{next(_numbers)}"
