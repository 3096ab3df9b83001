"""Public addresses: how they are read, and one clear sentence for each that cannot be served."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._service.inputs import Inputs
from ansible_collections.opta.platform.plugins.module_utils._service.public import public_addresses, public_urls
from ansible_collections.opta.platform.plugins.module_utils._service.public_rules import (
    environment_errors,
    environment_warnings,
    held_errors,
    shared_errors,
)
from ansible_collections.opta.platform.plugins.module_utils._service.rules import service_errors

PORTS = [{"port": 8080}]
JOB = {"name": "a", "schedule": "@daily", "args": ["x"]}
GRPC = [{"name": "rpc", "port": 9000, "protocol": "grpc"}]
BOTH = [*PORTS, {**GRPC[0], "service_port": 9000}]
GATEWAY = {"ingress": "nginx_gateway_fabric", "domain": "example.com", "mesh": "linkerd"}
NGINX = {**GATEWAY, "ingress": "ingress_nginx"}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("hello.example.com", ("hello.example.com", "/", "https://hello.example.com")),
        ("hello.example.com/", ("hello.example.com", "/", "https://hello.example.com")),
        ("example.com/shop/cart/", ("example.com", "/shop/cart", "https://example.com/shop/cart")),
        ("/shop", ("example.com", "/shop", "https://example.com/shop")),
        ("/", ("example.com", "/", "https://example.com")),
        ("*.example.com", ("*.example.com", "/", "https://*.example.com")),
        ({"address": "*.example.com/shop", "strip_prefix": True}, ("*.example.com", "/shop", "https://*.example.com/shop")),
    ],
)
def test_public_addresses_are_parsed(given, entry, expected):
    inputs = given(public_addresses=[entry], ports=PORTS)
    assert service_errors(inputs) == []
    (address,) = public_addresses(Inputs(inputs), "example.com")
    assert (address.host, address.path, address.url) == expected
    assert address.strip_prefix is isinstance(entry, dict)
    assert public_urls(inputs, GATEWAY) == [expected[2]]
    assert environment_errors(Inputs(inputs), GATEWAY) == []


def test_a_service_that_does_not_run_yet_has_no_url(given):
    assert public_urls(given(image="repository", public_addresses=["/"], ports=PORTS), GATEWAY) == []


def test_object_names_do_not_depend_on_the_order_of_addresses(given):
    def names(*addresses):
        found = public_addresses(Inputs(given(public_addresses=list(addresses), ports=PORTS)), "example.com")
        return {address.host + address.path: address.suffix for address in found}

    assert names("/a", "/b", "x.example.com") == names("x.example.com", "/b", "/a")
    assert names("example.com/a") == names("/a/")
    assert len(set(names("/a", "a.example.com", "/", "*.example.com").values())) == 4


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a string": ({"public_addresses": "hello.example.com"}, "opta_service_public_addresses must be a list, for example"),
    "a number": ({"public_addresses": [1]}, "opta_service_public_addresses[1] is 1: give a domain"),
    "a map without an address": ({"public_addresses": [{"domain": "a.example.com"}]}, "has domain, which is not an option of an address"),
    "an empty map": ({"public_addresses": [{}]}, "opta_service_public_addresses[1] has no address"),
    "an empty string": ({"public_addresses": [""]}, "opta_service_public_addresses[1] has no address"),
    "an address that is none": ({"public_addresses": [{"address": ["a"]}]}, "has no address: give a domain"),
    "a scheme": ({"public_addresses": ["https://a.example.com"]}, "omit the scheme, for example a.example.com"),
    "a port number": ({"public_addresses": ["a.example.com:8443/x"]}, "omit the port number"),
    "a capital": ({"public_addresses": ["Hello.example.com"]}, "is not a valid address"),
    "an underscore": ({"public_addresses": ["my_shop.example.com"]}, "is not a valid address"),
    "one word": ({"public_addresses": ["hello"]}, "is not a valid address"),
    "a star alone": ({"public_addresses": ["*"]}, "is not a valid address"),
    "a star in the middle": ({"public_addresses": ["a.*.example.com"]}, "is not a valid address"),
    "a dot at the end": ({"public_addresses": ["a.example.com."]}, "is not a valid address"),
    "a host too long": ({"public_addresses": [".".join(["a" * 60] * 5)]}, "is not a valid address"),
    "a query": ({"public_addresses": ["/a?b=c"]}, "a path is made of letters"),
    "two slashes": ({"public_addresses": ["a.example.com//b"]}, "a path is made of letters"),
    "two dots": ({"public_addresses": ["/a/../b"]}, "a path is made of letters"),
    "a regular expression": ({"public_addresses": ["/a(.*)"]}, "a path is made of letters"),
    "a tilde": ({"public_addresses": ["/~a"]}, "a path is made of letters"),
    "a semicolon": ({"public_addresses": ["/a;b"]}, "a path is made of letters"),
    "nothing to strip": ({"public_addresses": [{"address": "a.example.com", "strip_prefix": True}]}, "strip_prefix without a path"),
    "twice": ({"public_addresses": ["/a", "/a/"]}, "has /a/ twice"),
    "no port": ({"public_addresses": ["/"], "ports": []}, "the service has no port: set opta_service_ports"),
    "an unknown port": ({"public_addresses": [{"address": "/", "port": "web"}]}, "has no port of that name (there are: main)"),
    "a tcp port": (
        {"public_addresses": [{"address": "/", "port": "sql"}], "ports": [*PORTS, {"name": "sql", "type": "tcp", "port": 5432}]},
        "the port is of type tcp",
    ),
    "gRPC with a path": ({"public_addresses": ["a.example.com/rpc"], "ports": GRPC}, "whose paths are its own"),
    "gRPC and HTTP on one host": (
        {"public_addresses": ["a.example.com/web", {"address": "a.example.com", "port": "rpc"}], "ports": BOTH},
        "are one host for gRPC and for HTTP",
    ),
    "nothing that answers": (
        {"public_addresses": ["/"], "minimum_replicas": 0, "maximum_replicas": 0, "cron_jobs": [JOB]},
        "nothing would answer",
    ),
    "an annotation that is a map": ({"public_addresses": ["/"], "public_annotations": {"a": {}}}, "annotations, a: the value must be"),
    "a setting without an address": ({"public_hash_key": "$remote_addr"}, "opta_service_public_hash_key is given, and"),
    "annotations without an address": ({"public_annotations": {"a": "b"}}, "opta_service_public_annotations is given, and"),
    "stickiness without an address": ({"public_sticky_sessions_enabled": True}, "_sticky_sessions_enabled is given, and"),
    "a hash key without a dollar": ({"public_addresses": ["/"], "public_hash_key": "remote_addr"}, "give a variable of nginx"),
    "two ways to choose the pod": (
        {"public_addresses": ["/"], "public_hash_key": "$remote_addr", "public_sticky_sessions_enabled": True},
        "both choose the pod",
    ),
    "no time": ({"public_addresses": ["/"], "public_read_timeout_seconds": 0}, "must be at least 1 and at most 9999"),
    "too much time": ({"public_addresses": ["/"], "public_read_timeout_seconds": 86400}, "must be at least 1 and at most 9999"),
    "a negative size": ({"public_addresses": ["/"], "public_request_body_max_mib": -1}, "must be at least 0 and at most 9999"),
    "a cookie that holds for no time": ({"public_addresses": ["/"], "public_sticky_sessions_max_age_seconds": 0}, "must be at least 1."),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_reported_in_one_sentence(given, case):
    inputs, sentence = BAD[case]
    items = service_errors(given(**{"ports": PORTS, **inputs}), ["staging"])
    assert len(items) == 1, items
    assert sentence in items[0] and items[0].startswith("opta_service_public") and items[0].endswith(".")


@pytest.mark.parametrize(
    ("inputs", "addons", "sentence"),
    [
        ({"public_addresses": ["/"]}, {}, "environment staging has no ingress: set k8s_addons_ingress to nginx_gateway_fabric or"),
        ({"public_addresses": ["/"]}, {**GATEWAY, "ingress": ""}, "environment staging has no ingress"),
        ({"public_addresses": ["/"]}, {**GATEWAY, "domain": ""}, "environment staging has no domain: set dns_cert_domain"),
        (
            {"public_addresses": ["a.example.org"]},
            GATEWAY,
            "staging serves example.com: use that or a name under it, for example hello.example.com.",
        ),
        ({"public_addresses": ["badexample.com"]}, GATEWAY, "environment staging serves example.com"),
        ({"public_addresses": ["*.example.org"]}, GATEWAY, "environment staging serves example.com"),
        ({"public_addresses": ["/a", "example.com/a"]}, GATEWAY, "has example.com/a twice"),
        ({"public_addresses": ["/"], "public_sticky_sessions_enabled": "yes"}, GATEWAY, "does not set a cookie (only NGINX Plus does)"),
        ({"public_addresses": ["/"], "ports": GRPC, "public_read_timeout_seconds": 5}, GATEWAY, "does not support it for gRPC"),
    ],
)
def test_addresses_that_the_environment_cannot_serve_are_refused(given, inputs, addons, sentence):
    complete = given(**{"ports": PORTS, **inputs})
    assert service_errors(complete, ["staging"]) == []
    (items,) = environment_errors(Inputs(complete), addons)
    assert sentence in items


def test_an_address_needs_a_certificate_or_the_gateway_has_no_listener_for_it(given):
    inputs = Inputs(given(public_addresses=["/"], ports=PORTS))
    zone = {"domain": "example.com", "name_servers": ["ns-1.example.net", "ns-2.example.org"], "certificate_arn": ""}
    (items,) = environment_errors(inputs, GATEWAY, zone)
    assert "example.com has no certificate yet: delegate the domain (its name servers are ns-1.example.net, ns-2.example.org)" in items
    assert environment_errors(inputs, GATEWAY, {**zone, "certificate_arn": "arn:aws:acm:…"}) == []
    assert environment_errors(inputs, GATEWAY, {**zone, "domain": "another.example.com"}) == [], "an ingress of somebody's own"


def test_ingress_nginx_supports_what_the_gateway_does_not(given):
    for inputs in ({"public_sticky_sessions_enabled": True}, {"ports": GRPC, "public_read_timeout_seconds": 5}):
        assert environment_errors(Inputs(given(**{"ports": PORTS, "public_addresses": ["/"], **inputs})), NGINX) == []


def test_a_service_without_addresses_needs_no_ingress(given):
    assert environment_errors(Inputs(given()), {}) == [] == environment_warnings(Inputs(given()), {})


@pytest.mark.parametrize(
    ("address", "warns"),
    [
        ("/", False),
        ("a.example.com", False),
        ("*.example.com", False),
        ("a.b.example.com", True),
        ("*.b.example.com/x", True),
        ("a.b.org", False),
    ],
)
def test_a_host_that_the_certificate_may_not_cover_causes_a_warning(given, address, warns):
    items = environment_warnings(Inputs(given(public_addresses=[address], ports=PORTS)), GATEWAY)
    assert [("more than one level below example.com" in text) for text in items] == [True] * warns


def held(host="example.com", path="/a", **more):
    return {"host": host, "path": path, "kind": "HTTPRoute", "namespace": "books", "name": "web-1", "service": "web", **more}


@pytest.mark.parametrize(
    ("addresses", "ports", "other", "sentence"),
    [
        (["/a"], PORTS, held(), "_addresses, /a: service web of layer books has this address already (HTTPRoute books/web-1)"),
        (["example.com/a/"], PORTS, held(kind="Ingress"), "service web of layer books has this address already (Ingress books/web-1)"),
        (["/a"], PORTS, held(service=""), "another object has this address already (HTTPRoute books/web-1)"),
        (["/a"], PORTS, held(namespace="shop"), "service web of layer shop has this address"),
        (["/a"], PORTS, held(service="hello"), "service hello of layer books has this address"),
        (["/a"], PORTS, held(path=""), "service web of layer books has this address"),
        (["/"], GRPC, held(), "service web of layer books has this address"),
        (["/a"], PORTS, held(path="/b"), None),
        (["/a"], PORTS, held(host="*.example.com"), None),
        (["/a"], PORTS, held(host=""), None),
        (["/a"], PORTS, held(service="hello", namespace="shop"), None),
    ],
)
def test_an_address_of_another_service_is_refused(given, addresses, ports, other, sentence):
    items = held_errors(Inputs(given(public_addresses=addresses, ports=ports)), GATEWAY, [other])
    assert len(items) == (sentence is not None)
    assert sentence is None or sentence in items[0]


def test_two_services_of_the_inventory_with_one_address_are_refused(given):
    own = given(public_addresses=["/a", "b.example.com"], ports=PORTS)
    others = {
        "web": {"opta_service_public_addresses": ["example.com/a"], "opta_service_ports": PORTS},
        "api": {"opta_service_public_addresses": [{"address": "b.example.com", "port": "rpc"}], "opta_service_ports": BOTH},
        "other": {"opta_service_public_addresses": ["/c"], "opta_service_ports": PORTS},
        "private": {},
    }
    items = shared_errors(own, others, "example.com")
    assert [text.split(": ")[1].split(" of")[0] for text in items] == ["service web", "service api"]
    assert len(shared_errors(own, others)) == 1, "without a domain /a is not known to be example.com/a"
