# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the module elasticache_replication_group does with its options. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._credentials import options as credential_options
from .._errors import Refused
from .._resource import Outcome
from . import rules
from .store import CacheOptions, CacheStore
from .teardown import CacheTeardown

if TYPE_CHECKING:
    from .._module import PlatformModule

SERVICES = ("elasticache", "ec2", "secretsmanager")
COMMON = ("state", "tags", "purge_tags", "adopt", "allow_replacement", "wait", "wait_timeout", "name")


def options_of(module: PlatformModule) -> CacheOptions:
    """The module's options as those of a store."""
    params = module.params
    return CacheOptions(
        name=params["name"],
        given=rules.normal({name: value for name, value in params.items() if name not in COMMON}),
        tags=params["tags"] or {},
        purge_tags=params["purge_tags"],
        adopt=params["adopt"],
        wait=params["wait"],
        timeout_seconds=params["wait_timeout"],
    )


def check(options: CacheOptions) -> None:
    """Raise Refused for what is wrong whatever AWS has."""
    wrong = [*rules.name_error("name", options.name), *rules.group_errors(options.given)]
    if wrong:
        raise Refused(" ".join(wrong))
    credential_options.check_options(options.given)


def store_outcomes(module: PlatformModule) -> list[Outcome]:
    """Bring the store to its wanted state, the replication group's outcome first."""
    options = options_of(module)
    check(options)
    clients = {service: module.client(service) for service in SERVICES}
    return outcomes(clients.__getitem__, options, present=module.params["state"] == "present", check_mode=module.check_mode)


def outcomes(client: Callable[[str], Any], options: CacheOptions, *, present: bool, check_mode: bool) -> list[Outcome]:
    """A first pass only plans, so that what is refused is refused before anything is changed; with nothing to do there is no second."""
    first = CacheStore(client, options, True) if present else CacheTeardown(client, options, True)
    planned = _work(first)
    if check_mode or (first.settled and not any(outcome.action for outcome in planned)):
        return planned
    return _work(CacheStore(client, options, False) if present else CacheTeardown(client, options, False))


def _work(store: CacheStore) -> list[Outcome]:
    return store.remove() if isinstance(store, CacheTeardown) else store.reconcile()
