"""The layout of a network: zones, blocks, NAT."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _cidr
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._vpc import layout
from ansible_collections.opta.platform.plugins.module_utils._vpc.layout import AvailabilityZone


def zones(*ids):
    return [AvailabilityZone(zone_id, f"name-of-{zone_id}") for zone_id in ids]


def answer(zone_id, **more):
    return {"ZoneId": zone_id, "ZoneName": f"name-of-{zone_id}", **more}


@pytest.mark.parametrize("cidr_block", ["10.0.0.0/16", "172.31.0.0/18", "192.168.0.0/20", "10.1.2.0/24"])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_derived_subnet_blocks_fit_the_vpc(cidr_block, count):
    made = layout.lay_out(cidr_block, zones(*(f"az{number}" for number in range(count))))
    public = [IPv4Network(zone.public_cidr_block) for zone in made]
    private = [IPv4Network(zone.private_cidr_block) for zone in made]
    blocks = [*public, *private]
    assert all(block.subnet_of(IPv4Network(cidr_block)) for block in blocks)
    assert not any(one.overlaps(other) for one in blocks for other in blocks if one is not other)
    assert all(inner.num_addresses > outer.num_addresses for inner in private for outer in public)


def test_subnet_blocks_derived_from_the_default():
    made = layout.lay_out("10.0.0.0/16", zones("a", "b", "c"))
    assert [zone.private_cidr_block for zone in made] == ["10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19"]
    assert [zone.public_cidr_block for zone in made] == ["10.0.128.0/20", "10.0.144.0/20", "10.0.160.0/20"]


@pytest.mark.parametrize("count", [4, 5])
def test_adding_zones_keeps_existing_subnets(count):
    three = layout.lay_out("10.0.0.0/16", zones("a", "b", "c"))
    grown = layout.lay_out("10.0.0.0/16", [*three, *zones("d", "e")[: count - 3]])
    assert grown[:3] == three
    blocks = [IPv4Network(block) for zone in grown for block in (zone.public_cidr_block, zone.private_cidr_block)]
    assert not any(one.overlaps(other) for one in blocks for other in blocks if one is not other)


def test_adding_zones_requires_free_addresses():
    three = layout.lay_out("10.0.0.0/16", zones("a", "b", "c"))
    with pytest.raises(Refused, match=r"cidr_block 10\.0\.0\.0/16 has no room for another /20: the public subnet of e cannot be created"):
        layout.lay_out("10.0.0.0/16", [*three, *zones("d", "e", "f")])


def test_blocks_of_foreign_subnets_are_skipped():
    made = layout.lay_out("10.0.0.0/16", zones("a"), taken=["10.0.0.0/24", "10.0.128.0/24"])
    assert made[0].private_cidr_block == "10.0.32.0/19"
    assert not IPv4Network(made[0].public_cidr_block).overlaps(IPv4Network("10.0.128.0/24"))


def test_configured_blocks_are_matched_to_existing_subnets():
    existing = [AvailabilityZone("a", "x", "10.0.2.0/24", "10.0.12.0/24"), AvailabilityZone("b", "y")]
    made = layout.lay_out("10.0.0.0/16", existing, ["10.0.1.0/24", "10.0.2.0/24"], ["10.0.11.0/24", "10.0.12.0/24"])
    assert [(zone.public_cidr_block, zone.private_cidr_block) for zone in made] == [
        ("10.0.2.0/24", "10.0.12.0/24"),
        ("10.0.1.0/24", "10.0.11.0/24"),
    ]


def test_the_block_of_a_subnet_cannot_be_changed():
    with pytest.raises(Refused, match=r"does not name 10\.0\.2\.0/24, the block of the subnet in a"):
        layout.lay_out("10.0.0.0/16", [AvailabilityZone("a", "x", "10.0.2.0/24", "")], ["10.0.1.0/24"], ["10.0.11.0/24"])


@pytest.mark.parametrize(
    ("cidr_block", "count", "public", "private", "sentence"),
    [
        ("", 3, [], [], "network_cidr_block is '': it must be an IPv4 CIDR block, for example 10.0.0.0/16."),
        ("10.0.0.0", 3, [], [], "its prefix length must be between /16 and /28"),
        ("10.0.0.0/8", 3, [], [], "its prefix length must be between /16 and /28"),
        ("10.0.0.0/29", 1, [], [], "its prefix length must be between /16 and /28"),
        ("10.0.0.1/16", 3, [], [], "did you mean 10.0.0.0/16?"),
        ("10.0.0.0/25", 3, [], [], "network_cidr_block 10.0.0.0/25 is too small for 3 zones"),
        ("10.0.0.0/16", 0, [], [], "network_zone_count is 0: it must lie between 1 and 6"),
        ("10.0.0.0/16", 7, [], [], "network_zone_count is 7"),
        ("10.0.0.0/16", 2, ["10.0.0.0/24"], [], "network_public_subnet_cidr_blocks has 1 blocks for 2 zones"),
        ("10.0.0.0/16", 1, ["10.1.0.0/24"], [], "10.1.0.0/24 is not within network_cidr_block 10.0.0.0/16"),
        (
            "10.0.0.0/16",
            1,
            [],
            ["10.0.0.0/28"],
            "network_private_subnet_cidr_blocks is '10.0.0.0/28': its prefix length must be between /16 and /27",
        ),
        ("10.0.0.0/16", 2, ["10.0.0.0/24", "10.0.0.128/25"], [], "10.0.0.0/24 and 10.0.0.128/25 overlap"),
        ("10.0.0.0/16", 1, ["10.0.0.0/24"], ["10.0.0.0/20"], "10.0.0.0/24 and 10.0.0.0/20 overlap"),
        ("10.0.0.0/16", 1, ["10.0.0.0/16"], [], "has no room for another /19"),
    ],
)
def test_invalid_layouts_are_reported_in_one_sentence(cidr_block, count, public, private, sentence):
    errors = layout.layout_errors(cidr_block, count, public, private)
    assert len(errors) == 1
    assert sentence in errors[0]


def test_valid_layouts_are_accepted():
    assert layout.layout_errors("10.0.0.0/16", 3, [], []) == []
    assert layout.layout_errors("10.0.0.0/16", 1, ["10.0.0.0/28"], ["10.0.1.0/27"]) == []


def test_options_of_the_module_have_no_prefix():
    assert layout.layout_errors("10.0.0.0/8", 3, [], [], prefix="")[0].startswith("cidr_block is '10.0.0.0/8'")


def test_zones_where_eks_cannot_run_are_left_out():
    found = layout.usable_zones(
        [
            answer("use1-az4", ZoneType="availability-zone", OptInStatus="opt-in-not-required", State="available"),
            answer("use1-az3"),
            answer("use1-az1"),
            answer("use1-bos1-az1", ZoneType="local-zone", OptInStatus="opted-in"),
            answer("use1-az5", OptInStatus="not-opted-in"),
            answer("use1-az6", State="impaired"),
        ]
    )
    assert [zone.zone_id for zone in found] == ["use1-az1", "use1-az4"]


def test_existing_zones_are_kept():
    """A zone that AWS adds does not move a network that stands."""
    stands = zones("euw1-az2", "euw1-az3")
    usable = zones("euw1-az1", "euw1-az2", "euw1-az3", "euw1-az4")
    assert layout.choose_zones(usable, stands, 2, "eu-west-1") == stands
    assert [zone.zone_id for zone in layout.choose_zones(usable, stands, 3, "eu-west-1")] == ["euw1-az1", "euw1-az2", "euw1-az3"]


def test_more_zones_than_the_region_has_are_refused():
    with pytest.raises(
        Refused, match="zone_count is 4, but eu-west-1 has only 3 Availability Zones that EKS supports: set it to 3 or less"
    ):
        layout.choose_zones(zones("a", "b", "c"), [], 4, "eu-west-1")


def test_a_lower_zone_count_keeps_the_first_zones():
    assert [zone.zone_id for zone in layout.choose_zones(zones("a", "b", "c"), zones("c", "a", "b"), 2, "r")] == ["a", "b"]


@pytest.mark.parametrize(
    ("mode", "having", "expected"),
    [
        ("none", ["a"], []),
        ("single", [], ["a"]),
        ("single", ["b"], ["b"]),
        ("single", ["x", "c"], ["c"]),
        ("per_zone", ["b"], ["a", "b", "c"]),
    ],
)
def test_nat_gateways_are_placed_by_nat_mode(mode, having, expected):
    assert layout.nat_zone_ids(mode, ["a", "b", "c"], having) == expected


def test_the_nat_mode_is_derived_from_existing_gateways():
    assert [layout.found_nat_mode(having) for having in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "none",
        "single",
        "per_zone",
        "per_zone",
    ]


def test_every_zone_uses_its_own_nat_or_the_only_one():
    assert layout.nat_zone_of("b", ["a", "b"]) == "b"
    assert layout.nat_zone_of("c", ["a"]) == "a"
    assert layout.nat_zone_of("c", []) is None


def test_a_free_cidr_block_is_found():
    assert _cidr.free_block("10.0.0.0/24", 26, ["10.0.0.0/25"]) == "10.0.0.128/26"
    assert _cidr.free_block("10.0.0.0/24", 26, ["10.0.0.0/24"]) is None
    assert _cidr.free_block("10.0.0.0/24", 20, []) is None
