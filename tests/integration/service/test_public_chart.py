"""What the chart makes of public addresses, rendered by helm: routes of the Gateway API, or Ingresses."""

from __future__ import annotations

import pytest

PREFIX = "nginx.ingress.kubernetes.io/"
PORT = {"port": 8080}
RPC = {"name": "rpc", "port": 9000, "service_port": 9000, "protocol": "grpc"}
GATEWAY = {
    "ingress": "nginx_gateway_fabric",
    "gateway_namespace": "nginx-gateway",
    "gateway_name": "public",
    "ingress_class_name": "",
    "domain": "example.com",
    "mesh": "",
}
NGINX = {**GATEWAY, "ingress": "ingress_nginx", "gateway_namespace": "", "gateway_name": "", "ingress_class_name": "nginx"}
MESHED = {**NGINX, "mesh": "linkerd"}
#: what the standard channel has in the rules of routes, and NGINX Gateway Fabric 2.6.7 does not refuse
FIELDS = {"HTTPRoute": {"matches", "filters", "backendRefs"}, "GRPCRoute": {"matches", "filters", "backendRefs"}}
HTTPS = {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "X-Forwarded-Proto", "value": "https"}]}}
STRIPPED = {"type": "URLRewrite", "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}}}


@pytest.fixture
def published(render):
    """The objects of a kind that publish a service with one port, in the order of their hosts and paths."""

    def objects(kind, addons=GATEWAY, **inputs):
        made = render(addons, **{"ports": [PORT], "public_addresses": ["hello.example.com"], **inputs})
        return [obj for (found, _name), obj in sorted(made.items()) if found == kind]

    return objects


def rule(route):
    (found,) = route["spec"]["rules"]
    return found


def annotations_of(ingress):
    return {name.removeprefix(PREFIX): value for name, value in ingress["metadata"].get("annotations", {}).items()}


def test_a_route_for_each_address(published):
    routes = published("HTTPRoute", public_addresses=["hello.example.com", "/shop", "*.example.com"])
    assert {(route["spec"]["hostnames"][0], rule(route)["matches"][0]["path"]["value"]) for route in routes} == {
        ("hello.example.com", "/"),
        ("example.com", "/shop"),
        ("*.example.com", "/"),
    }
    for route in routes:
        assert route["apiVersion"] == "gateway.networking.k8s.io/v1"
        assert route["metadata"]["namespace"] == "shop" and route["metadata"]["name"].startswith("hello-")
        assert route["metadata"]["labels"]["app.kubernetes.io/instance"] == "hello"
        assert rule(route)["matches"][0]["path"]["type"] == "PathPrefix"
        assert rule(route)["backendRefs"] == [{"group": "", "kind": "Service", "name": "hello", "port": 80, "weight": 1}]


@pytest.mark.parametrize(("ports", "kind"), [([PORT], "HTTPRoute"), ([RPC], "GRPCRoute")])
def test_every_route_uses_the_https_listener_and_sets_x_forwarded_proto(published, ports, kind):
    (route,) = published(kind, ports=ports)
    assert route["spec"]["parentRefs"] == [
        {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "public", "namespace": "nginx-gateway", "sectionName": "https"}
    ]
    assert HTTPS in rule(route)["filters"]


def test_every_route_names_its_host(published):
    for route in published("HTTPRoute", public_addresses=["/", "/a", "*.example.com", "b.example.com/c"]):
        assert len(route["spec"]["hostnames"]) == 1


@pytest.mark.parametrize("kind", FIELDS)
def test_routes_have_no_field_that_the_ingress_does_not_read(published, kind):
    inputs = {"public_addresses": [{"address": "a.example.com" if kind == "GRPCRoute" else "/shop", "strip_prefix": kind == "HTTPRoute"}]}
    (route,) = published(kind, ports=[RPC] if kind == "GRPCRoute" else [PORT], public_read_timeout_seconds=5, **inputs)
    assert set(rule(route)) <= FIELDS[kind]
    assert set(route["spec"]) == {"parentRefs", "hostnames", "rules"}


@pytest.mark.parametrize("strip", [True, "true", False, None])
def test_a_path_prefix_is_kept_unless_stripping_is_configured(published, strip):
    (route,) = published("HTTPRoute", public_addresses=[{"address": "/shop", "strip_prefix": strip}])
    assert (STRIPPED in rule(route)["filters"]) is bool(strip)


def test_grpc_ports_are_rendered_as_grpc_routes(published):
    address = {"address": "rpc.example.com", "port": "rpc"}
    inputs = {"ports": [PORT, RPC], "public_addresses": ["web.example.com", address]}
    (grpc,), (http,) = published("GRPCRoute", **inputs), published("HTTPRoute", **inputs)
    assert (grpc["spec"]["hostnames"], rule(grpc)["backendRefs"][0]["port"]) == (["rpc.example.com"], 9000)
    assert (http["spec"]["hostnames"], rule(http)["backendRefs"][0]["port"]) == (["web.example.com"], 80)
    assert "matches" not in rule(grpc)


def test_annotations_of_the_user_are_on_every_route(published):
    for route in published("HTTPRoute", public_addresses=["/a", "/b"], public_annotations={"example.com/ttl": 60, "on": True}):
        assert route["metadata"]["annotations"] == {"example.com/ttl": "60", "on": "true"}
    (route,) = published("HTTPRoute")
    assert "annotations" not in route["metadata"]


def test_no_policy_is_rendered_unless_configured(render):
    kinds = {kind for kind, _name in render(GATEWAY, ports=[PORT], public_addresses=["/"])}
    assert not [kind for kind in kinds if kind.endswith("Policy")]


def test_the_request_body_size_is_a_client_settings_policy(published):
    addresses = ["/a", {"address": "rpc.example.com", "port": "rpc"}]
    inputs = {"ports": [PORT, RPC], "public_addresses": addresses, "public_request_body_max_mib": 8}
    policies = published("ClientSettingsPolicy", **inputs)
    routes = [*published("HTTPRoute", **inputs), *published("GRPCRoute", **inputs)]
    targets = {(policy["spec"]["targetRef"]["kind"], policy["spec"]["targetRef"]["name"]) for policy in policies}
    assert targets == {(route["kind"], route["metadata"]["name"]) for route in routes} and len(targets) == 2
    assert {policy["spec"]["body"]["maxSize"] for policy in policies} == {"8m"}
    (policy,) = published("ClientSettingsPolicy", public_request_body_max_mib="0")
    assert policy["spec"]["body"]["maxSize"] == "0"


@pytest.mark.parametrize(
    ("protocol", "asked", "seconds"), [(None, None, None), (None, 120, "120s"), ("websocket", None, "3600s"), ("websocket", 30, "30s")]
)
def test_the_read_timeout_is_a_proxy_settings_policy_and_longer_for_websockets(published, protocol, asked, seconds):
    inputs = {"ports": [{**PORT, **({"protocol": protocol} if protocol else {})}], "public_read_timeout_seconds": asked}
    policies = published("ProxySettingsPolicy", **inputs)
    assert [policy["spec"]["timeout"] for policy in policies] == ([{"read": seconds, "send": seconds}] if seconds else [])
    (route,) = published("HTTPRoute", **inputs)
    for policy in policies:
        (target,) = policy["spec"]["targetRefs"]
        assert target == {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": route["metadata"]["name"]}


def test_the_hash_key_selects_the_upstream_pod(published):
    (policy,) = published("UpstreamSettingsPolicy", public_addresses=["/a", "/b"], public_hash_key="$cookie_session")
    assert policy["spec"] == {
        "targetRefs": [{"group": "core", "kind": "Service", "name": "hello"}],
        "loadBalancingMethod": "hash consistent",
        "hashMethodKey": "$cookie_session",
    }


def test_an_ingress_for_each_address(published):
    first, second = published("Ingress", MESHED, public_addresses=["hello.example.com", "/v1.2"])
    rules = {}
    for ingress in (first, second):
        assert ingress["apiVersion"] == "networking.k8s.io/v1" and ingress["spec"]["ingressClassName"] == "nginx"
        assert "tls" not in ingress["spec"], "TLS ends at the load balancer"
        (found,) = ingress["spec"]["rules"]
        (path,) = found["http"]["paths"]
        assert path["backend"] == {"service": {"name": "hello", "port": {"name": "main"}}}
        rules[found["host"]] = (path["path"], path["pathType"])
        assert annotations_of(ingress) == {"service-upstream": "true"}, "the mesh chooses the pod"
    assert rules == {"hello.example.com": ("/", "Prefix"), "example.com": ("/v1.2", "Prefix")}


def test_an_ingress_strips_by_a_regular_expression(published):
    (ingress,) = published("Ingress", NGINX, public_addresses=[{"address": "/v1.2", "strip_prefix": True}])
    (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
    assert (path["path"], path["pathType"]) == ("/v1\\.2(/|$)(.*)", "ImplementationSpecific")
    assert annotations_of(ingress) == {"use-regex": "true", "rewrite-target": "/$2"}


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"ports": [RPC]}, {"backend-protocol": "GRPC", "service-upstream": "true"}),
        (
            {"ports": [{**PORT, "protocol": "websocket"}], "public_hash_key": "$remote_addr"},
            {"proxy-read-timeout": "3600", "proxy-send-timeout": "3600", "upstream-hash-by": "$remote_addr"},
        ),
        (
            {"public_sticky_sessions_enabled": True, "public_sticky_sessions_max_age_seconds": 60},
            {"affinity": "cookie", "session-cookie-name": "opta_cookie", "session-cookie-expires": "60", "session-cookie-max-age": "60"},
        ),
        ({"public_request_body_max_mib": 8}, {"proxy-body-size": "8m", "service-upstream": "true"}),
        ({"public_annotations": {f"{PREFIX}service-upstream": False, "a": "b"}}, {"service-upstream": "false", "a": "b"}),
    ],
)
def test_ingress_settings_are_annotations(published, inputs, expected):
    (ingress,) = published("Ingress", MESHED, **inputs)
    assert annotations_of(ingress) == expected


@pytest.mark.parametrize("addons", [GATEWAY, NGINX])
def test_no_route_without_public_addresses_or_pods(render, addons):
    private = render(addons, ports=[PORT])
    waiting = render(addons, ports=[PORT], image="repository", public_addresses=["/"], public_hash_key="$remote_addr")
    for objects in (private, waiting):
        assert not [kind for kind, _name in objects if kind.endswith(("Route", "Policy")) or kind == "Ingress"]
