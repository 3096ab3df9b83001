# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Addresses of DNS servers as users write them. Pure functions."""

from __future__ import annotations

import ipaddress

from .._errors import PlatformError

PORT = 53


def parse_address(text: str) -> tuple[str, int]:
    """Address and port of `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`."""
    host, port = text, str(PORT)
    if text.startswith("["):
        host, _bracket, rest = text[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif text.count(":") == 1:
        host, port = text.split(":")
    try:
        return str(ipaddress.ip_address(host)), int(port)
    except ValueError as error:
        raise PlatformError(
            f"resolver is {text!r}: it must be an IP address, with a port if it is not 53, for example 192.0.2.53."
        ) from error
