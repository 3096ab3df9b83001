from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused
from ansible_collections.opta.platform.plugins.module_utils._s3.reconcile import refuse_wrong_input

GIVEN: dict[str, Any] = {
    "name": "opta-staging-logs",
    "encryption": None,
    "lifecycle_rules": None,
    "cors_rules": None,
    "access_logging": None,
    "replication": None,
    "policy_statements": [],
    "public_access": "none",
}
FOR_ALL = {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::x/*"}


def test_valid_options_are_accepted():
    refuse_wrong_input(GIVEN)
    refuse_wrong_input({**GIVEN, "policy_statements": [FOR_ALL], "public_access": "read"})
    refuse_wrong_input({**GIVEN, "replication": {"destination_bucket_arn": None, "role_arn": None, "prefix": ""}})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "Not_A_Bucket"}, "3 to 63 lower-case"),
        ({"name": "a-bucket-s3alias"}, "are reserved by AWS"),
        ({"encryption": {"sse_algorithm": "AES256", "kms_key_arn": "arn:x"}}, "requires encryption.sse_algorithm: aws:kms"),
        ({"lifecycle_rules": [{"id": "nothing"}]}, "has no action"),
        ({"policy_statements": [FOR_ALL]}, "public_access: read"),
        ({"policy_statements": [{**FOR_ALL, "Sid": "TlsOnly"}]}, "use another Sid"),
        ({"cors_rules": [{"allowed_origins": ["*"], "allowed_methods": ["PATCH"]}]}, "PATCH is not a valid method"),
        ({"cors_rules": [{"allowed_origins": [], "allowed_methods": ["GET"]}]}, "requires allowed_origins"),
        ({"access_logging": {"target_bucket": "opta-staging-logs", "target_prefix": ""}}, "use another bucket"),
        ({"replication": {"destination_bucket_arn": "arn:aws:s3:::x"}}, "requires role_arn too"),
    ],
)
def test_invalid_options_are_reported_in_one_sentence(wrong, message):
    with pytest.raises(Refused, match=message) as refused:
        refuse_wrong_input({**GIVEN, **wrong})
    assert len(str(refused.value).splitlines()) == 1
