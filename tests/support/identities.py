"""The environments of the tests: the stand-in's account and first region."""

from __future__ import annotations

from ansible_collections.opta.platform.plugins.module_utils._names import Identity

from tests.support.standin import REGION

ACCOUNT = "123456789012"


def identity_of(environment: str = "staging", prefix: str = "opta", region: str = REGION) -> Identity:
    """The identity of an environment of the stand-in's account."""
    return Identity(environment, prefix, region, ACCOUNT, "aws")


def marks(environment: str = "staging", prefix: str = "opta", region: str = REGION) -> dict[str, str]:
    """The tags that say which environment something belongs to."""
    return identity_of(environment, prefix, region).marks()
