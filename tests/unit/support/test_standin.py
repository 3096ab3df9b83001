"""The stand-in as the tests see it, without one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.standin.owner import identity
from tests.support import standin


def test_directories_of_processes_that_have_gone_are_leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standin, "DIRECTORY", tmp_path)
    pid = os.getpid()
    owners = {
        "demo": None,
        f"test-{pid}": identity(pid),
        f"test-{pid}-reused": f"{pid}:1",
        "bench-1-ended": f"{2**22 + 1}:1",
        f"molecule-{pid}": None,
        f"molecule-{2**22 + 1}": None,
    }
    for name, owner in owners.items():
        (tmp_path / name).mkdir()
        if owner:
            (tmp_path / name / "settings.json").write_text(json.dumps({"owner": owner}))
    assert [path.name for path in standin.leftovers()] == ["bench-1-ended", f"molecule-{2**22 + 1}", f"test-{pid}-reused"]
