"""The outputs of the role k8s_addons, read back from AWS alone."""

from __future__ import annotations

from ansible_collections.opta.platform.plugins.module_utils._environment.k8s_addons import k8s_addons_outputs

from tests.support.identities import identity_of, marks

TAGS = {
    "elbv2.k8s.aws/cluster": "opta-elsewhere",
    **marks("elsewhere"),
    "opta:role": "k8s_addons",
    "opta:name": "nginx_gateway_fabric",
    "service.k8s.aws/stack": "nginx-gateway/public-nginx",
}


def as_list(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def test_outputs_are_read_from_load_balancer_and_secret(standin):
    ec2, balancing, secrets = (standin.client(service) for service in ("ec2", "elbv2", "secretsmanager"))
    vpc_id = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    gateway_id = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    subnet_id = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.7.0.0/24")["Subnet"]["SubnetId"]
    assert k8s_addons_outputs(standin.client, identity_of("elsewhere")) is None
    made = balancing.create_load_balancer(Name="public", Type="network", Scheme="internet-facing", Subnets=[subnet_id], Tags=as_list(TAGS))
    balancer = made["LoadBalancers"][0]
    found = k8s_addons_outputs(standin.client, identity_of("elsewhere"))
    assert found == {
        "ingress": "nginx_gateway_fabric",
        "gateway_namespace": "nginx-gateway",
        "gateway_name": "public",
        "ingress_class_name": "",
        "load_balancer_arn": balancer["LoadBalancerArn"],
        "load_balancer_dns_name": balancer["DNSName"],
        "domain": "",
        "mesh": "",
        "linkerd_trust_anchor_secret_arn": "",
    }
    tags = as_list({**marks("elsewhere"), "opta:role": "k8s_addons", "opta:name": "linkerd"})
    arn = secrets.create_secret(Name="opta/elsewhere/linkerd/trust-anchor", SecretString="x", Tags=tags)["ARN"]
    balancing.add_tags(ResourceArns=[balancer["LoadBalancerArn"]], Tags=as_list({"opta:name": "ingress_nginx"}))
    found = k8s_addons_outputs(standin.client, identity_of("elsewhere"))
    assert found
    assert (found["ingress"], found["ingress_class_name"], found["gateway_name"]) == ("ingress_nginx", "nginx", "")
    assert (found["mesh"], found["linkerd_trust_anchor_secret_arn"]) == ("linkerd", arn)
    assert k8s_addons_outputs(standin.client, identity_of("another")) is None
