"""The examples do what they say: each is planned, run, and run again, and AWS is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.environment.observed import left_in_aws, union
from tests.module.test_lost_responses import MADE, lose_first_responses
from tests.support.playbooks import Playbooks, Run
from tests.support.standin import REGION, ROOT, Standin

EXAMPLES = ROOT / "examples"
STORES = "network,s3,aurora,documentdb,elasticache"
Example = Callable[..., Run]


@pytest.fixture
def example(request: pytest.FixtureRequest, empty: Standin, ansible: Playbooks) -> Example:
    """Run a playbook on the inventory of the example that a test is called after; keyword arguments are extra vars."""
    number = request.function.__name__.split("_")[2]
    (directory,) = EXAMPLES.glob(f"{number}-*")

    def run(playbook: str, tags: str, *arguments: str, **variables: Any) -> Run:
        inventory = ["-i", str(directory / "inventory"), "--tags", tags]
        done = ansible.run(f"opta.platform.{playbook}", *inventory, *arguments, variables=variables)
        assert done.returncode == 0, done.failure() or done.output[-3000:]
        return done

    return run


def done_as_planned(example: Example, standin: Standin, playbook: str, tags: str, **variables: Any) -> Run:
    """Plans, does, and has nothing left to do."""
    planned, done = example(playbook, tags, "--check", "--diff", **variables), example(playbook, tags, **variables)
    assert union(planned) == union(done)
    mark = standin.mark()
    assert example(playbook, tags, **variables).changed() == []
    assert standin.mutating(mark) == []
    return done


def network(standin: Standin) -> dict[str, Any]:
    """A network that was there before, as a user has one."""
    ec2 = standin.client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    places = enumerate(f"{REGION}{letter}" for letter in "ab")
    made = [ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.99.{number}.0/24", AvailabilityZone=zone) for number, zone in places]
    return {"network_vpc_id": vpc_id, "network_private_subnet_ids": [each["Subnet"]["SubnetId"] for each in made]}


def of_network(standin: Standin, vpc_id: str) -> dict[str, Any]:
    """All that EC2 says of a VPC, but for its security groups and the addresses that are left in its subnets."""
    ec2, within = standin.client("ec2"), [{"Name": "vpc-id", "Values": [vpc_id]}]
    questions = ("describe_vpcs", "describe_subnets", "describe_route_tables", "describe_vpc_endpoints", "describe_network_acls")
    answers = {question: getattr(ec2, question)(Filters=within) for question in questions}
    for answer in answers.values():
        del answer["ResponseMetadata"]
    for subnet in answers["describe_subnets"]["Subnets"]:
        del subnet["AvailableIpAddressCount"]
    return answers


def test_example_1_stores_in_your_own_network(example: Example, empty: Standin) -> None:
    brought = network(empty)
    before = of_network(empty, brought["network_vpc_id"])
    lose_first_responses(empty, MADE["aurora_cluster"] | MADE["elasticache_replication_group"] | MADE["kms_key"])
    done_as_planned(example, empty, "env", STORES, **brought)
    assert of_network(empty, brought["network_vpc_id"]) == before
    databases = empty.client("rds").describe_db_clusters()["DBClusters"]
    (key,) = {each["KmsKeyId"] for each in databases}
    assert sorted(each["DBClusterIdentifier"] for each in databases) == ["opta-staging-aurora-main", "opta-staging-docdb-main"]
    (cache,) = empty.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    assert (cache["KmsKeyId"], cache["AutomaticFailover"], cache["MultiAZ"]) == (key, "enabled", "enabled")
    groups = empty.client("ec2").describe_security_groups(Filters=[{"Name": "tag:opta:environment", "Values": ["staging"]}])[
        "SecurityGroups"
    ]
    rules = [(each["VpcId"], rule["FromPort"], rule["IpRanges"][0]["CidrIp"]) for each in groups for rule in each["IpPermissions"]]
    assert sorted(rules) == [(brought["network_vpc_id"], port, "10.99.0.0/16") for port in (5432, 6379, 27017)]
    words = {**brought, "opta_destroy_confirm": "staging", "opta_deletion_protection": False, "opta_delete_retained": True}
    example("destroy", f"{STORES},retention", **words)
    assert not any(left_in_aws(empty, "staging").values())
    assert empty.client("ec2").describe_vpcs(VpcIds=[brought["network_vpc_id"]])["Vpcs"]


def test_example_2_restore_from_a_snapshot(example: Example, empty: Standin) -> None:
    rds, manager = empty.client("rds"), empty.client("secretsmanager")
    described = yaml.safe_load((EXAMPLES / "2-restore-from-a-snapshot/inventory/host_vars/production/aurora.yml").read_text())
    example("env", "network,aurora", aurora_clusters=described["aurora_clusters"][:1])
    name = "opta-production-aurora-main"
    rds.create_db_cluster_snapshot(DBClusterIdentifier=name, DBClusterSnapshotIdentifier="before-the-mistake")
    rds.get_waiter("db_cluster_snapshot_available").wait(DBClusterSnapshotIdentifier="before-the-mistake", WaiterConfig={"Delay": 1})
    done = done_as_planned(example, empty, "env", "network,aurora")
    assert {action["action"] for action in done.actions()} == {"create"}
    main, restored = (
        rds.describe_db_clusters(DBClusterIdentifier=each)["DBClusters"][0] for each in (name, "opta-production-aurora-restored")
    )
    for member in ("DatabaseName", "MasterUsername", "EngineVersion", "KmsKeyId"):
        assert restored[member] == main[member]
    assert restored["DeletionProtection"]
    secrets = [manager.get_secret_value(SecretId=f"opta/production/aurora/{each}") for each in ("main", "restored")]
    assert len({json.loads(secret["SecretString"])["password"] for secret in secrets}) == 2
    assert {tag["Key"]: tag["Value"] for tag in restored["TagList"]}["opta:secret-version-id"] == secrets[1]["VersionId"]


def test_every_example_is_documented_tested_and_contains_no_secret() -> None:
    directories = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
    tested = Path(__file__).read_text()
    listed = (EXAMPLES / "README.md").read_text()
    for directory in directories:
        assert f"def test_example_{directory.replace('-', '_')}(" in tested, f"no test runs {directory}"
        assert f"({directory}/README.md)" in listed
        assert (EXAMPLES / directory / "README.md").exists()
