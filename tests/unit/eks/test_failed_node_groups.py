"""A node group that has failed: when it is made again, and how its deletion goes on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.opta.platform.plugins.module_utils._eks.node_group import NodeGroup
from ansible_collections.opta.platform.plugins.module_utils._errors import ResourceFailed
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent

from .test_node_group import described, present

NOT_JOINED = {"code": "NodeCreationFailure", "message": "did not join", "resourceIds": ["i-1", "i-2"]}
NOT_DELETED = {"code": "NodeTerminationFailure", "message": "i-1 runs", "resourceIds": ["i-1"]}


@pytest.fixture
def launched(recorded):
    """Makes clients of EC2 Auto Scaling whose group has these instances."""

    def made(*instances, times=1):
        scaling = recorded("autoscaling")
        of_group = {"AutoScalingGroupName": "eks-default-1", "MinSize": 0, "MaxSize": 4, "DesiredCapacity": 2, "DefaultCooldown": 300}
        of_group.update(AvailabilityZones=["eu-west-1a"], HealthCheckType="EC2", CreatedTime=datetime(2026, 11, 1, tzinfo=UTC))
        of_instance = {"AvailabilityZone": "eu-west-1a", "LifecycleState": "InService", "HealthStatus": "Healthy"}
        of_group["Instances"] = [{"InstanceId": each, "ProtectedFromScaleIn": False, **of_instance} for each in instances]
        for _ in range(times):
            scaling.answer("describe_auto_scaling_groups", {"AutoScalingGroups": [of_group]}, AutoScalingGroupNames=["eks-default-1"])
        return lambda: scaling.client

    return made


def test_a_failed_creation_reports_its_health_issues(eks, launched):
    issue = {"code": "AsgInstanceLaunchFailures", "message": "Client.InternalError", "resourceIds": ["eks-default-1"]}
    for status in ("CREATING", "CREATE_FAILED"):
        eks.answer("describe_nodegroup", described(status, [issue]))
    with pytest.raises(
        ResourceFailed, match=r"AsgInstanceLaunchFailures: Client.InternalError \(eks-default-1\).*the run creates it again"
    ):
        present(eks, scaling=launched())


def answer_replacement(eks, failed):
    """What EKS answers when a failed group is deleted and made again."""
    eks.answer("describe_nodegroup", failed)
    eks.answer("delete_nodegroup", described("DELETING"))
    eks.answer("describe_nodegroup", failed)  # shown for a while
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    eks.answer("describe_cluster", {"cluster": {"version": "1.34"}})
    eks.answer("create_nodegroup", described("CREATING"))
    eks.answer("describe_nodegroup", described())


def test_a_group_that_failed_at_creation_without_nodes_is_created_again(eks, launched):
    failed = described("CREATE_FAILED", [NOT_JOINED])
    eks.answer("describe_nodegroup", failed)
    planned = present(eks, check_mode=True, scaling=launched("i-1", "i-2"))
    assert (planned.action, planned.allowed) == ("replace", True)
    assert planned.notes[0].endswith(
        "failed before it was ever ready, and is deleted and created again: CREATE_FAILED: NodeCreationFailure: did not join (i-1, i-2)."
    )
    answer_replacement(eks, failed)
    assert present(eks, scaling=launched("i-1", "i-2")).action == "replace"


@pytest.mark.parametrize(
    ("failed", "instances"),
    [
        (described("CREATE_FAILED", [NOT_JOINED]), ["i-1", "i-2", "i-3"]),  # i-3 is a node
        (described("DELETE_FAILED", [NOT_DELETED]), None),
    ],
)
def test_a_failed_group_that_may_have_nodes_is_replaced_if_allowed(eks, launched, failed, instances):
    def options(asked=1):
        return {} if instances is None else {"scaling": launched(*instances, times=asked)}

    status = failed["nodegroup"]["status"]
    eks.answer("describe_nodegroup", failed)
    planned = present(eks, check_mode=True, **options(2))
    assert planned.action is None and planned.stops
    assert "An apply stops here." in planned.notes[0]
    eks.answer("describe_nodegroup", failed)
    with pytest.raises(ResourceFailed, match=f"has failed: {status}: .*set allow_replacement: true to delete and recreate it"):
        present(eks, **options(2))
    eks.answer("describe_nodegroup", failed)
    planned = present(eks, check_mode=True, allow_replacement=True, **options())
    assert (planned.action, planned.allowed) == ("replace", True)
    assert f"default has failed, and is deleted and created again: {status}" in planned.notes[0]
    answer_replacement(eks, failed)
    assert present(eks, allow_replacement=True, **options()).action == "replace"


def test_a_deletion_that_fails_again_is_reported(eks):
    failed = described("DELETE_FAILED", [NOT_DELETED])
    eks.answer("describe_nodegroup", failed)
    eks.answer("delete_nodegroup", described("DELETING"))
    for each in (failed, described("DELETING"), failed):
        eks.answer("describe_nodegroup", each)
    with pytest.raises(ResourceFailed, match="could not be deleted: DELETE_FAILED: NodeTerminationFailure: i-1 runs"):
        ensure_absent(NodeGroup(eks.client, "opta-staging", "default"), check_mode=False)


@pytest.mark.parametrize("status", ["CREATE_FAILED", "DELETE_FAILED"])
def test_deletion_of_a_failed_group_continues(eks, status):
    eks.answer("describe_nodegroup", described(status))
    eks.answer("delete_nodegroup", described("DELETING"), clusterName="opta-staging", nodegroupName="default")
    eks.answer("describe_nodegroup", described("DELETING"))
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    assert ensure_absent(NodeGroup(eks.client, "opta-staging", "default"), check_mode=False).action == "delete"
