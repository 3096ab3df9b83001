"""The inputs of the role k8s_addons, grouped by add-on."""

from __future__ import annotations

from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.inputs import PARTS, PREFIX, addon_inputs
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.registry import ADDONS, INGRESSES

from tests.support import collection


def test_every_part_of_an_add_on_is_an_input_of_the_role() -> None:
    declared = collection.inputs("k8s_addons")
    desired = {f"{PREFIX}{key}_{part}" for key in ADDONS for part in PARTS if (key, part) not in {(key, "enabled") for key in INGRESSES}}
    assert desired <= set(declared)
    assert [*INGRESSES, "none"] == declared[f"{PREFIX}ingress"]["choices"]


def test_the_removal_has_the_namespace_of_every_add_on() -> None:
    absent = collection.specs("k8s_addons")["absent"]["options"]
    assert {f"{PREFIX}{key}_namespace" for key in ADDONS} <= set(absent)


def test_inputs_of_an_add_on_are_found_by_its_key() -> None:
    given = {
        "k8s_addons_region": "eu-west-1",
        "k8s_addons_ingress": "ingress_nginx",
        "k8s_addons_datadog_enabled": True,
        "k8s_addons_datadog_values": {"a": 1},
        "opta_region": "us-east-1",
    }
    inputs = addon_inputs(given)
    assert inputs["region"] == "eu-west-1"
    assert "opta_region" not in inputs
    assert inputs["addons"]["datadog"] == {"enabled": True, "chart_version": None, "values": {"a": 1}, "namespace": None}
    assert [key for key, parts in inputs["addons"].items() if parts["enabled"]] == ["ingress_nginx", "datadog"]
