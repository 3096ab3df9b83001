# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The definition of a kind of store, of which registry.py has one for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .._names import Identity
from .._retained.retained_resource import RetainedResource

Client = Callable[[str], Any]
Outputs = dict[str, dict[str, str]]


class ObservedEnvironment(Protocol):
    """What the outputs of stores are read from: an environment in AWS."""

    client: Client
    identity: Identity

    def stores(self, kind: str) -> list[dict[str, str]]:
        """Name, secret_name and secret_arn of each store of this kind that has a secret."""

    @property
    def buckets(self) -> list[str]:
        """Names of buckets; the environment's buckets are among them."""


@dataclass(frozen=True)
class Offers:
    """A check, before the first change, whether AWS offers what the entry of a new store requests.

    service: the client that the check uses. options: the options of an entry that it reads. error(client, entry): a message or None.
    """

    service: str
    options: tuple[str, ...]
    error: Callable[[Any, Mapping[str, Any]], str | None]


@dataclass(frozen=True)
class Retention:
    """The resources that are retained when stores of a kind are deleted. Kinds of stores with the same resources share one object.

    arns: service and resource type of their ARNs. find(client, identity): the retained resources.
    expected(client, identity, options): those that a run will retain, for a plan. options: those of the module retained_resources.
    """

    arns: tuple[tuple[str, str], ...]
    find: Callable[[Client, Identity], Sequence[RetainedResource]]
    expected: Callable[[Client, Identity, Mapping[str, Any]], Sequence[RetainedResource]]


@dataclass(frozen=True)
class Store:
    """A kind of store.

    role, module: names of the role and its module. variable: the input with the list of entries.
    kind: part of the names of the store's resources and its secret.
    errors(given): messages about the role's inputs, without a call to AWS. given: inputs and literal defaults by name.
    outputs(environment): the outputs of the role, read from AWS; None while a store is incomplete.
    output_of_each: an output with one item for each store. has_password: whether a secret holds a password that can be rotated.
    has_head_start: whether the role has the entry points start and start_absent.
    """

    role: str
    module: str
    variable: str
    kind: str
    errors: Callable[[Mapping[str, Any]], Iterable[str]]
    outputs: Callable[[ObservedEnvironment], Outputs | None]
    offers: Offers | None = None
    retention: Retention | None = None
    output_of_each: str = "endpoints"
    has_password: bool = True
    has_head_start: bool = True
