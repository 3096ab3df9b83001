# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What rotate.yml decides: which store, whether it may go on, and which services use the store. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._resource import KNOWN_AFTER_APPLY
from .inputs import Inputs
from .links import KINDS, ROTATED, Stores, links

EXAMPLE = "for example -e rotate_environment=staging -e rotate_store=aurora/main"


def uses(given: Sequence[Mapping[str, Any]], store: str) -> bool:
    """Whether links name the store, which is given as its kind and name: aurora/main."""
    return store in {f"{link.kind_name}/{link.name}" for link in links(Inputs({"opta_service_links": given}))}


def input_errors(
    store: str, environment: str, environments: Sequence[str], described: Mapping[str, Sequence[Mapping[str, Any]]], narrowed: str
) -> list[str]:
    """A sentence for what is wrong before AWS is asked. described: the lists of the environment's stores by their kinds.

    narrowed: how the run was told to leave something out; it must not, for a service that is left out could not log in afterwards.
    """
    return list(_input_errors(store, environment, environments, described, narrowed))[:1]


def _input_errors(
    store: str, environment: str, environments: Sequence[str], described: Mapping[str, Sequence[Mapping[str, Any]]], narrowed: str
) -> Iterator[str]:
    if not environment:
        yield f"rotate_environment is not set: give the environment whose store gets a new password, {EXAMPLE}."
    elif environment not in environments:
        yield f"rotate_environment is {environment!r}, and the inventory has no such environment ({_there_is(environments)})."
    if narrowed:
        yield f"rotate.yml takes no {narrowed}: a service that is left out could not log in afterwards."
    kinds = [kind for kind in described if kind in KINDS]
    kind, slash, name = store.partition("/")
    if not store:
        yield f"rotate_store is not set: give kind and name of the store that gets a new password, {EXAMPLE}."
    elif not slash or not name or kind not in kinds:
        yield f"rotate_store is {store!r}: give kind and name, for example aurora/main; kinds are {', '.join(kinds)}."
    else:
        names = [str(entry.get("name")) for entry in described[kind]]
        if name not in names:
            yield (
                f"rotate_store is {store!r}, and {KINDS[kind].described_in} of {environment} has no entry of that name "
                f"({_there_is(names)})."
            )


def missing(store: str, stores: Stores) -> list[str]:
    """A sentence when a store that is described does not stand completely yet."""
    kind, _slash, name = store.partition("/")
    if name in ((stores.get(kind) or {}).get("secret_arns") or {}):
        return []
    return [f"rotate_store is {store!r}, and AWS has no such store, or not all of it: run opta.platform.env for the environment first."]


def planned(outputs: Mapping[str, Mapping[str, str]], store: str) -> dict[str, Any]:
    """The outputs of the store's role as a plan takes them: the new password is known after the run only."""
    return {**outputs, ROTATED: {store.partition("/")[2]: KNOWN_AFTER_APPLY}}


def _there_is(names: Sequence[str]) -> str:
    return f"there is {', '.join(sorted(names))}" if names else "there is none"
