# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Validate public addresses: alone, in their environment, and against those of other services. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from .inputs import PREFIX, Inputs, ports
from .public import GATEWAY, INGRESS, OPTION, Addons, PublicAddress, as_entry, public_addresses
from .validation import Errors, is_label

OPTIONS = ("address", "strip_prefix", "port")
FORMS = "a domain, domain/path, /path (of the environment's own domain) or *.domain, for example hello.example.com"
LONGEST_HOST = 253
#: characters without a special meaning for nginx, Kubernetes and ingress-nginx
PATH = re.compile(r"(/[A-Za-z0-9._-]+)*/?")
#: a variable of nginx, as NGINX Gateway Fabric allows it
HASH_KEY = re.compile(r"\$[a-z_]+")
SETTINGS = ("annotations", "sticky_sessions_enabled", "hash_key", "read_timeout_seconds", "request_body_max_mib")
#: nginx's durations and sizes have four digits in the policies of NGINX Gateway Fabric
MOST = 9999


def public_errors(inputs: Inputs, errors: Errors) -> None:
    """Add the problems of the addresses themselves."""
    given = inputs.get("public_addresses")
    if given is not None and not isinstance(given, (list, tuple)):
        errors.add(f"{OPTION} must be a list, for example [hello.example.com].")
    for number, entry in enumerate(inputs.items("public_addresses"), start=1):
        _shape_errors(f"{OPTION}[{number}]", entry, errors)
    found = list(public_addresses(inputs))
    for address in found:
        _host_errors(address, errors)
        _path_errors(address, errors)
        _port_errors(inputs, address, errors)
    _beside_each_other(found, errors)
    if found and inputs.number("maximum_replicas") == 0:
        errors.add(f"{OPTION} is given, and opta_service_maximum_replicas is 0: nothing would answer; leave one of them out.")
    _settings(inputs, bool(given), errors)


def environment_errors(inputs: Inputs, addons: Addons, zone: Mapping[str, Any] = MappingProxyType({})) -> list[str]:
    """Return the problems of addresses in this environment. addons, zone: the outputs of its roles k8s_addons and dns_cert."""
    errors, environment = Errors(), inputs.text("environment")
    domain, ingress = str(addons.get("domain") or ""), addons.get("ingress")
    found = list(public_addresses(inputs, domain))
    if not found:
        return []
    if not ingress:
        return [
            f"{OPTION} is given, and environment {environment} has no ingress: set k8s_addons_ingress to {GATEWAY} or {INGRESS} "
            "and run opta.platform.env for it first."
        ]
    if not domain:
        return [
            f"{OPTION} is given, and environment {environment} has no domain: set dns_cert_domain and run opta.platform.env for it first."
        ]
    if zone.get("domain") == domain and not zone.get("certificate_arn"):
        servers = f" (its name servers are {', '.join(zone['name_servers'])})" if zone.get("name_servers") else ""
        return [
            f"{OPTION} is given, and {domain} has no certificate yet: delegate the domain{servers}, "
            f"run opta.platform.env for {environment} and then this again, or leave the addresses out until then."
        ]
    for address in found:
        if not _lies_in(address.host, domain):
            errors.add(
                f"{address.where}: environment {environment} serves {domain}: use that or a name under it, "
                f"for example {inputs.text('name')}.{domain}."
            )
    _beside_each_other(found, errors)
    if ingress == GATEWAY:
        _gateway_errors(inputs, found, errors)
    return errors.items


def environment_warnings(inputs: Inputs, addons: Addons) -> list[str]:
    """Return warnings about hosts that the environment's certificate may not cover."""
    domain = str(addons.get("domain") or "")
    deep = [
        address.host
        for address in public_addresses(inputs, domain)
        if _lies_in(address.host, domain) and "." in address.host.removesuffix(domain).rstrip(".")
    ]
    return [
        f"{host} lies more than one level below {domain}: the environment's certificate is for {domain} and *.{domain}, "
        "and for it only if it is among dns_cert_subject_alternative_names."
        for host in dict.fromkeys(deep)
    ]


def held_errors(inputs: Inputs, addons: Addons, held: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each address that is in use. held: the result of kubernetes_routes_info."""
    errors = Errors()
    others = [entry for entry in held if (entry["namespace"], entry["service"]) != (inputs.text("layer"), inputs.text("name"))]
    for address in public_addresses(inputs, str(addons.get("domain") or "")):
        for other in others:
            if address.host == other["host"] and _meet(address.is_grpc, address.path, other["path"] == "", other["path"]):
                holder = f"service {other['service']} of layer {other['namespace']}" if other["service"] else "another object"
                errors.add(
                    f"{address.where}: {holder} has this address already ({other['kind']} {other['namespace']}/{other['name']}): "
                    "choose another address, or delete it there first."
                )
    return errors.items


def shared_errors(given: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]], domain: str = "") -> list[str]:
    """Return a sentence for each address of another service in the same environment. others: inputs of services by host."""
    errors, own = Errors(), list(public_addresses(Inputs(given), domain))
    for host, inputs in others.items():
        for other in public_addresses(Inputs(inputs), domain):
            for address in own:
                if address.host == other.host and _meet(address.is_grpc, address.path, other.is_grpc, other.path):
                    errors.add(f"{address.where}: service {host} of the inventory has this address as well: give each its own.")
    return errors.items


def _lies_in(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _meet(one_is_grpc: bool, one_path: str, other_is_grpc: bool, other_path: str) -> bool:
    """Return whether two addresses of one host conflict: a gRPC address uses the whole host."""
    return one_is_grpc or other_is_grpc or one_path == other_path


def _shape_errors(where: str, entry: Any, errors: Errors) -> None:
    if not isinstance(entry, (str, Mapping)):
        errors.add(f"{where} is {entry!r}: give {FORMS}.")
        return
    unknown = [option for option in as_entry(entry) if option not in OPTIONS]
    for option in unknown:
        errors.add(f"{where} has {option}, which is not an option of an address: it must have address, and may have strip_prefix and port.")
    text = as_entry(entry).get("address")
    if not unknown and (not isinstance(text, str) or not text):
        errors.add(f"{where} has no address: give {FORMS}.")


def _host_errors(address: PublicAddress, errors: Errors) -> None:
    host = address.host.removeprefix("*.")
    if "://" in address.text:
        errors.add(f"{address.where}: omit the scheme, for example {address.text.partition('://')[2] or 'hello.example.com'}.")
    elif ":" in address.text.partition("/")[0]:
        errors.add(f"{address.where}: omit the port number, the load balancer listens on 443.")
    elif address.text.startswith("/") and address.host == "":
        return
    elif len(host) > LONGEST_HOST or "." not in host or not all(is_label(label) for label in host.split(".")):
        errors.add(f"{address.where} is not a valid address: it must be {FORMS}, in lower case.")


def _path_errors(address: PublicAddress, errors: Errors) -> None:
    path = address.text.partition("/")[1] + address.text.partition("/")[2]
    if "://" in address.text:
        return
    if not PATH.fullmatch(path) or any(part in (".", "..") for part in path.split("/")):
        errors.add(f"{address.where}: a path is made of letters, digits and . _ - between single slashes, for example /shop.")
    if address.entry.get("strip_prefix") is not None and address.path == "/":
        errors.add(f"{address.where} has strip_prefix without a path: omit strip_prefix.")


def _port_errors(inputs: Inputs, address: PublicAddress, errors: Errors) -> None:
    name, known = address.entry.get("port"), {port["name"]: port for port in ports(inputs)}
    if not known:
        errors.add(f"{address.where}: the service has no port: set opta_service_ports, for example [{{port: 8080}}].")
    elif name is not None and name not in known:
        there_are = f"there are: {', '.join(known)}"
        errors.add(f"{address.where}: port is {name!r}, and opta_service_ports has no port of that name ({there_are}).")
    elif not address.port:
        errors.add(f"{address.where}: the ingress speaks HTTP, and the port is of type tcp: name a port of type http.")
    elif address.is_grpc and address.path != "/":
        errors.add(f"{address.where}: port {address.port['name']} speaks gRPC, whose paths are its own: give a host without a path.")


def _beside_each_other(found: Sequence[PublicAddress], errors: Errors) -> None:
    """Add the addresses of one service that conflict with each other."""
    for number, address in enumerate(found):
        for other in found[:number]:
            if address.host != other.host:
                continue
            if address.path == other.path:
                errors.add(f"{OPTION} has {address.text} twice: give each address once.")
            elif address.is_grpc or other.is_grpc:
                errors.add(f"{OPTION}: {other.text} and {address.text} are one host for gRPC and for HTTP: give each a host of its own.")


def _settings(inputs: Inputs, is_public: bool, errors: Errors) -> None:
    set_here = [name for name in SETTINGS if inputs.get(f"public_{name}") not in (None, {}) and not _is_off(inputs, name)]
    if set_here and not is_public:
        errors.add(f"{PREFIX}public_{set_here[0]} is given, and {OPTION} is not: it has no effect; omit it.")
    for name, value in inputs.pairs("public_annotations").items():
        if value is None or isinstance(value, (dict, list, tuple)):
            errors.add(f"{PREFIX}public_annotations, {name}: the value must be a string; put it in quotes.")
    key = inputs.get("public_hash_key")
    if key is not None and not HASH_KEY.fullmatch(str(key)):
        errors.add(
            f"{PREFIX}public_hash_key is {key!r}: give a variable of nginx, $ and lower-case letters and _, "
            "for example $cookie_session or $remote_addr."
        )
    if key is not None and inputs.switch("public_sticky_sessions_enabled"):
        errors.add(f"{PREFIX}public_hash_key and {PREFIX}public_sticky_sessions_enabled both choose the pod: set only one of them.")
    for name, least in (("read_timeout_seconds", 1), ("request_body_max_mib", 0), ("sticky_sessions_max_age_seconds", 1)):
        number, most = inputs.number(f"public_{name}"), MOST if name in SETTINGS else None
        if number is not None and (number < least or (most and number > most)):
            errors.add(f"{PREFIX}public_{name} is {number}: it must be at least {least}{f' and at most {most}' if most else ''}.")


def _is_off(inputs: Inputs, name: str) -> bool:
    return name == "sticky_sessions_enabled" and not inputs.switch(f"public_{name}")


def _gateway_errors(inputs: Inputs, found: Sequence[PublicAddress], errors: Errors) -> None:
    """Add the settings that NGINX Gateway Fabric does not support."""
    if inputs.switch("public_sticky_sessions_enabled"):
        errors.add(
            f"{PREFIX}public_sticky_sessions_enabled: NGINX Gateway Fabric does not set a cookie (only NGINX Plus does). "
            f"Set {PREFIX}public_hash_key instead: $cookie_session for a cookie that the service sets, or $remote_addr."
        )
    if inputs.has("public_read_timeout_seconds") and any(address.is_grpc for address in found):
        errors.add(
            f"{PREFIX}public_read_timeout_seconds: NGINX Gateway Fabric does not support it for gRPC and waits 60 seconds for "
            "each message: omit it, and send keep-alive messages from the service."
        )
