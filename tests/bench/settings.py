"""What the command line decides, and how progress is told."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """plugins: a directory with Terraform's provider, None when there is none. creations: how often part `creation` builds and destroys."""

    pairs: int
    latencies_ms: tuple[int, ...]
    seconds_per_minute: float
    creations: int
    services: tuple[int, ...]
    environments: int
    plugins: Path | None


def say(text: str) -> None:
    """One line of progress, on standard error."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
