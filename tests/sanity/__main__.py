"""Builds the collection's archive and checks it, where a file has changed since it was right last: `python -m tests.sanity`."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.standin import ROOT

from . import checks

STAMP = checks.CACHE / "checked.sha256"
#: what the result depends on: everything that may be published, and the checks themselves
FILES = (".", ":!tests", ":!requirements", "tests/config.yml", "tests/sanity", "requirements/sanity.txt", "requirements/importer.txt")


def main() -> int:
    digest = _digest()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == digest:
        return 0
    with tempfile.TemporaryDirectory(prefix="opta-sanity-") as name:
        directory = Path(name)
        archive = checks.build(directory)
        tree = checks.unpack(archive, directory)
        with ThreadPoolExecutor() as pool:
            complaints = {
                "ansible-test sanity": pool.submit(checks.ansible_test, tree),
                "galaxy-importer": pool.submit(checks.importer, archive, directory),
            }
    failed = [title for title, said in complaints.items() if said.result()]
    for title in failed:
        print(f"{title}:\n{complaints[title].result()}")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
        return 1
    STAMP.write_text(digest, encoding="utf-8")
    return 0


def _digest() -> str:
    """Of the names and contents of all files that the result depends on."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *FILES]
    names = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\0")
    digest = hashlib.sha256()
    for path in sorted({ROOT / name for name in names if name}):
        if path.is_file():
            digest.update(f"{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
