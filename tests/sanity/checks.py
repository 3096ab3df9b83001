"""The two checks. Each returns what its tool complains about; empty when there is nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path

from tests.support import environments
from tests.support.standin import ROOT

CACHE = ROOT / ".cache" / "sanity"
#: collections whose module_utils and documentation fragments are used
DEPENDENCIES = ("amazon/aws", "kubernetes/core")
#: left out: what `make lint` checks already, and languages that the archive does not have (shell, PowerShell)
LEFT_OUT = ("changelog", "pep8", "pslint", "pylint", "shellcheck", "yamllint")
IMPORTER_SETTINGS = {
    "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",
    "GALAXY_IMPORTER_REQUIRE_V1_OR_GREATER": "true",
    "GALAXY_IMPORTER_RUN_ANSIBLE_DOC": "false",  # ansible-test runs it
    "GALAXY_IMPORTER_RUN_ANSIBLE_LINT": "false",  # `make lint` runs the same profile
}
COMPLAINT = re.compile(r"^(?:ERROR|WARNING): .*", re.MULTILINE)


def build(directory: Path) -> Path:
    """The archive of the collection, in this directory."""
    command = ["ansible-galaxy", "collection", "build", "--output-path", str(directory)]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    (archive,) = directory.glob("*.tar.gz")
    return archive


def unpack(archive: Path, directory: Path) -> Path:
    """The collection as it is published, beside those that it depends on, with the settings of ansible-test."""
    collections = directory / "ansible_collections"
    tree = collections / "opta" / "platform"
    with tarfile.open(archive) as content:
        content.extractall(tree, filter="data")
    (tree / "tests" / "sanity").mkdir(parents=True)
    for settings in [ROOT / "tests" / "config.yml", *(ROOT / "tests" / "sanity").glob("ignore-*.txt")]:
        shutil.copy(settings, tree / settings.relative_to(ROOT))
    for name in DEPENDENCIES:
        (collections / name).parent.mkdir()
        (collections / name).symlink_to(_installed_collections() / name)
    return tree


def ansible_test(tree: Path) -> str:
    """What the sanity tests of ansible-test say of a collection that was unpacked."""
    pinned = environments.provide(CACHE / "ansible-test", environments.REQUIREMENTS / "sanity.txt")
    empty = CACHE / "empty"
    if not empty.exists():
        environments.uv("venv", "--quiet", "--python", sys.executable, str(empty))
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [sys.executable, "-m", "tests.sanity.ansible_test", str(pinned), str(empty), "sanity", "--python", python, "--color", "no"]
    # The imports of module_utils are tested by those of the modules
    parts = [
        [word for name in (*LEFT_OUT, "import") for word in ("--skip-test", name)],
        ["--test", "import", "--exclude", "plugins/module_utils/"],
    ]
    done = [_run([*command, *part], tree, {"PYTHONPATH": str(ROOT)}) for part in parts]
    return "".join(part.stdout for part in done if part.returncode)


def importer(archive: Path, collections: Path) -> str:
    """What galaxy-importer says of the archive. It succeeds in spite of plugins that it cannot read, so what it logs counts."""
    environment = environments.provide(CACHE / "importer", environments.REQUIREMENTS / "importer.txt")
    path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = [str(environment / "bin" / "python"), "-m", "galaxy_importer.main", str(archive)]
    done = _run(command, archive.parent, IMPORTER_SETTINGS | {"PATH": path, "PYTHONPATH": str(collections)})
    return done.stdout if done.returncode else "\n".join(COMPLAINT.findall(done.stdout))


def _run(command: list[str], directory: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The command, ended, with what it printed; in an environment without the project's settings of Ansible."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "GIT_"))}
    environment |= {"HOME": str(CACHE / "home"), **settings}
    (CACHE / "home").mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        command,
        cwd=directory,
        env=environment,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _installed_collections() -> Path:
    """Where the package `ansible` has its collections."""
    spec = find_spec("ansible_collections.amazon.aws")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The collection amazon.aws is not installed: run make setup.")
    return Path(spec.submodule_search_locations[0]).parents[1]
