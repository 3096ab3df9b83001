# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reconcile a network with the options of the module vpc_network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._composite import plan_and_apply
from .._resource import Outcome
from .network import Network, NetworkOptions
from .snapshot import Snapshot
from .teardown import NetworkTeardown

if TYPE_CHECKING:
    from .._module import PlatformModule


def network_outcomes(module: PlatformModule) -> list[Outcome]:
    """Create, update or delete the network; return the VPC's outcome first. Plan and apply read the network only once."""
    options = NetworkOptions.of(module.params, region=module.region)
    present = module.params["state"] == "present"
    if present:
        options.check()
    snapshot = Snapshot(module.client("ec2"), options.name, options.tags, own_only=not present and not options.adopt)
    kind = Network if present else NetworkTeardown
    return plan_and_apply(lambda check_mode: kind(snapshot, options, check_mode), module.check_mode)
