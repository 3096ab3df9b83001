"""Which releases belong together: what README.md and meta/runtime.yml say is supported, and what has run."""

from __future__ import annotations

from dataclasses import dataclass

#: ansible-core: the Python that it runs on here. Requirements are in requirements/versions/core-*.txt, boto3 at its minimum in the first
PYTHONS = {"2.17": "3.11", "2.18": "3.11", "2.19": "3.11", "2.20": "3.12", "2.21": "3.13"}
#: releases of the package `ansible`, whose amazon.aws and kubernetes.core are taken: the oldest that galaxy.yml allows, and the newest
OLDEST, NEWEST = "12.0.0", "14.5.0"
#: newest for an ansible-core that later ones no longer name
NEWEST_FOR = {"2.17": "12.3.0", "2.18": "12.3.0"}


@dataclass(frozen=True)
class Combination:
    """One life of an environment. helm: builds, changes and destroys it; the other one finds nothing to change."""

    ansible_core: str
    ansible: str
    helm: str

    @property
    def other_helm(self) -> str:
        return "4" if self.helm == "3" else "3"

    @property
    def title(self) -> str:
        return f"ansible-core {self.ansible_core}, collections of ansible {self.ansible}, helm {self.helm}"


def newest(ansible_core: str) -> str:
    return NEWEST_FOR.get(ansible_core, NEWEST)


def combinations(ansible_core: str) -> list[Combination]:
    """The oldest collections with helm 3, and the newest with helm 4."""
    return [Combination(ansible_core, OLDEST, "3"), Combination(ansible_core, newest(ansible_core), "4")]
