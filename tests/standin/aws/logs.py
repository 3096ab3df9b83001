"""CloudWatch Logs: a key must let the service use it, retentions are from a list, and a deleted group comes back when it is written to."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from moto.kms.models import kms_backends
from moto.logs.models import LogGroup, logs_backends

from tests.standin.aws.eks_model import account
from tests.standin.aws.errors import AwsError
from tests.standin.aws.iam_roles import roles
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.policies import Asker, allows

# CloudWatch Logs API, PutRetentionPolicy
RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
CLASSES = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")
NEEDED = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey")


@answers("logs", "CreateLogGroup")
def create_log_group(call: Call) -> dict[str, Any]:
    name = call.get("logGroupName")
    if call.get("logGroupClass", "STANDARD") not in CLASSES:
        raise AwsError("InvalidParameterException", f"logGroupClass must be one of {', '.join(CLASSES)}")
    if name not in _groups(call) and call.get("kmsKeyId"):
        _check_key(call, name, call.get("kmsKeyId"))
    answer = call.moto()
    _groups(call)[name].log_group_class = call.get("logGroupClass", "STANDARD")
    return answer


@answers("logs", "DescribeLogGroups")
def describe_log_groups(call: Call) -> dict[str, Any]:
    answer = call.moto()
    for group in answer.get("logGroups", []):
        group["logGroupClass"] = getattr(_groups(call)[group["logGroupName"]], "log_group_class", "STANDARD")
    return answer


@answers("logs", "DeleteLogGroup")
def delete_log_group(call: Call) -> dict[str, Any]:
    group = _group_of(call)
    answer = call.moto()
    logs_backends[call.account][call.region].tagger.delete_all_tags_for_resource(group.arn)
    call.world.clock.after("logs:delivery", lambda: deliver_cluster_logs(call))
    for deliver in DELIVERIES:
        call.world.clock.after("logs:delivery", functools.partial(deliver, call))
    return answer


@answers("logs", "PutRetentionPolicy")
def put_retention_policy(call: Call) -> dict[str, Any]:
    _group_of(call)
    days = call.get("retentionInDays")
    if days not in RETENTIONS:
        message = f"Invalid retentionInDays value: {days}. Please choose a value from {list(RETENTIONS)}"
        raise AwsError("InvalidParameterException", message)
    return call.moto()


@answers("logs", "AssociateKmsKey")
def associate_kms_key(call: Call) -> dict[str, Any]:
    group = _group_of(call)
    _check_key(call, group.name, call.get("kmsKeyId"))
    group.kms_key_id = call.get("kmsKeyId")
    return {}


@answers("logs", "DisassociateKmsKey")
def disassociate_kms_key(call: Call) -> dict[str, Any]:
    _group_of(call).kms_key_id = None
    return {}


# What else writes logs all the time; each service adds its own
DELIVERIES: list[Callable[[Call], None]] = []


def deliver_cluster_logs(call: Call) -> None:
    """EKS writes the logs of its clusters into a group that it makes when it is not there (T23)."""
    for cluster in account(call).clusters.values():
        enabled = any(setup["enabled"] for setup in cluster.data["logging"]["clusterLogging"])
        if enabled and cluster.data["status"] != "CREATING":
            make_log_group(call, f"/aws/eks/{cluster.name}/cluster")


def revive_log_group(call: Call, name: str, role_arn: str) -> None:
    """Makes the log group that a role writes to, if it is not there and the role may make it."""
    role = next((role for role in roles(call) if role.arn == role_arn), None)
    arn = f"arn:{call.partition}:logs:{call.region}:{call.account}:log-group:{name}"
    if role is None:
        return
    documents = [json.loads(document) if isinstance(document, str) else document for document in role.policies.values()]
    documents += [json.loads(policy.document) for policy in role.managed_policies.values()]
    for document in documents:
        statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        own = {"Statement": [{**statement, "Principal": "*"} for statement in statements]}
        if any(allows(own, Asker(), "logs:CreateLogGroup", resource) for resource in (arn, f"{arn}:*")):
            make_log_group(call, name)
            return


def make_log_group(call: Call, name: str) -> None:
    """As a service makes it: without retention, key and tags."""
    if name not in _groups(call):
        logs_backends[call.account][call.region].create_log_group(name, {})


def _groups(call: Call) -> dict[str, LogGroup]:
    groups: dict[str, LogGroup] = logs_backends[call.account][call.region].groups
    return groups


def _group_of(call: Call) -> LogGroup:
    name = call.get("logGroupName") or (call.get("resourceIdentifier") or "").split(":log-group:")[-1].removesuffix(":*")
    if name not in _groups(call):
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return _groups(call)[name]


def _check_key(call: Call, name: str, key_arn: str) -> None:
    """The key's policy must let the Logs service use it (T2); the answer is in terraform-provider-aws, issue 29282."""
    arn = f"arn:{call.partition}:logs:{call.region}:{call.account}:log-group:{name}"
    suffix = "amazonaws.com.cn" if call.partition == "aws-cn" else "amazonaws.com"
    key = next((key for key in kms_backends[call.account][call.region].keys.values() if key.arn == key_arn), None)
    asker = Asker(
        service=f"logs.{call.region}.{suffix}", context={"kms:EncryptionContext:aws:logs:arn": arn, "aws:SourceAccount": call.account}
    )
    if key is None or key.key_state != "Enabled" or not all(allows(json.loads(key.policy), asker, action) for action in NEEDED):
        message = f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"
        raise AwsError("AccessDeniedException", message)
