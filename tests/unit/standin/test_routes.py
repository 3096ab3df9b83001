"""What the stand-in says of routes, as NGINX Gateway Fabric would."""

from __future__ import annotations

import pytest

from tests.standin.loops.routes import _accepted, _conditions, _reference, _resolved

PARENT = {"name": "public", "namespace": "gateways", "sectionName": "https"}
FROM_ALL = {"namespaces": {"from": "All"}}


def gateway(**listener):
    return {
        "metadata": {"namespace": "gateways"},
        "spec": {"listeners": [{"name": "https", "port": 443, "allowedRoutes": FROM_ALL, **listener}]},
    }


def route(*hosts, namespace="shop", port=80):
    rules = [{"backendRefs": [{"name": "web", "port": port}]}]
    return {"metadata": {"namespace": namespace}, "spec": {"hostnames": list(hosts), "rules": rules}}


@pytest.mark.parametrize(
    ("made", "taker", "reason"),
    [
        (route("a.example.com"), gateway(), "Accepted"),
        (route("a.example.com"), gateway(name="http"), "NoMatchingParent"),
        (route("a.example.com"), gateway(allowedRoutes={}), "NotAllowedByListeners"),
        (route("a.example.com", namespace="gateways"), gateway(allowedRoutes={}), "Accepted"),
        (route("a.example.com"), gateway(hostname="*.example.com"), "Accepted"),
        (route("a.b.example.com"), gateway(hostname="*.example.com"), "Accepted"),
        (route("*.example.com"), gateway(hostname="a.example.com"), "Accepted"),
        (route("*.b.example.com"), gateway(hostname="*.example.com"), "Accepted"),
        (route("example.com"), gateway(hostname="*.example.com"), "NoMatchingListenerHostname"),
        (route("a.example.org"), gateway(hostname="a.example.com"), "NoMatchingListenerHostname"),
        (route(), gateway(hostname="a.example.com"), "Accepted"),
    ],
)
def test_a_listener_accepts_a_route_or_reports_the_reason(made, taker, reason):
    assert _accepted(made, PARENT, taker)[:2] == (reason == "Accepted", reason)


def test_backends_of_a_route_must_exist():
    services = {("shop", "web"): {"spec": {"ports": [{"port": 80}]}}}
    assert _resolved(route(), services)[0] is True
    assert _resolved(route(port=81), services)[1] == _resolved(route(), {})[1] == "BackendNotFound"


def test_an_unchanged_condition_keeps_its_transition_time():
    first = _conditions({"Accepted": (True, "Accepted", "yes")}, 1, [])
    first[0]["lastTransitionTime"] = "2026-01-01T00:00:00Z"
    assert _conditions({"Accepted": (True, "Accepted", "yes")}, 1, first) == first
    assert _conditions({"Accepted": (True, "Accepted", "yes")}, 2, first)[0]["lastTransitionTime"] != "2026-01-01T00:00:00Z"


#: parentRef of a spec, listeners of the Gateway, sectionName of the status: as nginx-gateway-fabric 2.6.7 answers
REFERENCES = [
    ({"name": "public"}, ["http"], "http"),
    ({"name": "public"}, ["http", "https"], None),
    ({"name": "public", "sectionName": "https"}, ["http", "https"], "https"),
    ({"name": "public", "sectionName": "https"}, ["http"], "https"),
    ({"name": "public", "port": 80}, ["http"], None),
]


@pytest.mark.parametrize(("parent", "listeners", "section"), REFERENCES)
def test_a_status_names_the_only_listener_for_a_parent_without_a_section(parent, listeners, section):
    gateway = {"metadata": {"namespace": "gateways", "name": "public"}, "spec": {"listeners": [{"name": name} for name in listeners]}}
    told = _reference(parent, gateway)
    assert told is not None
    assert (told["name"], told["namespace"], told["kind"]) == ("public", "gateways", "Gateway")
    assert (told.get("sectionName"), "port" in told) == (section, False)


def test_a_gateway_without_listeners_sets_no_route_status():
    assert _reference({"name": "public"}, {"metadata": {"namespace": "gateways", "name": "public"}, "spec": {"listeners": []}}) is None
