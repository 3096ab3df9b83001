"""The releases that `make test-versions` runs, as README.md and the recorded result name them."""

from __future__ import annotations

import re

from tests.standin import binaries
from tests.support.standin import ROOT

from .installed import HELM_4, REQUIREMENTS
from .matrix import OLDEST, PYTHONS, newest


def ran() -> dict[str, str]:
    """Versions by what they are of, oldest first."""
    return {
        "ansible-core": _of("ansible-core"),
        "Python": ", ".join(dict.fromkeys(PYTHONS.values())),
        "collections of ansible": ", ".join(dict.fromkeys([OLDEST, *map(newest, PYTHONS)])),
        "boto3": _of("boto3"),
        "helm": f"{binaries.HELM}, {HELM_4}",
    }


def _of(package: str) -> str:
    """The versions of a package in the requirements of all releases of ansible-core."""
    texts = ((REQUIREMENTS / f"core-{core}.txt").read_text(encoding="utf-8") for core in PYTHONS)
    found = [match for text in texts for match in re.findall(rf"^{package}==(\S+)", text, re.MULTILINE)]
    return ", ".join(dict.fromkeys(found))


def minimum(package: str) -> str:
    """The oldest version that requirements/runtime.in allows."""
    (found,) = re.findall(rf"^{package}>=([0-9.]+)", (ROOT / "requirements" / "runtime.in").read_text(encoding="utf-8"), re.MULTILINE)
    return found
