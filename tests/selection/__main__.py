"""Print what to give pytest, one a line.

python -m tests.selection WORDS...       areas (see areas.py), paths and node ids
python -m tests.selection --changed      what has changed since main, committed or not
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.selection.areas import AREAS, of_area
from tests.selection.changes import affected
from tests.selection.graph import Graph

ROOT = Path(__file__).resolve().parents[2]
BASE = "main"


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return [line for line in done.stdout.split("\0") if line]


def tree() -> Graph:
    """The graph of all files that are tracked or new."""
    paths = [path for path in _git("ls-files", "-z", "--cached", "--others", "--exclude-standard") if (ROOT / path).is_file()]
    return Graph({path: (ROOT / path).read_text(encoding="utf-8", errors="replace") for path in paths})


def changed() -> list[str]:
    """The files that differ from where this branch began, or are new; deleted and renamed ones by both names."""
    base = _git("merge-base", BASE, "HEAD")[0].strip()
    return [*_git("diff", "-z", "--name-only", "--no-renames", base), *_git("ls-files", "-z", "--others", "--exclude-standard")]


def select(words: list[str]) -> list[str]:
    graph = tree()
    targets = [*graph.tests, *graph.scenarios]
    found: list[str] = []
    for word in words:
        chosen = [word] if word.startswith("tests") and (ROOT / word.split("::")[0]).exists() else of_area(word, targets)
        if not chosen:
            raise SystemExit(f"TESTS: no test belongs to {word!r}; use areas ({', '.join(sorted(AREAS))}), paths, or pytest node ids")
        found += chosen
    return list(dict.fromkeys(found))


if __name__ == "__main__":
    given = sys.argv[1:]
    print("\n".join(affected(tree(), changed()) if given == ["--changed"] else select(given)))
