# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names and record sets of a zone. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

LABEL = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)$")
#: what Route 53 writes for a character that is no letter, digit or hyphen, as \052 for *
ESCAPED = re.compile(r"\\([0-7]{3})")
LONGEST_NAME = 253
#: the records that every zone has at its apex
OWN_TYPES = ("NS", "SOA")
HERITAGE = "heritage=external-dns"
#: what the collection's own external-dns puts between the type and the name (txtPrefix)
OWN_AFFIX = "extdns"


def name_problem(domain: Any) -> str:
    """Why a text is not a domain's name; empty when it is one."""
    if not isinstance(domain, str):
        return "it is not a string"
    labels = normal(domain).split(".")
    if len(labels) < 2:
        return "it must have at least two labels, separated by a dot"
    if len(normal(domain)) > LONGEST_NAME:
        return f"it has more than {LONGEST_NAME} characters"
    wrong = [label for label in labels if not LABEL.match(label)]
    if wrong:
        return f"its label {wrong[0]!r} must have 1 to 63 letters, digits and hyphens, and no hyphen at an end"
    return "it ends with a number, like an IP address" if labels[-1].isdigit() else ""


def normal(name: str) -> str:
    """A name as it is compared: lower case, without the dot at its end, Route 53's escapes undone."""
    return ESCAPED.sub(lambda match: chr(int(match.group(1), 8)), name).rstrip(".").lower()


def several_zones(domain: str, zone_ids: Iterable[str]) -> str:
    """The sentence about several public zones of one name, of which only one can be delegated to."""
    ids = sorted(zone_id.rpartition("/")[2] for zone_id in zone_ids)
    return (
        f"there are {len(ids)} public hosted zones for {domain}: {', '.join(ids)}. Delete those that the domain is not delegated to, "
        "and run again."
    )


def within(name: str, zone: str) -> bool:
    """Whether a name lies in a zone: it is the zone's own, or below."""
    return normal(name) == normal(zone) or normal(name).endswith(f".{normal(zone)}")


def nearest_parent(domain: str, zones: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The zone that a domain lies in, and that is not its own; the one with the longest name."""
    above = [zone for zone in zones if within(domain, zone["Name"]) and normal(zone["Name"]) != normal(domain)]
    return max(above, key=lambda zone: len(zone["Name"]), default=None)


def values(record_set: Mapping[str, Any]) -> list[str]:
    return [record["Value"] for record in record_set.get("ResourceRecords") or []]


def beyond_the_zones_own(record_sets: Sequence[Mapping[str, Any]], zone: str) -> list[Mapping[str, Any]]:
    """All but the name servers and the start of authority at the zone's apex: what hinders its deletion."""
    return [each for each in record_sets if not (each["Type"] in OWN_TYPES and normal(each["Name"]) == normal(zone))]


def of_external_dns(record_sets: Sequence[Mapping[str, Any]], owner_id: str) -> list[Mapping[str, Any]]:
    """The record sets that external-dns made for an owner id: its TXT records, and the records that these stand for.

    A TXT record is named after its record: the record's type, and what external-dns puts before or after it (`a-extdns.www`). An alias,
    which is of the type A in Route 53, is noted as a CNAME.
    """
    if not owner_id:
        return []
    notes = [each for each in record_sets if each["Type"] == "TXT" and _is_note_of(each, owner_id)]
    noted = {(normal(name), kind) for note in notes for name, kind in _stands_for(normal(note["Name"]))}
    records = [each for each in record_sets if each not in notes and {(normal(each["Name"]), kind) for kind in _kinds(each)} & noted]
    return [*notes, *records]


def _is_note_of(record_set: Mapping[str, Any], owner_id: str) -> bool:
    parts = [part for value in values(record_set) for part in value.strip('"').split(",")]
    return HERITAGE in parts and f"external-dns/owner={owner_id}" in parts


def _kinds(record_set: Mapping[str, Any]) -> tuple[str, ...]:
    return (record_set["Type"], "CNAME") if record_set.get("AliasTarget") else (record_set["Type"],)


def _stands_for(note: str) -> list[tuple[str, str]]:
    first, _dot, rest = note.partition(".")
    kind, _hyphen, remainder = first.partition("-")
    names = [rest, f"{remainder}.{rest}"] if remainder not in ("", OWN_AFFIX) else [rest]
    return [(name, kind.upper()) for name in names]


def describe_record_sets(record_sets: Iterable[Mapping[str, Any]]) -> list[str]:
    """`name type`, as people read them."""
    return sorted(f"{normal(each['Name'])} {each['Type']}" for each in record_sets)


def as_changes(action: str, record_sets: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Changes for ChangeResourceRecordSets."""
    return [{"Action": action, "ResourceRecordSet": dict(each)} for each in record_sets]
