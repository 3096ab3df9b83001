"""Things that take time: what is due happens before the next call is answered, so that states depend on the clock alone.

A kind of thing takes seconds, or a number of calls: then it has ended for the n-th call of its service that asks how things are, whoever
else looks meanwhile and however slow the machine is.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Times = Mapping[str, "float | Mapping[str, int]"]
# Seconds. Real AWS takes minutes for the first four.
DEFAULT_TIMES = {
    "eks:cluster": 1.0,
    "eks:nodegroup": 1.0,
    "eks:addon": 0.5,
    "eks:update": 0.5,
    "eks:node-join": 30.0,  # how long nodes wait for a network plugin before their group fails
    "eks:eviction": 60.0,  # how long pods may resist their eviction before an update of their nodes fails
    "eks:drain": 10.0,  # how long pods may resist it before a node of a group that is deleted goes all the same; real EKS: 5 minutes
    "ec2:natgateway": 1.0,
    "ec2:vpcendpoint": 0.5,
    "ec2:snapshot": 0.5,
    "rds:cluster": 1.0,
    "rds:instance": 1.0,
    "rds:notice": 0.1,  # for how long something is still available after Modify or Reboot
    "rds:modify": 0.5,
    "rds:password": 1.0,
    "rds:reboot": 1.0,
    "rds:snapshot": 0.5,
    "elasticache:replicationgroup": 1.0,
    "elasticache:modification": 0.5,
    "elasticache:notice": 0.1,  # for how long something is still available after Modify or Reboot
    "elasticache:reboot": 1.0,
    "elasticache:user": 0.3,
    "elasticache:snapshot": 0.5,
    "iam:role-visible": 0.5,
    "acm:details": 0.3,  # until a new certificate shows its validation records
    "acm:certificate": 1.0,  # until a certificate is issued at the earliest; real ACM takes about two minutes
    "acm:validation-timeout": 259200.0,  # 72 hours
    "acm:in-use": 0.5,  # for how long a load balancer that is gone is still listed as the user of a certificate
    "logs:delivery": 0.3,  # until something that writes logs writes again
}
RETRY_SECONDS = 0.05
#: what a client waits for by asking the kind's service; nodes come to a group whether anybody asks or not
ASKED_FOR = frozenset(DEFAULT_TIMES) - {
    "eks:nodegroup",
    "eks:node-join",
    "eks:eviction",
    "eks:drain",
    "iam:role-visible",
    "acm:validation-timeout",
    "logs:delivery",
}


@dataclass(eq=False)
class _AskedFor:
    """A thing that takes so many more calls of a service."""

    service: str
    calls: int
    act: Callable[[], bool | None]


def checked(times: Times) -> Times:
    """ValueError names a kind that does not exist, or what is neither seconds nor {"calls": n}."""
    unknown = sorted(times.keys() - DEFAULT_TIMES.keys())
    if unknown:
        raise ValueError(f"nothing takes time under the name {', '.join(unknown)}; these do: {', '.join(sorted(DEFAULT_TIMES))}")
    for kind, time_taken in times.items():
        calls = time_taken.get("calls", 0) if isinstance(time_taken, Mapping) else None
        if not (isinstance(time_taken, (int, float)) or (isinstance(calls, int) and calls > 0 and len(time_taken) == 1)):
            raise ValueError(f'{kind} takes seconds, as 5, or a number of calls, as {{"calls": 3}}, not {time_taken!r}')
        if calls and kind not in ASKED_FOR:
            raise ValueError(f"{kind} takes seconds: nobody asks for its end; only {', '.join(sorted(ASKED_FOR))} can take calls")
    return times


class Clock:
    """Argument: seconds or calls by kind of thing, over DEFAULT_TIMES; ValueError as `checked`.

    happened: how many things have come to their end.
    """

    def __init__(self, times: Times | None = None) -> None:
        self.times = dict(DEFAULT_TIMES)
        self._calls: dict[str, int] = {}
        self._due: list[tuple[float, int, Callable[[], bool | None]]] = []
        self._asked_for: list[_AskedFor] = []
        self._numbers = itertools.count()
        self._ahead = 0.0
        self.happened = 0
        self.set_times(times or {})

    def set_times(self, times: Times) -> None:
        """Changes some of the times, for things that begin from now on; ValueError as `checked`."""
        for kind, time_taken in checked(times).items():
            self._calls.pop(kind, None)
            if isinstance(time_taken, Mapping):
                self._calls[kind] = time_taken["calls"]
            else:
                self.times[kind] = float(time_taken)

    def shown(self) -> dict[str, float | dict[str, int]]:
        """What each kind takes now, as set_times has it."""
        return {**self.times, **{kind: {"calls": calls} for kind, calls in self._calls.items()}}

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        """Lets time pass at once."""
        self._ahead += seconds

    def after(self, kind: str, act: Callable[[], bool | None]) -> None:
        """Calls `act` when the time of this kind is over (of `now`, at once); while it answers False, again a moment or a call later."""
        if kind in self._calls:
            self._asked_for.append(_AskedFor(kind.split(":", maxsplit=1)[0], self._calls[kind], act))
        else:
            self._push(self.now() + self.times.get(kind, 0.0), act)

    def asked(self, service: str) -> None:
        """A client asks a service how things are, or was refused by it. The caller holds the lock and calls `run` next."""
        for each in [waiting for waiting in self._asked_for if waiting.service == service]:
            each.calls -= 1
            if each.calls <= 0 and each.act() is not False:
                self._asked_for.remove(each)
                self.happened += 1

    def run(self) -> None:
        """Does what is due. The caller holds the lock."""
        now = self.now()
        while self._due and self._due[0][0] <= now:
            _, _, act = heapq.heappop(self._due)
            if act() is False:
                self._push(now + RETRY_SECONDS, act)
            else:
                self.happened += 1

    def _push(self, when: float, act: Callable[[], bool | None]) -> None:
        heapq.heappush(self._due, (when, next(self._numbers), act))
