"""The inputs of the role k8s_addons, as its filters have them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.inputs import LINKERD, PREFIX
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.registry import ADDONS

from tests.support import collection

ZONE = {
    "domain": "staging.example.com",
    "zone_id": "Z1",
    "zone_arn": "arn:aws:route53:::hostedzone/Z1",
    "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/1",
}


@pytest.fixture
def inputs() -> dict[str, Any]:
    return everything_on()


def everything_on() -> dict[str, Any]:
    """The inputs with every add-on."""
    declared = collection.inputs("k8s_addons")
    namespaces = {key: declared[f"{PREFIX}{key}_namespace"]["default"] for key in (LINKERD, *ADDONS)}
    addons = {key: {"enabled": True, "chart_version": "", "values": {}, "namespace": name} for key, name in namespaces.items()}
    return {
        "environment": "staging",
        "region": "eu-west-1",
        "name_prefix": "opta",
        "tags": {"team": "demo"},
        "account_id": "123456789012",
        "partition": "aws",
        "cluster_name": "opta-staging",
        "kubernetes_version": "1.35",
        "vpc_id": "vpc-1",
        "vpc_cidr_blocks": ["10.0.0.0/16", "100.64.0.0/16"],
        "public_subnet_ids": ["subnet-1", "subnet-2"],
        "log_bucket_name": "logs",
        "zone": dict(ZONE),
        "ingress": "nginx_gateway_fabric",
        "repository_mirror": "",
        "extra_charts": [],
        "datadog_site": "datadoghq.com",
        "addons": addons,
    }
