# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Validate the inputs of rotate.yml, and find the services that use the store. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._resource import KNOWN_AFTER_APPLY
from .inputs import Inputs
from .link_kinds import KINDS
from .links import ROTATED, Stores, links

EXAMPLE = "for example -e rotate_environment=staging -e rotate_store=aurora/main"


def uses(given: Sequence[Mapping[str, Any]], store: str) -> bool:
    """Return whether links name the store. store: kind and name, aurora/main."""
    return store in {f"{link.kind_name}/{link.name}" for link in links(Inputs({"opta_service_links": given}))}


def input_errors(
    store: str, environment: str, environments: Sequence[str], described: Mapping[str, Sequence[Mapping[str, Any]]], narrowed: str
) -> list[str]:
    """Return the first problem of the inputs, as a list. described: the lists of the environment's stores by kind.

    narrowed: the option that limits the run; it is not allowed, because a service that is left out could not log in afterwards.
    """
    return list(_input_errors(store, environment, environments, described, narrowed))[:1]


def _input_errors(
    store: str, environment: str, environments: Sequence[str], described: Mapping[str, Sequence[Mapping[str, Any]]], narrowed: str
) -> Iterator[str]:
    if not environment:
        yield f"rotate_environment is not set: set it to the environment of the store, {EXAMPLE}."
    elif environment not in environments:
        yield f"rotate_environment is {environment!r}, and the inventory has no such environment ({_there_is(environments)})."
    if narrowed:
        yield f"rotate.yml does not support {narrowed}: a service that is left out could not log in afterwards."
    kinds = [kind for kind in described if kind in KINDS]
    kind, slash, name = store.partition("/")
    if not store:
        yield f"rotate_store is not set: set it to kind and name of the store whose password is replaced, {EXAMPLE}."
    elif not slash or not name or kind not in kinds:
        yield f"rotate_store is {store!r}: it must be kind and name, for example aurora/main; kinds are {', '.join(kinds)}."
    else:
        names = [str(entry.get("name")) for entry in described[kind]]
        if name not in names:
            yield (
                f"rotate_store is {store!r}, and {KINDS[kind].described_in} of {environment} has no entry of that name "
                f"({_there_is(names)})."
            )


def missing(store: str, stores: Stores) -> list[str]:
    """Return a sentence when a store in the inventory does not exist completely."""
    kind, _slash, name = store.partition("/")
    if name in ((stores.get(kind) or {}).get("secret_arns") or {}):
        return []
    return [f"rotate_store is {store!r}, and AWS does not have all of that store: run opta.platform.env for the environment first."]


def planned(outputs: Mapping[str, Mapping[str, str]], store: str) -> dict[str, Any]:
    """Return the outputs of the store's role for a plan: the new password is (known after apply)."""
    return {**outputs, ROTATED: {store.partition("/")[2]: KNOWN_AFTER_APPLY}}


def _there_is(names: Sequence[str]) -> str:
    return f"there is {', '.join(sorted(names))}" if names else "there is none"
