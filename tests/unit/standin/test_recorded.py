"""What real controllers did is recorded of the versions that are pinned."""

from __future__ import annotations

import pytest

from tests.controllers.programs import pinned_charts
from tests.support.recorded_behaviour import DIRECTORY

RECORDS = {
    "nginx-gateway-fabric": "nginx_gateway_fabric",
    "nginx-gateway-fabric-routes": "nginx_gateway_fabric",
    "linkerd-injector": "linkerd",
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_of_the_chart_that_is_pinned(name):
    pinned = pinned_charts()[RECORDS[name]].version
    assert f"chart: {pinned}" in (DIRECTORY / f"{name}.yml").read_text().splitlines(), (
        "run make test-controllers with it, and record it again"
    )
