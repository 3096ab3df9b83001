"""Part `second`: a second run and a plan of the demo's `staging`, against `terraform plan` of the same resources."""

from __future__ import annotations

import functools
from collections.abc import Callable

from . import terraform
from .figures import Figures, alternated, medians, ratio
from .runs import playbook, standin, unchanged
from .settings import Settings, say
from .tables import Part

#: what tests/bench/terraform describes, too: its provider has no Helm, and a zone would need a parent
SCOPE = ("--skip-tags", "dns_cert,k8s_addons")
STAGING = ("opta.platform.env", "--limit", "staging", *SCOPE)
TITLE = "Second run and plan, against terraform plan"


def measure(settings: Settings) -> Part:
    why = terraform.missing(settings.plugins)
    note = (
        f"Not compared with Terraform: {why}." if why else "All three report no changes. Ratios of wall time: below 1, Ansible is faster."
    )
    columns = ("latency", "second run / terraform plan", "--check / terraform plan", "CPU: second run / terraform plan", "pairs")
    part = Part(TITLE, note, columns)
    for latency in settings.latencies_ms:
        say(f"second run and plan, {latency} ms")
        with standin(f"second-{latency}", latency) as where:
            part.runs.append((latency, "first run", playbook(where, *STAGING)))
            ways: list[Callable[[], Figures]] = [
                functools.partial(unchanged, where, *STAGING),
                functools.partial(unchanged, where, *STAGING, "--check"),
            ]
            if settings.plugins is not None and not why:
                ways.append(terraform.Terraform(where, settings.plugins).plan)
            runs = alternated(settings.pairs, *ways)
        names = ("second run", "second run with --check", "terraform plan")
        part.runs += [(latency, name, medians(of)) for name, of in zip(names, runs, strict=False)]
        if not why:
            second, check, plan = runs
            cpu = ratio(second, plan, lambda run: run.cpu_seconds)
            part.ratios.append((f"{latency} ms", ratio(second, plan), ratio(check, plan), cpu, settings.pairs))
    return part
