"""The AWS resources of an environment's add-ons: the load balancer, and the policies of the IAM roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3

READING = ("Describe", "Get", "List")


def addon_lines(cluster_name: str, environment: str) -> Iterator[str]:
    """The load balancers of a cluster with their listeners, then the policy of each IAM role; read actions are only counted."""
    client = boto3.client("elbv2")
    for balancer in client.describe_load_balancers()["LoadBalancers"]:
        described = client.describe_tags(ResourceArns=[balancer["LoadBalancerArn"]])["TagDescriptions"][0]["Tags"]
        if {"Key": "elbv2.k8s.aws/cluster", "Value": cluster_name} in described:
            listeners = client.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
            ports = ", ".join(f"{listener['Port']} {listener['Protocol']}" for listener in listeners)
            yield f"  balancer  {balancer['DNSName']}, {ports}"
    iam = boto3.client("iam")
    for role in iam.list_roles(PathPrefix="/opta/")["Roles"]:
        if role["Path"].endswith(f"/{environment}/") and "-addon-" in role["RoleName"]:
            for policy in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
                document: dict[str, Any] = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)["PolicyDocument"]
                yield f"  policy    {role['RoleName']}"
                yield from (f"            {line}" for statement in document["Statement"] for line in statement_lines(statement))


def statement_lines(statement: dict[str, Any]) -> Iterator[str]:
    actions = statement["Action"]
    reading = all(action.split(":")[1].startswith(READING) for action in actions)
    where = ", ".join(statement["Resource"])
    yield f"{len(actions)} read actions on {where}" if reading else f"{', '.join(actions)} on {where}"
    for test, conditions in (statement.get("Condition") or {}).items():
        yield from (f"  if {test} {key} {value}" for key, value in conditions.items())
