"""The node groups of an inventory, as the role hands them to the module."""

from __future__ import annotations

from ansible_collections.opta.platform.plugins.filter.eks import eks_node_groups

SUBNETS, ZONES = ["subnet-1", "subnet-2"], ["euw1-az1", "euw1-az2"]


def test_an_inventory_without_node_groups_has_a_default_group():
    (group,) = eks_node_groups(None, SUBNETS, ZONES)
    assert group == {"name": "default", "default_min_size": 3, "default_max_size": 9, "subnet_ids": SUBNETS}
    assert eks_node_groups([], SUBNETS, ZONES) == []
    assert eks_node_groups("", SUBNETS, ZONES) == [group]


def test_unset_options_of_a_group_are_omitted():
    (group,) = eks_node_groups([{"name": "small", "max_size": 4, "min_size": None}], SUBNETS, ZONES)
    assert group == {"name": "small", "max_size": 4, "subnet_ids": SUBNETS}


def test_per_zone_groups_are_expanded():
    groups = eks_node_groups([{"name": "storage", "per_zone": True, "min_size": 1}], SUBNETS, ZONES)
    assert [(group["name"], group["subnet_ids"]) for group in groups] == [
        ("storage-euw1-az1", ["subnet-1"]),
        ("storage-euw1-az2", ["subnet-2"]),
    ]
