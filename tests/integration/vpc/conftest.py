"""Networks in moto, in this process, and what was called."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency, _wait
from ansible_collections.opta.platform.plugins.module_utils._composite import plan_and_apply
from ansible_collections.opta.platform.plugins.module_utils._vpc.network import Network, NetworkOptions
from ansible_collections.opta.platform.plugins.module_utils._vpc.snapshot import Snapshot, name_of
from ansible_collections.opta.platform.plugins.module_utils._vpc.teardown import NetworkTeardown
from moto import mock_aws

REGION = "eu-west-1"
CREDENTIALS = {"region_name": REGION, "aws_access_key_id": "x", "aws_secret_access_key": "x"}
_numbers = itertools.count(1)


class Cloud:
    """EC2 with one network: brings it to what is wanted and takes it down, as the module does."""

    def __init__(self, environment: str) -> None:
        self.name = f"opta-{environment}"
        self.tags = {"opta:environment": environment, "opta:role": "network", "opta:name": self.name, "opta:managed-by": "opta.platform"}
        self.ec2 = boto3.client("ec2", **CREDENTIALS)
        self.ec2.meta.events.register("before-call", self._note)
        self.calls: list[str] = []

    def _note(self, model: Any, **_context: Any) -> None:
        self.calls.append(model.name)

    def changing(self) -> list[str]:
        return [name for name in self.calls if not name.startswith("Describe")]

    def _work(self, noun: type[Network], check_mode: bool, options: dict[str, Any]) -> list[Any]:
        desired = NetworkOptions(name=self.name, region=REGION, **{"tags": self.tags, **options})
        desired.check()
        self.calls.clear()
        snapshot = Snapshot(self.ec2, desired.name, desired.tags)
        return plan_and_apply(lambda plan: noun(snapshot, desired, plan), check_mode)

    def reconcile(self, check_mode: bool = False, **options: Any) -> list[Any]:
        return self._work(Network, check_mode, options)

    def remove(self, check_mode: bool = False, **options: Any) -> list[Any]:
        return self._work(NetworkTeardown, check_mode, options)

    def actions(self, outcomes: list[Any]) -> list[tuple[str, str, tuple[str, ...]]]:
        return sorted((o.action, f"{o.kind} {o.name}", tuple(o.attributes)) for o in outcomes if o.action)

    def counts(self) -> dict[str, int]:
        """How many there are of everything that carries the environment's tag."""
        ec2 = self.ec2
        ours = {"Filters": [{"Name": "tag:opta:environment", "Values": [self.tags["opta:environment"]]}]}
        gateways = [n for n in ec2.describe_nat_gateways()["NatGateways"] if name_of(n).startswith(f"{self.name}-nat-")]
        alive = [n for n in gateways if n["State"] != "deleted"]
        endpoints = [e for e in ec2.describe_vpc_endpoints(**ours)["VpcEndpoints"] if e["State"].lower() != "deleted"]
        return {
            "vpcs": len(ec2.describe_vpcs(**ours)["Vpcs"]),
            "subnets": len(ec2.describe_subnets(**ours)["Subnets"]),
            "internet gateways": len(ec2.describe_internet_gateways(**ours)["InternetGateways"]),
            "NAT gateways": len(alive),
            "addresses": len(ec2.describe_addresses(**ours)["Addresses"]),
            "route tables": len(ec2.describe_route_tables(**ours)["RouteTables"]),
            "endpoints": len(endpoints),
            "flow logs": len(ec2.describe_flow_logs(Filter=ours["Filters"])["FlowLogs"]),
            "security groups": len(ec2.describe_security_groups(**ours)["SecurityGroups"]),
        }


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    """An account of moto's for all tests of a file: to make one takes longer than a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        with mock_aws():
            boto3.client("iam", **CREDENTIALS).create_role(RoleName="flow-logs", AssumeRolePolicyDocument="{}")
            yield


@pytest.fixture
def cloud(account: None, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """A fresh environment."""
    monkeypatch.setattr(_wait, "FIRST_DELAY_SECONDS", 0.01)
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0.01)
    return Cloud(f"test{next(_numbers)}")
