# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The layout of a network: its zones, its CIDR blocks, its NAT gateways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from .._cidr import SMALLEST_PREFIX, block_error, free_block, outside_error, overlap_error
from .._creation_defaults import ZONE_COUNT
from .._errors import Refused

#: EKS refuses subnets in these zones (Amazon EKS User Guide, subnet requirements for clusters; eksctl for cnn1-az4)
ZONES_WITHOUT_EKS = ("use1-az3", "usw1-az2", "cac1-az3", "cnn1-az4")
NAT_MODES = ("none", "single", "per_zone")
MOST_ZONES = 6
#: nodes and their pods use addresses of private subnets
SMALLEST_PRIVATE_PREFIX = 27
#: a block is divided for as many zones at least, so that a network can grow
ZONES_WITH_ROOM = 4


@dataclass(frozen=True)
class AvailabilityZone:
    """An availability zone and the blocks of its two subnets."""

    zone_id: str
    zone_name: str
    public_cidr_block: str = ""
    private_cidr_block: str = ""


def layout_errors(
    cidr_block: str,
    zone_count: int | None,
    public_blocks: Sequence[str],
    private_blocks: Sequence[str],
    prefix: str = "network_",
    fewest: int = 1,
) -> list[str]:
    """Return the errors in the inputs of a network, one sentence each; makes no call.

    zone_count: None when it is not given. prefix: of the names of the inputs; an empty string for the module's options.
    fewest: the smallest number of zones that is allowed.
    """
    vpc, public, private = f"{prefix}cidr_block", f"{prefix}public_subnet_cidr_blocks", f"{prefix}private_subnet_cidr_blocks"
    if zone_count is None:
        zone_count = len(public_blocks or private_blocks) or ZONE_COUNT
    if not fewest <= zone_count <= MOST_ZONES:
        return [f"{prefix}zone_count is {zone_count}: it must lie between {fewest} and {MOST_ZONES}, for example {ZONE_COUNT}."]
    wrong = [block_error(vpc, cidr_block)]
    wrong += [block_error(public, block) for block in public_blocks]
    wrong += [block_error(private, block, SMALLEST_PRIVATE_PREFIX) for block in private_blocks]
    for option, blocks in ((public, public_blocks), (private, private_blocks)):
        if blocks and len(blocks) != zone_count:
            wrong.append(f"{option} has {len(blocks)} blocks for {zone_count} zones: give one for each zone, or none to have them derived.")
    if any(wrong):
        return [sentence for sentence in wrong if sentence]
    given = " and ".join(option for option, blocks in ((public, public_blocks), (private, private_blocks)) if blocks)
    wrong = [
        outside_error(public, public_blocks, vpc, cidr_block),
        outside_error(private, private_blocks, vpc, cidr_block),
        overlap_error(given, [*public_blocks, *private_blocks]),
    ]
    if not any(wrong) and not (public_blocks and private_blocks):
        try:
            zones = [AvailabilityZone(f"zone {number + 1}", "") for number in range(zone_count)]
            lay_out(cidr_block, zones, public_blocks, private_blocks, names=(vpc, public, private))
        except Refused as error:
            wrong.append(str(error))
    return [sentence for sentence in wrong if sentence]


def sizes(cidr_block: str, zone_count: int) -> tuple[int, int] | None:
    """Return the prefix lengths of public and private subnets: private ones use half of the block, public ones a quarter.

    None when the block is too small for so many zones.
    """
    whole = IPv4Network(cidr_block).prefixlen
    for zones in (max(zone_count, ZONES_WITH_ROOM), zone_count):
        bits = (zones - 1).bit_length()
        public, private = whole + 2 + bits, whole + 1 + bits
        if public <= SMALLEST_PREFIX and private <= SMALLEST_PRIVATE_PREFIX:
            return public, private
    return None


def usable_zones(answer: Iterable[Mapping[str, Any]]) -> list[AvailabilityZone]:
    """Return the zones of DescribeAvailabilityZones where EKS can run, by id."""
    zones = [
        AvailabilityZone(zone["ZoneId"], zone["ZoneName"])
        for zone in answer
        if zone.get("ZoneType", "availability-zone") == "availability-zone"
        and zone.get("OptInStatus", "opt-in-not-required") != "not-opted-in"
        and zone.get("State", "available") == "available"
        and zone["ZoneId"] not in ZONES_WITHOUT_EKS
    ]
    return sorted(zones, key=lambda zone: zone.zone_id)


def default_zone_count(
    usable: Sequence[AvailabilityZone], existing: Sequence[AvailabilityZone], given_blocks: Sequence[str], incomplete: bool
) -> int:
    """Return the number of zones when it is not given: one for each given block, else as found, else three, or fewer if the region has
    fewer.

    incomplete: whether a run was interrupted before it created all subnets, so that the existing zones may be too few.
    """
    if given_blocks:
        return len(given_blocks)
    return len(existing) if existing and not incomplete else max(min(ZONE_COUNT, len(usable)), len(existing), 1)


def choose_zones(
    usable: Sequence[AvailabilityZone], existing: Sequence[AvailabilityZone], count: int, region: str
) -> list[AvailabilityZone]:
    """Return the zones of the network: existing ones, then further ones by id; ordered by id."""
    kept = sorted(existing, key=lambda zone: zone.zone_id)[:count]
    others = [zone for zone in usable if zone.zone_id not in {known.zone_id for known in existing}]
    missing = count - len(kept)
    if missing > len(others):
        raise Refused(
            f"zone_count is {count}, but {region} has only {len(existing) + len(others)} Availability Zones that EKS supports: "
            f"set it to {len(existing) + len(others)} or less."
        )
    return sorted([*kept, *others[:missing]], key=lambda zone: zone.zone_id)


def lay_out(
    cidr_block: str,
    zones: Sequence[AvailabilityZone],
    public_blocks: Sequence[str] = (),
    private_blocks: Sequence[str] = (),
    taken: Sequence[str] = (),
    names: tuple[str, str, str] = ("cidr_block", "public_subnet_cidr_blocks", "private_subnet_cidr_blocks"),
) -> list[AvailabilityZone]:
    """Assign the blocks of both subnets to each zone that lacks them.

    zones: with the blocks of existing subnets, which are kept.
    public_blocks, private_blocks: the blocks to use; derived when empty.
    taken: blocks of other subnets of the VPC.
    """
    private = _blocks(cidr_block, zones, "private", private_blocks, [*taken, *public_blocks], names)
    public = _blocks(cidr_block, zones, "public", public_blocks, [*taken, *private], names)
    return [AvailabilityZone(zone.zone_id, zone.zone_name, outer, inner) for zone, outer, inner in zip(zones, public, private)]  # noqa: B905


def _blocks(
    cidr_block: str, zones: Sequence[AvailabilityZone], kind: str, given: Sequence[str], taken: Sequence[str], names: tuple[str, str, str]
) -> list[str]:
    existing = [getattr(zone, f"{kind}_cidr_block") for zone in zones]
    others = [block for zone in zones for block in (zone.public_cidr_block, zone.private_cidr_block) if block]
    vpc, option = names[0], names[1] if kind == "public" else names[2]
    if given:
        return _given_blocks(zones, existing, given, option)
    blocks = [block for block in existing if block]
    derived = _derived(cidr_block, len(zones), kind)
    prefix = IPv4Network(blocks[0]).prefixlen if blocks else derived[0]
    if prefix is None:
        raise Refused(
            f"{vpc} {cidr_block} is too small for {len(zones)} zones with a public subnet of at least /{SMALLEST_PREFIX} and a private one "
            f"of at least /{SMALLEST_PRIVATE_PREFIX} each: use a larger block, for example 10.0.0.0/16, or fewer zones."
        )
    result: list[str] = []
    for zone, block, preferred in zip(zones, existing, derived[1]):  # noqa: B905
        found = block or free_block(cidr_block, prefix, [*taken, *others, *result], preferred if prefix == derived[0] else None)
        if not found:
            raise Refused(
                f"{vpc} {cidr_block} has no room for another /{prefix}: the {kind} subnet of {zone.zone_id} cannot be created. "
                f"Keep the number of zones, or give {option} with smaller blocks."
            )
        result.append(found)
    return result


def _derived(cidr_block: str, zone_count: int, kind: str) -> tuple[int | None, list[str | None]]:
    """Return the prefix length of the subnets of a kind in an empty block, and where they start."""
    found = sizes(cidr_block, zone_count)
    if found is None:
        return None, [None] * zone_count
    halves = list(IPv4Network(cidr_block).subnets(prefixlen_diff=1))
    area = halves[0] if kind == "private" else next(iter(halves[1].subnets(prefixlen_diff=1)))
    prefix = found[1] if kind == "private" else found[0]
    return prefix, [str(block) for block in list(area.subnets(new_prefix=prefix))[:zone_count]]


def _given_blocks(zones: Sequence[AvailabilityZone], existing: Sequence[str], given: Sequence[str], option: str) -> list[str]:
    """Return the given blocks, one for each zone: an existing subnet keeps its block, the others are used in order."""
    if len(given) != len(zones):
        raise Refused(f"{option} has {len(given)} blocks for {len(zones)} zones: give one for each zone, or none to have them derived.")
    for zone, block in zip(zones, existing):  # noqa: B905
        if block and block not in given:
            raise Refused(
                f"{option} does not name {block}, the block of the subnet in {zone.zone_id}: a subnet keeps its block (Amazon EC2). "
                "Leave it in the list."
            )
    left = iter([block for block in given if block not in existing])
    return [block or next(left) for block in existing]


def nat_zone_ids(mode: str, zone_ids: Sequence[str], having: Sequence[str]) -> list[str]:
    """Return the zones with a NAT gateway; a single one stays where it is."""
    if mode == "per_zone":
        return list(zone_ids)
    if mode == "single":
        return [next((zone for zone in zone_ids if zone in having), zone_ids[0])]
    return []


def found_nat_mode(having: Sequence[str]) -> str:
    """Return the mode of a network with NAT gateways in these zones."""
    return NAT_MODES[min(len(having), 2)]


def nat_zone_of(zone_id: str, nat_zones: Sequence[str]) -> str | None:
    """Return the zone whose NAT gateway the private subnet of a zone uses."""
    return zone_id if zone_id in nat_zones else next(iter(nat_zones), None)
