"""Pure decisions of the role eks."""

from __future__ import annotations

from ansible_collections.opta.platform.plugins.filter import eks

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"


def test_the_cluster_role_may_use_the_key_and_list_its_grants():
    (statement,) = eks.cluster_key_policy(KEY)["Statement"]
    assert statement["Action"] == ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"]
    assert statement["Resource"] == [KEY]
