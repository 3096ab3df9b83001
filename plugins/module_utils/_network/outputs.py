# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outputs of the role network. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._names import Identity


def outputs(vpc: Mapping[str, Any], identity: Identity, kms_key_arn: str, log_bucket_name: str) -> dict[str, Any]:
    """The outputs of the role. vpc: as the module vpc_network returns it. log_bucket_name: empty without a bucket."""
    return {
        "vpc_id": vpc["vpc_id"],
        "vpc_cidr_blocks": vpc["cidr_blocks"],
        "zone_ids": vpc["zone_ids"],
        "public_subnet_ids": vpc["public_subnet_ids"],
        "private_subnet_ids": vpc["private_subnet_ids"],
        "nat_public_ips": vpc["nat_public_ips"],
        "kms_key_arn": kms_key_arn,
        "log_bucket_name": log_bucket_name,
        "account_id": identity.account_id,
        "partition": identity.partition,
    }
