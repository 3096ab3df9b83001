# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Blocks of IPv4 addresses: are they right, do they fit together, where is room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, ip_network

#: Amazon VPC, CreateVpc and CreateSubnet: a block has between 16 and 65536 addresses
LARGEST_PREFIX = 16
SMALLEST_PREFIX = 28
EXAMPLE = "for example 10.0.0.0/16"
#: CreateVpc: InvalidVpc.Range; loopback, link-local, multicast and reserved addresses
REFUSED_RANGES = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
#: EKS API, KubernetesNetworkConfigRequest: where the block of a cluster's service addresses lies, and how large it may be
SERVICE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
LARGEST_SERVICE_PREFIX = 12
SMALLEST_SERVICE_PREFIX = 24


def block_error(option: str, block: str, smallest_prefix: int = SMALLEST_PREFIX) -> str | None:
    """What is wrong with one block, as a sentence; None when it is right.

    smallest_prefix: the prefix length of the smallest block that is allowed.
    """
    try:
        network = IPv4Network(block)
    except ValueError:
        try:
            right = IPv4Network(block, strict=False)
        except ValueError:
            return f"{option} is {block!r}: it must be an IPv4 CIDR block, {EXAMPLE}."
        return f"{option} is {block!r}, which has host bits set: did you mean {right}?"
    if network.prefixlen < LARGEST_PREFIX or network.prefixlen > smallest_prefix:
        return f"{option} is {block!r}: its prefix length must be between /{LARGEST_PREFIX} and /{smallest_prefix}, {EXAMPLE}."
    if any(network.overlaps(IPv4Network(refused)) for refused in REFUSED_RANGES):
        return f"{option} is {block!r}, which AWS does not allow for a VPC: use a private block, {EXAMPLE}."
    return None


def service_block_error(option: str, block: str) -> str | None:
    """What is wrong with the block of a cluster's service addresses, as a sentence; None when EKS takes it."""
    try:
        network = IPv4Network(block)
    except ValueError:
        return f"{option} is {block!r}: it must be an IPv4 CIDR block without host bits, for example 172.20.0.0/16."
    inside = any(network.subnet_of(IPv4Network(outer)) for outer in SERVICE_RANGES)
    if inside and LARGEST_SERVICE_PREFIX <= network.prefixlen <= SMALLEST_SERVICE_PREFIX:
        return None
    return (
        f"{option} is {block!r}: it must be within {', '.join(SERVICE_RANGES)}, with a prefix length between /{LARGEST_SERVICE_PREFIX} and "
        f"/{SMALLEST_SERVICE_PREFIX}, for example 172.20.0.0/16."
    )


def canonical(block: str) -> str:
    """A block as AWS keeps it: 10.8.0.5/16 is 10.8.0.0/16. What is no block stays as it is."""
    try:
        return str(ip_network(block.strip(), strict=False))
    except ValueError:
        return block


def canonical_blocks(blocks: Iterable[str]) -> list[str]:
    """The blocks as AWS keeps them, each once, in order."""
    return sorted({canonical(str(block)) for block in blocks})


def same_blocks(found: Iterable[str] | None, desired: Iterable[str] | None) -> bool:
    """Whether two lists hold the same blocks, in whatever order and notation."""
    return canonical_blocks(found or []) == canonical_blocks(desired or [])


def source_error(option: str, block: str, versions: Sequence[int] = (4,)) -> str | None:
    """What is wrong with a block from which access is allowed, as a sentence; None when it is right. versions: of IP."""
    try:
        if ip_network(str(block).strip(), strict=False).version in versions:
            return None
    except ValueError:
        pass
    kind = "an IPv4" if tuple(versions) == (4,) else "a"
    return f"{option} has {block!r}: it must be {kind} CIDR block, for example 10.0.0.0/16."


def overlap_error(option: str, blocks: Sequence[str]) -> str | None:
    """The first two blocks of a list that overlap, as a sentence."""
    networks = [IPv4Network(block) for block in blocks]
    for position, network in enumerate(networks):
        for other in networks[:position]:
            if network.overlaps(other):
                return f"{option}: {other} and {network} overlap; CIDR blocks of subnets must not overlap."
    return None


def outside_error(option: str, blocks: Sequence[str], whole_option: str, whole: str) -> str | None:
    """The first block that does not lie within the whole, as a sentence."""
    for block in blocks:
        if not IPv4Network(block).subnet_of(IPv4Network(whole)):
            return f"{option}: {block} is not within {whole_option} {whole}."
    return None


def free_block(whole: str, prefix: int, taken: Iterable[str], preferred: str | None = None) -> str | None:
    """A block of this prefix length within the whole that overlaps none of those taken; the preferred one when it is free."""
    networks = [IPv4Network(block) for block in taken]

    def is_free(candidate: IPv4Network) -> bool:
        return not any(candidate.overlaps(network) for network in networks)

    if preferred is not None and is_free(IPv4Network(preferred)):
        return preferred
    outer = IPv4Network(whole)
    if prefix < outer.prefixlen:
        return None
    return next((str(candidate) for candidate in outer.subnets(new_prefix=prefix) if is_free(candidate)), None)
