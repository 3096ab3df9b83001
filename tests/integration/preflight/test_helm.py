"""helm is looked at before anything is changed, where the roles that start it run at all."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.action.preflight import ActionModule


@pytest.fixture
def errors(tmp_path: Path) -> Any:
    """What preflight says of the helm on a PATH that has one of this version, or none."""

    def poll(version: str, *roles: str, transport: str = "local", **present: Any) -> list[str]:
        if version:
            (tmp_path / "helm").write_text(f"#!/bin/sh\necho {version}\n")
            (tmp_path / "helm").chmod(0o755)
        action: Any = object.__new__(ActionModule)
        action._connection = SimpleNamespace(transport=transport)
        action._compute_environment_string = lambda raw_environment_out: raw_environment_out.update(PATH=str(tmp_path))
        return action._helm_errors(roles, present)

    return poll


@pytest.mark.parametrize("version", ["v3.21.4", "v4.3.2", "v4.3"])
def test_helm_3_and_4_are_accepted(errors: Any, version: str) -> None:
    assert errors(version, "opta_service") == []


@pytest.mark.parametrize(("version", "sentence"), [("", "helm 3 or 4 is required, but was not found"), ("v3.9.0", "is v3.9.0: install it")])
def test_an_unsupported_or_missing_helm_is_reported(errors: Any, version: str, sentence: str) -> None:
    (reported,) = errors(version, "network", "k8s_addons")
    assert sentence in reported


def test_helm_is_required_only_by_roles_that_start_it(errors: Any) -> None:
    assert errors("", "network", "eks") == []
    assert errors("", "network", "k8s_addons", ansible_run_tags=["network"]) == []
    assert errors("", "network", "k8s_addons", ansible_skip_tags=["k8s_addons"]) == []
    assert errors("", "k8s_addons", transport="ssh") == []
    assert len(errors("", "k8s_addons", ansible_run_tags=["k8s_addons"])) == 1
