"""Changes of the inputs of every role, and what a plan and a run say of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.environment.observed import PUBLIC, union
from tests.support.playbooks import Run

GROUP = {"name": "default", "instance_types": ["t3.large"], "min_size": 3, "max_size": 9}
TAINT = {"key": "team", "value": "payments", "effect": "PREFER_NO_SCHEDULE"}
CERTIFICATE, CLUSTER, BUCKET = "ACM certificate staging.example.com", "EKS cluster opta-staging", "S3 bucket opta-staging-bucket-uploads"
ADMINISTRATOR = "arn:aws:iam::123456789012:role/teams/platform"
SECRET = "s3cret-of-the-test"
#: the beginning of a resource's name, and an attribute (or a part of one) that must be among those of its actions
Expected = list[tuple[str, str]]

#: inputs of every role
CHANGES: list[tuple[dict[str, Any], Expected]] = [
    ({"eks_version": "1.35"}, [(CLUSTER, "version"), ("EKS node group", "version")]),
    ({"eks_endpoint_public_cidr_blocks": ["192.0.2.0/24"]}, [(CLUSTER, "public_access_cidrs")]),
    ({"eks_log_types": ["api", "audit"]}, [(CLUSTER, "log_types")]),
    ({"eks_log_retention_days": 90}, [("log group /aws/eks/opta-staging/cluster", "retention_in_days")]),
    (
        {"eks_node_groups": [{**GROUP, "min_size": 4, "max_size": 8, "labels": {"team": "payments"}, "taints": [TAINT]}]},
        [("EKS node group", attribute) for attribute in ("min_size", "max_size", "labels", "taints")],
    ),
    ({"eks_admin_principal_arns": [ADMINISTRATOR]}, [(f"EKS access entry opta-staging/{ADMINISTRATOR}", "")]),
    ({"network_nat_mode": "per_zone"}, [("NAT gateway", "subnet_id")]),
    ({"network_flow_logs_enabled": False}, [("flow log", "")]),
    (
        {
            "elasticache_replication_groups": [
                {"name": "main", "node_type": "cache.t4g.small", "parameters": {"timeout": 60}},
            ]
        },
        [
            ("cache replication group opta-staging-cache-main", "node_type"),
            ("cache parameter group opta-staging-cache-main", "parameters"),
        ],
    ),
    ({"opta_tags": {"cost-centre": "42"}}, [(CLUSTER, "tags"), (BUCKET, "tags"), (CERTIFICATE, "tags")]),
    ({"s3_buckets": [{"name": "uploads", "public_access": "read", "versioning_enabled": True}]}, [(BUCKET, "public_access")]),
    ({"dns_cert_subject_alternative_names": ["*.api.staging.example.com"]}, [(CERTIFICATE, "subject_alternative_names")]),
]
#: and some of them back, beside a replacement
BACK: list[tuple[dict[str, Any], Expected]] = [
    ({"eks_admin_principal_arns": []}, [(f"EKS access entry opta-staging/{ADMINISTRATOR}", "")]),
    ({"network_nat_mode": "single"}, [("NAT gateway", "")]),
    ({"s3_buckets": [{"name": "uploads"}]}, [(BUCKET, "public_access")]),
    ({"dns_cert_key_algorithm": "EC_prime256v1"}, [(CERTIFICATE, "key_algorithm")]),
]
SERVICE: list[tuple[dict[str, Any], Expected]] = [
    ({"opta_service_tag": "1.30"}, [("helm release", "image")]),
    ({"opta_service_environment_variables": {"GREETING": "good day"}}, [("helm release", "GREETING")]),
    ({"opta_service_secrets": {"TOKEN": SECRET}}, [("Secret hello/hello", "")]),
    (PUBLIC, [("helm release", "Ingress hello/hello-")]),
]


def predicted_and_done(
    play: Callable[..., Run],
    playbook: str,
    changes: list[tuple[dict[str, Any], Expected]],
    limit: str = "staging",
    superseded: str = "",
    **given: Any,
) -> list[Run]:
    """Plan, run, plan again, with all these changes; returns the first two runs.

    superseded: the beginning of a resource that a later run deletes, once nothing uses it any more. given: other variables.
    """
    variables = given | {name: value for inputs, _expected in changes for name, value in inputs.items()}
    runs = [play(playbook, check=True, limit=limit, **variables), play(playbook, limit=limit, **variables)]
    planned, done = map(union, runs)
    assert planned == done
    for resource, attribute in (pair for _inputs, expected in changes for pair in expected):
        assert any(each.startswith(resource) and attribute in attributes for _host, _action, each, attributes in done), (resource, done)
    left = union(play(playbook, check=True, limit=limit, **variables))
    assert {each for each in left if not (superseded and each[1] == "delete" and each[2].startswith(superseded))} == set()
    return runs
