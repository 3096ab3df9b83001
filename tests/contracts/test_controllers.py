"""docs/stand-in.md names the versions of the real programs that have judged the stand-in."""

from __future__ import annotations

from tests.controllers import programs
from tests.support import collection


def test_the_documentation_names_the_versions_that_judge() -> None:
    text = (collection.ROOT / "docs" / "stand-in.md").read_text(encoding="utf-8")
    for name, version in programs.versions().items():
        assert f"{name} {version}" in text, f"docs/stand-in.md does not name {name} {version}"
