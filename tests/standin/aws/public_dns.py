"""The public DNS: what a resolver somewhere in the world finds, when it follows the delegations from the registered zones down.

The zones of the account REGISTRY stand for all that lies above an environment's domain: they are registered, and nobody delegates to them.
A zone of any other account is found only if the zone above it names its name servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.route53.models import DelegationSet, FakeZone, route53_backends

from tests.standin.aws.route53 import give_name_servers, name_servers, normal

REGISTRY = "111111111111"
REGISTERED = ("example.com", "example.org", "example.net")
#: the reusable delegation set that the demo's description names, and the domains that are delegated to it from the start
DELEGATION_SET = "N0STANDINDEMO"
DELEGATED = ("staging.example.com", "production.example.com", "*.example.net")
PARTITION = "aws"
#: where a record that points to something of AWS leads
SOMEWHERE = "192.0.2.1"


def prepare() -> None:
    """The registered zones, and in one of them the delegations of the demo's domains."""
    registry = route53_backends[REGISTRY][PARTITION]
    servers = name_servers(DELEGATION_SET)
    for domain in REGISTERED:
        zone = registry.create_hosted_zone(f"{domain}.", private_zone=False, caller_reference=domain)
        give_name_servers(zone, name_servers(domain))
        for delegated in DELEGATED:
            if delegated.endswith(f".{domain}"):
                zone.add_rrset({"Name": f"{delegated}.", "Type": "NS", "TTL": 300, "ResourceRecords": [f"{each}." for each in servers]})
    reusable = DelegationSet("demo", servers, DELEGATION_SET)
    route53_backends[DEFAULT_ACCOUNT_ID][PARTITION].delegation_sets[DELEGATION_SET] = reusable


@dataclass(frozen=True)
class Place:
    """Where a question ends. zone: the one that answers, None when nobody is responsible. lame: the one named does not know the zone.

    above: the zone that delegates the name itself, if one does; delegation: its NS values.
    """

    zone: FakeZone | None
    lame: bool = False
    above: FakeZone | None = None
    delegation: tuple[str, ...] = ()


def follow(name: str) -> Place:
    """From the registered zone down to the one that is responsible for a name."""
    name = normal(name)
    registered = [zone for zone in route53_backends[REGISTRY][PARTITION].zones.values() if _within(name, zone)]
    zone = max(registered, key=lambda each: len(each.name), default=None)
    above, delegation = None, ()
    while zone is not None:
        cut = _cut(zone, name)
        if cut is None:
            return Place(zone, above=above, delegation=delegation)
        values = tuple(cut.records)
        if normal(cut.name) == name:
            above, delegation = zone, values
        below = _served(normal(cut.name), {normal(value) for value in values})
        if below is None:
            return Place(None, lame=True, above=above, delegation=delegation)
        zone = below
    return Place(None)


def _within(name: str, zone: FakeZone) -> bool:
    apex = normal(zone.name)
    return name == apex or name.endswith(f".{apex}")


def _cut(zone: FakeZone, name: str) -> Any:
    """The delegation of a zone that a name falls under, the one nearest to the zone.

    `*` delegates every name right below the zone, as the real DNS does not: whoever asks for one has it.
    """
    cuts = [each for each in zone.rrsets if each.type == "NS" and normal(each.name) != normal(zone.name)]
    fitting = [each for each in cuts if name == normal(each.name) or name.endswith(f".{normal(each.name)}")]
    everything = [each for each in cuts if normal(each.name) == f"*.{normal(zone.name)}"]
    if not fitting and everything and name != normal(zone.name):
        label = name.removesuffix(f".{normal(zone.name)}").rsplit(".", 1)[-1]
        return SimpleNamespace(name=f"{label}.{normal(zone.name)}", records=everything[0].records)
    return min(fitting, key=lambda each: len(each.name), default=None)


def _served(name: str, servers: set[str]) -> FakeZone | None:
    """The public zone of a name that these servers serve."""
    for zone in _public_zones():
        if normal(zone.name) == name and servers & {normal(each) for each in zone.delegation_set.name_servers}:
            return zone
    return None


def _public_zones() -> Iterator[FakeZone]:
    for account in list(route53_backends):
        for backend in list(route53_backends[account].values()):
            yield from [zone for zone in backend.zones.values() if not zone.private_zone]


def record_sets(zone: FakeZone, name: str) -> list[Any]:
    """The record sets that answer a name: its own, else those of the wildcard above it."""
    name = normal(name)
    own = [each for each in zone.rrsets if normal(each.name) == name]
    if own:
        return own
    parent = name.partition(".")[2]
    while parent and _within(parent, zone):
        wild = [each for each in zone.rrsets if normal(each.name) == f"*.{parent}"]
        if wild:
            return wild
        parent = parent.partition(".")[2]
    return []


def values(name: str, kind: str) -> list[str]:
    """What the world gets for a question: the values of the record set of this type."""
    zone = follow(name).zone
    return [] if zone is None else [value for each in record_sets(zone, name) if each.type == kind for value in each.records or []]
