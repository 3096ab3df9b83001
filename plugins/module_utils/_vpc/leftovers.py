# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS's services leave behind in a VPC, and what blocks the deletion of a VPC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._errors import Refused
from .._resource import Outcome
from .._wait import wait_for
from . import write_api
from .aws_managed import is_owned_endpoint, is_owned_group, is_owned_interface
from .snapshot import Snapshot, name_of, tags_of

PATIENCE_SECONDS = 300.0


def following(snapshot: Snapshot) -> set[str]:
    """Return the ids of the interfaces that are deleted with their NAT gateway or endpoint."""
    ids = {a.get("NetworkInterfaceId") for nat in snapshot.items("nat_gateways") for a in nat.get("NatGatewayAddresses") or []}
    return ids | {interface for endpoint in snapshot.items("endpoints") for interface in endpoint.get("NetworkInterfaceIds") or []}


def interfaces_in_use(snapshot: Snapshot) -> list[Mapping[str, Any]]:
    """Return the interfaces of the VPC that are neither the network's own nor left behind."""
    skipped = following(snapshot)
    return [
        interface
        for interface in snapshot.items("network_interfaces")
        if interface["NetworkInterfaceId"] not in skipped and not (_owned(snapshot, interface) and interface.get("Status") == "available")
    ]


def shown_interface(interface: Mapping[str, Any]) -> str:
    """Return a short description of an interface."""
    instance = (interface.get("Attachment") or {}).get("InstanceId")
    what = instance or interface.get("Description") or interface.get("InterfaceType") or "of unknown use"
    return f"{interface['NetworkInterfaceId']} ({what})"


def refuse_used_subnets(snapshot: Snapshot, subnet_ids: Sequence[str]) -> None:
    """Raise Refused when one of these subnets is in use."""
    inside = [shown_interface(interface) for interface in interfaces_in_use(snapshot) if interface.get("SubnetId") in subnet_ids]
    if inside:
        raise Refused(f"{snapshot.name}: zones cannot be removed while their subnets are in use: {first_of(inside)}. Move these resources.")


def first_of(shown: Sequence[str]) -> str:
    """Return the first ten, and the number of the others."""
    more = "" if len(shown) <= 10 else f" and {len(shown) - 10} more"
    return f"{', '.join(shown[:10])}{more}"


def of_environment(snapshot: Snapshot) -> set[str]:
    """Return the ids of the security groups that other roles created in the environment: those of its databases and caches."""
    marks = _tags.marks(snapshot.tags)
    return {group["GroupId"] for group in snapshot.items("security_groups") if _tags.carries(tags_of(group), marks)}


def refuse_blocking_resources(snapshot: Snapshot, ours: Mapping[str, set[str]], check_mode: bool = False) -> None:
    """Raise Refused, with their names, when the VPC has resources that are neither ours nor left behind.

    In check mode the databases and caches of the environment still exist: the roles that delete them have only planned it.
    """
    deleting = of_environment(snapshot) if check_mode else set()

    def is_deleted(interface: Mapping[str, Any]) -> bool:
        return _owned(snapshot, interface) or any(group["GroupId"] in deleting for group in interface.get("Groups") or [])

    def group_is_deleted(group: Mapping[str, Any]) -> bool:
        return group.get("GroupName") == "default" or is_owned_group(group, snapshot.cluster_name) or group["GroupId"] in deleting

    blocking = [shown_interface(interface) for interface in interfaces_in_use(snapshot) if not is_deleted(interface)]
    for collection, key, skip in (
        ("subnets", "SubnetId", lambda item: False),
        ("nat_gateways", "NatGatewayId", lambda item: str(item.get("State")).lower() in ("deleted", "failed")),
        ("route_tables", "RouteTableId", lambda item: any(a.get("Main") for a in item.get("Associations") or [])),
        ("security_groups", "GroupId", group_is_deleted),
        ("endpoints", "VpcEndpointId", lambda item: str(item.get("State")).lower() == "deleted" or is_owned_endpoint(item)),
    ):
        others = [item for item in snapshot.items(collection) if item[key] not in ours.get(collection, set()) and not skip(item)]
        blocking += [f"{item[key]} ({name_of(item) or item.get('GroupName') or 'without a name'})" for item in others]
    if blocking:
        raise Refused(
            f"VPC {snapshot.name} ({snapshot.vpc_id}) contains resources that this collection did not create: {first_of(blocking)}. "
            "Delete them, then run again."
        )


def wait_for_interfaces(snapshot: Snapshot, timeout_seconds: float) -> None:
    """Wait until load balancers and nodes that are being deleted have released their interfaces."""

    def poll() -> tuple[bool, list[str]]:
        in_use = [shown_interface(interface) for interface in interfaces_in_use(snapshot)]
        if in_use:
            snapshot.refresh("network_interfaces")
        return not in_use, in_use

    patience = min(timeout_seconds, PATIENCE_SECONDS)
    wait_for(poll, f"the interfaces in the VPC {snapshot.name} to be deleted", patience, lambda in_use: f"in use: {first_of(in_use)}")


def remove_leftovers(snapshot: Snapshot, check_mode: bool) -> list[Outcome]:
    """Delete the interfaces and security groups that were left behind."""
    outcomes = []
    for interface in [i for i in snapshot.items("network_interfaces") if _owned(snapshot, i) and i.get("Status") == "available"]:
        interface_id = interface["NetworkInterfaceId"]
        outcomes.append(_deleted("network interface", interface_id, {"description": interface.get("Description")}))
        if not check_mode:
            write_api.delete_network_interface(snapshot.client, interface_id)
            snapshot.forget("network_interfaces", interface_id)
    # A group in use is deleted with what uses it: a plan does not count it as left behind
    in_use = {group["GroupId"] for interface in interfaces_in_use(snapshot) for group in interface.get("Groups") or []}
    owned = [group for group in snapshot.items("security_groups") if is_owned_group(group, snapshot.cluster_name)]
    groups = [group for group in owned if group["GroupId"] not in in_use]
    for group in groups if not check_mode else []:
        _forget_other_groups(snapshot.client, group)
    for group in groups:
        outcomes.append(_deleted("security group", group["GroupName"], {"group_id": group["GroupId"]}))
        if not check_mode:
            write_api.delete_security_group(snapshot.client, group["GroupId"])
            snapshot.forget("security_groups", group["GroupId"])
    return outcomes


def _owned(snapshot: Snapshot, interface: Mapping[str, Any]) -> bool:
    return is_owned_interface(interface, snapshot.cluster_name, snapshot.items("security_groups"))


def _forget_other_groups(client: Any, group: Mapping[str, Any]) -> None:
    """Revoke the rules of groups that refer to each other: otherwise they cannot be deleted."""
    ingress = [rule for rule in group.get("IpPermissions") or [] if rule.get("UserIdGroupPairs")]
    egress = [rule for rule in group.get("IpPermissionsEgress") or [] if rule.get("UserIdGroupPairs")]
    if ingress:
        write_api.revoke_security_group_ingress(client, group["GroupId"], ingress)
    if egress:
        write_api.revoke_security_group_egress(client, group["GroupId"], egress)


def _deleted(kind: str, name: str, before: dict[str, Any]) -> Outcome:
    return Outcome(kind, name, action="delete", before=before)
