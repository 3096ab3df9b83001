"""How long AWS itself takes: the longest chain of waits of which each can only begin when the ones before are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.standin.aws.clock import DEFAULT_TIMES

#: about what AWS takes, in minutes, by the stand-in's kinds; a kind that the stand-in does not have (yet) is left out.
#: rds is Aurora's and DocumentDB's: they are made side by side.
MINUTES = {
    "eks:cluster": 10.0,
    "eks:nodegroup": 3.0,
    "eks:addon": 0.5,
    "ec2:natgateway": 2.0,
    "rds:cluster": 1.0,
    "rds:instance": 7.0,
    "elasticache:replicationgroup": 7.0,
    "acm:certificate": 2.0,
}
Chain = Mapping[str, Sequence[str]]
#: kind: what must be there before. Nodes join through the NAT gateway; some add-ons get ready on nodes only.
CREATION: Chain = {
    "ec2:natgateway": (),
    "eks:cluster": (),
    "eks:nodegroup": ("eks:cluster", "ec2:natgateway"),
    "eks:addon": ("eks:nodegroup",),
    "rds:cluster": (),
    "rds:instance": ("rds:cluster",),
    "elasticache:replicationgroup": (),
    "acm:certificate": (),
}
#: The nodes of a group are drained through its cluster; add-ons go with their cluster. A database cluster's deletion begins while its
#: instances are being deleted.
DELETION: Chain = {
    "eks:nodegroup": (),
    "eks:cluster": ("eks:nodegroup",),
    "ec2:natgateway": ("eks:nodegroup",),
    "rds:instance": (),
    "rds:cluster": (),
    "elasticache:replicationgroup": (),
}


def scaled(seconds_per_minute: float) -> dict[str, float]:
    """Seconds by kind for the stand-in."""
    return {kind: minutes * seconds_per_minute for kind, minutes in MINUTES.items() if kind in DEFAULT_TIMES}


def longest(chain: Chain, seconds: Mapping[str, float]) -> tuple[float, list[str]]:
    """The length of the longest chain and its kinds in order; a kind without a time takes none."""
    ends: dict[str, tuple[float, list[str]]] = {}

    def end(kind: str) -> tuple[float, list[str]]:
        if kind not in ends:
            before = max((end(other) for other in chain[kind]), key=lambda found: found[0], default=(0.0, []))
            ends[kind] = (before[0] + seconds[kind], [*before[1], kind]) if kind in seconds else before
        return ends[kind]

    return max((end(kind) for kind in chain), key=lambda found: found[0], default=(0.0, []))
