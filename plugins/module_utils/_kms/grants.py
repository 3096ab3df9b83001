# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a grant on a KMS key is for, as far as it tells. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: keys of the encryption context in which services name the resource that a grant is for.
#: Source: AWS KMS Developer Guide, Amazon EBS and Amazon RDS (instances); Amazon Aurora, database activity streams (clusters).
RESOURCE_KEYS = ("aws:ebs:id", "aws:rds:db-id", "aws:rds:dbc-id")
#: EKS names the cluster in the name of its grant, and a random value in the context
EKS_GRANT = "eks-grant-"


def context(grant: Mapping[str, Any]) -> dict[str, str]:
    """The encryption context that a grant is bound to."""
    constraints = grant.get("Constraints") or {}
    return {**(constraints.get("EncryptionContextSubset") or {}), **(constraints.get("EncryptionContextEquals") or {})}


def resources(grant: Mapping[str, Any]) -> list[str]:
    """The ids that the services' keys of the context name."""
    bound = context(grant)
    return [bound[key] for key in RESOURCE_KEYS if key in bound]


def eks_cluster(grant: Mapping[str, Any]) -> str:
    """The name of the EKS cluster that a grant is for; empty when it is for something else."""
    name = str(grant.get("Name") or "")
    return name.removeprefix(EKS_GRANT) if name.startswith(EKS_GRANT) else ""


def describe_grant(grant: Mapping[str, Any]) -> str:
    """A grant for people."""
    grantee = grant.get("GranteePrincipal") or grant.get("GranteeServicePrincipal") or "somebody unknown"
    name = f" ({grant['Name']})" if grant.get("Name") else ""
    return f"{grant['GrantId']}{name} to {grantee}"
