"""A command beside the tests: its failure is the tests', however early or late it comes."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from tests.support.collection import ROOT

PASSES = "def test_passes():\n    pass\n"
#: until the command is about to fail, and some more
WAITS = """
import pathlib, pytest
from tests.support.until import until

@pytest.mark.parametrize("number", range(3000))
def test_waits(number):
    until((pathlib.Path(__file__).parent / "complained").exists)
"""
#: is followed by the failure of the command
ENDS = "import pathlib\ndef test_ends():\n    (pathlib.Path(__file__).parent / 'ended').touch()\n"


def run(directory: Path, command: str, content: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (directory / "test_one.py").write_text(content)
    plugins = ("-p", "tests.support.beside", "-p", "no:cacheprovider", "--rootdir", str(directory), "-c", "/dev/null")
    given = [sys.executable, "-m", "pytest", *plugins, *arguments, "--beside", command, str(directory / "test_one.py")]
    return subprocess.run(given, cwd=ROOT, capture_output=True, text=True, check=False)


def test_its_failure_ends_the_tests_and_is_shown(tmp_path: Path) -> None:
    done = run(tmp_path, f"sh -c 'echo a complaint; touch {tmp_path}/complained; exit 3'", WAITS, "-n", "1")
    assert done.returncode == 1
    assert "a complaint" in done.stdout
    assert "3000 passed" not in done.stdout


def test_a_failure_after_the_last_test_is_waited_for(tmp_path: Path) -> None:
    late = f"import pathlib, sys; from tests.support.until import until; until(pathlib.Path('{tmp_path}/ended').exists); sys.exit(1)"
    done = run(tmp_path, shlex.join([sys.executable, "-c", late]), ENDS)
    assert (done.returncode, "1 passed" in done.stdout) == (1, True)


def test_its_success_is_not_shown(tmp_path: Path) -> None:
    done = run(tmp_path, "echo all is well", PASSES)
    assert (done.returncode, "all is well" in done.stdout) == (0, False)
