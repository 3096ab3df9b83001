"""docs/stand-in.md and what is recorded name the versions of the real programs that have judged the stand-in."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import cluster_autoscaler

from tests.controllers import programs
from tests.support import collection
from tests.support.recorded_behaviour import DIRECTORY

TEXT = (collection.ROOT / "docs" / "stand-in.md").read_text(encoding="utf-8")


def test_the_documentation_names_the_versions_of_the_tested_controllers() -> None:
    for name, version in programs.versions().items():
        assert f"{name} {version}" in TEXT, f"docs/stand-in.md does not name {name} {version}"


@pytest.mark.parametrize("controller", [programs.CLUSTER_AUTOSCALER, programs.LOAD_BALANCER_CONTROLLER], ids=lambda each: each.name)
def test_the_recorded_controllers_have_the_pinned_versions(controller: programs.Controller) -> None:
    pinned = programs.pinned_charts()[controller.key]
    assert f"{controller.name} {controller.version}, chart {controller.name} {pinned.version}" in TEXT
    assert f"{controller.name} {controller.version} " in (DIRECTORY / f"{controller.name}.yml").read_text(encoding="utf-8")
    images = cluster_autoscaler.IMAGES.values() if controller is programs.CLUSTER_AUTOSCALER else ()
    assert f"v{controller.version}" in images or controller.version == pinned.version
