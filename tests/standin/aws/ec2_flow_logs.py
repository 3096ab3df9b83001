"""Flow logs: their role must be one that flow logs can assume, and they revive a log group that was deleted (T23)."""

from __future__ import annotations

from typing import Any

from moto.logs.models import logs_backends

from tests.standin.aws.ec2_common import backend, forget_tags, refused
from tests.standin.aws.iam_roles import trusts, visible_role
from tests.standin.aws.logs import DELIVERIES, revive_log_group
from tests.standin.aws.operations import Call, answers


@answers("ec2", "CreateFlowLogs")
def create_flow_logs(call: Call) -> dict[str, Any]:
    token = call.get("ClientToken")
    again = [log.id for log in backend(call).flow_logs.values() if token and getattr(log, "client_token", None) == token]
    if again:
        return {"FlowLogIds": again, "ClientToken": token, "Unsuccessful": []}
    role_arn = call.get("DeliverLogsPermissionArn")
    if call.get("LogDestinationType", "cloud-watch-logs") == "cloud-watch-logs":
        role = visible_role(call, role_arn) if role_arn else None
        if role_arn and (role is None or not trusts(role, "vpc-flow-logs.amazonaws.com")):
            raise refused("InvalidParameter", "Unable to assume given IAM role")
    answer = call.moto()
    for identifier in answer.get("FlowLogIds", []):
        log = backend(call).flow_logs[identifier]
        log.client_token = token
        if _group_name(log) in logs_backends[call.account][call.region].groups:  # moto looks for a name only, not for an ARN
            log.deliver_logs_status, log.deliver_logs_error_message = "SUCCESS", None
    call.world.clock.after("logs:delivery", lambda: deliver_all(call))
    return answer


@answers("ec2", "DeleteFlowLogs")
def delete_flow_logs(call: Call) -> dict[str, Any]:
    """Those that do not exist are named one by one, and the others are deleted all the same."""
    known, unsuccessful = backend(call).flow_logs, []
    for identifier in call.get("FlowLogIds"):
        if identifier in known:
            del known[identifier]
            forget_tags(call, identifier)
        else:
            error = {"Code": "InvalidFlowLogId.NotFound", "Message": f"The flow log ID '{identifier}' does not exist"}
            unsuccessful.append({"ResourceId": identifier, "Error": error})
    return {"Unsuccessful": unsuccessful}


def deliver_all(call: Call) -> None:
    """What flow logs do all the time: they write, into a new log group if theirs is gone and their role may make one."""
    for log in list(backend(call).flow_logs.values()):
        _deliver(call, log)


DELIVERIES.append(deliver_all)


def _deliver(call: Call, log: Any) -> None:
    if log.log_destination_type == "cloud-watch-logs" and _group_name(log) and log.deliver_logs_permission_arn:
        revive_log_group(call, _group_name(log), log.deliver_logs_permission_arn)


def _group_name(log: Any) -> str:
    """The log group, which is given by name or by ARN."""
    return str(log.log_group_name or (log.log_destination or "").partition(":log-group:")[2].removesuffix(":*"))
