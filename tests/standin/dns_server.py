"""A DNS server that answers from the emulated zones, by UDP and TCP: at once the resolver and the parent's name servers.

A question with the flag "recursion desired" gets a resolver's answer. Without it the asker wants the parent's own name servers: for a
domain that is delegated they answer with the delegation.
"""

from __future__ import annotations

import socketserver
import struct
import threading
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from tests.standin.aws import public_dns
from tests.standin.aws.route53 import normal
from tests.standin.aws.world import World
from tests.standin.processes import HOST, reserve_port

TTL_SECONDS = 60
ATTEMPTS = 20


class DnsServer:
    """Listens on a free port of 127.0.0.1 from start() to stop(). address: HOST:PORT."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._servers: list[socketserver.BaseServer] = []
        self.address = ""

    def start(self) -> None:
        for _ in range(ATTEMPTS):
            port = reserve_port()
            try:
                self._servers = [_Udp((HOST, port), self._world), _Tcp((HOST, port), self._world)]
            except OSError:
                continue
            break
        else:
            raise RuntimeError(f"no port of {HOST} is free for UDP and TCP")
        self.address = f"{HOST}:{port}"
        for server in self._servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()


class _UdpHandler(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        data, connection = self.request
        connection.sendto(answer(self.server.world, data, limit=True), self.client_address)


class _TcpHandler(socketserver.StreamRequestHandler):
    server: _Tcp

    def handle(self) -> None:
        header = self.rfile.read(2)
        if len(header) == 2:
            content = answer(self.server.world, self.rfile.read(struct.unpack("!H", header)[0]), limit=False)
            self.wfile.write(struct.pack("!H", len(content)) + content)


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], world: World) -> None:
        self.world = world
        super().__init__(address, _UdpHandler)


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], world: World) -> None:
        self.world = world
        super().__init__(address, _TcpHandler)


def answer(world: World, data: bytes, limit: bool) -> bytes:
    """The answer to one question on the wire."""
    question = dns.message.from_wire(data)
    reply = dns.message.make_response(question)
    reply.flags |= dns.flags.RA
    name, kind = question.question[0].name, question.question[0].rdtype
    try:
        with world.lock:
            fill(reply, name, kind, bool(question.flags & dns.flags.RD))
        return reply.to_wire(max_size=512 if limit else 65535)
    except dns.exception.TooBig:
        short = dns.message.make_response(question)
        short.flags |= dns.flags.TC
        return short.to_wire()
    except Exception:  # a record that is none, as a value of a type we cannot read
        failed = dns.message.make_response(question)
        failed.set_rcode(dns.rcode.SERVFAIL)
        return failed.to_wire()


def fill(reply: Any, name: Any, kind: Any, recursive: bool) -> None:
    """Puts the answer into a reply."""
    text = normal(name.to_text())
    if ".awsdns-" in text:  # every name server is this one
        if kind == dns.rdatatype.A:
            reply.answer.append(_rrset(name, "A", [HOST]))
        return
    place = public_dns.follow(text)
    if not recursive and place.above is not None:
        reply.authority.append(_rrset(name, "NS", list(place.delegation)))
        return
    if place.lame:
        reply.set_rcode(dns.rcode.SERVFAIL)
        return
    found = public_dns.record_sets(place.zone, text) if place.zone else []
    fitting = [each for each in found if each.type in (dns.rdatatype.to_text(kind), "CNAME")]
    for each in fitting:
        reply.answer.append(_rrset(name, each.type, _values(each)))
    if not fitting:
        if not found:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        if place.zone:
            soa = [each for each in place.zone.rrsets if each.type == "SOA"]
            reply.authority.extend(_rrset(dns.name.from_text(place.zone.name), "SOA", each.records) for each in soa)


def _values(record_set: Any) -> list[str]:
    """Those of a record set; one that points to something of AWS leads somewhere."""
    return list(record_set.records or []) or [public_dns.SOMEWHERE]


def _rrset(name: Any, kind: str, values: list[str]) -> Any:
    return dns.rrset.from_text(name, TTL_SECONDS, dns.rdataclass.IN, kind, *[_absolute(kind, value) for value in values])


def _absolute(kind: str, value: str) -> str:
    return value if kind not in ("NS", "CNAME") or value.endswith(".") else f"{value}."
