"""The files of GitHub, GitLab and pre-commit call what exists: make's targets, and the linters of tests/lint.sh."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.support import collection

TARGETS = set(re.findall(r"^([a-z-]+):", (collection.ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
CALLED = re.compile(r"(?:^|`|- |: |sudo )make ([a-z][a-z-]*)", re.MULTILINE)
PIPELINES = (".github/workflows/test.yml", ".gitlab-ci.yml")
GUIDES = (".github/PULL_REQUEST_TEMPLATE.md", "CONTRIBUTING.md", "README.md", "docs/contributing/release.md")
OTHERS = (".ci/run", ".pre-commit-config.yaml", *GUIDES)


@pytest.mark.parametrize("name", [*PIPELINES, *OTHERS])
def test_every_target_that_is_called_exists(name: str) -> None:
    called = set(CALLED.findall((collection.ROOT / name).read_text(encoding="utf-8")))
    assert called
    assert called <= TARGETS


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_runs_linters_sanity_and_tests(name: str) -> None:
    called = CALLED.findall((collection.ROOT / name).read_text(encoding="utf-8"))
    assert {"lint", "sanity", "test"} <= set(called)


def test_actions_are_pinned_by_the_hash_of_a_commit() -> None:
    used = re.findall(r"uses: (\S+)", (collection.ROOT / PIPELINES[0]).read_text(encoding="utf-8"))
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)] == []


def test_hooks_run_the_linters_of_make_lint() -> None:
    (local,) = collection.load(collection.ROOT / ".pre-commit-config.yaml")["repos"]
    assert local["repo"] == "local"
    lint = (collection.ROOT / "tests" / "lint.sh").read_text(encoding="utf-8")
    linters = {line.split(" ", 2)[2] for line in lint.splitlines() if line.startswith("begin ")}
    for hook in local["hooks"]:
        command = hook["entry"].removeprefix(".venv/bin/").split("&& ")[-1].strip('"').replace(" --force-exclude", "")
        assert command == "make lint" or any(linter.startswith(command) for linter in linters), f"tests/lint.sh does not run {command}"


def test_the_archive_has_no_hidden_file() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=collection.ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    hidden = {name.split("/")[0] for name in listed.splitlines() if name.startswith(".")}
    assert hidden <= set(collection.load(collection.ROOT / "galaxy.yml")["build_ignore"])
