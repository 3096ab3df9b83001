# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Pure decisions of the role network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.opta.platform.plugins.module_utils import _session
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._names import Identity
from ansible_collections.opta.platform.plugins.module_utils._network import policies
from ansible_collections.opta.platform.plugins.module_utils._network.existing_vpc import existing_network
from ansible_collections.opta.platform.plugins.module_utils._network.outputs import outputs

AUTO_SCALING = "autoscaling.amazonaws.com"


def service_suffix(partition: str) -> str:
    """The end of the host names and regional service principals of a partition, as botocore knows it."""
    known = {item["id"]: item["outputs"]["dnsSuffix"] for item in _session.data("partitions")["partitions"]}
    if partition not in known:
        raise AnsibleFilterError(f"{partition!r} is not an AWS partition: valid partitions are {', '.join(sorted(known))}.")
    return known[partition]


def flow_log_group_name(prefix: str, environment: str) -> str:
    """The log group of an environment's flow logs."""
    return f"/{prefix}/{environment}/flow-logs"


def environment_log_groups(identity: Identity) -> list[str]:
    """Names, with * for any characters, of all log groups that an environment has: its own, the cluster's, the stores'."""
    return [f"/{identity.prefix}/{identity.environment}/*", f"/aws/eks/{identity.name}/*", f"/aws/*/{identity.name}-*"]


def environment_key_policy(identity: Mapping[str, str], service_linked_roles: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The policy of an environment's key.

    identity: as the filters for names take it. service_linked_roles: what iam_service_linked_roles returned, with that of EC2 Auto Scaling.
    """
    of = Identity.of(identity)
    autoscaling = next((role["arn"] for role in service_linked_roles if role["service"] == AUTO_SCALING), None)
    if autoscaling is None:
        raise AnsibleFilterError(f"environment_key_policy: service_linked_roles must include the role of {AUTO_SCALING}.")
    return policies.environment_key(
        partition=of.partition,
        account_id=of.account_id,
        region=of.region,
        service_suffix=service_suffix(of.partition),
        log_groups=environment_log_groups(of),
        autoscaling_role_arn=autoscaling,
        volume_role_arn=of.role_arn("eks-ebs-csi"),
    )


def existing_vpc(vpc_id: str, *answers: Any) -> dict[str, Any]:
    """A VPC that the inventory names, in the shape that vpc_network returns. Source: existing_network."""
    try:
        return existing_network(vpc_id, *answers)
    except PlatformError as error:
        raise AnsibleFilterError(str(error)) from error


def network_outputs(vpc: Mapping[str, Any], identity: Mapping[str, str], kms_key_arn: str, log_bucket_name: str) -> dict[str, Any]:
    """The role's outputs. Source: _network.outputs."""
    return outputs(vpc, Identity.of(identity), kms_key_arn, log_bucket_name)


class FilterModule:
    """The filters of the role network."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "environment_key_policy": environment_key_policy,
            "flow_log_group_name": flow_log_group_name,
            "flow_logs_trust": policies.flow_logs_trust,
            "flow_logs_permissions": policies.flow_logs_permissions,
            "log_group_arn": policies.log_group_arn,
            "log_bucket_statements": policies.log_bucket_statements,
            "existing_vpc": existing_vpc,
            "network_outputs": network_outputs,
        }
