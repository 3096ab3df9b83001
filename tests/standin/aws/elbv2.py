"""Elastic Load Balancing: what moto leaves out of network load balancers, their names, zones and the certificates of TLS listeners."""

from __future__ import annotations

from typing import Any

from moto.acm.models import acm_backends
from moto.elbv2.models import FakeListener, FakeLoadBalancer, elbv2_backends

from tests.standin.aws.ec2_common import backend
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers

#: canonical hosted zones of network load balancers (AWS General Reference, Elastic Load Balancing endpoints); elsewhere moto's
ZONES = {
    "eu-central-1": "Z3F0SRJ5LGBH90",
    "eu-west-1": "Z2IFOLAFXWLO4F",
    "us-east-1": "Z26RNL4JYFTOTI",
    "us-west-1": "Z24FKFUX50B4VW",
    "us-west-2": "Z18D5FSROUN65G",
}


@answers("elbv2", "CreateLoadBalancer")
def create_load_balancer(call: Call) -> dict[str, Any]:
    """The same again is the one that exists (API reference of CreateLoadBalancer)."""
    known = elbv2_backends[call.account][call.region]
    name = call.get("Name")
    found = next((balancer for balancer in known.load_balancers.values() if balancer.name == name), None)
    if found is not None:
        wanted = (call.get("Type", "application"), call.get("Scheme", "internet-facing"))
        if wanted != (found.type, found.scheme or "internet-facing"):
            raise AwsError(
                "DuplicateLoadBalancerName", f"A load balancer with the same name '{name}' exists, but with different settings", 400
            )
        return {"LoadBalancers": [_described(found)]}
    answer = call.moto()
    balancer = known.load_balancers[answer["LoadBalancers"][0]["LoadBalancerArn"]]
    if balancer.type != "network":
        return answer
    arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
    known.tagging_service.copy_tags(balancer.arn, arn)
    known.tagging_service.delete_all_tags_for_resource(balancer.arn)
    known.load_balancers[arn] = known.load_balancers.pop(balancer.arn)
    balancer.arn = arn
    balancer.dns_name = f"{name}-{arn.rpartition('/')[2]}.elb.{call.region}.amazonaws.com"
    balancer.canonical_hosted_zone_id = ZONES.get(call.region, balancer.canonical_hosted_zone_id)
    for subnet in balancer.subnets:
        interface = backend(call).create_network_interface(
            subnet, "", group_ids=list(balancer.security_groups or []), description=_of_interfaces(balancer.arn)
        )
        interface.status, interface.requester_managed = "in-use", True
    return {"LoadBalancers": [_described(balancer)]}


@answers("elbv2", "DescribeLoadBalancers")
def describe_load_balancers(call: Call) -> dict[str, Any]:
    answer = call.moto()
    for balancer in answer["LoadBalancers"]:
        if balancer["Type"] == "network":
            balancer["EnablePrefixForIpv6SourceNat"] = "off"
    return answer


@answers("elbv2", "DeleteLoadBalancer")
def delete_load_balancer(call: Call) -> dict[str, Any]:
    answer = call.moto()
    interfaces = backend(call).enis
    for each in list(interfaces.values()):
        if each.description == _of_interfaces(call.get("LoadBalancerArn")):
            del interfaces[each.id]
    return answer


def _of_interfaces(arn: str) -> str:
    """The description of a load balancer's interfaces (Elastic Load Balancing User Guide)."""
    return f"ELB {arn.partition(':loadbalancer/')[2]}"


def _described(balancer: FakeLoadBalancer) -> dict[str, Any]:
    zones = [{"ZoneName": subnet.availability_zone, "SubnetId": subnet.id} for subnet in balancer.subnets]
    return {
        "LoadBalancerArn": balancer.arn,
        "DNSName": balancer.dns_name,
        "CanonicalHostedZoneId": balancer.canonical_hosted_zone_id,
        "CreatedTime": balancer.created_time,
        "LoadBalancerName": balancer.name,
        "Scheme": balancer.scheme,
        "VpcId": balancer.vpc_id,
        "State": balancer.load_balancer_state,
        "Type": balancer.type,
        "AvailabilityZones": zones,
        "SecurityGroups": balancer.security_groups,
        "IpAddressType": balancer.ip_address_type,
    }


@answers("elbv2", "ModifyListener")
def modify_listener(call: Call) -> dict[str, Any]:
    listener = _listener(call)
    wanted = [each["CertificateArn"] for each in call.get("Certificates", [])]
    for arn in wanted:
        certificate = acm_backends[call.account][call.region]._certificates.get(arn)
        if ":acm:" in arn and certificate is None:
            raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found", 400)
        if certificate is not None and certificate.status != "ISSUED":
            reason = "The certificate must have a fully-qualified domain name, a supported signature, and a supported key size."
            raise AwsError("UnsupportedCertificate", f"The certificate '{arn}' is not supported: {reason}", 400)
    if ":listener/net/" not in listener.arn:
        return call.moto()
    settings = {"port": call.get("Port"), "ssl_policy": call.get("SslPolicy"), "actions": call.get("DefaultActions", [])}
    elbv2_backends[call.account][call.region].modify_listener(listener.arn, **settings)  # it knows no protocol of these but TCP
    listener.protocol = call.get("Protocol", listener.protocol)
    listener.alpn_policy = call.get("AlpnPolicy", listener.alpn_policy)
    if wanted:
        listener.certificate, listener.certificates = wanted[0], [wanted[0], *listener.certificates[1:]]
    kept = {"ListenerArn": listener.arn, "LoadBalancerArn": listener.load_balancer_arn, "Port": listener.port}
    return {"Listeners": [{**kept, "Protocol": listener.protocol, "Certificates": [{"CertificateArn": arn} for arn in wanted]}]}


@answers("elbv2", "AddListenerCertificates")
def add_listener_certificates(call: Call) -> dict[str, Any]:
    """The certificate list is beside the default certificate, which may be in it, too; nothing is in it twice (API reference)."""
    listener = _listener(call)
    further = [each["CertificateArn"] for each in call.get("Certificates", [])]
    listener.certificates += [arn for arn in further if arn not in listener.certificates[1:]]
    return {"Certificates": [{"CertificateArn": arn, "IsDefault": False} for arn in further]}


@answers("elbv2", "RemoveListenerCertificates")
def remove_listener_certificates(call: Call) -> dict[str, Any]:
    """The default certificate stays (API reference)."""
    listener = _listener(call)
    gone = [each["CertificateArn"] for each in call.get("Certificates", [])]
    listener.certificates = [*listener.certificates[:1], *(arn for arn in listener.certificates[1:] if arn not in gone)]
    return {}


def _listener(call: Call) -> FakeListener:
    """That of moto, whose certificates are the default one and then the list."""
    found = elbv2_backends[call.account][call.region].describe_listeners(load_balancer_arn=None, listener_arns=[call.get("ListenerArn")])
    return found[0]
