# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pure decisions of the role eks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.vars import merge_hash
from ansible_collections.opta.platform.plugins.module_utils._creation_defaults import NODE_GROUPS
from ansible_collections.opta.platform.plugins.module_utils._eks.outputs import outputs
from ansible_collections.opta.platform.plugins.module_utils._names import Identity


def eks_node_groups(
    groups: Sequence[Mapping[str, Any]] | str | None, subnet_ids: Sequence[str], zone_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """The node groups to make, each with its subnets: one of all zones, or, with per_zone, one per zone.

    groups: as eks_node_groups describes them; None is the default one, and so is the empty string that templates before ansible-core
    2.19 answer for None. What a group does not name has a default at creation, in the module. subnet_ids, zone_ids: the private subnets
    and their zones, in the same order.
    """
    if len(subnet_ids) != len(zone_ids):
        raise AnsibleFilterError(
            f"eks_private_subnet_ids has {len(subnet_ids)} entries and eks_zone_ids has {len(zone_ids)}: give the zone of each subnet."
        )
    made: list[dict[str, Any]] = []
    for group in NODE_GROUPS if groups is None or isinstance(groups, str) else groups:
        complete = {key: value for key, value in group.items() if key != "per_zone" and value is not None}
        if not group.get("per_zone"):
            made.append({**complete, "subnet_ids": list(subnet_ids)})
            continue
        for position, (subnet, zone) in enumerate(zip(subnet_ids, zone_ids, strict=True)):
            made.append({**complete, "name": f"{group['name']}-{zone_name(zone, position)}", "subnet_ids": [subnet]})
    return made


def eks_addons(
    addons: Sequence[Mapping[str, Any]], versions: Mapping[str, str], configuration_values: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Add-ons as the module eks_addons takes them, with the versions and values that the user gives by name; values win in depth."""
    made = []
    for addon in addons:
        name = addon["name"]
        values = merge_hash(addon.get("configuration_values") or {}, configuration_values.get(name) or {})
        given = {"addon_version": versions.get(name), "configuration_values": values or None}
        made.append({**addon, **{key: value for key, value in given.items() if value is not None}})
    return made


def eks_outputs(
    cluster: Mapping[str, Any],
    identity: Mapping[str, str],
    oidc_provider_arn: str,
    node_role_arn: str,
    groups: Sequence[Mapping[str, Any]] | str | None,
) -> dict[str, Any]:
    """The role's outputs. cluster: as the module eks_cluster returns it. groups: as eks_node_groups lists them."""
    per_zone = [group["name"] for group in groups or [] if isinstance(group, Mapping) and group.get("per_zone")]
    return outputs(cluster, Identity.of(identity), oidc_provider_arn, node_role_arn, per_zone)


def role_arn_of(results: Sequence[Mapping[str, Any]], name: str) -> str:
    """The ARN of the role of this name, as IAM answered; results: of a loop over iam_role or irsa_role."""
    return str(next(result["role"]["arn"] for result in results if result["role"]["name"] == name))


def zone_name(zone_id: str, position: int) -> str:
    """What tells the groups of several zones apart: the zone's id, or its place while the id is not known."""
    return zone_id if zone_id.replace("-", "").isalnum() else f"zone{position + 1}"


def cluster_key_policy(kms_key_arn: str) -> dict[str, Any]:
    """What the control plane may do with the key of the environment: encrypt the cluster's secrets, and look whether it still can.

    Source: terraform-aws-modules/terraform-aws-eks, main.tf (cluster_encryption) and issue 1913: EKS's health check lists grants.
    """
    actions = ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"]
    statement = {"Sid": "Secrets", "Effect": "Allow", "Action": actions, "Resource": [kms_key_arn]}
    return {"Version": "2012-10-17", "Statement": [statement]}


def volume_key_policy(kms_key_arn: str) -> dict[str, Any]:
    """What the EBS CSI driver may do with the key of the environment: encrypt its volumes, no more.

    Source: the driver's documentation on encrypted volumes (docs/example-iam-policy.json and its notes on KMS).
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "GrantForVolumes",
                "Effect": "Allow",
                "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
                "Resource": [kms_key_arn],
                "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            },
            {
                "Sid": "UseForVolumes",
                "Effect": "Allow",
                "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
                "Resource": [kms_key_arn],
            },
        ],
    }


class FilterModule:
    """The filters of the role eks."""

    def filters(self) -> dict[str, Any]:
        return {
            "eks_addons": eks_addons,
            "eks_node_groups": eks_node_groups,
            "eks_outputs": eks_outputs,
            "cluster_key_policy": cluster_key_policy,
            "role_arn_of": role_arn_of,
            "volume_key_policy": volume_key_policy,
        }
