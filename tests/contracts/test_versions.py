"""What README.md, meta/runtime.yml and galaxy.yml say is supported is what `make test-versions` runs."""

from __future__ import annotations

from tests.profile import long_tests
from tests.support import collection
from tests.versions import installed, matrix
from tests.versions.ran import minimum, ran

README = (collection.ROOT / "README.md").read_text(encoding="utf-8")


def test_the_oldest_ansible_core_that_is_claimed_has_run() -> None:
    oldest = next(iter(matrix.PYTHONS))
    assert collection.load(collection.ROOT / "meta" / "runtime.yml")["requires_ansible"] == f">={oldest}.0"
    assert f"| ansible-core | {oldest} or newer |" in README


def test_readme_names_what_is_run() -> None:
    for name, versions in ran().items():
        assert f"| {versions} |" in README or f"`ansible` {versions} |" in README, f"README.md does not name {name} {versions}"


def test_readme_names_the_last_run_and_its_versions() -> None:
    last = long_tests.read().get("test-versions")
    assert ("ran on, " + last.date if last else "runs, not yet to its end") in README
    for name, versions in ran().items():
        assert last is None or f"{name} {versions}" in last.result, f"{name} is {versions} now: run make test-versions"


def test_the_oldest_boto3_that_is_claimed_has_run() -> None:
    for package in ("boto3", "botocore"):
        assert f"\n{package}=={minimum(package)} " in (installed.REQUIREMENTS / "core-2.17.txt").read_text(encoding="utf-8")


def test_each_release_has_its_pinned_requirements() -> None:
    packages = {matrix.OLDEST, *map(matrix.newest, matrix.PYTHONS)}
    desired = {*(f"core-{core}" for core in matrix.PYTHONS), *(f"ansible-{package}" for package in packages)}
    for suffix in ("in", "txt"):
        assert {path.stem for path in installed.REQUIREMENTS.glob(f"*.{suffix}")} == desired
