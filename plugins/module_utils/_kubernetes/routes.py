# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The addresses that the routes and Ingresses of a cluster hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .client import KubernetesClient
from .wait import run_together

LISTS = {
    "HTTPRoute": "/apis/gateway.networking.k8s.io/v1/httproutes",
    "GRPCRoute": "/apis/gateway.networking.k8s.io/v1/grpcroutes",
    "Ingress": "/apis/networking.k8s.io/v1/ingresses",
}
#: what ingress-nginx needs to strip a prefix; it is no part of the address
REGULAR_EXPRESSION = re.compile(r"\(/\|\$\)\(\.\*\)$")


def held_addresses(client: KubernetesClient) -> list[dict[str, str]]:
    """Every address of every namespace, by kind and name. A kind that the cluster does not know holds none."""

    def ask(kind: str) -> list[dict[str, str]]:
        answer = client.get(LISTS[kind]) or {}
        return [address for item in answer.get("items") or [] for address in addresses_of(kind, item)]

    return [address for found in run_together(ask, LISTS) for address in found]


def addresses_of(kind: str, item: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The addresses of one object; those of a mesh, whose parent is a Service, are no public ones."""
    metadata, spec = item["metadata"], item.get("spec") or {}
    parents = spec.get("parentRefs") or []
    if kind != "Ingress" and not any(parent.get("kind", "Gateway") == "Gateway" for parent in parents):
        return
    holder = {
        "kind": kind,
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "service": (metadata.get("labels") or {}).get("app.kubernetes.io/instance") or "",
    }
    seen = set()
    for host, path in PLACES[kind](spec):
        if (host, path) not in seen:
            seen.add((host, path))
            yield {"host": host, "path": path, **holder}


def _of_http_route(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for host in spec.get("hostnames") or [""]:
        for rule in spec.get("rules") or []:
            if _only_sends_to_https(rule):
                continue
            for match in rule.get("matches") or [{}]:
                yield host, _plain((match.get("path") or {}).get("value"))


def _only_sends_to_https(rule: Mapping[str, Any]) -> bool:
    """Whether a rule is the redirect of plain HTTP, which holds no address: it leads back to the same one."""
    redirects = [entry.get("requestRedirect") or {} for entry in rule.get("filters") or [] if entry.get("type") == "RequestRedirect"]
    return any(redirect.get("scheme") == "https" and not redirect.get("hostname") for redirect in redirects)


def _of_grpc_route(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for host in spec.get("hostnames") or [""]:
        yield host, ""


def _of_ingress(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for rule in spec.get("rules") or []:
        for path in (rule.get("http") or {}).get("paths") or [{}]:
            found = str(path.get("path") or "/")
            plain = REGULAR_EXPRESSION.sub("", found)
            yield rule.get("host") or "", _plain(plain.replace("\\.", ".") if plain != found else found)


def _plain(path: str | None) -> str:
    """A path without a slash at its end."""
    return (path or "/").rstrip("/") or "/"


PLACES = {"HTTPRoute": _of_http_route, "GRPCRoute": _of_grpc_route, "Ingress": _of_ingress}
