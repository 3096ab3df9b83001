"""What was measured with: one line that stands above all tables."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path

from . import terraform


def header(plugins: Path | None) -> str:
    versions = [f"ansible-core {importlib.metadata.version('ansible-core')}", f"Python {platform.python_version()}"]
    if terraform.version():
        versions.append(f"Terraform {terraform.version()}")
    if plugins is not None:
        versions.append(f"provider hashicorp/aws {terraform.VERSION}")
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    machine = f"{cores} cores ({processor(Path('/proc/cpuinfo').read_text())}), load {load:.1f} before the first run"
    return f"{datetime.date.today().isoformat()}: {machine}; {', '.join(versions)}."


def processor(cpuinfo: str) -> str:
    """The processor's name, as /proc/cpuinfo has it; its architecture where that names none."""
    names = [line.split(":", 1)[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()
