from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._eks import identity as subject
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError

SESSION = "arn:aws-cn:sts::111122223333:assumed-role/admin/me"
ROLE = "arn:aws-cn:iam::111122223333:role/platform/admin"


def test_a_session_arn_is_resolved_to_its_role_with_path(recorded):
    iam = recorded("iam")
    role = {"Path": "/platform/", "RoleName": "admin", "RoleId": "AROAXXXXXXXXXXXXXXXX", "Arn": ROLE, "CreateDate": "2026-01-01"}
    iam.answer("get_role", {"Role": role}, RoleName="admin")
    assert subject.role_behind(lambda: iam.client, SESSION) == ROLE


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("AccessDenied", "use the full ARN of the role, for example arn:aws-cn:iam::111122223333:role/<path>/admin"),
        ("NoSuchEntity", "does not exist in this account"),
    ],
)
def test_an_unknown_role_requires_the_full_arn(recorded, code, message):
    iam = recorded("iam")
    iam.refuse("get_role", code)
    with pytest.raises(PlatformError, match=message):
        subject.role_behind(lambda: iam.client, SESSION)


@pytest.mark.parametrize("arn", [ROLE, "arn:aws-cn:iam::111122223333:user/x", "arn:aws-cn:iam::111122223333:root", "(known after apply)"])
def test_other_principals_are_not_changed(recorded, arn):
    assert subject.role_behind(lambda: recorded("iam").client, arn) == arn


@pytest.mark.parametrize(
    ("caller", "principal", "same"),
    [
        (SESSION, ROLE, True),
        (SESSION, "arn:aws-cn:iam::111122223333:role/admin", True),
        (SESSION, "arn:aws-cn:iam::111122223333:role/platform/administrator", False),
        (SESSION, "arn:aws-cn:iam::444455556666:role/platform/admin", False),
        (SESSION, "arn:aws-cn:iam::111122223333:user/admin", False),
        ("arn:aws-cn:iam::111122223333:user/x", "arn:aws-cn:iam::111122223333:user/x", True),
        ("arn:aws-cn:iam::111122223333:user/x", ROLE, False),
    ],
)
def test_a_session_matches_its_role(caller, principal, same):
    assert subject.is_caller(caller, principal) is same


def test_the_partition_of_an_arn_is_kept():
    assert subject.cluster_arn(SESSION, "111122223333", "cn-north-1", "x") == "arn:aws-cn:eks:cn-north-1:111122223333:cluster/x"
