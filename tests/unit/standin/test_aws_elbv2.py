"""The load balancers of the stand-in."""

from __future__ import annotations

import re


def test_a_network_load_balancer_has_awss_names_and_is_created_once(aws, refusal):
    client, name, subnets = aws.client("elbv2"), aws.name("balancer"), aws.network()[1]
    request = {"Name": name, "Type": "network", "Scheme": "internal", "Subnets": subnets, "Tags": [{"Key": "a", "Value": "b"}]}
    (made,) = client.create_load_balancer(**request)["LoadBalancers"]
    assert re.fullmatch(f"{name}-[0-9a-f]{{16}}.elb.eu-west-1.amazonaws.com", made["DNSName"])
    assert made["CanonicalHostedZoneId"] == "Z2IFOLAFXWLO4F"
    assert f":loadbalancer/net/{name}/" in made["LoadBalancerArn"]
    assert client.describe_tags(ResourceArns=[made["LoadBalancerArn"]])["TagDescriptions"][0]["Tags"] == [{"Key": "a", "Value": "b"}]

    (again,) = client.create_load_balancer(**request)["LoadBalancers"]
    (found,) = client.describe_load_balancers(Names=[name])["LoadBalancers"]
    assert again["LoadBalancerArn"] == found["LoadBalancerArn"] == made["LoadBalancerArn"]
    assert "DuplicateLoadBalancerName" in refusal(client.create_load_balancer, **{**request, "Scheme": "internet-facing"})

    listener = client.create_listener(LoadBalancerArn=made["LoadBalancerArn"], Protocol="TCP", Port=80, DefaultActions=[])["Listeners"][0]
    assert f":listener/net/{name}/" in listener["ListenerArn"]
    ours = [{"Name": "description", "Values": [f"ELB net/{name}/{made['LoadBalancerArn'].rpartition('/')[2]}"]}]
    interfaces = aws.ec2.describe_network_interfaces(Filters=ours)["NetworkInterfaces"]
    assert sorted(each["SubnetId"] for each in interfaces) == sorted(subnets)
    client.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
    assert aws.ec2.describe_network_interfaces(Filters=ours)["NetworkInterfaces"] == []
    assert client.describe_load_balancers()["LoadBalancers"] == []
