# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build Linkerd's authorization policy of a service: the clients that it allows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._cidr import canonical_blocks, source_error
from .inputs import Inputs, ports
from .validation import Errors, is_label, is_name, repeated

LINKERD = "linkerd"
INJECT_ANNOTATION = "linkerd.io/inject"
#: every identity of the mesh
EVERYONE = "*"
#: the namespace of each ingress, which is a client of public services
INGRESS_NAMESPACES = {"nginx_gateway_fabric": "nginx-gateway", "ingress_nginx": "ingress-nginx"}
#: proxyProtocol of a Server; Linkerd detects others. A Server with gRPC would not support an HTTPRoute
PROXY_PROTOCOLS = {"grpc": "HTTP/2", "tcp": "opaque"}
PROBES = ("liveness_probe", "readiness_probe", "startup_probe")


def is_meshed(addons: Mapping[str, Any] | None) -> bool:
    """Return whether the environment has a mesh. addons: the outputs of its role k8s_addons."""
    return (addons or {}).get("mesh") == LINKERD


def inject_annotation(addons: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the annotation of a namespace or pod that adds Linkerd's proxy; empty without a mesh."""
    return {INJECT_ANNOTATION: "enabled"} if is_meshed(addons) else {}


def mesh_values(inputs: Inputs, addons: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the chart's values: a Server for each port, the allowed clients, and opaque ports; empty without a mesh."""
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
        # a Server configures the proxy of the service; the proxies of its clients read the Service
        "opaquePorts": ",".join(str(port["service_port"]) for port in found if port["type"] == "tcp"),
    }


def clients(inputs: Inputs, addons: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec of a MeshTLSAuthentication: everyone; or the named clients, the service itself, and the ingress if public."""
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
        errors.add('opta_service_allowed_clients has "*", which is everyone in the mesh, and other clients: use "*" alone, or omit it.')
    for block in inputs.items("unmeshed_client_cidr_blocks"):
        wrong = source_error("opta_service_unmeshed_client_cidr_blocks", str(block), (4, 6))
        if wrong:
            errors.add(wrong)


def mesh_warnings(inputs: Inputs, addons: Mapping[str, Any] | None) -> list[str]:
    """Return warnings about inputs that need a mesh, when there is none."""
    names = [str(name) for name in inputs.items("allowed_clients")]
    asked = names not in ([], [EVERYONE]) or inputs.items("unmeshed_client_cidr_blocks")
    if asked and not is_meshed(addons):
        return [
            f"{inputs.text('name')} limits its clients, and environment {inputs.text('environment')} has no mesh: "
            "nothing enforces it. Enable Linkerd there (k8s_addons_linkerd_enabled: true)."
        ]
    return []


def _reference(name: str) -> dict[str, str]:
    layer, _, service = name.partition("/")
    if service == EVERYONE:
        return {"kind": "Namespace", "name": layer}
    return {"kind": "ServiceAccount", "namespace": layer, "name": service}


def _asked_by_grpc(inputs: Inputs, port: Mapping[str, Any], found: list[dict[str, Any]]) -> bool:
    """Return whether this port has a gRPC probe: Linkerd allows HTTP probes automatically, but not gRPC probes."""
    for option in PROBES:
        given = inputs.pairs(option)
        name = given.get("port") or inputs.get("probe_port") or found[0]["name"]
        if given.get("grpc") and name == port["name"]:
            return True
    return False
