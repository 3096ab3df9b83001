"""Faults that a test asks for: an error, throttling, a delay or a dropped connection, on the n-th call of an operation from now."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any

from tests.standin.aws.errors import AwsError, DroppedConnectionError
from tests.standin.aws.protocol import Request

KINDS = ("error", "throttle", "delay", "drop")
SERVER_ERRORS = ("InternalError", "InternalFailure", "ServerException", "ServiceUnavailable", "ServiceUnavailableException")
THROTTLING = {"ec2": ("RequestLimitExceeded", 503), "query": ("Throttling", 400), "rest-xml": ("SlowDown", 503)}


@dataclass
class Fault:
    """operation: botocore's name (CreateCluster), or with the service before it (eks:CreateCluster), or `*`.

    nth: which call from now (1 is the next); count: how many calls from that one on. code, message, status: of the error.
    seconds: of the delay. carried_out: a dropped connection hides that the call was carried out.
    client: which calls count, those of the stand-in's own loops (`stand-in`) or all others (empty).
    """

    operation: str
    kind: str = "error"
    nth: int = 1
    count: int = 1
    code: str = "InternalFailure"
    message: str = "a fault was asked of the stand-in"
    status: int | None = None
    seconds: float = 1.0
    carried_out: bool = False
    client: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is {self.kind}, but must be one of {', '.join(KINDS)}")
        if self.nth < 1 or self.count < 1:
            raise ValueError("nth and count must be at least 1")

    def error(self, request: Request) -> AwsError:
        """What the call is answered."""
        if self.kind == "throttle":
            protocol = str(request.model.service_model.protocol) if request.model else "json"
            return AwsError(
                THROTTLING.get(protocol, ("ThrottlingException", 400))[0], "Rate exceeded", THROTTLING.get(protocol, ("", 400))[1]
            )
        status = self.status or (500 if self.code in SERVER_ERRORS else None)
        return AwsError(self.code, self.message, status)


class Faults:
    """All faults that were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: dict[str, Any]) -> None:
        """ValueError or TypeError says what is wrong with it."""
        with self._lock:
            self._faults.append(Fault(**fault))

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def list(self) -> list[dict[str, Any]]:
        """Those that have not happened completely."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def strike(self, request: Request, client: str) -> Fault | None:
        """The fault that this call meets, if any; counts the call."""
        names = (request.operation, f"{request.service}:{request.operation}", "*")
        struck = None
        with self._lock:
            for fault in list(self._faults):
                if fault.operation not in names or fault.client != client:
                    continue
                if fault.nth > 1:
                    fault.nth -= 1
                elif struck is None:
                    struck = fault
                    fault.count -= 1
                    if fault.count == 0:
                        self._faults.remove(fault)
        return struck


def raise_before(fault: Fault | None, request: Request) -> None:
    """What a fault does instead of carrying the call out."""
    if fault is None or fault.kind == "delay":
        return
    if fault.kind != "drop":
        raise fault.error(request)
    if not fault.carried_out:
        raise DroppedConnectionError


def raise_after(fault: Fault | None) -> None:
    """What a fault does once the call is carried out."""
    if fault is not None and fault.kind == "drop":
        raise DroppedConnectionError
