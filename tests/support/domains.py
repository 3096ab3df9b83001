"""The public DNS as its owners change it: delegations, and records of the zones above an environment's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .standin import Standin

#: the account that stands for all that lies above an environment's domain
REGISTRY = "111111111111"


def registry(standin: Standin) -> Any:
    """A Route 53 client of the owner of the zones above."""
    role = f"arn:aws:iam::{REGISTRY}:role/owner"
    keys = standin.client("sts").assume_role(RoleArn=role, RoleSessionName="owner")["Credentials"]
    return standin.client(
        "route53",
        access_key_id=keys["AccessKeyId"],
        secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def zone_id(route53: Any, domain: str) -> str:
    """The id of the zone of a domain."""
    (found,) = [zone["Id"] for zone in route53.list_hosted_zones()["HostedZones"] if zone["Name"] == f"{domain}."]
    return str(found).rsplit("/", 1)[-1]


def change(route53: Any, zone: str, action: str, name: str, kind: str, values: Sequence[str]) -> None:
    """One record set of a zone."""
    record_set = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}
    changes = [{"Action": action, "ResourceRecordSet": record_set}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def delegate(standin: Standin, domain: str, name_servers: Sequence[str], action: str = "UPSERT") -> None:
    """What the owner of the domain above does: the NS records of a domain."""
    owner = registry(standin)
    change(owner, zone_id(owner, domain.partition(".")[2]), action, domain, "NS", name_servers)


def lose(route53: Any, zone: str, record: dict[str, str]) -> None:
    """A record set that somebody deletes by hand."""
    found = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    (there,) = [each for each in found if each["Name"].rstrip(".") == record["name"] and each["Type"] == record["type"]]
    changes = [{"Action": "DELETE", "ResourceRecordSet": there}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
