# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Validate ports and probes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .inputs import PREFIX, Inputs, as_number, ports
from .validation import Errors, repeated
from .values import PROBE_FIELDS, probed_port

PORT_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HIGHEST_PORT = 65535
PROBES = ("liveness_probe", "readiness_probe", "startup_probe")
KINDS = ("path", "command", "grpc", "tcp")


def port_errors(inputs: Inputs, errors: Errors) -> None:
    found = ports(inputs)
    for port in found:
        name = str(port["name"])
        if not PORT_NAME.fullmatch(name) or len(name) > 15 or not re.search("[a-z]", name):
            errors.add(
                f"opta_service_ports has a port named {name!r}: Kubernetes allows 1 to 15 lower-case letters, digits and hyphens "
                "with at least one letter, for example main."
            )
        for number in (port["port"], port["service_port"]):
            if number is None or not 1 <= number <= HIGHEST_PORT:
                errors.add(f"opta_service_ports, {name}: port and service_port must be numbers from 1 to {HIGHEST_PORT}, for example 8080.")
        if port["protocol"] and port["type"] != "http":
            errors.add(f"opta_service_ports, {name}: protocol {port['protocol']} is for ports of type http; omit type.")
    for key, meaning in (("name", "name"), ("port", "port"), ("service_port", "service_port")):
        for value in repeated(port[key] for port in found):
            errors.add(f"opta_service_ports has two ports with {meaning} {value}: give each its own.")
    desired = inputs.get("probe_port")
    if desired is not None and desired not in [port["name"] for port in found]:
        errors.add(f"opta_service_probe_port is {desired!r}, and opta_service_ports has no port of that name{_names(found)}.")


def probe_errors(inputs: Inputs, errors: Errors) -> None:
    for option in PROBES:
        given = inputs.pairs(option)
        if given:
            _probe(inputs, errors, option, given)


def _probe(inputs: Inputs, errors: Errors, option: str, given: Mapping[str, Any]) -> None:
    where = f"{PREFIX}{option}"
    kinds = [kind for kind in KINDS if given.get(kind)]
    if len(kinds) != 1:
        reported = f"has {' and '.join(kinds)}" if kinds else "has no kind of probe"
        errors.add(f"{where} {reported}: it must have exactly one of path, command, grpc and tcp, for example path: /healthy.")
        return
    for name in PROBE_FIELDS:
        number = as_number(given.get(name))
        least = 0 if name == "initial_delay_seconds" else 1
        if number is not None and number < least:
            errors.add(f"{where}, {name} is {number}: it must be at least {least}.")
    if option != "readiness_probe" and as_number(given.get("success_threshold")) not in (None, 1):
        errors.add(f"{where}, success_threshold must be 1: Kubernetes allows another number for readiness only.")
    if kinds == ["command"]:
        return
    port = probed_port(inputs, given)
    if not port:
        desired = given.get("port")
        if desired and ports(inputs):
            errors.add(f"{where}, port is {desired!r}, and opta_service_ports has no port of that name{_names(ports(inputs))}.")
        elif not ports(inputs):
            errors.add(f"{where} probes a port, and the service has none: use command, or set opta_service_ports.")
        return
    _fits(errors, where, kinds[0], given, port)


def _fits(errors: Errors, where: str, kind: str, given: Mapping[str, Any], port: Mapping[str, Any]) -> None:
    speaks = port["protocol"] or port["type"]
    if kind == "path" and not str(given["path"]).startswith("/"):
        errors.add(f"{where}, path is {given['path']!r}: it must start with /, for example /healthy.")
    elif kind == "path" and speaks != "http":
        instead = "grpc: true" if speaks == "grpc" else "tcp: true"
        errors.add(f"{where} has a path, and port {port['name']} speaks {speaks}: use {instead}, or name an http port.")
    elif kind == "grpc" and speaks != "grpc":
        errors.add(
            f"{where} has grpc, and port {port['name']} speaks {speaks}: give the port protocol: grpc, or use another kind of probe."
        )


def _names(found: list[dict[str, Any]]) -> str:
    return f" (there are: {', '.join(str(port['name']) for port in found)})" if found else ""
