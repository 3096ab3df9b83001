"""Which operations the stand-in answers itself, and what a handler gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.utilities.utils import get_partition

from tests.standin.aws.protocol import Request

if TYPE_CHECKING:
    from tests.standin.aws.world import World

Handler = Callable[["Call"], "dict[str, Any] | None"]
Check = Callable[["Call"], None]
HANDLERS: dict[tuple[str, str], Handler] = {}
CHECKS: dict[str, list[Check]] = {}


class Call:
    """One AWS call.

    service: botocore's name (eks, elbv2). operation: botocore's name (CreateCluster). parameters: the request in botocore's shape.
    account, region, partition: where it happens. user_agent: of the caller.
    """

    def __init__(self, world: World, request: Request, account: str) -> None:
        self.world, self.request = world, request
        self.service, self.operation = request.service, request.operation
        self.parameters: dict[str, Any] = request.parameters
        self.region, self.account = request.region, account
        self.partition = get_partition(self.region)
        self.user_agent = request.user_agent

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter; the default also stands for one that is null."""
        value = self.parameters.get(name)
        return default if value is None else value

    def moto(self) -> dict[str, Any]:
        """Moto's answer to the call, in botocore's shape. Raises the error that moto answers."""
        return self.world.moto(self.request)


def answers(service: str, *operations: str) -> Callable[[Handler], Handler]:
    """Registers a function as the handler of these operations."""

    def register(handler: Handler) -> Handler:
        for operation in operations:
            if (service, operation) in HANDLERS:
                raise ValueError(f"two handlers for {service}.{operation}")
            HANDLERS[service, operation] = handler
        return handler

    return register


def checks(service: str) -> Callable[[Check], Check]:
    """Registers a function that may refuse any call of a service, before its handler or moto gets it."""

    def register(check: Check) -> Check:
        CHECKS.setdefault(service, []).append(check)
        return check

    return register
