"""Who shares the namespaces of an environment: services with each other, with its add-ons and with its charts."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.action.preflight import _layers

HELLO = {"opta_service_environment": "staging"}


def service(**inputs):
    return {"opta_service_environment": "staging", **{f"opta_service_{name}": value for name, value in inputs.items()}}


def reported(kind="service", host="hello", **hosts):
    """What preflight says of a service, or of the environment staging with its services."""
    every = {"staging": {}, **hosts}
    groups = {"environments": ["staging"], "services": [name for name in every if name != "staging"]}
    name = host if kind == "service" else "staging"
    return _layers(kind, every[name], {"inventory_hostname": name, "hostvars": every, "groups": groups})


@pytest.mark.parametrize(
    ("namespace", "addon"), [("datadog", "datadog"), ("nginx-gateway", "nginx-gateway-fabric"), ("linkerd-cni", "linkerd-cni")]
)
def test_the_namespace_of_an_add_on_is_reserved_even_if_disabled(namespace, addon):
    (said,) = reported(hello=service(layer=namespace))
    assert said == (
        f"opta_service_layer is '{namespace}' (the service's name unless it is set): in environment staging that is the namespace of "
        f"the add-on {addon}; choose another layer, for example {namespace}-services."
    )


def test_a_service_with_the_name_of_an_add_on_requires_another_namespace():
    assert "the namespace of the add-on datadog" in reported(host="datadog", datadog=HELLO)[0]
    assert reported(host="datadog", datadog=service(layer="shop")) == []
    assert reported(hello=service(name="datadog", layer="shop")) == []


def test_configured_add_on_namespaces_are_reserved():
    staging = {"k8s_addons_datadog_namespace": "monitoring"}
    assert reported(hello=service(layer="datadog"), staging=staging) == []
    assert "the add-on datadog" in reported(hello=service(layer="monitoring"), staging=staging)[0]
    assert reported(hello={**service(layer="monitoring"), "opta_service_environment": "production"}, staging=staging) == []


def test_services_of_one_namespace_have_one_pod_security_level():
    (said,) = reported(hello=service(layer="shop"), web=service(layer="shop", pod_security="baseline"))
    assert said == (
        "opta_service_pod_security is restricted, but service web of the inventory, which shares the namespace shop, has baseline: "
        "a namespace has one level; set both to the same, or choose another layer."
    )
    assert reported(hello=service(layer="shop"), web=service(layer="other", pod_security="baseline")) == []
    elsewhere = {**service(layer="shop", pod_security="baseline"), "opta_service_environment": "production"}
    assert reported(hello=service(layer="shop"), web=elsewhere) == []


def test_two_services_of_one_name_in_a_namespace_are_refused():
    (said,) = reported(hello=service(layer="shop"), web=service(name="hello", layer="shop"))
    assert said == "opta_service_name hello in the layer shop is also that of service web of the inventory: give each its own."


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        ({"name": "hello"}, "is also the name of a chart in k8s_addons_extra_charts"),
        ({"name": "cache", "namespace": "hello", "pod_security": "privileged"}, "the chart cache in k8s_addons_extra_charts"),
        ({"name": "cache", "namespace": "hello"}, None),
        ({"name": "hello", "enabled": False}, None),
        ({"name": "hello", "namespace": "other"}, None),
        ("not a chart", None),
    ],
)
def test_charts_may_share_a_namespace_with_the_same_pod_security_level(chart, words):
    said = reported(hello=HELLO, staging={"k8s_addons_extra_charts": [chart]})
    assert len(said) == bool(words)
    assert not words or words in said[0]


def test_problems_of_all_services_are_reported_for_an_environment():
    said = reported("environment", datadog=HELLO, web=service(layer="shop"), api=service(layer="shop", pod_security="baseline"))
    assert [sentence.partition(":")[0] for sentence in said] == ["Service datadog", "Service web", "Service api"]


def test_inputs_that_cannot_be_templated_yet_are_skipped():
    class Host(dict):
        def __getitem__(self, name):
            raise ValueError(name)

    assert reported(hello=HELLO, web=Host(opta_service_layer="datadog"), staging=Host(k8s_addons_extra_charts=[])) == []
