"""Which addresses routes and Ingresses hold."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.routes import addresses_of

PARENTS = [{"name": "public", "namespace": "nginx-gateway", "sectionName": "https"}]
TO_HTTPS = [{"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]}]


def made(**spec):
    return {"metadata": {"namespace": "shop", "name": "web"}, "spec": spec}


def matching(*paths):
    return {"matches": [{"path": {"type": "PathPrefix", "value": path}} for path in paths]}


def ingress(*paths, host="a.example.com"):
    return made(rules=[{"host": host, "http": {"paths": [{"path": path} for path in paths]}}])


@pytest.mark.parametrize(
    ("kind", "item", "expected"),
    [
        ("HTTPRoute", made(parentRefs=PARENTS, hostnames=["a.b", "c.d"], rules=[matching("/x/", "/")]), ["a.b/x", "a.b/", "c.d/x", "c.d/"]),
        ("HTTPRoute", made(parentRefs=PARENTS, hostnames=["a.b"], rules=[{}, matching("/")]), ["a.b/"]),
        ("HTTPRoute", made(parentRefs=PARENTS, rules=[matching("/healthy")]), ["/healthy"]),
        ("HTTPRoute", made(parentRefs=PARENTS, hostnames=["a.b"], rules=TO_HTTPS), []),
        ("HTTPRoute", made(parentRefs=[{"kind": "Service", "group": "core", "name": "web"}], rules=[matching("/")]), []),
        ("HTTPRoute", made(), []),
        ("GRPCRoute", made(parentRefs=PARENTS, hostnames=["a.b"], rules=[{"matches": [{"method": {"service": "x"}}]}]), ["a.b"]),
        ("Ingress", ingress("/", "/v1\\.2(/|$)(.*)", "/a.b/"), ["a.example.com/", "a.example.com/v1.2", "a.example.com/a.b"]),
        ("Ingress", made(rules=[{"host": "*.example.com"}]), ["*.example.com/"]),
        ("Ingress", made(), []),
    ],
)
def test_addresses_are_read_from_routes_and_ingresses(kind, item, expected):
    found = list(addresses_of(kind, item))
    assert [address["host"] + address["path"] for address in found] == expected
    assert all(address.items() >= {"kind": kind, "namespace": "shop", "name": "web", "service": ""}.items() for address in found)


def test_the_service_is_read_from_the_instance_label():
    metadata = {"namespace": "a", "name": "b", "labels": {"app.kubernetes.io/instance": "c"}}
    (found,) = addresses_of("Ingress", {**ingress("/"), "metadata": metadata})
    assert found["service"] == "c"
