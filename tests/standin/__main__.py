"""The stand-in's command line: python -m tests.standin up|down|status|env|databases --directory DIR"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.standin import lifecycle, owner
from tests.standin.aws.clock import Times, checked
from tests.standin.binaries import BinaryError


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.standin",
        description="A stand-in for AWS and EKS on this machine: an emulated AWS, real Kubernetes control planes.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (
        ("up", "start a stand-in with an empty account"),
        ("down", "stop all its processes"),
        ("status", "list the processes; exit 1 if one is dead"),
        ("env", "print `export` lines for a shell"),
        ("databases", "start real databases behind the endpoints, and print their addresses in the format of /etc/hosts"),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument(
            "--directory", type=Path, required=True, help="directory of its state, logs and kubeconfig; one for each stand-in"
        )
        if name == "up":
            command.add_argument("--region", default="eu-west-1", help="the AWS region (default %(default)s)")
            command.add_argument(
                "--times", type=_times, default={}, help='JSON: seconds (or {"calls": n}) per resource type, for example {"eks:cluster": 5}'
            )
            command.add_argument("--latency-ms", type=int, default=0, help="milliseconds added to each AWS call (default %(default)s)")
            command.add_argument(
                "--owner", type=_owner, metavar="PID[:START]", help="process with whose end the stand-in stops and its directory is deleted"
            )
    options = parser.parse_args()
    directory = options.directory.resolve()
    try:
        if options.command == "up":
            lifecycle.up(directory, options.region, options.times, options.latency_ms, options.owner or "")
        elif options.command == "down":
            lifecycle.down(directory)
        elif options.command == "status":
            return lifecycle.status(directory)
        elif options.command == "databases":
            print(lifecycle.databases(directory))
        else:
            print(lifecycle.environment_lines(directory))
    except (lifecycle.StandInError, BinaryError) as error:
        print(f"stand-in: {error}", file=sys.stderr)
        return 1
    return 0


def _owner(text: str) -> str:
    """The process as the stand-in knows it from now on."""
    try:
        pid, _, start = text.partition(":")
        wanted = owner.identity(int(pid))
        if start and text != wanted:
            raise ProcessLookupError(f"the process {text} has ended")
        return wanted
    except (ValueError, ProcessLookupError) as error:
        raise argparse.ArgumentTypeError("must be the pid of a process that lives") from error


def _times(text: str) -> Times:
    try:
        return checked(json.loads(text))
    except (ValueError, TypeError, AttributeError) as error:
        message = f'must be a JSON object of seconds or calls, as {{"eks:cluster": 5, "eks:addon": {{"calls": 3}}}}: {error}'
        raise argparse.ArgumentTypeError(message) from error


if __name__ == "__main__":
    sys.exit(main())
