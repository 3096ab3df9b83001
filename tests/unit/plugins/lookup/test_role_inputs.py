"""The lookup opta.platform.role_inputs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.opta.platform.plugins.lookup.role_inputs import LookupModule

from tests.support import collection

PREFIX = "k8s_addons_"


def role_inputs(*terms: str, given: dict[str, Any], **options: Any) -> dict[str, Any]:
    templar = Templar(loader=DataLoader(), variables=given)
    (result,) = LookupModule(loader=None, templar=templar).run(list(terms), given, **options)
    return result


def test_every_input_of_an_entry_point_is_returned_in_its_declared_type() -> None:
    given = {
        "k8s_addons_linkerd_enabled": "y",
        "k8s_addons_tags": '{"team": "shop"}',
        "k8s_addons_cluster_name": trust_as_template("opta-{{ k8s_addons_environment }}"),
        "k8s_addons_environment": "staging",
        "k8s_addons_zone": None,
        "opta_region": "eu-west-1",
    }
    found = role_inputs("k8s_addons", given=given)
    assert set(found) == set(collection.specs("k8s_addons")["main"]["options"])
    assert {name.removeprefix(PREFIX): value for name, value in found.items() if value is not None} == {
        "linkerd_enabled": True,
        "tags": {"team": "shop"},
        "cluster_name": "opta-staging",
        "environment": "staging",
    }


def test_inputs_of_another_entry_point_and_those_left_out_are_not_templated() -> None:
    broken = trust_as_template("{{ undef(hint='run the eks role') }}")
    given = {"k8s_addons_cluster_name": broken, "k8s_addons_zone": broken, "k8s_addons_confirm": "staging"}
    found = role_inputs("k8s_addons", given=given, entry_point="absent", without=["k8s_addons_zone"])
    assert found["k8s_addons_confirm"] == "staging"
    assert {"k8s_addons_cluster_name", "k8s_addons_zone"}.isdisjoint(found)
    with pytest.raises(AnsibleError, match="run the eks role"):
        role_inputs("k8s_addons", given=given)


def test_a_value_of_another_type_and_an_unknown_role_are_refused() -> None:
    with pytest.raises(AnsibleError, match="k8s_addons_wait_timeout_seconds must be a whole number"):
        role_inputs("k8s_addons", given={"k8s_addons_wait_timeout_seconds": "soon"})
    with pytest.raises(AnsibleError, match="called with eks_cluster: it must be one of aurora, "):
        role_inputs("eks_cluster", given={})
