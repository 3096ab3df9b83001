"""Headers of HTTP messages without the parser of e-mails, which takes a twentieth of a call to the stand-in, at either end."""

from __future__ import annotations

import importlib
from http.client import HTTPMessage
from typing import Any

CLIENT: Any = importlib.import_module("http.client")
PARSE = CLIENT.parse_headers


def parse_simply() -> None:
    """From now on http.client and http.server parse headers line by line."""
    CLIENT.parse_headers = _parse_headers


def _parse_headers(fp: Any, _class: type[HTTPMessage] = HTTPMessage) -> HTTPMessage:
    """As http.client.parse_headers, for headers of one line each: all that this Python and Go write."""
    message = _class()
    for line in CLIENT._read_headers(fp)[:-1]:
        name, _colon, value = line.decode("iso-8859-1").partition(":")
        message.set_raw(name, value.strip())
    return message
