"""The contracts and the unit tests under one ansible-core; what tests the tests' own tools is left out."""

from __future__ import annotations

import os
import subprocess

from tests.support.standin import ROOT

from . import installed
from .life import FailedError
from .matrix import newest

#: what pinned versions are compared with is the result of this very run
RECORDS = ("costs", "versions")
LEFT_OUT = ("bench", "documentation", "profile", "selection", "standin", "support", "versions")


def check(ansible_core: str) -> None:
    """Raises FailedError with pytest's own last lines."""
    python = installed.virtual_environment(ansible_core) / "bin"
    environment = {
        **os.environ,
        **installed.settings(ansible_core, newest(ansible_core)),
        "PATH": os.pathsep.join([str(python), os.environ["PATH"]]),
    }
    ignored = [f"--ignore=tests/unit/{name}" for name in LEFT_OUT]
    ignored += [f"--ignore=tests/contracts/test_{name}.py" for name in RECORDS]
    command = [str(python / "python"), "-m", "pytest", "-q", *ignored, "tests/contracts", "tests/unit"]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(f"contracts and unit tests ended with {done.returncode}:\n{done.stdout[-6000:]}{done.stderr[-1000:]}")
