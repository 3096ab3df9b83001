# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reconcile a cache with the options of the module elasticache_replication_group."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._composite import plan_and_apply
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


def check(options: CacheOptions) -> None:
    """Raise Refused for options that are wrong, whatever AWS has."""
    wrong = [*rules.name_error("name", options.name), *rules.group_errors(options.given)]
    if wrong:
        raise Refused(" ".join(wrong))
    credential_options.check_options(options.given)


def store_outcomes(module: PlatformModule) -> list[Outcome]:
    """Create, update or delete the cache; return the replication group's outcome first."""
    given = rules.normal({name: value for name, value in module.params.items() if name not in COMMON})
    options = CacheOptions.of(module.params, given=given)
    check(options)
    clients = {service: module.client(service) for service in SERVICES}
    return outcomes(clients.__getitem__, options, present=module.params["state"] == "present", check_mode=module.check_mode)


def outcomes(client: Callable[[str], Any], options: CacheOptions, *, present: bool, check_mode: bool) -> list[Outcome]:
    """As store_outcomes(), with the options of the cache."""
    kind = CacheStore if present else CacheTeardown
    return plan_and_apply(lambda plan: kind(client, options, plan), check_mode)
