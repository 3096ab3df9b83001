"""Calls of a module whose process is killed in their middle, and lives of one resource that is made, changed and deleted by such calls."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency, _module, _wait
from ansible_collections.opta.platform.plugins.module_utils._helm.binary import Helm
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.client import KubernetesClient

from tests.environment.observed import left_in_aws, shape
from tests.support.modules import call_module
from tests.support.standin import Standin

Options = Mapping[str, Any]
#: what is there after each phase, beyond what was there before the first one
Ends = list[dict[str, int]]
#: no module makes so many changes in one phase
MOST_CHANGES = 150


def call_and_kill(standin: Standin, module: str, options: Options, changes: int) -> bool:
    """Call a module in a process of its own that gets SIGKILL as soon as this many of its changes are answered.

    Returns False when the module succeeded with fewer changes.
    """
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _kill_after(changes)
            result = call_module(module, options, standin.environment)
            code = int(bool(result.get("failed")))
            os.write(2, f"{module}: {result.get('msg')}\n".encode())
        finally:
            os._exit(code)
    _pid, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL), f"{module} failed before it was killed"
    return code == -signal.SIGKILL


def _kill_after(changes: int) -> None:
    """Let this process be killed by the answer to its last change: of AWS, of an API server of Kubernetes, or of helm."""
    answered = itertools.count(1)

    def count() -> None:
        if next(answered) == changes:
            os.kill(os.getpid(), signal.SIGKILL)

    new_client, send, helm = _module.PlatformModule._new_client, KubernetesClient._send, Helm.run

    def after_aws(model: Any, http_response: Any, **_more: Any) -> None:
        if not model.name.startswith(_module.READING) and http_response.status_code < 300:
            count()

    def watched_client(self: Any, *arguments: Any) -> Any:
        client = new_client(self, *arguments)
        client.meta.events.register_last("after-call", after_aws)
        return client

    def watched_send(self: Any, method: str, path: str, query: Mapping[str, Any], *more: Any, **named: Any) -> bytes:
        answer = send(self, method, path, query, *more, **named)
        if method != "GET" and "dryRun" not in query:
            count()
        return answer

    def watched_helm(self: Any, *arguments: str, values: str | None = None, changes: bool = False) -> str:
        output = helm(self, *arguments, values=values, changes=changes)
        if changes:
            count()
        return output

    for owner, name, watched in (
        (_module.PlatformModule, "_new_client", watched_client),
        (KubernetesClient, "_send", watched_send),
        (Helm, "run", watched_helm),
    ):
        setattr(owner, name, watched)


@dataclass(frozen=True)
class Case:
    """How one resource is made, changed and deleted by a module.

    phases: the module's options of each phase, for a name that nobody has. look: how many things of each kind there are.
    """

    module: str
    phases: Callable[[Standin, str], Sequence[Options]]
    poll: Callable[[Standin, str], dict[str, int]]


def in_aws(*services: str) -> Callable[[Standin, str], dict[str, int]]:
    """By kind, how much these services have, whoever made it: what a run has lost is seen, too."""
    return lambda standin, _name: shape(left_in_aws(standin, None, services))


def phases(create: Options, change: Options, delete: Options | None = None) -> Sequence[Options]:
    """The options that make a resource, that change it, and that delete it."""
    return create, {**create, **change}, {**create, **(delete or {}), "state": "absent"}


#: does something with a phase before the run that has to finish it
Before = Callable[[Options], None]


@patch.object(_wait, "FIRST_DELAY_SECONDS", 0.05)
@patch.object(_eventual_consistency, "FIRST_DELAY_SECONDS", 0.05)
def live(standin: Standin, case: Case, name: str, before: Before) -> Ends:
    """Each phase is disturbed, then run until its end, and run again, which has nothing left to do."""
    phases = case.phases(standin, name)
    at_first, ends = case.poll(standin, name), []
    for options in phases:
        before(options)
        for expect_idle in (False, True):
            result = call_module(case.module, options, standin.environment)
            assert not result.get("failed"), result
            assert not expect_idle or result["actions"] == [], result
        now = case.poll(standin, name)
        ends.append({kind: number - at_first.get(kind, 0) for kind, number in now.items() if number != at_first.get(kind, 0)})
    return ends


def killed_once_after_each_change(standin: Standin, case: Case, name: Callable[[str], str]) -> int:
    """Lives whose phases are killed once, one life after each number of changes; returns how many changes the longest phase has."""
    undisturbed = live(standin, case, name("life"), lambda options: None)
    assert undisturbed[0], "nothing was made"
    for changes in range(1, MOST_CHANGES):
        killed: list[bool] = []

        def kill(options: Options, changes: int = changes, killed: list[bool] = killed) -> None:
            killed.append(call_and_kill(standin, case.module, options, changes))

        ends = live(standin, case, name("life"), kill)
        assert ends == undisturbed, f"killed after change {changes} of phases {killed}"
        if not any(killed):
            return changes - 1
    raise AssertionError(f"more than {MOST_CHANGES} changes")


def killed_again_and_again(standin: Standin, case: Case, name: Callable[[str], str]) -> list[int]:
    """A life whose every run is killed by its first change, until none is left; returns how many changes each phase took so."""
    undisturbed = live(standin, case, name("life"), lambda options: None)
    assert undisturbed[0], "nothing was made"
    taken = []

    def kill(options: Options) -> None:
        for changes in range(MOST_CHANGES):
            if not call_and_kill(standin, case.module, options, 1):
                taken.append(changes)
                return
        raise AssertionError(f"no progress: {MOST_CHANGES} runs of {case.module} were killed by their first change")

    assert live(standin, case, name("life"), kill) == undisturbed
    return taken
