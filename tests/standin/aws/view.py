"""What the rest of the stand-in (loops, token check) may ask of the emulated AWS without a call over HTTP."""

from __future__ import annotations

import copy
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from tests.standin.aws import sts
from tests.standin.aws.eks_model import Cluster, EksAccount
from tests.standin.aws.world import World
from tests.standin.control_plane import ControlPlane
from tests.standin.loops.node_objects import Instance


class View:
    """AWS of one account and region, for the loops of its clusters and for the review of tokens."""

    def __init__(self, world: World, account: str, region: str) -> None:
        self._world, self.account, self.region = world, account, region
        self.endpoint_url, self.directory = world.endpoint_url, world.directory
        self._partition = get_partition(region)

    @property
    def mutations(self) -> int:
        return self._world.mutations

    @property
    def real_controllers(self) -> tuple[str, ...]:
        return self._world.real_controllers

    def node_groups(self, cluster: str) -> list[dict[str, Any]]:
        """In DescribeNodegroup's shape; what an update wants holds at once, and a launched group counts as ACTIVE."""
        with self._world.lock:
            self._world.clock.run()
            found = self._cluster(cluster)
            groups = []
            for group in found.node_groups.values() if found else ():
                data = {**copy.deepcopy(group.data), **copy.deepcopy(group.wanted)}
                if group.launched and data["status"] == "CREATING":
                    data["status"] = "ACTIVE"
                groups.append(data)
            return groups

    def exchange_instances(self, cluster: str, group: str, instances: list[Instance]) -> set[str]:
        """Notes the instances of a node group; answers the ids of those that Auto Scaling is to terminate."""
        with self._world.lock:
            found = self._cluster(cluster)
            known = found.node_groups.get(group) if found else None
            if known is None:
                return set()
            known.instances = sorted(instances)
            known.terminating &= {each.identifier for each in instances}
            return set(known.terminating)

    def subnets(self) -> list[dict[str, Any]]:
        """In DescribeSubnets's shape, as far as nodes need it."""
        with self._world.lock:
            return [
                {
                    "SubnetId": subnet.id,
                    "VpcId": subnet.vpc_id,
                    "CidrBlock": subnet.cidr_block,
                    "AvailabilityZone": subnet.availability_zone,
                    "AvailabilityZoneId": subnet.availability_zone_id,
                }
                for subnet in ec2_backends[self.account][self.region].describe_subnets()
            ]

    def addon_status(self, cluster: str, name: str) -> str | None:
        with self._world.lock:
            self._world.clock.run()
            found = self._cluster(cluster)
            addon = found.addons.get(name) if found else None
            return addon["status"] if addon else None

    def caller_arn(self, access_key: str, session_token: str | None) -> str:
        """The ARN that GetCallerIdentity gives; any access key that is not known is the stand-in's own administrator."""
        with self._world.lock:
            return sts.caller(self.account, self._partition, access_key)["Arn"]

    def secret_key(self, access_key: str) -> str | None:
        with self._world.lock:
            return sts.secret_key(self.account, self._partition, access_key)

    def role_arn_by_name(self, name: str) -> str | None:
        with self._world.lock:
            found = iam_backends[self.account][self._partition].get_roles()
            return next((role.arn for role in found if role.name == name), None)

    def access_entry(self, cluster: str, principal_arn: str) -> dict[str, Any] | None:
        with self._world.lock:
            found = self._cluster(cluster)
            entry = found.access_entries.get(principal_arn) if found else None
            if entry is None:
                return None
            return copy.deepcopy({**entry.data, "associatedAccessPolicies": list(entry.policies.values())})

    def control_plane(self, cluster: str) -> ControlPlane | None:
        with self._world.lock:
            found = self._cluster(cluster)
            return found.control_plane.control_plane if found and found.control_plane else None

    def _cluster(self, name: str) -> Cluster | None:
        return self._world.eks.get((self.account, self.region), EksAccount()).clusters.get(name)
