# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CAA records that would keep Amazon from issuing a certificate (RFC 8659)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._route53.records import normal
from .resolver import NoAnswerError, Resolver, found

#: any of them allows ACM to issue
AMAZON = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")


def problems(dns: Resolver, names: Iterable[str]) -> list[str]:
    """A sentence for each name that a CAA record keeps from Amazon. A name that no server answers for is not reported."""
    reported = []
    known: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        bare, wildcard = normal(name).removeprefix("*."), name.startswith("*.")
        labels = bare.split(".")
        for start in range(len(labels)):
            place = ".".join(labels[start:])
            if place not in known:
                known[place] = _records(dns, place)
            if known[place]:
                if not allows(known[place], wildcard):
                    reported.append(sentence(name, place, known[place]))
                break
    return reported


def _records(dns: Resolver, name: str) -> list[tuple[str, str]]:
    """Tag and value of each CAA record."""
    try:
        answer = found(dns.ask(name, "CAA"), name, "CAA")
    except NoAnswerError:
        return []
    return [(record.tag.decode().lower(), record.value.decode()) for record in answer]


def allows(records: Sequence[tuple[str, str]], wildcard: bool) -> bool:
    """Whether Amazon may issue. For a wildcard `issuewild` counts, where there is one. Pure."""
    issue = [value for tag, value in records if tag == "issue"]
    wild = [value for tag, value in records if tag == "issuewild"]
    relevant = wild if wildcard and wild else issue
    return not relevant or any(normal(value.split(";")[0].strip()) in AMAZON for value in relevant)


def sentence(name: str, place: str, records: Sequence[tuple[str, str]]) -> str:
    """Pure."""
    shown = ", ".join(f'{tag} "{value}"' for tag, value in records)
    return f'Amazon cannot issue a certificate for {name}: {place} has the CAA records {shown}. Add the record 0 issue "amazon.com".'
