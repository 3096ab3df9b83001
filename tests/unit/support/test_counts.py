"""Runs of Ansible are counted by test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.counts import ansible_runs, current_test, note_ansible_run


def test_a_run_is_noted_for_the_test_that_its_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTA_TEST_RUN", str(tmp_path))
    assert ansible_runs() == []
    for test in ("tests/x.py::test_one[a (b) c] (setup)", "tests/x.py::test_one[a (b) c] (call)", "tests/x.py::test_two (call)"):
        note_ansible_run({"OPTA_TEST_RUN": str(tmp_path), "PYTEST_CURRENT_TEST": test})
    note_ansible_run({"PYTEST_CURRENT_TEST": "without a run of the tests"})
    assert ansible_runs() == ["tests/x.py::test_one[a (b) c]"] * 2 + ["tests/x.py::test_two"]


def test_programs_receive_the_name_of_the_test() -> None:
    assert current_test()["PYTEST_CURRENT_TEST"].endswith("test_programs_receive_the_name_of_the_test (call)")
