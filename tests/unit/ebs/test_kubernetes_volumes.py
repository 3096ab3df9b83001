"""A volume is kept as one snapshot, also when AWS's answer is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _lost_responses
from ansible_collections.opta.platform.plugins.module_utils._ebs import api
from ansible_collections.opta.platform.plugins.module_utils._ebs.kubernetes_volumes import retain_volume
from ansible_collections.opta.platform.plugins.module_utils._errors import LostResponse
from moto import mock_aws


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    monkeypatch.setattr(_lost_responses, "SHOWN_SECONDS", 0.0)
    with mock_aws():
        yield boto3.client("ec2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_lost_response_creates_no_duplicate_snapshot(ec2: Any, monkeypatch: pytest.MonkeyPatch, carried_out: bool) -> None:
    volume = ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1)["VolumeId"]
    create, lost = api.create_snapshot, [True]

    def losing(*arguments: Any) -> None:
        if not lost or carried_out:
            create(*arguments)
        if lost:
            lost.pop()
            raise LostResponse("CreateSnapshot")

    monkeypatch.setattr(api, "create_snapshot", losing)
    assert retain_volume(ec2, volume, False, {"opta:environment": "staging"}, 10, "its cluster")
    assert len(ec2.describe_snapshots(OwnerIds=["self"], Filters=[{"Name": "volume-id", "Values": [volume]}])["Snapshots"]) == 1
