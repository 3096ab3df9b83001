"""How the stand-in itself calls its AWS: over HTTP as everybody, but known by its user agent, and whatever the user's own settings are."""

from __future__ import annotations

import functools
import os
from typing import Any, Protocol

import boto3
import botocore.session
from botocore.config import Config

USER_AGENT = "stand-in"  # the request log marks calls whose user agent ends so
CONFIG = Config(user_agent_extra=USER_AGENT, proxies={}, retries={"mode": "standard", "max_attempts": 3})
# Neither AWS_PROFILE nor ~/.aws/config has a say: (configuration name, environment variable, default, conversion).
NO_SETTINGS = {"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)}


class Place(Protocol):
    """Where the stand-in's AWS is."""

    endpoint_url: str
    region: str


def aws_client(service: str, place: Place) -> Any:
    """A boto3 client of the stand-in's own AWS, the same one each time: to make one takes a tenth of a second."""
    return _client(service, place.region, place.endpoint_url)


@functools.cache
def _client(service: str, region: str, endpoint_url: str) -> Any:
    session = boto3.session.Session(botocore_session=botocore.session.Session(session_vars=NO_SETTINGS))
    return session.client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=CONFIG,
    )
