"""Builds the documentation site into .cache/site/html: `python -m tests.documentation.site`, or `make docs-site`."""

from __future__ import annotations

import os
import shutil
import subprocess

from tests.support import environments
from tests.support.collection import ROOT

from .filters import write_missing

CACHE = ROOT / ".cache" / "site"
SOURCE = CACHE / "source"
#: a copy of what Ansible reads of the collection, with documentation for every filter
COPY = CACHE / "collections" / "ansible_collections" / "opta" / "platform"
COPIED = ("galaxy.yml", "meta", "playbooks", "plugins", "roles")
#: the repository's own pages that the site has
PAGES = ("*.md", "*.rst", "docs/**/*", "examples/**/*.md", "roles/*/README.md")
FRONT = '<!doctype html><meta http-equiv="refresh" content="0; url=docs/site/index.html"><title>opta.platform</title>\n'


def main() -> None:
    environment = environments.provide(CACHE / "environment", environments.REQUIREMENTS / "site.txt")
    settings = {**os.environ, "PATH": f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    lay_out()
    copy_collection()
    settings["ANSIBLE_COLLECTIONS_PATH"] = f"{CACHE / 'collections'}{os.pathsep}{settings.get('ANSIBLE_COLLECTIONS_PATH', '')}"
    reference = ["antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    subprocess.run([*reference, "--dest-dir", str(SOURCE / "reference"), "opta.platform"], cwd=ROOT, env=settings, check=True)
    for builder in ("html", "linkcheck") if os.environ.get("LINKCHECK") else ("html",):
        # Every warning is an error: among them are references that lead nowhere
        command = ["sphinx-build", "--quiet", "--jobs", "auto", "--fail-on-warning", "--builder", builder, "--conf-dir", "docs/site"]
        command += ["--doctree-dir", str(CACHE / "doctrees"), str(SOURCE), str(CACHE / builder)]
        subprocess.run(command, cwd=ROOT, env=settings, check=True)
    (CACHE / "html" / "index.html").write_text(FRONT, encoding="utf-8")
    print(f"The site is in {CACHE.relative_to(ROOT)}/html: open {CACHE / 'html' / 'index.html'}")


def lay_out() -> None:
    """Copy the pages to one directory, with room for the reference: antsibull-docs wants a directory that only its owner can write."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    for path in (path for pattern in PAGES for path in ROOT.glob(pattern) if path.is_file()):
        (SOURCE / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, SOURCE / path.relative_to(ROOT))
    (SOURCE / "reference").mkdir(mode=0o700)


def copy_collection() -> None:
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, COPY / name)
    write_missing(COPY / "plugins" / "filter")


if __name__ == "__main__":
    main()
