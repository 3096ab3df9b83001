"""Interface endpoints of services that also have gateway endpoints, or no private DNS name, on the emulated AWS."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _wait

from tests.integration.rds.conftest import Passing
from tests.integration.vpc.conftest import Cloud
from tests.unit.standin import conftest as emulated

aws = emulated.aws
WHOLE = {"cidr_block": "10.0.0.0/16", "zone_count": 2, "nat_mode": "none"}


@pytest.fixture
def cloud(aws, monkeypatch):
    monkeypatch.setattr(_wait, "time", Passing(aws))
    made = Cloud(aws.name("dns"))
    made.ec2 = aws.ec2
    return made


def found(cloud, outcomes, service):
    """Whether an interface endpoint has private DNS, and whether that is for resolvers outside of the VPC only."""
    (endpoint,) = cloud.ec2.describe_vpc_endpoints(VpcEndpointIds=[outcomes[0].resource["interface_endpoint_ids"][service]])["VpcEndpoints"]
    return endpoint["PrivateDnsEnabled"], (endpoint.get("DnsOptions") or {}).get("PrivateDnsOnlyForInboundResolverEndpoint")


def test_the_s3_interface_endpoint_has_private_dns_with_and_without_a_gateway_endpoint(cloud):
    both = {**WHOLE, "gateway_endpoints": ["s3"], "interface_endpoints": ["s3", "sts"]}
    made = cloud.reconcile(**both)
    assert found(cloud, made, "s3") == (True, True), "the way within the VPC is the gateway, which costs nothing"
    assert found(cloud, made, "sts") == (True, None)
    alone = {**both, "gateway_endpoints": []}
    for options, for_resolvers_only in ((both, True), (alone, False), (both, True)):
        changed = cloud.reconcile(**options)
        assert found(cloud, changed, "s3") == (True, for_resolvers_only)
        assert cloud.actions(cloud.reconcile(**options)) == []
    cloud.remove()
    assert cloud.counts()["vpcs"] == 0
    assert found(cloud, cloud.reconcile(**alone), "s3") == (True, False)


def test_a_service_without_private_dns_is_reached_by_its_endpoint_names(cloud):
    options = {**WHOLE, "interface_endpoints": ["iot.data"]}
    assert found(cloud, cloud.reconcile(**options), "iot.data") == (False, None)
    assert cloud.actions(cloud.reconcile(**options)) == []
