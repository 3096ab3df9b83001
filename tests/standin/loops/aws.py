"""How the loops call AWS: over HTTP as everybody, but known by their user agent."""

from __future__ import annotations

from typing import Any, Protocol

import boto3
from botocore.config import Config

USER_AGENT = "stand-in"  # the request log marks calls whose user agent ends so
CONFIG = Config(user_agent_extra=USER_AGENT, proxies={}, retries={"mode": "standard", "max_attempts": 3})


class Place(Protocol):
    """Where the stand-in's AWS is."""

    endpoint_url: str
    region: str


def aws_client(service: str, place: Place) -> Any:
    """A boto3 client of the stand-in's own AWS."""
    return boto3.session.Session().client(
        service,
        region_name=place.region,
        endpoint_url=place.endpoint_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=CONFIG,
    )
