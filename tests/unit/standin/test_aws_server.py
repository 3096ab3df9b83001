"""The server of the emulated AWS: its log, faults, times, and what it says of what it does not imitate."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from moto.core.utils import get_service_model

from tests.standin.aws.clock import Clock
from tests.standin.aws.operations import HANDLERS
from tests.standin.aws.protocol import check_shape
from tests.standin.aws.request_log import without_secrets
from tests.standin.aws_calls import aws_client


@pytest.fixture
def control(aws):
    """Requests to the stand-in itself."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(method, what, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{aws.world.endpoint_url}/_standin/{what}", method=method, data=data)
        try:
            with opener.open(request) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    yield ask
    ask("DELETE", "faults")


def test_the_server_reports_readiness(control):
    assert control("GET", "ready") == (200, {"ready": True})
    assert control("GET", "nothing")[0] == 404


class TestRequestLog:
    def test_each_call_is_one_line(self, aws):
        aws.ec2.create_vpc(CidrBlock="10.7.0.0/16")
        with pytest.raises(ClientError):
            aws.eks.describe_cluster(name="none")
        made, asked = aws.log()[-2:]
        assert (made["service"], made["operation"], made["status"], made["mutating"]) == ("ec2", "CreateVpc", 200, True)
        assert made["parameters"]["CidrBlock"] == "10.7.0.0/16"
        assert (asked["operation"], asked["status"], asked["mutating"]) == ("DescribeCluster", 404, False)
        assert asked["error_code"] == "ResourceNotFoundException"
        assert "client" not in asked
        assert "Boto3" in asked["user_agent"]

    def test_the_stand_ins_own_calls_are_marked(self, aws):
        aws_client("ec2", aws.world).describe_vpcs()
        assert aws.log()[-1]["client"] == "stand-in"

    def test_errors_of_moto_are_logged_too(self, aws):
        with pytest.raises(ClientError):
            aws.ec2.describe_vpcs(VpcIds=["vpc-0123456789abcdef0"])
        assert aws.log()[-1]["error_code"] == "InvalidVpcID.NotFound"

    @pytest.mark.parametrize(
        ("service", "call", "parameters"),
        [
            ("sts", "get_caller_identity", {}),
            ("iam", "list_roles", {}),
            ("s3", "list_buckets", {}),
            ("secretsmanager", "get_random_password", {}),
            ("ec2", "describe_vpcs", {}),
        ],
    )
    def test_read_operations_are_not_marked_as_mutating(self, aws, service, call, parameters):
        getattr(aws.client(service), call)(**parameters)
        assert aws.log()[-1]["mutating"] is False

    def test_secrets_are_not_logged(self, aws):
        aws.client("secretsmanager").create_secret(Name=aws.name("secret"), SecretString="hunter2")
        assert "hunter2" not in (aws.directory / "requests.jsonl").read_text()
        hidden = without_secrets({"MasterUserPassword": "x", "list": [{"AuthToken": "y"}], "blob": b"zz", "name": "n", "ClientToken": "t"})
        assert hidden == {
            "MasterUserPassword": "********",
            "list": [{"AuthToken": "********"}],
            "blob": "<2 bytes>",
            "name": "n",
            "ClientToken": "t",
        }


class TestFaults:
    def codes(self, call, times):
        codes = []
        for _ in range(times):
            try:
                call()
                codes.append("")
            except ClientError as error:
                codes.append(error.response["Error"]["Code"])
        return codes

    def test_an_error_on_the_nth_call_and_those_after_it(self, aws, control):
        fault = {"operation": "DescribeVpcs", "nth": 2, "count": 2, "code": "Broken", "message": "as asked"}
        assert control("POST", "faults", fault)[0] == 200
        assert self.codes(aws.ec2.describe_vpcs, 5) == ["", "Broken", "Broken", "", ""]
        assert control("GET", "faults") == (200, [])

    def test_a_fault_applies_only_to_its_service(self, aws, control):
        control("POST", "faults", {"operation": "eks:ListClusters"})
        assert self.codes(aws.ec2.describe_vpcs, 1) == [""]
        assert self.codes(aws.eks.list_clusters, 1) == ["InternalFailure"]

    @pytest.mark.parametrize(
        ("service", "call", "code"),
        [
            ("ec2", "describe_vpcs", "RequestLimitExceeded"),
            ("iam", "list_roles", "Throttling"),
            ("eks", "list_clusters", "ThrottlingException"),
        ],
    )
    def test_throttling_has_the_services_own_code(self, aws, control, service, call, code):
        control("POST", "faults", {"operation": "*", "kind": "throttle"})
        assert self.codes(getattr(aws.client(service), call), 1) == [code]

    def test_botocore_repeats_a_throttled_call(self, aws, control):
        control("POST", "faults", {"operation": "DescribeVpcs", "kind": "throttle"})
        session = boto3.session.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="eu-west-1")
        client = session.client("ec2", endpoint_url=aws.world.endpoint_url, config=Config(retries={"mode": "standard"}, proxies={}))
        assert client.describe_vpcs()["Vpcs"]

    @pytest.mark.parametrize("carried_out", [False, True])
    def test_an_injected_fault_drops_the_connection(self, aws, control, carried_out):
        control("POST", "faults", {"operation": "CreateKey", "kind": "drop", "carried_out": carried_out})
        before = len(aws.kms.list_keys()["Keys"])
        with pytest.raises(ConnectionClosedError):
            aws.kms.create_key()
        assert len(aws.kms.list_keys()["Keys"]) - before == int(carried_out)
        assert [entry["status"] for entry in aws.log() if entry["operation"] == "CreateKey"][-1] == 0

    def test_an_injected_delay_slows_the_call(self, aws, control):
        control("POST", "faults", {"operation": "DescribeVpcs", "kind": "delay", "seconds": 0.5})
        began = time.monotonic()
        aws.ec2.describe_vpcs()
        assert time.monotonic() - began >= 0.5

    def test_calls_of_control_loops_are_not_counted(self, aws, control):
        control("POST", "faults", {"operation": "DescribeVpcs"})
        aws_client("ec2", aws.world).describe_vpcs()
        assert self.codes(aws.ec2.describe_vpcs, 1) == ["InternalFailure"]

    @pytest.mark.parametrize(
        "fault", [{"operation": "x", "kind": "none"}, {"operation": "x", "nth": 0}, {}, {"operation": "x", "other": 1}]
    )
    def test_an_invalid_fault_is_refused(self, control, fault):
        status, answer = control("POST", "faults", fault)
        assert status == 400
        assert answer["message"]


class TestTimes:
    def test_durations_are_read_and_changed(self, control):
        before = control("GET", "times")[1]
        assert control("PUT", "times", {"eks:cluster": 7})[1] == {**before, "eks:cluster": 7.0}
        control("PUT", "times", {"eks:cluster": before["eks:cluster"]})
        status, answer = control("PUT", "times", {"eks:clusters": 7})
        assert status == 400
        assert "eks:cluster" in answer["message"]

    def test_scheduled_events_run_in_order_and_repeat_until_done(self):
        clock, done = Clock({"eks:cluster": 10, "eks:addon": 5}), []
        clock.after("eks:cluster", lambda: done.append("cluster"))
        clock.after("eks:addon", lambda: done.append("addon"))
        tries = iter([False, False, None])
        clock.after("eks:addon", lambda: next(tries))
        clock.run()
        assert done == []
        clock.advance(6)
        clock.run()
        assert done == ["addon"]
        clock.advance(5)
        clock.run()
        assert done == ["addon", "cluster"]
        clock.advance(1)
        clock.run()
        assert next(tries, "exhausted") == "exhausted"


def test_unknown_operations_are_refused_in_every_protocol(aws, refusal):
    for service, call, parameters in (
        ("eks", "describe_capability", {"clusterName": "a", "capabilityName": "b"}),
        ("ec2", "describe_aggregate_id_format", {}),
        ("kms", "describe_custom_key_stores", {}),
    ):
        assert refusal(getattr(aws.client(service), call), **parameters).startswith("NotImplemented: not imitated by the stand-in: ")


def test_errors_of_the_stand_in_are_reported_as_such(aws, refusal, monkeypatch):
    monkeypatch.setitem(HANDLERS, ("eks", "ListClusters"), lambda call: {"clusters": [], "invented": 1})
    answer = refusal(aws.eks.list_clusters)
    assert answer == "StandInFailure: the stand-in failed: TypeError: ListClusters has no member invented"


def test_the_shape_of_every_answer_is_checked(aws):
    model = aws.eks.meta.service_model.operation_model("DescribeNodegroup").output_shape
    check_shape({"nodegroup": {"labels": {"a": "b"}, "taints": [{"key": "x"}], "version": None}}, model, "x")
    for wrong in ({"nodegroups": 1}, {"nodegroup": {"taints": [{"kei": "x"}]}}, {"nodegroup": {"version": 1.35}}):
        with pytest.raises(TypeError):
            check_shape(wrong, model, "x")


def test_every_handler_is_for_an_operation_that_botocore_has():
    models = {service: get_service_model(service) for service, _operation in HANDLERS}
    unknown = [(service, operation) for service, operation in HANDLERS if operation not in models[service].operation_names]
    assert unknown == []


def test_only_calls_of_clients_to_its_service_complete_an_operation(aws):
    """Neither the stand-in's own loops, nor other services, nor time."""
    network = aws.network()[1]
    aws.world.clock.set_times({"ec2:natgateway": {"calls": 2}})
    try:
        made = aws.ec2.create_nat_gateway(SubnetId=network[0], ConnectivityType="private")["NatGateway"]
        wanted = {"NatGatewayIds": [made["NatGatewayId"]]}
        loop = aws_client("ec2", aws.world)
        for _ in range(3):
            assert loop.describe_nat_gateways(**wanted)["NatGateways"][0]["State"] == "pending"
            aws.eks.list_clusters()
            aws.pass_time()
        states = [aws.ec2.describe_nat_gateways(**wanted)["NatGateways"][0]["State"] for _ in range(2)]
        assert states == ["pending", "available"]
    finally:
        aws.world.clock.set_times({"ec2:natgateway": 60.0})
