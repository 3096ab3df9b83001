"""STS: who calls. Keys that IAM never issued belong to the stand-in's administrator, a role with a path, as SSO's roles have one."""

from __future__ import annotations

import json
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from tests.standin.aws.errors import AwsError
from tests.standin.aws.iam_roles import roles
from tests.standin.aws.operations import Call, answers

ADMINISTRATOR, PATH, SESSION = "StandInAdministrator", "/stand-in/", "operator"
# Who takes the key `testing` signs with the secret `testing`; other unknown keys have no secret that could be checked.
KNOWN_SECRETS = {"testing": "testing"}


def make_administrator(partition: str) -> None:
    """The role whose session the callers are."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": DEFAULT_ACCOUNT_ID}, "Action": "sts:AssumeRole"}],
    }
    role = iam_backends[DEFAULT_ACCOUNT_ID][partition].create_role(
        role_name=ADMINISTRATOR,
        assume_role_policy_document=json.dumps(trust),
        path=PATH,
        permissions_boundary=None,
        description="Who calls the stand-in with keys that IAM did not issue",
        tags=[],
        max_session_duration="3600",
    )
    role.create_date = role.create_date.replace(year=role.create_date.year - 1)  # visible at once


def caller(account: str, partition: str, access_key: str) -> dict[str, str]:
    """GetCallerIdentity's answer for an access key."""
    backend = sts_backends[account][partition]
    if backend.get_assumed_role_from_access_key(access_key) or iam_backends[account][partition].get_user_from_access_key_id(access_key):
        user_id, arn, owner = backend.get_caller_identity(access_key, backend.region_name)
        return {"UserId": user_id, "Account": owner, "Arn": arn}
    role = next((role for role in iam_backends[account][partition].get_roles() if role.name == ADMINISTRATOR), None)
    role_id = role.id if role else "AROASTANDINADMINISTRA"
    arn = f"arn:{partition}:sts::{account}:assumed-role/{ADMINISTRATOR}/{SESSION}"
    return {"UserId": f"{role_id}:{SESSION}", "Account": account, "Arn": arn}


def principal(call: Call) -> str:
    """The ARN that IAM has of who calls: of a session, its role's, with the path."""
    arn = caller(call.account, call.partition, call.request.access_key)["Arn"]
    if ":assumed-role/" not in arn:
        return arn
    name = arn.split("/")[1]
    return next((str(role.arn) for role in roles(call) if role.name == name), arn)


def secret_key(account: str, partition: str, access_key: str) -> str | None:
    """The secret of an access key, None when nothing knows it."""
    if access_key in KNOWN_SECRETS:
        return KNOWN_SECRETS[access_key]
    assumed = sts_backends[account][partition].get_assumed_role_from_access_key(access_key)
    if assumed:
        return str(assumed.secret_access_key)
    for user in iam_backends[account][partition].users.values():
        for key in user.access_keys:
            if key.access_key_id == access_key:
                return str(key.secret_access_key)
    return None


@answers("sts", "GetCallerIdentity")
def get_caller_identity(call: Call) -> dict[str, Any]:
    return dict(caller(call.account, call.partition, call.request.access_key))


@answers("sts", "AssumeRole", "AssumeRoleWithWebIdentity")
def assume_role(call: Call) -> dict[str, Any]:
    """Refuses a role of this account that does not exist; AWS does not say which of the two reasons it is."""
    wanted = call.get("RoleArn")
    if f":{call.account}:" in wanted and wanted not in {role.arn for role in roles(call)}:
        who = caller(call.account, call.partition, call.request.access_key)["Arn"]
        raise AwsError("AccessDenied", f"User: {who} is not authorized to perform: sts:AssumeRole on resource: {wanted}", 403)
    return call.moto()
