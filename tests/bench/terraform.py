"""Terraform with a configuration that describes what the demo describes as `staging`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support.standin import Standin

from .figures import Figures
from .runs import program

CONFIGURATION = Path(__file__).parent / "terraform"
VERSION = "5.100.0"
PROVIDER = f"registry.terraform.io/hashicorp/aws/{VERSION}"
PLACES = ("~/.terraform.d/plugins", "/usr/share/terraform/plugins")


def plugin_directory(given: Path | None) -> Path | None:
    """Where the provider lies: as given, in TF_PLUGIN_DIR, or where Terraform itself looks."""
    named = given or (Path(os.environ["TF_PLUGIN_DIR"]) if os.environ.get("TF_PLUGIN_DIR") else None)
    places = [named] if named else [Path(place).expanduser() for place in PLACES]
    return next((place.resolve() for place in places if any(place.glob(f"{PROVIDER}/*/terraform-provider-aws*"))), None)


def missing(plugins: Path | None) -> str:
    """Why nothing can be compared with Terraform; empty when it can."""
    if shutil.which("terraform") is None:
        return "terraform is not installed"
    if plugins is None:
        return f"the provider hashicorp/aws {VERSION} is in none of --terraform-plugins, TF_PLUGIN_DIR, {', '.join(PLACES)}"
    return ""


def version() -> str:
    """Terraform's version; empty when it is not installed."""
    if shutil.which("terraform") is None:
        return ""
    shown = subprocess.run(["terraform", "version"], env=environment(os.environ), capture_output=True, text=True, check=True).stdout
    return shown.split("\n", 1)[0].removeprefix("Terraform v")


def environment(around: Mapping[str, str]) -> dict[str, str]:
    """Without Terraform's settings of the user's own (TF_VAR_…, TF_CLI_ARGS, a plugin cache), and without a question to HashiCorp."""
    kept = {name: value for name, value in around.items() if not name.startswith("TF_")}
    return {**kept, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": os.devnull}


class Terraform:
    """One working directory within a stand-in's, so that state and lock go with it."""

    def __init__(self, where: Standin, plugins: Path) -> None:
        self._standin = where
        self._directory = where.directory / "terraform"
        shutil.copytree(CONFIGURATION, self._directory)
        self._environment = environment(where.environment)
        self._resources = 0
        self._run("init", f"-plugin-dir={plugins}")
        self._run("apply", "-auto-approve")
        self._resources = len(self._states())

    def plan(self) -> Figures:
        """One plan; ends the program when it finds anything to change, which is exit code 2."""
        return self._run("plan", "-detailed-exitcode")

    def _run(self, verb: str, *options: str) -> Figures:
        command = ["terraform", verb, "-input=false", "-no-color", *options]
        done, calls = program(self._standin, command, self._environment, self._directory)
        return Figures(done.wall_seconds, done.cpu_seconds, done.peak_mib, self._resources, calls=calls)

    def _states(self) -> list[str]:
        command = ["terraform", "state", "list"]
        shown = subprocess.run(command, cwd=self._directory, env=self._environment, capture_output=True, text=True, check=True).stdout
        return [line for line in shown.splitlines() if not line.startswith("data.")]
