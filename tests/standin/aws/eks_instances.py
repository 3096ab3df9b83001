"""The EC2 instances of managed node groups: a view on the nodes that run."""

from __future__ import annotations

import ipaddress
from typing import Any

from tests.standin.aws.autoscaling import groups
from tests.standin.aws.ec2_common import backend, refused
from tests.standin.aws.eks_model import NodeGroup, named_cluster
from tests.standin.aws.operations import Call, answers
from tests.standin.loops.node_objects import Instance

PREFIX_LENGTH = 28  # Amazon VPC CNI: an interface gets its prefixes in blocks of 16 addresses


@answers("ec2", "DescribeInstances")
def describe_instances(call: Call) -> dict[str, Any]:
    """Those that are asked for by their ids, else what moto has."""
    nodes = {each.identifier: (group, each) for group in groups(call) for each in group.instances}
    wanted = call.get("InstanceIds", [])
    if not nodes.keys() & set(wanted):
        return call.moto()
    unknown = sorted(set(wanted) - nodes.keys())
    if unknown:
        raise refused("InvalidInstanceID.NotFound", f"The instance IDs '{', '.join(unknown)}' do not exist")
    described = [_described(call, *nodes[identifier]) for identifier in wanted]
    return {
        "Reservations": [
            {"ReservationId": f"r-{each['InstanceId'][2:]}", "OwnerId": call.account, "Instances": [each]} for each in described
        ]
    }


def _described(call: Call, group: NodeGroup, instance: Instance) -> dict[str, Any]:
    """As far as controllers read it: its network interface has the cluster security group."""
    cluster = named_cluster(call, group.data["clusterName"])
    network = cluster.data["resourcesVpcConfig"]
    address = ipaddress.ip_address(instance.address)
    subnets = [backend(call).get_subnet(identifier) for identifier in group.data["subnets"]]
    subnet = next((each for each in subnets if address in ipaddress.ip_network(each.cidr_block)), subnets[0])
    prefixes = ipaddress.ip_network(instance.prefix).subnets(new_prefix=PREFIX_LENGTH) if instance.prefix else ()
    interface = {
        "NetworkInterfaceId": f"eni-{instance.identifier[2:]}",
        "VpcId": network["vpcId"],
        "SubnetId": subnet.id,
        "PrivateIpAddress": instance.address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": instance.address}],
        "Ipv4Prefixes": [{"Ipv4Prefix": str(prefix)} for prefix in prefixes],
        "Groups": [{"GroupId": network["clusterSecurityGroupId"]}],
        "Status": "in-use",
    }
    return {
        "InstanceId": instance.identifier,
        "InstanceType": (group.data["instanceTypes"] or [""])[0],
        "State": {"Code": 16, "Name": "running"},
        "Placement": {"AvailabilityZone": instance.zone},
        "VpcId": network["vpcId"],
        "SubnetId": subnet.id,
        "PrivateIpAddress": instance.address,
        "NetworkInterfaces": [interface],
        "SecurityGroups": interface["Groups"],
        "Tags": [{"Key": f"kubernetes.io/cluster/{cluster.name}", "Value": "owned"}],
    }
