"""Things that take time: what is due happens before the next call is answered, so that states depend on the clock alone."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable

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
    "rds:notice": 0.1,  # for how long something is still available after Modify
    "rds:modify": 0.5,
    "rds:password": 1.0,
    "rds:reboot": 0.5,
    "rds:snapshot": 0.5,
    "elasticache:replicationgroup": 1.0,
    "elasticache:modification": 0.5,
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


class Clock:
    """Argument: seconds by kind of thing, over DEFAULT_TIMES. ValueError names a kind that does not exist.

    happened: how many things have come to their end.
    """

    def __init__(self, times: dict[str, float] | None = None) -> None:
        self.times = dict(DEFAULT_TIMES)
        self._due: list[tuple[float, int, Callable[[], bool | None]]] = []
        self._numbers = itertools.count()
        self._ahead = 0.0
        self.happened = 0
        self.set_times(times or {})

    def set_times(self, times: dict[str, float]) -> None:
        """Changes some of the times, for things that begin from now on."""
        unknown = sorted(times.keys() - DEFAULT_TIMES.keys())
        if unknown:
            raise ValueError(f"nothing takes time under the name {', '.join(unknown)}; these do: {', '.join(sorted(DEFAULT_TIMES))}")
        self.times.update({kind: float(seconds) for kind, seconds in times.items()})

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        """Lets time pass at once."""
        self._ahead += seconds

    def after(self, kind: str, act: Callable[[], bool | None]) -> None:
        """Calls `act` when the time of this kind is over (of `now`, at once); while it answers False, it is called again."""
        self._push(self.now() + self.times.get(kind, 0.0), act)

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
