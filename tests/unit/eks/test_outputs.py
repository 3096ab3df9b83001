"""The outputs of the role eks, from the module's return value and from DescribeCluster."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.filter.eks import eks_outputs
from ansible_collections.opta.platform.plugins.module_utils._eks.outputs import computed, outputs

from tests.support import collection
from tests.support.identities import ACCOUNT, identity_of

ANSWER = {
    "name": "opta-staging",
    "version": "1.35",
    "endpoint": "https://example",
    "certificateAuthority": {"data": "Q0E="},
    "identity": {"oidc": {"issuer": "https://oidc.example/id/1"}},
    "resourcesVpcConfig": {"clusterSecurityGroupId": "sg-1", "vpcId": "vpc-1"},
}
IDENTITY = {"environment": "staging", "prefix": "opta", "region": "eu-west-1", "account_id": ACCOUNT, "partition": "aws"}


def test_outputs_are_those_that_the_role_declares() -> None:
    found = outputs({**ANSWER, **computed(ANSWER)}, identity_of("staging"), "provider", "role", ["default"])
    assert set(found) == set(collection.outputs("eks"))
    assert found["cluster_arn"] == f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/opta-staging"
    assert (found["certificate_authority_data"], found["cluster_security_group_id"]) == ("Q0E=", "sg-1")


@pytest.mark.parametrize(
    ("groups", "per_zone"),
    [
        (None, []),
        ("", []),
        ([], []),
        ([{"name": "a", "per_zone": True}, {"name": "b", "per_zone": False}, {"name": "c"}], ["a"]),
    ],
)
def test_node_groups_of_one_zone_are_an_output(groups: Any, per_zone: list[str]) -> None:
    cluster = {**ANSWER, **computed(ANSWER)}
    assert eks_outputs(cluster, IDENTITY, "provider", "role", groups)["per_zone_node_groups"] == per_zone
