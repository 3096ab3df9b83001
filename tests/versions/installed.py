"""What a release needs, in .cache/versions: a virtual environment for each ansible-core, the collections of an `ansible`, helm 4."""

from __future__ import annotations

import functools
import os
import shutil
from pathlib import Path

from tests.standin.binaries import Binary, build, cache_directory, locked, provide
from tests.support import environments
from tests.support.standin import ROOT

from .matrix import PYTHONS

CACHE = ROOT / ".cache" / "versions"
REQUIREMENTS = environments.REQUIREMENTS / "versions"
COLLECTIONS = ("amazon/aws", "kubernetes/core")
HELM_4 = "4.3.2"
#: a package of collections is the same on each
ANY_PYTHON = "3.12"


def virtual_environment(ansible_core: str) -> Path:
    """The virtual environment of an ansible-core, replaced when its requirements have changed."""
    requirements = REQUIREMENTS / f"core-{ansible_core}.txt"
    return environments.provide(CACHE / f"core-{ansible_core}", requirements, _python(PYTHONS[ansible_core]))


def collections(ansible: str) -> Path:
    """A directory with ansible_collections, of which only those are kept that the collection needs."""
    requirements = REQUIREMENTS / f"ansible-{ansible}.txt"
    directory = CACHE / f"ansible-{ansible}"
    if not environments.is_current(directory, requirements):
        shutil.rmtree(directory, ignore_errors=True)
        whole = directory / "whole"
        target = ["--python-version", ANY_PYTHON, "--target", str(whole)]
        environments.uv("pip", "install", "--quiet", *target, *environments.pinned(requirements))
        for name in COLLECTIONS:
            shutil.move(whole / "ansible_collections" / name, directory / "ansible_collections" / name)
        shutil.rmtree(whole)
        environments.mark(directory, requirements)
    return directory


@functools.cache
def helm(major: str) -> Path:
    """The directory of a helm of this major version."""
    if major == "3":
        return provide(CACHE / "helm-3", lambda _line: None)
    directory = cache_directory().with_name(f"helm-{HELM_4}-{cache_directory().name.rpartition('-')[2]}")
    with locked(directory, print):
        if not (directory / "helm").exists():
            flags = f"-X helm.sh/helm/v4/internal/version.version=v{HELM_4}"
            build(Binary("helm", HELM_4, ("version", "--short"), "helm4", "helm.sh/helm/v4/cmd/helm", flags), print, directory)
    return directory


def missing(python: str) -> str:
    """What to do where a minor version of Python is neither one of pyenv nor on the PATH; empty when it is there."""
    if shutil.which(_python(python)):
        return ""
    return f"Python {python} is missing: install it with `pyenv install {python}`, or put python{python} on the PATH."


def _python(version: str) -> str:
    """A Python of this minor version: the newest of pyenv, else the one on the PATH."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = sorted(root.glob(f"versions/{version}.*/bin/python"), key=lambda path: int(path.parts[-3].split(".")[2].split("-")[0]))
    return str(found[-1]) if found else f"python{version}"


def settings(ansible_core: str, ansible: str) -> dict[str, str]:
    """Environment variables of a process under this ansible-core with the collections of this `ansible`."""
    places = [str(ROOT / ".cache"), str(collections(ansible))]
    home = CACHE / f"home-{ansible_core}"
    return {
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(places),
        "ANSIBLE_HOME": str(home),
        "ANSIBLE_REMOTE_TMP": str(home / "tmp"),
        "PYTHONPATH": os.pathsep.join([*places, str(ROOT)]),
    }
