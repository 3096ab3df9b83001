"""Part `environments`: a second run of one environment, and of several side by side."""

from __future__ import annotations

from .figures import alternated, medians, ratio
from .inventories import inventory
from .runs import playbook, standin, unchanged
from .settings import Settings, say
from .tables import Part

NOTE = "Second runs of environments like the demo's `staging`, with the highest latency."


def measure(settings: Settings) -> Part:
    latency, count = max(settings.latencies_ms), settings.environments
    part = Part("Environments in parallel", NOTE, ("latency", f"{count} environments / 1 environment", "CPU", "peak memory", "pairs"))
    names = [f"staging-{number}" for number in range(1, count + 1)]
    say(f"{count} environments, {latency} ms")
    with standin(f"environments-{latency}", latency) as where:
        everything = inventory(where.directory / "inventory", names)
        part.runs.append((latency, f"{count}, first run", playbook(where, "opta.platform.env", inventory=everything)))
        one, several = alternated(
            settings.pairs,
            lambda: unchanged(where, "opta.platform.env", "--limit", names[0], inventory=everything),
            lambda: unchanged(where, "opta.platform.env", inventory=everything),
        )
    part.runs += [(latency, "1, second run", medians(one)), (latency, f"{count}, second run", medians(several))]
    cpu, memory = ratio(several, one, lambda run: run.cpu_seconds), ratio(several, one, lambda run: run.peak_mib)
    part.ratios.append((f"{latency} ms", ratio(several, one), cpu, memory, settings.pairs))
    return part
