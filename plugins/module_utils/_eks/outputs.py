# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outputs of the role eks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._names import Identity


def computed(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """The values that DescribeCluster nests, by the names of the module's return values."""
    vpc = cluster.get("resourcesVpcConfig") or {}
    return {
        "certificate_authority_data": (cluster.get("certificateAuthority") or {}).get("data"),
        "oidc_issuer": ((cluster.get("identity") or {}).get("oidc") or {}).get("issuer"),
        "cluster_security_group_id": vpc.get("clusterSecurityGroupId"),
        "vpc_id": vpc.get("vpcId"),
        "platform_version": cluster.get("platformVersion"),
    }


def outputs(
    cluster: Mapping[str, Any], identity: Identity, oidc_provider_arn: str, node_role_arn: str, per_zone_node_groups: Sequence[str]
) -> dict[str, Any]:
    """The outputs of the role. cluster: as the module eks_cluster returns it."""
    name = identity.cluster_name
    return {
        "cluster_name": name,
        "cluster_arn": f"arn:{identity.partition}:eks:{identity.region}:{identity.account_id}:cluster/{name}",
        "endpoint": cluster["endpoint"],
        "certificate_authority_data": cluster["certificate_authority_data"],
        "version": cluster["version"],
        "oidc_provider_arn": oidc_provider_arn,
        "oidc_issuer": cluster["oidc_issuer"],
        "cluster_security_group_id": cluster["cluster_security_group_id"],
        "node_role_arn": node_role_arn,
        "per_zone_node_groups": list(per_zone_node_groups),
    }
