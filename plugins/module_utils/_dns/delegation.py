# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the parent of a domain sends the world to the domain's name servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .._route53.records import normal
from .resolver import NoAnswerError, Resolver, found

#: of the parent's name servers, as many are asked until one answers
SERVERS_ASKED = 3


@dataclass(frozen=True)
class Delegation:
    """delegated: whether the DNS names the zone's servers and no others. found: those that it names. reason: why it is not delegated."""

    delegated: bool
    found: list[str] = field(default_factory=list)
    reason: str = ""


def check_delegation(dns: Resolver, domain: str, name_servers: Sequence[str]) -> Delegation:
    """What a resolver knows; if that is not the zone's servers, what the parent's own servers say, for a resolver may remember the past."""
    desired = {normal(server) for server in name_servers}
    try:
        named, asked = servers(dns.ask(domain, "NS"), domain), f"the resolver {dns.reported}"
    except NoAnswerError:  # also when the parent delegates to servers that do not know the zone
        named, asked = None, f"the resolver {dns.reported}"
    if named and set(named) <= desired:
        return Delegation(True, named)
    parent = parent_of(dns, domain)
    if parent:
        with_parent = ask_parent(dns, domain, parent[1])
        if with_parent is not None:
            named, asked = with_parent, f"the name servers of {parent[0]}"
    return classify_delegation(domain, desired, named, asked)


def classify_delegation(domain: str, desired: set[str], named: list[str] | None, asked: str) -> Delegation:
    """Pure."""
    if named is None:
        return Delegation(False, [], f"no DNS server answers for {domain} (queried: {asked})")
    if not named:
        return Delegation(False, [], f"DNS has no NS records for {domain} (queried: {asked})")
    foreign_resources = sorted(set(named) - desired)
    if foreign_resources:
        strange = ", ".join(foreign_resources)
        return Delegation(
            False, named, f"DNS delegates {domain} to {strange}, not to the name servers of the hosted zone (queried: {asked})"
        )
    return Delegation(True, named)


def servers(answer: object, domain: str) -> list[str]:
    """The name servers of a domain in an answer or a referral, in order."""
    return sorted(normal(record.target.to_text()) for record in found(answer, domain, "NS", authority=True))


def parent_of(dns: Resolver, domain: str) -> tuple[str, list[str]] | None:
    """The nearest parent that is a zone, and addresses of its name servers; None when nobody says."""
    labels = normal(domain).split(".")
    for start in range(1, len(labels)):
        parent = ".".join(labels[start:])
        try:
            names = [record.target.to_text() for record in found(dns.ask(parent, "NS"), parent, "NS")]
            addresses = [a.address for name in names[:SERVERS_ASKED] for a in found(dns.ask(name, "A"), name, "A")[:1]]
        except NoAnswerError:
            continue
        if addresses:
            return parent, addresses
    return None


def ask_parent(dns: Resolver, domain: str, addresses: Sequence[str]) -> list[str] | None:
    """The name servers that the parent's own servers name; None when they cannot be reached."""
    try:
        return servers(dns.ask_servers(domain, "NS", addresses), domain)
    except NoAnswerError:
        return None
