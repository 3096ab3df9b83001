"""The role k8s_addons on one cluster: its inputs, and what cluster and AWS say of it."""

from __future__ import annotations

import sys
import uuid

from tests.module.eks_foundation import Foundation
from tests.module.service_foundation import ENVIRONMENT, PREFIX, cluster_for_services
from tests.support.identities import ACCOUNT, identity_of
from tests.support.standin import KUBERNETES as NAME

DOMAIN = "staging.example.com"


class Addons:
    """The add-ons of the tests' cluster."""

    def __init__(self, playbooks, standin):
        self.playbooks, self.standin = playbooks, standin
        self.cluster = cluster_for_services(standin)
        foundation = Foundation(standin)
        subnets = standin.client("ec2").describe_subnets(SubnetIds=foundation.subnet_ids)["Subnets"]
        reached = {key: self.cluster.options[key] for key in ("cluster_name", "endpoint", "certificate_authority_data")}
        self.zone = self.make_zone()
        self.facts = {
            "opta_region": "eu-west-1",
            "opta_name_prefix": PREFIX,
            "opta_account": {"account_id": ACCOUNT, "partition": "aws"},
            "eks_outputs": {**reached, "oidc_provider_arn": self.cluster.oidc_provider_arn, "version": "1.34"},
            "network_outputs": {
                "vpc_id": subnets[0]["VpcId"],
                "vpc_cidr_blocks": ["172.31.0.0/16"],
                "public_subnet_ids": [subnet["SubnetId"] for subnet in subnets],
                "log_bucket_name": "",
                "kms_key_arn": "",
            },
            "k8s_addons_zone": self.zone,
        }
        self.inputs = {
            "k8s_addons_repository_mirror": standin.environment["OPTA_REPOSITORY_MIRROR"],
            "k8s_addons_wait_timeout_seconds": 60,
            "k8s_addons_linkerd_enabled": False,
        }

    def make_zone(self):
        route53 = self.standin.client("route53")
        zone_id = route53.create_hosted_zone(Name=DOMAIN, CallerReference=uuid.uuid4().hex)["HostedZone"]["Id"].rpartition("/")[2]
        arn = self.standin.client("acm").request_certificate(DomainName=DOMAIN, ValidationMethod="DNS")["CertificateArn"]
        return {"domain": DOMAIN, "zone_id": zone_id, "zone_arn": f"arn:aws:route53:::hostedzone/{zone_id}", "certificate_arn": arn}

    def run(self, *arguments, entry="main", **inputs):
        """The role with these inputs besides (they stay for later runs)."""
        self.inputs |= {f"k8s_addons_{name}": value for name, value in inputs.items()}
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        host = {"name": ENVIRONMENT, "groups": ["environments"], **local, **self.inputs}
        role = {"name": "opta.platform.k8s_addons", "tasks_from": entry}
        tasks = [
            {"name": "Have it", "ansible.builtin.set_fact": self.facts},
            {"name": "Add-ons", "ansible.builtin.include_role": role},
            {"name": "Outputs", "ansible.builtin.debug": {"var": "k8s_addons_outputs"}},
        ]
        added = [{"name": "Add", "ansible.builtin.add_host": host, "changed_when": False}]
        plays = [
            {"hosts": "localhost", "gather_facts": False, "vars": local, "tasks": added},
            {"hosts": "environments", "gather_facts": False, "tasks": tasks},
        ]
        return self.playbooks.play(plays, "--diff", *arguments)

    def absent(self, *arguments):
        return self.run(*arguments, entry="absent", confirm=ENVIRONMENT)

    def balancers(self):
        """The load balancers of the cluster, each with its tags."""
        client = self.standin.client("elbv2")
        found = []
        for balancer in client.describe_load_balancers()["LoadBalancers"]:
            described = client.describe_tags(ResourceArns=[balancer["LoadBalancerArn"]])["TagDescriptions"][0]["Tags"]
            tags = {tag["Key"]: tag["Value"] for tag in described}
            if tags.get("elbv2.k8s.aws/cluster") == NAME:
                found.append({**balancer, "tags": tags})
        return found

    def releases(self):
        """{release: (namespace, chart version)} of what helm has deployed."""
        items = self.cluster.kubernetes.items("/api/v1/secrets?labelSelector=owner=helm,status=deployed")
        return {item["metadata"]["labels"]["name"]: item["metadata"]["namespace"] for item in items}

    def roles(self):
        listed = self.standin.client("iam").list_roles(PathPrefix=identity_of(ENVIRONMENT, PREFIX).iam_path)["Roles"]
        return {role["RoleName"] for role in listed if "-addon-" in role["RoleName"]}

    def records(self):
        route53 = self.standin.client("route53")
        listed = route53.list_resource_record_sets(HostedZoneId=self.zone["zone_id"])["ResourceRecordSets"]
        return {(record["Name"], record["Type"]) for record in listed if record["Type"] not in ("NS", "SOA")}
