"""One call of a gRPC server that speaks HTTP/2 in clear, by curl; messages of strings, bytes and whole numbers."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

HEADER = ["content-type: application/grpc", "te: trailers"]


def call(port: int, method: str, fields: dict[int, bytes]) -> dict[int, list[Any]]:
    """The fields of the answer, by number. method: package.Service/Method. AssertionError with the words of who refused it."""
    answer, head = _ask(port, method, fields)
    assert b"grpc-status: 0" in head, head.decode()
    return _by_number(answer)


def first(port: int, method: str, fields: dict[int, bytes]) -> dict[int, list[Any]]:
    """The fields of the first answer of a call that goes on answering."""
    answer, head = _ask(port, method, fields, ["--max-time", "1"])
    assert answer, head.decode()
    return _by_number(answer[: 5 + int.from_bytes(answer[1:5], "big")])


def _ask(port: int, method: str, fields: dict[int, bytes], options: Sequence[str] = ()) -> tuple[bytes, bytes]:
    """What comes, and its header and trailer."""
    message = b"".join(_varint(number << 3 | 2) + _varint(len(value)) + value for number, value in fields.items())
    command = ["curl", "--silent", "--http2-prior-knowledge", "--noproxy", "*", "--dump-header", "/dev/stderr", *options]
    command += [part for header in HEADER for part in ("--header", header)]
    command += ["--no-buffer", "--data-binary", "@-", f"http://127.0.0.1:{port}/{method}"]
    framed = b"\0" + len(message).to_bytes(4, "big") + message
    done = subprocess.run(command, input=framed, capture_output=True, check=False)
    return done.stdout, done.stderr


def _by_number(answer: bytes) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for number, value in _fields(answer[5:]):
        found.setdefault(number, []).append(value)
    return found


def _varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])


def _fields(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    place = 0

    def number() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = message[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while place < len(message):
        key = number()
        if key & 7 == 2:
            length = number()
            yield key >> 3, message[place : place + length]
            place += length
        else:
            yield key >> 3, number()
