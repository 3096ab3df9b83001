"""KMS: key policies name principals that exist, keys that are pending deletion refuse use, rotation has a period."""

from __future__ import annotations

import datetime
from typing import Any

from moto.core.utils import utcnow
from moto.kms.models import Key, kms_backends

from tests.standin.aws import sts
from tests.standin.aws.errors import AwsError
from tests.standin.aws.iam_roles import principal_exists
from tests.standin.aws.operations import Call, answers, checks
from tests.standin.aws.policies import Asker, allows, load, named_principals

DEFAULT_PERIOD, SHORTEST_PERIOD, LONGEST_PERIOD = 365, 90, 2560
# https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html: what a key that is pending deletion refuses
REFUSED_WHEN_PENDING = (
    "CreateAlias",
    "CreateGrant",
    "Decrypt",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncrypt",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateKeyDescription",
)
REFUSED_WHEN_DISABLED = (
    "CreateGrant",
    "Decrypt",
    "DisableKeyRotation",
    "EnableKeyRotation",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncrypt",
)


def find_key(call: Call, identifier: str | None) -> Key | None:
    """A key by its id, its ARN, an alias's name or an alias's ARN."""
    backend = kms_backends[call.account][call.region]
    if not identifier:
        return None
    name = identifier.split(":")[-1]
    if name.startswith("alias/"):
        return backend.keys.get(backend.get_key_id_from_alias(name) or "")
    return backend.keys.get(name.removeprefix("key/"))


@checks("kms")
def refuse_by_state(call: Call) -> None:
    key = find_key(call, call.get("TargetKeyId") or call.get("KeyId") or call.get("DestinationKeyId"))
    if key is None:
        return
    if key.key_state == "PendingDeletion" and call.operation in REFUSED_WHEN_PENDING:
        raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    if key.key_state == "Disabled" and call.operation in REFUSED_WHEN_DISABLED:
        raise AwsError("DisabledException", f"{key.arn} is disabled.")


@answers("kms", "CreateKey")
def create_key(call: Call) -> dict[str, Any]:
    if call.get("Policy"):
        check_policy(call, call.get("Policy"))
    return call.moto()


@answers("kms", "PutKeyPolicy")
def put_key_policy(call: Call) -> dict[str, Any]:
    key = _key_of(call)
    check_policy(call, call.get("Policy"))
    key.policy = call.get("Policy")
    return {}


@answers("kms", "DescribeKey")
def describe_key(call: Call) -> dict[str, Any]:
    """Keys of AWS's services (alias/aws/...) are managed by AWS."""
    answer = call.moto()
    key = find_key(call, call.get("KeyId"))
    if key is not None and any(name.startswith("alias/aws/") for name in key.aliases):
        answer["KeyMetadata"]["KeyManager"] = "AWS"
    if key is not None and key.key_state != "PendingDeletion":
        answer["KeyMetadata"].pop("DeletionDate", None)
    return answer


@answers("kms", "EnableKey")
def enable_key(call: Call) -> dict[str, Any]:
    key = _key_of(call)
    key.enabled, key.key_state = True, "Enabled"
    return {}


@answers("kms", "DisableKey")
def disable_key(call: Call) -> dict[str, Any]:
    key = _key_of(call)
    key.enabled, key.key_state = False, "Disabled"
    return {}


@answers("kms", "ScheduleKeyDeletion")
def schedule_key_deletion(call: Call) -> dict[str, Any]:
    key, days = _key_of(call), call.get("PendingWindowInDays", 30)
    if not 7 <= days <= 30:
        raise AwsError("ValidationException", f"PendingWindowInDays is {days}, but must be between 7 and 30")
    key.enabled, key.key_state = False, "PendingDeletion"
    key.deletion_date = utcnow() + datetime.timedelta(days=days)
    return {"KeyId": key.arn, "DeletionDate": key.deletion_date, "KeyState": key.key_state, "PendingWindowInDays": days}


@answers("kms", "CancelKeyDeletion")
def cancel_key_deletion(call: Call) -> dict[str, Any]:
    key = _key_of(call)
    if key.key_state != "PendingDeletion":
        raise AwsError("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
    key.key_state, key.deletion_date = "Disabled", None
    return {"KeyId": key.arn}


@answers("kms", "EnableKeyRotation")
def enable_key_rotation(call: Call) -> dict[str, Any]:
    key, days = _key_of(call), call.get("RotationPeriodInDays")
    if days is not None and not SHORTEST_PERIOD <= days <= LONGEST_PERIOD:
        raise AwsError("ValidationException", f"RotationPeriodInDays is {days}, but must be between {SHORTEST_PERIOD} and {LONGEST_PERIOD}")
    if key.key_spec != "SYMMETRIC_DEFAULT":
        raise AwsError("UnsupportedOperationException", f"{key.arn} key usage is not symmetric: it cannot be rotated by itself")
    key.key_rotation_status = True
    key.rotation_period = days or getattr(key, "rotation_period", DEFAULT_PERIOD)
    key.rotation_since = utcnow()
    return {}


@answers("kms", "DisableKeyRotation")
def disable_key_rotation(call: Call) -> dict[str, Any]:
    _key_of(call).key_rotation_status = False
    return {}


@answers("kms", "GetKeyRotationStatus")
def get_key_rotation_status(call: Call) -> dict[str, Any]:
    key = _key_of(call)
    enabled = key.key_rotation_status and key.key_state != "PendingDeletion"
    answer: dict[str, Any] = {"KeyId": key.arn, "KeyRotationEnabled": enabled}
    if enabled:
        period = getattr(key, "rotation_period", DEFAULT_PERIOD)
        answer["RotationPeriodInDays"] = period
        answer["NextRotationDate"] = getattr(key, "rotation_since", utcnow()) + datetime.timedelta(days=period)
    return answer


def check_policy(call: Call, text: str) -> None:
    """MalformedPolicyDocumentException as KMS gives it: no JSON, a principal that does not exist (yet), or a lockout."""
    try:
        document = load(text)
    except ValueError as error:
        raise AwsError("MalformedPolicyDocumentException", f"The policy document is malformed: {error}") from error
    for arn in sorted(named_principals(document)):
        if not principal_exists(call, arn):
            raise AwsError("MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals.")
    caller = Asker(
        arn=sts.principal(call), delegated=True, context={"kms:CallerAccount": call.account, "aws:PrincipalArn": sts.principal(call)}
    )
    if not call.get("BypassPolicyLockoutSafetyCheck") and not allows(document, caller, "kms:PutKeyPolicy"):
        raise AwsError("MalformedPolicyDocumentException", "The new key policy will not allow you to update the key policy in the future.")


def _key_of(call: Call) -> Key:
    identifier = call.get("KeyId")
    key = None if ":alias/" in identifier or identifier.startswith("alias/") else find_key(call, identifier)
    if key is None:
        arn = identifier if identifier.startswith("arn:") else f"arn:{call.partition}:kms:{call.region}:{call.account}:key/{identifier}"
        raise AwsError("NotFoundException", f"Key '{arn}' does not exist")
    return key
