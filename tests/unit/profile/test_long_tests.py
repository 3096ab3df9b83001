"""The results of the tests that are too long for `make test`."""

from __future__ import annotations

from pathlib import Path

from tests.profile.long_tests import Result, pinned, read, record


def test_results_of_several_targets_are_kept_beside_each_other(tmp_path: Path) -> None:
    path = tmp_path / "long-tests.yml"
    assert read(path) == {}
    first, second = (
        Result("2026-01-01", "3 passed in 9 s", {"moto": "5.2.5"}),
        Result("2026-01-02", "4 passed in 8 s", {"moto": "5.2.6"}, ["no cargo"]),
    )
    record("test-versions", first, path)
    record("test-kill", first, path)
    record("test-kill", second, path)
    assert read(path) == {"test-kill": second, "test-versions": first}


def test_pinned_versions_are_those_of_packages_and_programs() -> None:
    assert {"ansible-core", "moto", "helm", "kube-apiserver"} <= pinned().keys()
    assert all(version[0].isdigit() for version in pinned().values())


def test_controllers_and_their_charts_are_pinned_for_their_target() -> None:
    more = pinned("test-controllers").items() - pinned().items()
    assert {"external-dns", "chart external-dns", "metrics-server", "chart metrics-server", "kubert"} <= dict(more).keys()
