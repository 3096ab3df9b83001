"""Measure on stand-ins of the bench's own: `python -m tests.bench`. Tables go to standard output, progress to standard error."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import creation, environments, second, services, terraform
from .machine import header
from .settings import Settings

PARTS = {"second": second.measure, "creation": creation.measure, "services": services.measure, "environments": environments.measure}


def main() -> None:
    options = _parser().parse_args()
    settings = Settings(
        pairs=options.pairs,
        latencies_ms=tuple(options.latency_ms or (0, 50)),
        seconds_per_minute=options.seconds_per_minute,
        creations=options.creations,
        services=(1, 10, 50),
        environments=5,
        plugins=terraform.plugin_directory(options.terraform_plugins),
    )
    print(header(settings.plugins), flush=True)
    for name in options.parts:
        print(f"\n{PARTS[name](settings).markdown()}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="parts to measure (default: all)")
    parser.add_argument("--pairs", type=_positive, default=5, help="how often each side of a comparison runs (default %(default)s)")
    parser.add_argument(
        "--latency-ms", type=int, action="append", help="milliseconds added to each AWS call; repeatable (default 0 and 50)"
    )
    parser.add_argument(
        "--seconds-per-minute",
        type=float,
        default=4.0,
        help="seconds that a minute of AWS takes in the part creation (default %(default)g)",
    )
    parser.add_argument(
        "--creations",
        type=_positive,
        default=3,
        help="how often the part creation creates and destroys the environment (default %(default)s)",
    )
    parser.add_argument(
        "--terraform-plugins",
        type=Path,
        help="directory of Terraform's provider (default: TF_PLUGIN_DIR, or Terraform's default directories)",
    )
    return parser


def _positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return int(text)


if __name__ == "__main__":
    main()
