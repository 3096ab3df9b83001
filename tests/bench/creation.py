"""Part `creation`: a first run and a destroy of the demo's `staging` with waits in AWS's proportions, against the longest chain of them."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence

from .chains import CREATION, DELETION, Chain, longest, scaled
from .figures import Figures, alternated, medians, spread
from .runs import playbook, standin
from .settings import Settings, say
from .tables import Part

STAGING = ("--limit", "staging")
WORD = json.dumps({"opta_destroy_confirm": "staging", "opta_deletion_protection": False, "opta_delete_retained": True})


def measure(settings: Settings) -> Part:
    times = scaled(settings.seconds_per_minute)
    waits = ", ".join(f"{kind} {seconds:g} s" for kind, seconds in times.items())
    note = (
        f"One minute of AWS takes {settings.seconds_per_minute:g} s here: {waits}. "
        "The longest chain consists of waits that depend on each other, and includes the time of Helm."
    )
    columns = ("latency", "run", "run / longest chain", "longest chain s", "which is", "beyond the chain s", "runs")
    part = Part("First run and destroy, against the longest chain of waits", note, columns)
    for latency in settings.latencies_ms:
        say(f"first run and destroy, {latency} ms")
        with standin(f"creation-{latency}", latency, times) as where:
            built, destroyed = alternated(
                settings.creations,
                functools.partial(playbook, where, "opta.platform.env", *STAGING),
                functools.partial(playbook, where, "opta.platform.destroy", *STAGING, "-e", WORD),
            )
        for name, chain, runs in (("first run", CREATION, built), ("destroy", DELETION, destroyed)):
            part.runs.append((latency, name, medians(runs)))
            part.ratios.append((f"{latency} ms", name, *against(chain, times, runs), len(runs)))
    return part


def against(chain: Chain, times: dict[str, float], runs: Sequence[Figures]) -> tuple[str, ...]:
    """Cells: how runs compare with the longest chain and the waits for Helm that each of them had."""
    seconds, kinds = longest(chain, times)
    floors = [seconds + run.helm_seconds for run in runs]
    ratios = spread([run.wall_seconds / floor for run, floor in zip(runs, floors, strict=True)])
    beyond = spread([run.wall_seconds - floor for run, floor in zip(runs, floors, strict=True)])
    shown = " + ".join([*kinds, *(["helm"] if any(run.helm_seconds for run in runs) else [])])
    return str(ratios), f"{spread(floors).median:.1f}", shown, f"{beyond.median:.1f}"
