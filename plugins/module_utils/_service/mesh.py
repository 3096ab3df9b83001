# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who may reach a service in the mesh, as Linkerd's authorization policy says it. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._cidr import canonical_blocks, source_error
from .inputs import Inputs, ports
from .validation import Errors, is_label, is_name, repeated

LINKERD = "linkerd"
INJECT_ANNOTATION = "linkerd.io/inject"
#: everyone that the mesh knows, whoever it is
EVERYONE = "*"
#: where each kind of ingress runs: it is a client of the services that are public
INGRESS_NAMESPACES = {"nginx_gateway_fabric": "nginx-gateway", "ingress_nginx": "ingress-nginx"}
#: what Linkerd is told of a port; what is not here it finds out. Of a Server that speaks gRPC it would read no HTTPRoute
PROXY_PROTOCOLS = {"grpc": "HTTP/2", "tcp": "opaque"}
PROBES = ("liveness_probe", "readiness_probe", "startup_probe")


def is_meshed(addons: Mapping[str, Any] | None) -> bool:
    """Whether the environment has a mesh. addons: the outputs of its role k8s_addons."""
    return (addons or {}).get("mesh") == LINKERD


def inject_annotation(addons: Mapping[str, Any] | None) -> dict[str, str]:
    """What makes Linkerd add its proxy, on a namespace and on a pod; nothing without a mesh."""
    return {INJECT_ANNOTATION: "enabled"} if is_meshed(addons) else {}


def mesh_values(inputs: Inputs, addons: Mapping[str, Any] | None) -> dict[str, Any]:
    """The chart's values: a Server for each port, who is let in, and what callers are told of ports; empty without a mesh."""
    if not is_meshed(addons):
        return {"servers": [], "clients": {}, "networks": [], "opaquePorts": ""}
    found = ports(inputs)
    return {
        "servers": [
            {
                "port": port["name"],
                "proxyProtocol": PROXY_PROTOCOLS.get(port["protocol"] or port["type"], "unknown"),
                "grpcProbe": _asked_by_grpc(inputs, port, found),
            }
            for port in found
        ],
        "clients": clients(inputs, addons or {}),
        "networks": canonical_blocks(inputs.items("unmeshed_client_cidr_blocks")),
        # a Server is for the proxy of the service; those of its callers ask for the Service
        "opaquePorts": ",".join(str(port["service_port"]) for port in found if port["type"] == "tcp"),
    }


def clients(inputs: Inputs, addons: Mapping[str, Any]) -> dict[str, Any]:
    """The spec of a MeshTLSAuthentication: everyone; or those that are named, the service itself, and the ingress of what is public."""
    names = [str(name) for name in inputs.items("allowed_clients")]
    if EVERYONE in names:
        return {"identities": [EVERYONE]}
    own = f"{inputs.text('layer')}/{inputs.text('name')}"
    references = [_reference(name) for name in dict.fromkeys([own, *names])]
    ingress = addons.get("gateway_namespace") or INGRESS_NAMESPACES.get(str(addons.get("ingress") or ""))
    if ingress and inputs.items("public_addresses"):
        references.append({"kind": "Namespace", "name": ingress})
    return {"identityRefs": references}


def mesh_errors(inputs: Inputs, errors: Errors) -> None:
    names = [str(name) for name in inputs.items("allowed_clients")]
    for name in names:
        layer, slash, service = name.partition("/")
        if name != EVERYONE and not (slash and is_label(layer) and (service == EVERYONE or is_name(service, 52))):
            errors.add(
                f"opta_service_allowed_clients has {name!r}: name a service as layer/service, for example shop/hello, "
                'all of a layer as shop/*, or everyone in the mesh as "*".'
            )
    for name in repeated(names):
        errors.add(f"opta_service_allowed_clients has {name} twice: give it once.")
    if EVERYONE in names and len(names) > 1:
        errors.add(
            'opta_service_allowed_clients has "*", which is everyone in the mesh, and others besides: give it alone, or leave it out.'
        )
    for block in inputs.items("unmeshed_client_cidr_blocks"):
        wrong = source_error("opta_service_unmeshed_client_cidr_blocks", str(block), (4, 6))
        if wrong:
            errors.add(wrong)


def mesh_warnings(inputs: Inputs, addons: Mapping[str, Any] | None) -> list[str]:
    """What was asked of a mesh that is not there."""
    names = [str(name) for name in inputs.items("allowed_clients")]
    asked = names not in ([], [EVERYONE]) or inputs.items("unmeshed_client_cidr_blocks")
    if asked and not is_meshed(addons):
        return [
            f"{inputs.text('name')} says who may reach it, and environment {inputs.text('environment')} has no mesh: "
            "nothing enforces it. Switch Linkerd on there (k8s_addons_linkerd_enabled: true)."
        ]
    return []


def _reference(name: str) -> dict[str, str]:
    layer, _, service = name.partition("/")
    if service == EVERYONE:
        return {"kind": "Namespace", "name": layer}
    return {"kind": "ServiceAccount", "namespace": layer, "name": service}


def _asked_by_grpc(inputs: Inputs, port: Mapping[str, Any], found: list[dict[str, Any]]) -> bool:
    """Whether the kubelet asks this port by gRPC: Linkerd lets in probes of HTTP by itself, but not those."""
    for option in PROBES:
        given = inputs.pairs(option)
        name = given.get("port") or inputs.get("probe_port") or found[0]["name"]
        if given.get("grpc") and name == port["name"]:
            return True
    return False
