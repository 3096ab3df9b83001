"""What is read of a cluster at the beginning of each playbook."""

from __future__ import annotations

from ansible_collections.opta.platform.plugins.module_utils._environment.outputs import Environment

from .test_node_group import described


def test_a_node_group_that_goes_while_it_is_read_is_none(eks):
    environment = Environment.__new__(Environment)
    environment.client = {"eks": eks.client}.__getitem__
    eks.answer("list_nodegroups", {"nodegroups": ["default", "going"]})
    eks.answer("describe_nodegroup", described(), clusterName="opta-staging", nodegroupName="default")
    eks.refuse("describe_nodegroup", "ResourceNotFoundException")
    assert [group["nodegroupName"] for group in environment._node_groups("opta-staging")] == ["default"]
