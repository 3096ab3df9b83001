"""What is there before the first call."""

from __future__ import annotations

from moto.utilities.utils import get_partition

from tests.standin.aws import public_dns, sts
from tests.standin.aws.world import World


def prepare(world: World) -> None:
    """Makes what an account has from the start."""
    sts.make_administrator(get_partition(world.region))
    public_dns.prepare()
