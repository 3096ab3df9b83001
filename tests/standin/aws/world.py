"""Everything that the stand-in knows, and the way of one call through it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import ServiceException
from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from tests.standin.aws import moto_speed
from tests.standin.aws.client_tokens import ClientTokens
from tests.standin.aws.clock import Clock, Times
from tests.standin.aws.errors import AwsError
from tests.standin.aws.faults import Faults, raise_after, raise_before
from tests.standin.aws.operations import CHECKS, HANDLERS, Call, Handler
from tests.standin.aws.protocol import Answer, Request, check_shape
from tests.standin.aws.request_log import RequestLog, client_of, is_mutating
from tests.support import botocore_speed, header_speed
from tests.support.until import take_time

if TYPE_CHECKING:
    from tests.standin.aws.eks_control_planes import RunningControlPlane
    from tests.standin.aws.eks_model import Cluster, EksAccount
    from tests.standin.aws.elasticache_model import CacheAccount
    from tests.standin.aws.rds_model import RdsAccount
    from tests.standin.databases.running import Databases

OWN = ("eks", "elasticache")  # moto knows nothing of what is kept here

moto_speed.remember()
botocore_speed.remember()
header_speed.parse_simply()


class World:
    """Arguments: the state's directory; the region of requests that name none; what kinds of things take; milliseconds added to each call.

    endpoint_url: set by the server. control_planes: makes a cluster's control plane; without one a cluster is AWS's answers alone.
    with_control_plane: patterns of the names of the clusters that get one. real_controllers: names of those that are not imitated.
    databases: the real ones; without it there are none.
    """

    def __init__(self, directory: Path, region: str, times: Times | None = None, latency_ms: int = 0) -> None:
        self.directory, self.region, self._latency = directory, region, latency_ms / 1000
        self.endpoint_url = ""
        self.lock = threading.RLock()
        self.clock = Clock(times)
        self.faults = Faults()
        self.eks: dict[tuple[str, str], EksAccount] = {}
        self.rds: dict[tuple[str, str], RdsAccount] = {}
        self.elasticache: dict[tuple[str, str], CacheAccount] = {}
        self.control_planes: Callable[[World, str, str, Cluster], RunningControlPlane] | None = None
        self.with_control_plane: tuple[str, ...] = ("*",)
        self.real_controllers: tuple[str, ...] = ()
        self.databases: Databases | None = None
        self._tokens = ClientTokens()
        self._log = RequestLog(directory / "requests.jsonl")
        self._moto = DomainDispatcherApplication(create_backend_app)

    def answer(self, request: Request) -> Answer:
        """Answers one call: latency, faults, handler or moto, log. Raises DroppedConnectionError when a fault wants it."""
        fault = self.faults.strike(request, client_of(request))
        take_time(self._latency + (fault.seconds if fault and fault.kind == "delay" else 0))
        status, code = 0, None
        try:
            try:
                raise_before(fault, request)
                answer = self._carried_out(request)
                raise_after(fault)
            except ServiceException as error:
                if not client_of(request) and is_mutating(request):
                    self._refused(request)
                code = error.code
                answer = request.serialize(error)
            status = answer[0]
            code = code or request.error_code(answer)
            return answer
        finally:
            self._log.write(request, status, code)

    def _refused(self, request: Request) -> None:
        """Who tries again what was refused waits for its end, too."""
        with self.lock:
            self.clock.asked(request.service)
            self.clock.run()

    @property
    def mutations(self) -> int:
        """How often something has changed so far, by a call or because its time was over."""
        return self._log.mutations + self.clock.happened

    def moto(self, request: Request) -> dict[str, Any]:
        """Moto's answer in botocore's shape."""
        return request.parse_answer(self._ask_moto(request))

    def close(self) -> None:
        self._log.close()

    def _carried_out(self, request: Request) -> Answer:
        with self.lock:
            if not client_of(request) and not is_mutating(request):
                self.clock.asked(request.service)
            self.clock.run()
            handler = HANDLERS.get((request.service, request.operation))
            try:
                if request.model is not None:
                    call = Call(self, request, get_account_id_from(request.access_key))
                    for check in CHECKS.get(request.service, []):
                        check(call)
                    answer = self._tokens.answer(call) or self._of_handler(call, handler)
                    if answer is not None:
                        self._tokens.remember(call, answer)
                        return answer
                if request.service in OWN:
                    raise _not_imitated(request)
                return self._ask_moto(request)
            except ServiceException:
                raise
            except Exception as error:
                traceback.print_exc()
                raise AwsError("StandInFailure", f"the stand-in failed: {type(error).__name__}: {error}", 400) from error

    def _of_handler(self, call: Call, handler: Handler | None) -> Answer | None:
        """The answer of our own handler, or of moto to a call that may have a client token."""
        request = call.request
        if handler is not None and request.model is not None:
            result = handler(call) or {}
            check_shape(result, request.model.output_shape, request.operation)
            return request.serialize(result)
        return None if request.service in OWN else self._ask_moto(request)

    def _ask_moto(self, request: Request) -> Answer:
        answered: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            answered.extend((int(status.split(maxsplit=1)[0]), headers))

        try:
            body = b"".join(self._moto(request.fresh_environ(), start_response))
        except NotImplementedError as error:
            raise _not_imitated(request) from error
        status, headers = answered
        if status in (404, 405) and body.lstrip().lower().startswith((b"<!doctype html", b"<html")):
            raise _not_imitated(request)
        return status, headers, body


def _not_imitated(request: Request) -> AwsError:
    """501: unlike 500 and 503, clients do not repeat the call."""
    return AwsError("NotImplemented", f"not imitated by the stand-in: {request.service} {request.operation}", 501)
