# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold of the IAM principals and policies that inputs name. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._eks.options import PRINCIPAL_ARN
from .._service.validation import POLICY_ARN

#: EKS has no access entries for these (terraform-provider-aws, issue 36447)
OF_A_SERVICE = ":role/aws-service-role/"


def arn_rules(given: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each ARN that EKS or IAM would refuse."""
    boundary = given.get("opta_permissions_boundary_arn")
    if boundary and not POLICY_ARN.match(str(boundary)):
        yield (
            f"opta_permissions_boundary_arn is {boundary!r}: it must be the ARN of an IAM policy, "
            "for example arn:aws:iam::123456789012:policy/boundary."
        )
    for arn in given.get("eks_node_policy_arns") or []:
        if not POLICY_ARN.match(str(arn)):
            yield (
                f"eks_node_policy_arns has {arn!r}: it must be the ARN of an IAM policy, "
                "for example arn:aws:iam::123456789012:policy/nodes."
            )
    for arn in given.get("eks_admin_principal_arns") or []:
        if not PRINCIPAL_ARN.fullmatch(str(arn)) or OF_A_SERVICE in str(arn):
            yield (
                f"eks_admin_principal_arns has {arn!r}: it must be the ARN of an IAM role or user, not of a group or service-linked role, "
                "for example arn:aws:iam::123456789012:role/admins."
            )
