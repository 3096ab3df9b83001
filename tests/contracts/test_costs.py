"""tests/profile/costs.yml is complete, and names what there is; docs/long-tests.yml is of the versions that are pinned."""

from __future__ import annotations

import re

from tests.profile import costs, long_tests
from tests.support import collection

RECORDED = costs.read()
ADVICE = "run make test-profile"


def test_the_most_expensive_tests_are_listed_the_longest_first() -> None:
    seconds = [cost.seconds for cost in RECORDED.tests.values()]
    assert len(seconds) in (0, costs.LISTED), ADVICE
    assert seconds == sorted(seconds, reverse=True)
    for test, cost in RECORDED.tests.items():
        assert RECORDED.files[test.split("::")[0]] >= cost.seconds, f"{test} takes longer than its file: {ADVICE}"


def test_a_file_that_may_contain_further_expensive_tests_is_listed() -> None:
    assert list(RECORDED.files.values()) == sorted(RECORDED.files.values(), reverse=True)


def test_every_listed_test_exists() -> None:
    for test in RECORDED.tests:
        file, *names = test.partition("[")[0].split("::")
        path = collection.ROOT / file
        assert path.exists(), f"{file} is gone: {ADVICE}"
        assert re.search(rf"def {names[-1]}\(", path.read_text(encoding="utf-8")), f"{test} is gone: {ADVICE}"


def test_long_tests_ran_with_the_versions_that_are_pinned() -> None:
    targets = (collection.ROOT / "Makefile").read_text()
    for target, last in long_tests.read().items():
        assert re.search(rf"^{target}:", targets, re.MULTILINE), f"there is no make {target}"
        for name, version in long_tests.pinned(target).items():
            ran = last.versions.get(name)
            assert ran == version, f"{name} is {version}, and make {target} ran last with {ran}: run make {target}"
