# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The flow log of a VPC to CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._resource import Attribute, State
from . import write_api
from .ec2_resource import Ec2Resource

TRAFFIC_TYPES = ("ALL", "ACCEPT", "REJECT")
INTERVALS = (60, 600)
DESTINATION = "cloud-watch-logs"


def group_name(destination: str | None) -> str:
    """Return the name of a log group, given by name or ARN, with or without :* at its end."""
    text = (destination or "").removesuffix(":*")
    return text.split(":log-group:", 1)[-1]


class FlowLog(Ec2Resource):
    """EC2 cannot change a flow log; replacing it loses nothing, because its events are in the log group.

    Source: Amazon EC2 API, CreateFlowLogs, DescribeFlowLogs, DeleteFlowLogs.
    """

    kind = "flow log"
    collection = "flow_logs"
    id_key = "FlowLogId"
    id_name = "flow_log_id"

    def table(self) -> Sequence[Attribute]:
        return (
            Attribute(
                "log_group_arn",
                lambda f: f.get("LogDestination") or f.get("LogGroupName"),
                same=lambda found, desired: group_name(found) == group_name(desired),
            ),
            Attribute("role_arn", lambda f: f.get("DeliverLogsPermissionArn")),
            Attribute("traffic_type", lambda f: f.get("TrafficType")),
            Attribute("max_aggregation_interval", lambda f: f.get("MaxAggregationInterval")),
        )

    def state(self, found: Mapping[str, Any]) -> State:
        return State.READY

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        if found.get("DeliverLogsStatus") != "FAILED":
            return []
        return [f"{self.kind} {self.name} cannot deliver: {found.get('DeliverLogsErrorMessage')}. Check its IAM role and its log group."]

    def create(self, desired: Mapping[str, Any]) -> None:
        destination = desired["log_group_arn"].removesuffix(":*")
        request: dict[str, Any] = {
            "LogDestinationType": DESTINATION,
            "LogDestination": destination,
            "DeliverLogsPermissionArn": desired["role_arn"],
            "TrafficType": desired["traffic_type"],
            "MaxAggregationInterval": desired["max_aggregation_interval"],
        }
        made = write_api.create_flow_log(self.client, self.snapshot.vpc_id, desired["tags"], **request)
        item = {**request, "FlowLogId": made, "ResourceId": self.snapshot.vpc_id, "FlowLogStatus": "ACTIVE"}
        self.remember(item, desired)

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if set(names) != {"tags"}:
            # First away with it: EC2 refuses two of the same destination and traffic
            self.delete(found)
            kept = {attribute.name: attribute.read(found) for attribute in self.attributes}
            self.create({**kept, **desired})

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if set(names) == {"tags"}:
            super().update(found, desired, names)
        else:
            self.change(found, desired, names)
            self.snapshot.refresh(self.collection)

    def remove(self, found: Mapping[str, Any]) -> None:
        write_api.delete_flow_log(self.client, found["FlowLogId"])
