"""Route 53: every zone has name servers of its own, a reference makes one zone, and changes are refused as AWS refuses them."""

from __future__ import annotations

import hashlib
from typing import Any

from moto.route53.models import DelegationSet, FakeZone, route53_backends

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers

TOP_LEVELS = ("com", "net", "org", "co.uk")


def name_servers(seed: str) -> list[str]:
    """Four names as AWS's, the same for the same seed."""
    digest = hashlib.sha256(seed.encode()).digest()
    return [f"ns-{digest[2 * n] * 8 + n}.awsdns-{digest[2 * n + 1] % 64:02}.{top}" for n, top in enumerate(TOP_LEVELS)]


def backend(call: Call) -> Any:
    return route53_backends[call.account][call.partition]


def zone_arn(partition: str, zone: FakeZone) -> str:
    return f"arn:{partition}:route53:::hostedzone/{zone.resource_id}"


def normal(name: str) -> str:
    """A name as it is compared."""
    return name.replace("\\052", "*").rstrip(".").lower()


@answers("route53", "CreateHostedZone")
def create_hosted_zone(call: Call) -> dict[str, Any]:
    known, reference = backend(call), call.get("CallerReference")
    if any(zone.caller_reference == reference for zone in known.zones.values()):
        raise AwsError(
            "HostedZoneAlreadyExists", f"A hosted zone has already been created with the specified caller reference {reference}.", 409
        )
    identifier = (call.get("DelegationSetId") or "").rsplit("/", 1)[-1]
    if identifier and identifier not in known.delegation_sets:
        raise AwsError("NoSuchDelegationSet", f"No delegation set found with ID: {identifier}", 400)
    reusable = known.delegation_sets.get(identifier)
    before = set(known.zones)
    answer = call.moto()
    (zone_id,) = set(known.zones) - before
    servers = reusable.name_servers if reusable else name_servers(zone_id)
    if reusable:
        known.delegation_sets[identifier] = reusable  # which moto makes anew
    give_name_servers(known.zones[zone_id], servers, reusable)
    answer["DelegationSet"] = {"NameServers": servers, **({"Id": identifier} if identifier else {})}
    return answer


def give_name_servers(zone: FakeZone, servers: list[str], reusable: DelegationSet | None = None) -> None:
    """The name servers of a zone, also in its records at the apex."""
    zone.delegation_set = reusable or DelegationSet(zone.caller_reference, servers, None)
    if reusable is None:
        zone.delegation_set.id = ""
    for record in zone.rrsets:
        if record.type == "NS" and normal(record.name) == normal(zone.name):
            record.records = [f"{server}." for server in servers]
        if record.type == "SOA":
            record.records = [f"{servers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"]


@answers("route53", "ChangeResourceRecordSets")
def change_resource_record_sets(call: Call) -> dict[str, Any]:
    zone = backend(call).get_hosted_zone(call.get("HostedZoneId"))
    for change in call.get("ChangeBatch")["Changes"]:
        _check(zone, change["Action"], change["ResourceRecordSet"])
    answer = call.moto()
    for record in zone.rrsets:
        if record.alias_target:  # AWS lists the name with a dot, however it was given (aws-controllers-k8s/community#2982)
            record.alias_target["DNSName"] = f"{record.alias_target['DNSName'].rstrip('.')}."
    return answer


@answers("route53", "DeleteHostedZone")
def delete_hosted_zone(call: Call) -> dict[str, Any]:
    zone = backend(call).get_hosted_zone(call.get("Id"))
    if any(normal(record.name) != normal(zone.name) for record in zone.rrsets):  # moto forgets the delegations
        message = "The specified hosted zone contains non-required resource record sets and so cannot be deleted."
        raise AwsError("HostedZoneNotEmpty", message, 400)
    return call.moto()


def _check(zone: FakeZone, action: str, wanted: dict[str, Any]) -> None:
    name, kind = normal(wanted["Name"]), wanted["Type"]
    there = [record for record in zone.rrsets if normal(record.name) == name]
    same = [record for record in there if record.type == kind and record.set_identifier == wanted.get("SetIdentifier")]
    where = f"[Tried to {action.lower()} resource record set [name='{name}.', type='{kind}']"
    if name != normal(zone.name) and not name.endswith(f".{normal(zone.name)}"):
        raise _refused(f"[RRSet with DNS name {name}. is not permitted in zone {zone.name}]")
    if action == "CREATE" and same:
        raise _refused(f"{where} but it already exists]")
    if action == "DELETE":
        if not same:
            raise _refused(f"{where} but it was not found]")
        if name == normal(zone.name) and kind in ("NS", "SOA"):
            raise _refused("[A HostedZone must contain at least one NS record for the zone itself.]")
        values = sorted(record["Value"] for record in wanted.get("ResourceRecords") or [])
        if values != sorted(same[0].records or []) or _target(wanted.get("AliasTarget")) != _target(same[0].alias_target):
            raise _refused(f"{where} but the values provided do not match the current values]")
    elif any((record.type == "CNAME") != (kind == "CNAME") for record in there if record not in same):
        raise _refused(
            f"[RRSet of type {kind} with DNS name {name}. is not permitted as it conflicts with other records with the same DNS name]"
        )


def _target(alias: dict[str, Any] | None) -> tuple[str, str] | None:
    return (normal(alias["DNSName"]), alias["HostedZoneId"]) if alias else None


def _refused(message: str) -> AwsError:
    return AwsError("InvalidChangeBatch", message, 400)
