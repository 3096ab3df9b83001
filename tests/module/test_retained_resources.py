"""The module retained_resources through Ansible, asked of EC2."""

from __future__ import annotations

import pytest

from tests.support.identities import marks


@pytest.fixture
def ec2(standin):
    return standin.client("ec2")


@pytest.fixture
def key_arn(standin):
    return standin.client("kms").create_key()["KeyMetadata"]["Arn"]


def snapshot_of(ec2, key_arn, environment, **more):
    tags = [{"Key": key, "Value": value} for key, value in {**marks(environment), **more}.items()]
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    volume = ec2.create_volume(AvailabilityZone=zone, Size=1, Encrypted=True, KmsKeyId=key_arn)["VolumeId"]
    ec2.get_waiter("volume_available").wait(VolumeIds=[volume], WaiterConfig={"Delay": 1})
    made = ec2.create_snapshot(VolumeId=volume, TagSpecifications=[{"ResourceType": "snapshot", "Tags": tags}])
    return made["SnapshotId"], volume


def test_retained_resources_are_listed_with_their_key_and_deleted_on_confirmation(standin, run_module, ec2, key_arn, unique):
    environment = unique("kept")
    ours, volume = snapshot_of(ec2, key_arn, environment, **{"opta:retained": "true"})
    others = [snapshot_of(ec2, key_arn, environment)[0], snapshot_of(ec2, key_arn, unique("other"), **{"opta:retained": "true"})[0]]
    listed = run_module("retained_resources", environment=environment)
    assert not listed["changed"]
    assert [(kept["name"], kept["kms_key_arn"]) for kept in listed["retained"]] == [(ours, key_arn)]
    before = standin.mark()
    planned = run_module("retained_resources", check_mode=True, environment=environment, state="absent")
    assert standin.mutating(before) == []
    done = run_module("retained_resources", environment=environment, state="absent")
    assert planned["actions"] == done["actions"]
    assert [action["resource"] for action in done["actions"]] == [f"EBS snapshot of {volume}"]
    left = {snapshot["SnapshotId"] for snapshot in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]}
    assert ours not in left
    assert set(others) <= left
    again = run_module("retained_resources", environment=environment, state="absent")
    assert (again["changed"], again["actions"]) == (False, [])


def test_a_plan_lists_the_snapshots_that_a_run_creates(run_module, ec2, key_arn, unique):
    environment = unique("kept")
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    tags = [{"Key": key, "Value": value} for key, value in {**marks(environment), "ebs.csi.aws.com/cluster": "true"}.items()]
    specification = [{"ResourceType": "volume", "Tags": tags}]
    volume = ec2.create_volume(AvailabilityZone=zone, Size=1, Encrypted=True, KmsKeyId=key_arn, TagSpecifications=specification)["VolumeId"]
    planned = run_module("retained_resources", check_mode=True, environment=environment)
    assert [(kept["name"], kept["kms_key_arn"]) for kept in planned["retained"]] == [(f"of {volume}", key_arn)]
    assert run_module("retained_resources", check_mode=True, environment=environment, expect_volumes=False)["retained"] == []
    assert run_module("retained_resources", environment=environment)["retained"] == []
    deleting = run_module("retained_resources", check_mode=True, environment=environment, state="absent")
    assert [action["resource"] for action in deleting["actions"]] == [f"EBS snapshot of {volume}"]
