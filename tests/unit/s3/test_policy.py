from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._s3 import policy

STATEMENT = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "x"}


def test_policy_is_tls_only_with_further_statements():
    own, further = policy.document("aws-cn", "b", True, "none", [STATEMENT])["Statement"]
    assert (own["Effect"], own["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert own["Resource"] == ["arn:aws-cn:s3:::b", "arn:aws-cn:s3:::b/*"]
    assert further == STATEMENT
    assert policy.document("aws", "b", False, "none", []) == {}


def test_public_access_allows_only_reading_objects():
    document = policy.document("aws", "b", True, "read", [])
    public = document["Statement"][1]
    assert (public["Principal"], public["Action"], public["Resource"]) == ({"AWS": "*"}, "s3:GetObject", "arn:aws:s3:::b/*")
    assert policy.public_actions(document) == ["s3:GetObject"]
    assert policy.public_actions(policy.document("aws", "b", True, "none", [STATEMENT])) == []


FOR_ALL = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "x"}


@pytest.mark.parametrize(
    ("statement", "actions"),
    [
        (FOR_ALL, ["s3:GetObject", "s3:PutObject"]),
        ({**FOR_ALL, "Effect": "Deny"}, []),
        ({**FOR_ALL, "Principal": {"AWS": ["arn:aws:iam::1:root", "*"]}}, ["s3:GetObject", "s3:PutObject"]),
        ({**FOR_ALL, "Principal": {"AWS": "arn:aws:iam::1:root"}}, []),
        ({**FOR_ALL, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, []),
        ({**FOR_ALL, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, []),
        ({**FOR_ALL, "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, ["s3:GetObject", "s3:PutObject"]),
        ({**FOR_ALL, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, ["s3:GetObject", "s3:PutObject"]),
        ({**FOR_ALL, "Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}, ["s3:GetObject", "s3:PutObject"]),
        ({**FOR_ALL, "Condition": {"StringLike": {"aws:Referer": "https://example.com/*"}}}, ["s3:GetObject", "s3:PutObject"]),
        ({"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "NotAction": "s3:Delete*"}, ["all actions but s3:Delete*"]),
    ],
)
def test_public_policies_are_recognized(statement, actions):
    assert policy.public_actions({"Statement": [statement]}) == actions
