# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The deletion of a network with all its parts."""

from __future__ import annotations

from typing import Any

from .._errors import Refused
from .._reconcile import ensure_absent
from .._resource import Outcome, Resource, State
from . import endpoints, leftovers, nat, routes, subnet
from .aws_managed import is_owned_endpoint
from .ec2_resource import Ec2Resource
from .flow_log import FlowLog
from .network import Network, NetworkOptions
from .snapshot import Snapshot, name_of
from .vpc import Vpc


class NetworkTeardown(Network):
    """Deletes the parts that carry the network's names, in the order that AWS requires. A later run can finish an interrupted one."""

    def __init__(self, snapshot: Snapshot, options: NetworkOptions, check_mode: bool) -> None:
        super().__init__(snapshot, options, check_mode)
        self.name = options.name

    def reconcile(self) -> list[Outcome]:
        """Delete the network, or start to; a plan always covers everything, so that what is refused is refused before a start, too."""
        return self._delete_all() if self.check_mode or self.options.wait else self._start()

    def _delete_all(self) -> list[Outcome]:
        vpc = self._part(Vpc)
        found = vpc.find()
        if found is not None:
            planned = ensure_absent(vpc, check_mode=True, tags=self.options.tags, adopt=self.options.adopt)
            leftovers.refuse_blocking_resources(self.snapshot, self._ours(), self.check_mode)
        else:
            planned = Outcome(vpc.kind, vpc.name, notes=self._foreign_notes(), left_alone=self.snapshot.stranger is not None)
        self.add(planned)
        self.delete(self._part(FlowLog, f"{self.name}-flow-log"))
        self.delete_together([*self._endpoints(), *self._endpoints_of_aws()])
        self._delete_nat_gateways(nat.zones_with_traces(self.snapshot))
        if found is not None:
            self.snapshot.refresh("network_interfaces")
            if not self.check_mode:
                leftovers.wait_for_interfaces(self.snapshot, self.options.timeout_seconds)
            self.outcomes += leftovers.remove_leftovers(self.snapshot, self.check_mode)
        for part in [self._endpoint_group(), *self._route_tables(), *self._subnets_found(), self._internet_gateway()]:
            self.delete(part)
        if found is not None and not self.check_mode:
            ensure_absent(vpc, check_mode=False, tags=self.options.tags, adopt=self.options.adopt)
        return self.outcomes_of(planned)

    def _start(self) -> list[Outcome]:
        """Request the deletion of the NAT gateways, which takes minutes; those that are not ready for it are left to a run that waits."""
        for zone_id in nat.zones_with_traces(self.snapshot):
            part = self._part(nat.NatGateway, nat.nat_name(self.name, zone_id))
            found = part.find()
            if found is not None and part.state(found) is State.READY:
                self.delete(part, wait=False)
        return self.outcomes_of(Outcome(Vpc.kind, self.name))

    def delete(self, part: Resource, wait: bool = True, adopt: bool = False) -> Outcome:
        """Refuse, in the plan, to delete a network with a part that is left alone: its VPC could not be deleted."""
        outcome = super().delete(part, wait, adopt)
        if outcome.left_alone:
            raise Refused(
                f"VPC {self.name} ({self.snapshot.vpc_id}) cannot be deleted: {' '.join(outcome.notes)} Delete it, then run again."
            )
        return outcome

    def _foreign_notes(self) -> list[str]:
        stranger = self.snapshot.stranger
        return [f"VPC {self.name} ({stranger['VpcId']}) is left alone: {self.snapshot.foreign_reason()}."] if stranger else []

    def _named(self, collection: str, noun: type, start: str) -> list[Any]:
        names = sorted({name_of(item) for item in self.snapshot.items(collection) if name_of(item).startswith(start)})
        return [self._part(noun, name) for name in names]

    def _endpoints(self) -> list[Ec2Resource]:
        kinds = [endpoints.endpoint_name(self.name, kind, "") for kind in ("Interface", "Gateway")]
        return [part for start in kinds for part in self._named("endpoints", endpoints.Endpoint, start)]

    def _endpoints_of_aws(self) -> list[Ec2Resource]:
        owned = [item["VpcEndpointId"] for item in self.snapshot.items("endpoints") if is_owned_endpoint(item)]
        return [self._part(endpoints.AwsManagedEndpoint, endpoint_id) for endpoint_id in owned]

    def _route_tables(self) -> list[Ec2Resource]:
        private = self._named("route_tables", routes.RouteTable, routes.table_name(self.name, ""))
        return [*private, self._part(routes.RouteTable, routes.table_name(self.name))]

    def _subnets_found(self) -> list[Ec2Resource]:
        kinds = [subnet.subnet_name(self.name, kind, "") for kind in subnet.KINDS]
        return [part for start in kinds for part in self._named("subnets", subnet.Subnet, start)]

    def _ours(self) -> dict[str, set[str]]:
        """Return the ids of the parts, by kind."""
        parts: list[Ec2Resource] = [*self._endpoints(), *self._route_tables(), *self._subnets_found(), self._endpoint_group()]
        parts += [self._part(nat.NatGateway, nat.nat_name(self.name, zone_id)) for zone_id in nat.zones_with_traces(self.snapshot)]
        ours: dict[str, set[str]] = {}
        for part in parts:
            found = part.find()
            if found is not None:
                ours.setdefault(part.collection, set()).add(found[part.id_key])
        return ours
