# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outputs of the roles, read from AWS by names and tags, in the shapes of the roles' own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from os.path import commonprefix
from typing import Any

from .. import _tags
from .._credentials.store_secrets import environment_secrets, stores_among
from .._eks.api import list_nodegroups
from .._eks.hardware import group_errors
from .._eks.node_group_api import describe_nodegroup
from .._eks.outputs import computed
from .._eks.outputs import outputs as eks_outputs
from .._errors import PlatformError
from .._iam.api import list_oidc_providers
from .._names import Identity
from .._network.existing_vpc import existing_network
from .._network.outputs import outputs as network_outputs
from .._parallel import run_parallel
from .._resource import Outcome
from .._response_cache import prefetch
from .._s3 import api as s3_api
from .._s3.role_entries import name_prefix
from .._stores.registry import STORES, offer_errors
from .._vpc import api as vpc_api
from .._vpc.layout import usable_zones
from .._vpc.network import Network, NetworkOptions
from .._vpc.routes import RouteTable
from .._vpc.snapshot import Snapshot
from .._vpc.vpc import InternetGateway, blocks_of
from .dns_cert import Domain
from .k8s_addons import k8s_addons_outputs
from .parents import Parents

Client = Callable[[str], Any]
Entries = Sequence[Mapping[str, Any]]
#: parts of a network whose change says that a run ended before its subnets had a way out; other changes leave the outputs as they are
WAYS_OUT = (RouteTable.kind, InternetGateway.kind)


class Environment:
    """One environment in AWS.

    client: makes a client for a service. identity: complete, with account and partition.
    brought: vpc_id, public_subnet_ids and private_subnet_ids of a VPC that the user brings; empty otherwise.
    node_groups: those whose instance types are to be looked at, with name, ami_type and instance_types.
    """

    def __init__(self, client: Client, identity: Identity, brought: Mapping[str, Any], domain: str = "", node_groups: Entries = ()) -> None:
        self.client = client
        self.identity = identity
        self.existing = brought
        self.node_groups = node_groups
        self.domain = Domain(client, identity, domain)
        self.parents = parents = Parents(client, identity)
        #: a sentence for each role whose part cannot be read
        self.notes: list[str] = []
        # What everything else is found by
        first = [lambda: parents.snapshot, lambda: parents.cluster, lambda: parents.key_arn, lambda: self.secrets, lambda: self.buckets]
        prefetch([*first, self.domain.found, self.node_group_errors])

    @property
    def snapshot(self) -> Snapshot:
        return self.parents.snapshot

    @property
    def cluster(self) -> dict[str, Any] | None:
        return self.parents.cluster

    def found(self, described: Mapping[str, Any]) -> dict[str, Any]:
        """What the preflight holds the inputs against. described: entries of stores by the roles' variables."""
        new = {name: self._new(name, entries) for name, entries in described.items()}
        return {
            "refusals": [*offer_errors(self.client, new), *self.node_group_errors()],
            "region": self.identity.region,
            "zone_count": len(usable_zones(self.snapshot.items("zones"))),
            "cluster_version": (self.cluster or {}).get("version"),
            "vpc_cidr_blocks": self.vpc_cidr_blocks(),
            "strangers": self.foreign_resources,
            **self.domain.found(),
        }

    def vpc_cidr_blocks(self) -> list[str]:
        """The IPv4 blocks of the environment's VPC, or of the one that the user brings; none while there is no VPC."""
        vpc_id = self.existing.get("vpc_id") or self.snapshot.vpc_id
        return [block for vpc in self.snapshot.items("vpcs") if vpc["VpcId"] == vpc_id for block in blocks_of(vpc)]

    def node_group_errors(self) -> list[str]:
        """A sentence for each node group whose instance types EKS would refuse."""
        return group_errors(self.client, self.node_groups)

    @cached_property
    def foreign_resources(self) -> list[dict[str, str]]:
        return self.parents.foreign_resources(bool(self.existing.get("vpc_id")))

    def warnings(self) -> list[str]:
        """Warnings about other environments, and about resources that only have the names of this one."""
        reported = [
            f"{each['what']} does not belong to the environment and is not changed: {each['why']}." for each in self.foreign_resources
        ]
        stands = self.snapshot.vpc_id or self.cluster or self.parents.key_arn or self.secrets
        same_names = [] if stands else self.parents.same_name_resources()
        if same_names:
            reported.append(
                f"No resource of {_tags.tag_text(self.identity.marks())} was found, but {' and '.join(same_names)} exists. "
                "An environment cannot be moved or renamed: if opta_region or opta_name_prefix has changed, change it back."
            )
        return reported

    def outputs(self) -> dict[str, dict[str, Any]]:
        """By role; a role that does not stand completely is left out. All are read side by side."""
        readers: dict[str, Callable[[], dict[str, Any] | None]] = {
            "network": self.network,
            "dns_cert": self.domain.outputs,
            "eks": self.eks,
            "k8s_addons": self.k8s_addons,
            **{store.role: partial(store.outputs, self) for store in STORES},
        }
        roles = run_parallel({role: partial(self._read, role, reader) for role, reader in readers.items()}, len(readers))
        if roles["k8s_addons"] and roles["dns_cert"]:
            roles["k8s_addons"]["domain"] = roles["dns_cert"]["domain"]
        return {role: values for role, values in roles.items() if values is not None}

    def _read(self, role: str, reader: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
        """What a role refuses, the role itself says: whoever only reads, as a removal of all others, goes on."""
        try:
            return reader()
        except PlatformError as error:
            self.notes.append(f"{role}_outputs are unknown: {error}")
            return None

    def k8s_addons(self) -> dict[str, Any] | None:
        return k8s_addons_outputs(self.client, self.identity) if self.cluster else None

    def _new(self, variable: str, entries: Entries) -> list[Mapping[str, Any]]:
        """The entries of stores that nobody has begun to make: a store's secret is its first thing."""
        kinds = {store.variable: store.kind for store in STORES}
        begun = {store["name"] for store in self.stores(kinds[variable])}
        return [entry for entry in entries if entry["name"] not in begun]

    @cached_property
    def secrets(self) -> list[dict[str, Any]]:
        """Those of all stores, listed once."""
        return environment_secrets(self.client("secretsmanager"), self.identity)

    @cached_property
    def buckets(self) -> list[str]:
        """Names of buckets, all of the environment's among them, listed once."""
        return s3_api.list_buckets(self.client("s3"), commonprefix([name_prefix(self.identity), self._log_bucket]))

    def stores(self, kind: str) -> list[dict[str, str]]:
        """The stores of a kind by their secrets, also those that do not stand completely."""
        return stores_among(self.secrets, self.identity, kind)

    @property
    def _log_bucket(self) -> str:
        return self.identity.bucket_name("logs")

    def network(self) -> dict[str, Any] | None:
        key_arn = self.parents.key_arn
        vpc = self._existing_vpc() if self.existing.get("vpc_id") else self._managed_vpc()
        if key_arn is None or vpc is None:
            return None
        return network_outputs(vpc, self.identity, key_arn, self._log_bucket if self._log_bucket in self.buckets else "")

    def _managed_vpc(self) -> dict[str, Any] | None:
        if self.snapshot.vpc_id is None:
            return None
        # Judged by what stands: an option that is given would say what is wanted
        options = NetworkOptions(name=self.identity.name, region=self.identity.region, tags=self.snapshot.tags)
        outcomes = Network(self.snapshot, options, check_mode=True).reconcile()
        return dict(outcomes[0].resource or {}) if all(map(_stands, outcomes)) else None

    def _existing_vpc(self) -> dict[str, Any] | None:
        client, vpc_id = self.client("ec2"), self.existing["vpc_id"]
        within = {"vpc-id": [vpc_id]}
        vpcs = [vpc for vpc in self.snapshot.items("vpcs") if vpc["VpcId"] == vpc_id]
        gateways = vpc_api.describe_nat_gateways(client, within)
        return existing_network(
            vpc_id,
            [{"cidr_block": vpc["CidrBlock"], "cidr_block_association_set": [{"cidr_block": b} for b in blocks_of(vpc)]} for vpc in vpcs],
            [
                {"subnet_id": s["SubnetId"], "vpc_id": s["VpcId"], "availability_zone_id": s["AvailabilityZoneId"]}
                for s in vpc_api.describe_subnets(client, within)
            ],
            [
                {
                    "state": gateway["State"],
                    "nat_gateway_addresses": [{"public_ip": a.get("PublicIp")} for a in gateway.get("NatGatewayAddresses") or []],
                }
                for gateway in gateways
            ],
            self.existing.get("public_subnet_ids") or [],
            self.existing.get("private_subnet_ids") or [],
        )

    def eks(self) -> dict[str, Any] | None:
        cluster = self.cluster
        if cluster is None or cluster["status"] not in ("ACTIVE", "UPDATING"):
            return None
        issuer = cluster["identity"]["oidc"]["issuer"]
        start = f"arn:{self.identity.partition}:iam::{self.identity.account_id}:"
        provider = f"{start}oidc-provider/{issuer.removeprefix('https://')}"
        if provider not in list_oidc_providers(self.client("iam")):
            return None
        groups = self._node_groups(cluster["name"])
        # EKS knows the role of existing node groups only
        node_role_arn = groups[0]["nodeRole"] if groups else self.identity.role_arn("eks-node")
        described = {**cluster, **computed(cluster)}
        return eks_outputs(described, self.identity, provider, node_role_arn, self._per_zone_node_groups(groups))

    def _node_groups(self, cluster_name: str) -> list[dict[str, Any]]:
        """Those that have not gone since they were listed."""
        client = self.client("eks")
        found = [describe_nodegroup(client, cluster_name, name) for name in list_nodegroups(client, cluster_name)]
        return [group for group in found if group is not None]

    def _per_zone_node_groups(self, groups: Sequence[Mapping[str, Any]]) -> list[str]:
        """Names, without their zones, of the groups whose nodes are all in one zone: those with a single subnet."""
        zones = {subnet["SubnetId"]: subnet["AvailabilityZoneId"] for subnet in self.snapshot.items("subnets")}
        single = [group for group in groups if len(group.get("subnets") or []) == 1]
        return sorted({group["nodegroupName"].removesuffix(f"-{zones.get(group['subnets'][0], '')}") for group in single})


def _stands(part: Outcome) -> bool:
    """Whether a part of a network is there, be it with other rules, tags or attributes than it is to have."""
    return part.action is None or (part.action == "update" and part.kind not in WAYS_OUT)
