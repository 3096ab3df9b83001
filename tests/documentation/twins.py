"""The files of the role documentdb, which are those of the role aurora in other words."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.opta.platform.plugins.modules import aurora_cluster, documentdb_cluster

from tests.support import collection

SOURCE, TWIN = "aurora", "documentdb"
FILES = ("tasks/*.yml", "vars/main.yml", "defaults/main.yml", "meta/main.yml")
#: in the order in which they are replaced
WORDS = (("Aurora PostgreSQL", "DocumentDB"), ("Aurora", "DocumentDB"), (SOURCE, TWIN))
ONLY_AURORA = set(aurora_cluster.ARGUMENTS) - set(documentdb_cluster.ARGUMENTS)


def twins() -> dict[Path, str]:
    """The text of each generated file of the role documentdb by its path."""
    source = collection.ROLES / SOURCE
    paths = [path for pattern in FILES for path in sorted(source.glob(pattern))]
    return {collection.ROLES / TWIN / path.relative_to(source): twin(path) for path in paths}


def twin(path: Path) -> str:
    """A file of the role aurora for documentdb, without the options that only the module aurora_cluster has."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if option(line) not in ONLY_AURORA]
    header = f"# Generated from {path.relative_to(collection.ROOT)} by `make docs`: change that file\n"
    return lines[0] + header + replaced("".join(lines[1:]))


def option(line: str) -> str:
    """The key of a line of YAML; an empty string without one."""
    found = re.match(r" *(\w+): ", line)
    return found.group(1) if found else ""


def replaced(text: str) -> str:
    for word, other in WORDS:
        text = text.replace(word, other)
    return text
