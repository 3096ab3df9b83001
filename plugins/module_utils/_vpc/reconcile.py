# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the module vpc_network does with its options. Private to the collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._resource import Outcome
from .network import Network, NetworkOptions
from .snapshot import Snapshot
from .teardown import NetworkTeardown

if TYPE_CHECKING:
    from .._module import PlatformModule

#: the options that are given to a network as they are
TAKEN_OVER = (
    "cidr_block",
    "zone_count",
    "public_subnet_cidr_blocks",
    "private_subnet_cidr_blocks",
    "public_subnet_tags",
    "private_subnet_tags",
    "nat_mode",
    "gateway_endpoints",
    "interface_endpoints",
    "flow_logs",
    "purge_tags",
    "purge_rules",
    "adopt",
    "wait",
)


def options_of(module: PlatformModule) -> NetworkOptions:
    """The module's options as those of a network."""
    given = {name: module.params[name] for name in TAKEN_OVER}
    return NetworkOptions(
        name=module.params["name"],
        region=module.region,
        tags=module.params["tags"] or {},
        timeout_seconds=module.params["wait_timeout"],
        **given,
    )


def network_outcomes(module: PlatformModule) -> list[Outcome]:
    """Bring the network to its wanted state, the VPC's outcome first.

    A first pass only plans, so that what is refused is refused before anything is changed; it costs no further call.
    """
    options = options_of(module)
    present = module.params["state"] == "present"
    if present:
        options.check()
    snapshot = Snapshot(module.client("ec2"), options.name, options.tags, own_only=not present and not options.adopt)
    noun = Network if present else NetworkTeardown
    planned = noun(snapshot, options, check_mode=True).reconcile()
    return planned if module.check_mode else noun(snapshot, options, check_mode=False).reconcile()
