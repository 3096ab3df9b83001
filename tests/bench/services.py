"""Part `services`: 1, 10 and 50 services, deployed first and unchanged afterwards."""

from __future__ import annotations

import functools

from .figures import Figures, alternated, medians, ratio
from .inventories import inventory
from .runs import playbook, standin, unchanged
from .settings import Settings, say
from .tables import Part

NOTE = "Each number has its own services, one set after another on the same cluster. The first deployment of each is measured once."
COLUMNS = ("services", "second run / that of 1", "second run: s per service", "first run: s per service", "second / first", "rounds")


def measure(settings: Settings) -> Part:
    part = Part("Services", NOTE, ("latency", *COLUMNS))
    for latency in settings.latencies_ms:
        say(f"services, {latency} ms")
        with standin(f"services-{latency}", latency) as where:
            names = {count: [f"of-{count}-number-{number}" for number in range(1, count + 1)] for count in settings.services}
            everything = inventory(where.directory / "inventory", ["staging"], [name for some in names.values() for name in some])
            playbook(where, "opta.platform.env", inventory=everything)
            runs = [("opta.platform.service", "--limit", ",".join(some)) for some in names.values()]
            first = [playbook(where, *arguments, inventory=everything) for arguments in runs]
            again = [functools.partial(unchanged, where, *arguments, inventory=everything) for arguments in runs]
            second = alternated(settings.pairs, *again)
        for count, deployed, unaltered in zip(names, first, second, strict=True):
            part.runs += [(latency, f"{count}, first run", deployed), (latency, f"{count}, second run", medians(unaltered))]
            part.ratios.append((f"{latency} ms", count, *shares(count, deployed, unaltered, second[0]), settings.pairs))
    return part


def shares(count: int, first: Figures, second: list[Figures], smallest: list[Figures]) -> tuple[str, ...]:
    """Cells: the second run against that of the smallest number, seconds per service, and second against first run."""
    typical = medians(second).wall_seconds
    return (
        str(ratio(second, smallest)),
        f"{typical / count:.2f}",
        f"{first.wall_seconds / count:.2f}",
        f"{typical / first.wall_seconds:.2f}",
    )
