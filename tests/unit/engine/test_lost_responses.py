"""A call whose response is lost never makes a second resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _lost_responses, _wait
from ansible_collections.opta.platform.plugins.module_utils._errors import LostResponse
from ansible_collections.opta.platform.plugins.module_utils._lost_responses import create_once
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_present
from ansible_collections.opta.platform.plugins.module_utils._resource import Attribute, Resource
from botocore import endpoint
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

URL = "https://aws"
LOST = ReadTimeoutError(endpoint_url=URL)
NEVER_SENT = (EndpointConnectionError(endpoint_url=URL), ConnectTimeoutError(endpoint_url=URL))


class Body:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_options: Any) -> Any:
        yield self.content


def xml(status: int, text: str) -> AWSResponse:
    return AWSResponse(URL, status, {}, Body(text.encode()))


def error(status: int, code: str) -> AWSResponse:
    return xml(status, f"<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors></Response>")


def refused(code: str) -> AWSResponse:
    """An answer of EKS."""
    return AWSResponse(URL, 409, {"x-amzn-errortype": code}, Body(b'{"message": "m"}'))


VPC = xml(200, "<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>")
TABLE = xml(200, "<CreateRouteTableResponse><routeTable><routeTableId>rtb-1</routeTableId></routeTable></CreateRouteTableResponse>")
DONE = xml(200, "<Response><return>true</return></Response>")


class Answering:
    """A client to which AWS gives these answers in turn: a response, or an exception."""

    def __init__(self, service: str, *answers: Any) -> None:
        config = Config(retries={"mode": "standard", "total_max_attempts": 8})
        self.client = boto3.client(service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x", config=config)
        self.client.meta.events.register_first("before-send", self._answer)
        self.left = list(answers)
        self.sent: list[Any] = []
        _lost_responses.watch(self.client)

    def _answer(self, request: Any, **_more: Any) -> Any:
        self.sent.append(request.body)
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Clock:
    """Time that passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_wait, "time", Clock())
    monkeypatch.setattr(endpoint.time, "sleep", lambda seconds: None)


def create_vpc(client: Any) -> Any:
    return client.create_vpc(CidrBlock="10.0.0.0/16")


@pytest.mark.parametrize("answer", [LOST, error(500, "InternalError"), error(503, "Unavailable")], ids=["no answer", "500", "503"])
def test_a_creating_call_is_sent_once(answer: Any) -> None:
    ec2 = Answering("ec2", answer)
    with pytest.raises(LostResponse, match="AWS did not respond to CreateVpc .* finds what was created"):
        create_vpc(ec2.client)
    assert len(ec2.sent) == 1


@pytest.mark.parametrize("answer", [error(503, "RequestLimitExceeded"), *NEVER_SENT], ids=lambda answer: type(answer).__name__)
def test_a_call_that_certainly_failed_is_retried(answer: Any) -> None:
    assert create_vpc(Answering("ec2", answer, VPC).client)["Vpc"]["VpcId"] == "vpc-1"


@pytest.mark.parametrize(
    "call",
    [
        lambda ec2: ec2.describe_vpcs(),
        lambda ec2: ec2.delete_vpc(VpcId="vpc-1"),
        lambda ec2: ec2.create_tags(Resources=["vpc-1"], Tags=[{"Key": "a", "Value": "b"}]),
        lambda ec2: ec2.modify_vpc_attribute(VpcId="vpc-1", EnableDnsSupport={"Value": True}),
    ],
)
def test_an_idempotent_call_is_retried(call: Callable[[Any], Any]) -> None:
    ec2 = Answering("ec2", LOST, error(500, "InternalError"), DONE)
    call(ec2.client)
    assert len(ec2.sent) == 3


def test_a_call_with_a_token_is_sent_again_with_the_same_token() -> None:
    ec2 = Answering("ec2", LOST, error(500, "InternalError"), TABLE)
    assert ec2.client.create_route_table(VpcId="vpc-1")["RouteTable"]["RouteTableId"] == "rtb-1"
    assert len(set(ec2.sent)) == 1
    assert "ClientToken" in str(ec2.sent[0])


def test_a_repeated_call_that_is_refused_may_have_been_carried_out_before() -> None:
    with pytest.raises(LostResponse, match="AWS did not respond to CreateCluster"):
        Answering("eks", LOST, refused("ResourceInUseException")).client.create_cluster(name="a", roleArn="b", resourcesVpcConfig={})
    with pytest.raises(ClientError):
        Answering("eks", refused("ResourceInUseException")).client.create_cluster(name="a", roleArn="b", resourcesVpcConfig={})


def test_retries_with_a_client_token_are_limited() -> None:
    ec2 = Answering("ec2", *[LOST] * 8)
    with pytest.raises(LostResponse):
        ec2.client.create_route_table(VpcId="vpc-1")
    assert len(ec2.sent) == _lost_responses.ATTEMPTS_WITH_TOKEN


class Lamp(Resource):
    """A resource of two creating calls, whose responses are lost as `lost` says: how many are carried out all the same."""

    kind = "lamp"
    attributes = (Attribute("colour", lambda lamp: lamp["colour"]), Attribute("on", lambda lamp: lamp["on"]))

    def __init__(self, *lost: str, shown_after: int = 0) -> None:
        self.name, self.lost, self.shown_after = "desk", list(lost), shown_after
        self.made: list[dict[str, Any]] = []
        self.calls: list[str] = []

    def _call(self, name: str, carried_out: Callable[[], None]) -> None:
        self.calls.append(name)
        fate = self.lost.pop(0) if self.lost else "answered"
        if fate != "not carried out":
            carried_out()
        if fate != "answered":
            raise LostResponse(name)

    def find(self) -> Any:
        if self.made and self.shown_after:
            self.shown_after -= 1
            return None
        return dict(self.made[0]) if self.made else None

    def create(self, desired: Any) -> None:
        self._call("make", lambda: self.made.append({"colour": desired["colour"], "on": False}))
        self._call("switch", lambda: self.made[0].update(on=desired["on"]))

    def update(self, found: Any, desired: Any, names: Any) -> None:
        self._call(f"change {','.join(names)}", lambda: self.made[0].update({name: desired[name] for name in names}))


DESIRED = {"colour": "red", "on": True}


@pytest.mark.parametrize(
    ("lost", "calls"),
    [
        (["carried out"], ["make", "change on"]),
        (["not carried out"], ["make", "make", "switch"]),
        (["answered", "carried out"], ["make", "switch"]),
        (["answered", "not carried out"], ["make", "switch", "change on"]),
        (["carried out", "carried out"], ["make", "change on"]),
        (["not carried out", "carried out"], ["make", "make", "change on"]),
    ],
)
def test_a_lost_create_response_does_not_repeat_the_creation(lost: list[str], calls: list[str]) -> None:
    lamp = Lamp(*lost, shown_after=2)
    outcome = ensure_present(lamp, DESIRED, check_mode=False)
    assert (lamp.made, lamp.calls) == ([DESIRED], calls)
    assert (outcome.action, outcome.attributes) == ("create", ["colour", "on"])
    assert outcome.resource == {"name": "desk", **DESIRED}


@pytest.mark.parametrize("fate", ["carried out", "not carried out"])
def test_a_lost_update_response_is_completed(fate: str) -> None:
    lamp = Lamp(fate)
    lamp.made = [{"colour": "blue", "on": True}]
    outcome = ensure_present(lamp, DESIRED, check_mode=False)
    assert (outcome.action, outcome.attributes, lamp.made) == ("update", ["colour"], [DESIRED])


def test_responses_that_are_always_lost_end_the_run() -> None:
    lamp = Lamp(*["not carried out"] * 9)
    with pytest.raises(LostResponse):
        ensure_present(lamp, DESIRED, check_mode=False)
    assert lamp.calls == ["make"] * _lost_responses.ATTEMPTS


def test_a_resource_that_is_not_yet_visible_is_waited_for() -> None:
    lamp = Lamp(shown_after=3)
    assert (ensure_present(lamp, DESIRED, check_mode=False).resource or {})["colour"] == "red"


@pytest.mark.parametrize(("fate", "made"), [("carried out", 1), ("not carried out", 1), ("answered", 1)])
def test_an_object_without_resource_class_is_created_once(fate: str, made: int) -> None:
    fates, things = [fate], []

    def make() -> None:
        now = fates.pop(0) if fates else "answered"
        if now != "not carried out":
            things.append("a snapshot")
        if now != "answered":
            raise LostResponse("CreateSnapshot")

    create_once(make, lambda: bool(things), "the snapshot")
    assert len(things) == made
