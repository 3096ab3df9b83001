"""Rules that a glance at the text can check."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support import collection

ROOT = collection.ROOT
LICENSE = "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)"
LONGEST_FILE = 400
MODULE_DOCUMENTATION = re.compile(r'^(DOCUMENTATION|EXAMPLES|RETURN) = r""".*?^"""$', re.DOTALL | re.MULTILINE)


def files(*patterns: str) -> list[Path]:
    """The files of the project that match, tracked or new, without those that git ignores."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def found(pattern: str, paths: Iterable[Path]) -> list[str]:
    """Each line of the files that matches, with its place."""
    expression = re.compile(pattern)
    places = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        places += [f"{path.relative_to(ROOT)}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if expression.search(line)]
    return places


def test_plugins_name_their_license() -> None:
    for path in files("plugins/*.py"):
        lines = path.read_text().splitlines()
        if path.parent.name == "modules":
            assert lines[0] == "#!/usr/bin/python", path
            lines = lines[1:]
        assert not lines or lines[0] == LICENSE, path


def counted_lines(path: Path) -> int:
    """The lines of a file. The documentation of a module is reference text, as long as its interface, and is not counted."""
    text = path.read_text(encoding="utf-8")
    return len((MODULE_DOCUMENTATION.sub("", text) if path.parent.name == "modules" else text).splitlines())


def test_files_are_short() -> None:
    counted = {path: counted_lines(path) for path in files("*.py", "roles/*.yml", "playbooks/*.yml")}
    assert not [f"{path.relative_to(ROOT)}: {lines}" for path, lines in counted.items() if lines > LONGEST_FILE]


@pytest.mark.parametrize("word", ["ignore_errors", "set_stats", "vars_prompt", "ansible.builtin.pause", "ansible.builtin.command"])
def test_roles_and_playbooks_use_no_forbidden_keyword(word: str) -> None:
    assert not found(rf"^\s*(-\s+)?{re.escape(word)}:", files("roles/*.yml", "playbooks/*.yml"))


def test_roles_import_no_role() -> None:
    """A playbook may, where all inputs were looked at before."""
    assert not found(r"^\s*(ansible\.builtin\.)?import_role:", files("roles/*.yml"))


def test_no_arn_hard_codes_the_partition() -> None:
    """An ARN with a written account is an example."""
    paths = [path for path in files("plugins/*", "roles/*") if path.suffix in (".py", ".yml", ".j2", ".yaml")]
    lines = found(r"arn:aws(-cn|-us-gov)?:[^:]*:[^:]*:(?!\d{12})", paths)
    assert not [line for line in lines if not _in_documentation(line)]


def _in_documentation(place: str) -> bool:
    """Whether a line stands in a module's DOCUMENTATION, EXAMPLES or RETURN."""
    name, line, _text = place.split(":", 2)
    path = ROOT / name
    if path.parent.name != "modules":
        return False
    text = path.read_text().splitlines()
    opened = sum(row.count('r"""') for row in text[: int(line)])
    closed = sum(row.strip() == '"""' for row in text[: int(line)])
    return opened > closed


def test_no_file_contains_a_machine_specific_path() -> None:
    assert not found(r"(^|[\s\"'=(])/(root|home|work|Users)/", files("*"))


def test_shipped_files_do_not_read_unshipped_files() -> None:
    paths = [path for path in files("plugins/*", "roles/*", "playbooks/*") if path.suffix in (".py", ".yml", ".j2")]
    assert not found(r"(?<![\w.])(inventories|examples|extensions|tests)/", paths)


def test_shipped_files_do_not_mention_the_stand_in() -> None:
    assert not found(
        r"(?i)stand-?in\b|\bmoto\b|kwok|127\.0\.0\.1|localhost:\d",
        files("plugins/*.py", "roles/*/tasks/*", "roles/*/defaults/*", "playbooks/*"),
    )


def test_no_todo_comments_exist() -> None:
    words = ["TO" + "DO", "FIX" + "ME", "X" * 3]
    assert not found(rf"\b({'|'.join(words)})\b", files("*.py", "*.yml", "*.sh", "*.md", "Makefile"))
    # what nothing here installs may be missing: real databases, the sources of real charts, and real controllers
    tests = ROOT / "tests"
    allowed = (Path(__file__), tests / "support/databases.py", tests / "unit/k8s_addons/test_values.py", tests / "controllers/conftest.py")
    assert not found(r"pytest\.(skip|xfail)\(|mark\.(skip|xfail)", [path for path in files("tests/*.py") if path not in allowed])


def test_yaml_files_end_in_yml() -> None:
    charts = ("Chart.yaml", "values.yaml")
    others = [path for path in files("*.yaml") if path.name not in charts and "templates" not in path.parts]
    assert [str(path.relative_to(ROOT)) for path in others] == [".pre-commit-config.yaml", "changelogs/config.yaml"], (
        "only names that a tool requires"
    )
