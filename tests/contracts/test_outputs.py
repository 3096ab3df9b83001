"""The outputs of a role have one mapping, which the role and environment_info share."""

from __future__ import annotations

import pytest

from tests.support import collection

#: environment_info does not read them
NOT_READ_BACK = {"opta_service"}
#: environment_info has a mapping of its own
MAPPED_TWICE = {"eks", "network"}


@pytest.mark.parametrize("role", [role for role in collection.roles() if collection.outputs(role) and role not in NOT_READ_BACK])
def test_outputs_are_built_by_one_function(role: str) -> None:
    """A map in vars/main.yml is a second mapping beside that of environment_info."""
    published = collection.load(collection.ROLES / role / "vars" / "main.yml")[f"__{role}_published"]
    assert isinstance(published, dict) == (role in MAPPED_TWICE)
    assert isinstance(published, dict) or "| opta.platform." in published
