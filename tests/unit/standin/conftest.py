"""The emulated AWS without control planes, in this process: what its refusals and states are is AWS's answers alone."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.base_backend import BackendDict
from moto.iam.models import iam_backends
from werkzeug.serving import BaseWSGIServer, make_server

from tests.standin.aws.clock import DEFAULT_TIMES, Times
from tests.standin.aws.start import prepare
from tests.standin.aws.world import World
from tests.standin.processes import HOST
from tests.standin.request_handler import RequestHandler
from tests.standin.server import Application
from tests.support.direct_calls import call_directly

REGION, ACCOUNT = "eu-west-1", "123456789012"
TIMES = {**dict.fromkeys(DEFAULT_TIMES, 60.0), "iam:role-visible": 0.0}  # what is pending stays so until time is let pass
CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 1}, proxies={})
_numbers = itertools.count(1)


class Aws:
    """Clients of the emulated AWS, and what many tests need of it."""

    def __init__(self, world: World, server: BaseWSGIServer) -> None:
        self.world, self.directory, self._server = world, world.directory, server
        self._calls: list[dict[str, Any]] = []
        self._read = 0
        self.eks, self.ec2, self.iam, self.kms = (self.client(name) for name in ("eks", "ec2", "iam", "kms"))

    def client(self, service: str, through_a_connection: bool = False, **more: Any) -> Any:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": REGION, **more}
        client = boto3.session.Session().client(service, endpoint_url=self.world.endpoint_url, config=CONFIG, **keys)
        if not through_a_connection:
            call_directly(client, self._server)
        return client

    def name(self, prefix: str) -> str:
        return f"{prefix}-{next(_numbers)}"

    def role(self, service: str, *policies: str, path: str = "/opta/test/") -> str:
        """The ARN of a new role that a service may assume, with AWS's managed policies."""
        name = self.name("role")
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        trust = {"Version": "2012-10-17", "Statement": [statement]}
        role = self.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        for policy in policies:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
        return str(role["Arn"])

    def network(self, zones: str = "abc") -> tuple[str, list[str]]:
        """The ids of a new VPC and of one subnet in each zone."""
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]["SubnetId"]
            for number, zone in enumerate(zones)
        ]
        return vpc, subnets

    def cluster(self, wait: bool = True, **options: Any) -> str:
        """The name of a new cluster."""
        name = options.pop("name", None) or self.name("cluster")
        vpc = options.pop("resourcesVpcConfig", None) or {"subnetIds": self.network()[1], "endpointPrivateAccess": True}
        role = options.pop("roleArn", None) or self.role("eks.amazonaws.com", "AmazonEKSClusterPolicy")
        settings: dict[str, Any] = {
            "accessConfig": {"authenticationMode": "API"},
            "bootstrapSelfManagedAddons": False,
            "version": "1.35",
            **options,
        }
        self.eks.create_cluster(name=name, roleArn=role, resourcesVpcConfig=vpc, **settings)
        if wait:
            self.until(lambda: self.eks.describe_cluster(name=name)["cluster"]["status"] == "ACTIVE")
        return name

    def node_group(self, cluster: str, wait: bool = True, **options: Any) -> str:
        """The name of a new node group in a cluster; vpc-cni is made first."""
        if "vpc-cni" not in self.eks.list_addons(clusterName=cluster)["addons"]:
            self.eks.create_addon(clusterName=cluster, addonName="vpc-cni")
        name = options.pop("nodegroupName", None) or self.name("group")
        subnets = self.eks.describe_cluster(name=cluster)["cluster"]["resourcesVpcConfig"]["subnetIds"]
        role = options.pop("nodeRole", None) or self.node_role()
        sizes = options.pop("scalingConfig", {"minSize": 1, "maxSize": 3, "desiredSize": 2})
        self.eks.create_nodegroup(clusterName=cluster, nodegroupName=name, subnets=subnets, nodeRole=role, scalingConfig=sizes, **options)
        if wait:
            self.until(lambda: self.group(cluster, name)["status"] != "CREATING")
        return name

    def node_role(self) -> str:
        return self.role("ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")

    def group(self, cluster: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.eks.describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]
        return found

    def update(self, cluster: str, update: dict[str, Any], **of: str) -> dict[str, Any]:
        """An update once it has ended."""
        wanted = {"name": cluster, "updateId": update["update"]["id"], **of}
        self.until(lambda: self.eks.describe_update(**wanted)["update"]["status"] != "InProgress")
        found: dict[str, Any] = self.eks.describe_update(**wanted)["update"]
        return found

    def until(self, probe: Callable[[], Any]) -> Any:
        """Lets minutes pass until the probe answers something that is true."""
        for _ in range(5):
            answer = probe()
            if answer:
                return answer
            self.pass_time()
        raise AssertionError("it did not become true in time")

    def pass_time(self, seconds: float = 61) -> None:
        with self.world.lock:
            self.world.clock.advance(seconds)

    def log(self) -> list[dict[str, Any]]:
        """All calls so far; a line is read once."""
        with (self.directory / "requests.jsonl").open() as lines:
            lines.seek(self._read)
            self._calls += map(json.loads, lines.readlines())
            self._read = lines.tell()
        return list(self._calls)


@contextmanager
def emulated(directory: Path, times: Times) -> Iterator[Aws]:
    """An AWS that begins anew: the mock_aws of other modules empties moto's backends, which a process has once."""
    BackendDict.reset()
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")  # here alone: each reset of each account would load them anew
    iam_backends.clear()
    world = World(directory, REGION, times)
    server = make_server(HOST, 0, Application(world), threaded=True, request_handler=RequestHandler)
    world.endpoint_url = f"http://{HOST}:{server.server_port}"
    prepare(world)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Aws(world, server)
    server.shutdown()
    thread.join()
    world.close()
    monkeypatch.undo()
    iam_backends.clear()


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with emulated(tmp_path_factory.mktemp("standin"), TIMES) as running:
        yield running


@pytest.fixture
def refusal() -> Callable[..., str]:
    """Makes a call that must be refused, and gives the error as `Code: message`."""

    def refused(call: Callable[..., Any], **parameters: Any) -> str:
        with pytest.raises(ClientError) as caught:
            call(**parameters)
        error = caught.value.response["Error"]
        return f"{error['Code']}: {error['Message']}"

    return refused
