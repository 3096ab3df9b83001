"""Which Python a release runs on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.versions import installed


def test_a_missing_python_is_reported_with_its_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    advice = "Python 3.12 is missing: install it with `pyenv install 3.12`, or put python3.12 on the PATH."
    assert installed.missing("3.12") == advice
    for place in ("versions/3.12.9/bin/python", "versions/3.12.10/bin/python"):
        program = tmp_path / place
        program.parent.mkdir(parents=True)
        program.touch(mode=0o755)
    assert installed.missing("3.12") == ""
    assert installed._python("3.12") == str(program)
