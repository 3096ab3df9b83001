"""Print the resources, what is real and what is emulated, and commands to try next."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import boto3

from tests.demo.addons import addon_lines

REAL_AND_EMULATED = """\
Real:      Kubernetes control planes (etcd, API server, controller manager, scheduler), helm, Ansible, every plan and diff.
Emulated:  AWS (moto with an extension), the public DNS and the owner of example.com,
           nodes and pods (kwok: no container runs, no pod listens on a port)."""

NEXT = """\
Try next:
  eval "$(make -s demo-env)"                       use this demo with aws, kubectl, helm, and ansible-playbook
  aws eks describe-cluster --name opta-staging
  aws acm describe-certificate --certificate-arn ...     the certificate above: ISSUED, validated by the CNAME in the zone
  kubectl get deployment,hpa,pods -A -o wide       on opta-staging; for production: --context opta-production
  helm list -A
  kubectl get gateway,httproute,ingress -A
  Edit inventories/demo/host_vars/staging/eks.yml, then plan:
  ansible-playbook -i inventories/demo opta.platform.env --check --diff --limit staging
  make demo-destroy; make demo-down"""


def main() -> None:
    for cluster in clusters():
        print("\n".join(environment_lines(cluster)))
    print(f"\n{REAL_AND_EMULATED}\n\n{NEXT}")


def clusters() -> Iterator[dict[str, Any]]:
    eks = boto3.client("eks")
    for page in eks.get_paginator("list_clusters").paginate():
        for name in page["clusters"]:
            yield eks.describe_cluster(name=name)["cluster"]


def environment_lines(cluster: dict[str, Any]) -> list[str]:
    """The lines about an environment: network, cluster, stores, nodes, releases."""
    ec2 = boto3.client("ec2")
    vpc_id = cluster["resourcesVpcConfig"]["vpcId"]
    in_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    zones = {subnet["AvailabilityZone"] for subnet in ec2.describe_subnets(Filters=in_vpc)["Subnets"]}
    gateways = ec2.describe_nat_gateways(Filters=in_vpc)["NatGateways"]
    available = [gateway for gateway in gateways if gateway["State"] == "available"]
    (vpc,) = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    key = cluster.get("encryptionConfig", [{}])[0].get("provider", {}).get("keyArn", "no key")
    public = "public and private" if cluster["resourcesVpcConfig"]["endpointPublicAccess"] else "private"
    return [
        f"\n{cluster['tags'].get('opta:environment', cluster['name'])}",
        f"  network   {vpc_id} {vpc['CidrBlock']}, {len(zones)} zones, NAT gateways: {len(available)}",
        f"  cluster   {cluster['name']}, Kubernetes {cluster['version']}, {public} endpoint",
        f"  secrets   encrypted with {key}",
        *domain_lines(cluster["tags"].get("opta:environment", "")),
        *store_lines(cluster["name"]),
        *kubernetes_lines(cluster["name"]),
        *addon_lines(cluster["name"], cluster["tags"].get("opta:environment", "")),
    ]


def domain_lines(environment: str) -> list[str]:
    """The certificates of the environment."""
    acm = boto3.client("acm")
    lines = []
    for summary in acm.list_certificates()["CertificateSummaryList"]:
        tags = {tag["Key"]: tag["Value"] for tag in acm.list_tags_for_certificate(CertificateArn=summary["CertificateArn"])["Tags"]}
        if tags.get("opta:environment") == environment:
            names = ", ".join(summary["SubjectAlternativeNameSummaries"])
            lines.append(f"  domain    {names}: certificate {summary['Status']}, {summary['CertificateArn']}")
    return lines


def store_lines(prefix: str) -> list[str]:
    """The databases, caches and buckets whose names start with the prefix."""
    databases = boto3.client("rds").describe_db_clusters()["DBClusters"]
    caches = boto3.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    named = [(d["DBClusterIdentifier"], f"{d['Engine']} {d['EngineVersion']}, {len(d['DBClusterMembers'])} instances") for d in databases]
    named += [(c["ReplicationGroupId"], f"{c.get('Engine', 'redis')}, {len(c['MemberClusters'])} nodes") for c in caches]
    lines = [f"  store     {name}, {what}" for name, what in named if name.startswith(prefix)]
    buckets = [bucket["Name"] for bucket in boto3.client("s3").list_buckets(Prefix=prefix)["Buckets"]]
    return [*lines, *(f"  bucket    {name}" for name in buckets)]


def kubernetes_lines(context: str) -> list[str]:
    nodes = kubernetes(context, "nodes")
    zones = {node["metadata"]["labels"].get("topology.kubernetes.io/zone") for node in nodes}
    lines = [f"  nodes     {len(nodes)} in {len(zones)} zones"]
    deployments = [item for item in kubernetes(context, "deployments") if item["metadata"]["namespace"] != "kube-system"]
    for item in deployments:
        ready, wanted = item["status"].get("readyReplicas", 0), item["spec"]["replicas"]
        lines.append(f"  service   {item['metadata']['name']}.{item['metadata']['namespace']}, {ready} of {wanted} pods ready")
    for release in json.loads(command("helm", "list", "--all-namespaces", "--output", "json", "--kube-context", context)):
        lines.append(f"  release   {release['name']} in {release['namespace']}, revision {release['revision']}, {release['status']}")
    return lines


def kubernetes(context: str, kind: str) -> list[dict[str, Any]]:
    shown = command("kubectl", "get", kind, "--all-namespaces", "--output", "json", "--context", context)
    return json.loads(shown)["items"]


def command(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
