# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All kinds of stores, in the order in which an environment creates them. Everything that treats all stores alike iterates over STORES."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._elasticache.definition import ELASTICACHE
from .._rds.definition import AURORA, DOCUMENTDB
from .._s3.definition import S3
from .definition import Retention, Store

STORES: tuple[Store, ...] = (AURORA, DOCUMENTDB, ELASTICACHE, S3)


def retentions() -> list[Retention]:
    """The retained resources of all kinds of stores, each once."""
    return list({id(store.retention): store.retention for store in STORES if store.retention}.values())


def errors(given: Mapping[str, Any]) -> list[str]:
    """Messages about the inputs of all stores."""
    return [error for store in STORES for error in store.errors(given)]


def offer_entries(given: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The entries that offer_errors() checks, by variable, with the options that it reads."""
    return {
        store.variable: [
            {option: str(entry[option]) for option in ("name", *store.offers.options) if entry.get(option)}
            for entry in given[store.variable]
            if entry.get("name")
        ]
        for store in STORES
        if store.offers and given.get(store.variable)
    }


def offer_errors(client: Callable[[str], Any], entries: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Messages about what AWS does not offer. entries: those of new stores, by variable."""
    found = [
        store.offers.error(client(store.offers.service), entry)
        for store in STORES
        if store.offers
        for entry in entries.get(store.variable) or []
    ]
    return [error for error in found if error]


def missing(entries: Mapping[str, Sequence[Any]], outputs: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The roles with more entries than complete stores, of those with a head start. entries, outputs: by role."""
    return [
        store.role
        for store in STORES
        if store.has_head_start and len(entries[store.role]) > len(outputs[store.role].get(store.output_of_each) or {})
    ]
