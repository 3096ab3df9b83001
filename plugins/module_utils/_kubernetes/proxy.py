# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The HTTP proxy on the way to an API server, found as botocore finds it for AWS."""

from __future__ import annotations

import os
import re
import ssl
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

with suppress(ImportError):  # the module says that botocore is missing
    from botocore.httpsession import ProxyConfiguration
    from botocore.utils import get_environ_proxies

#: what http.client and urllib3 say of a proxy that opens no tunnel
NO_TUNNEL = re.compile(r"Tunnel connection failed: (4[0-9]{2}\b[^'\")]*)")
WITHOUT_CREDENTIALS = 407


def proxy_settings(url: str) -> dict[str, Any]:
    """Arguments of urllib3's ProxyManager for this URL, with the proxy's credentials; empty when no proxy is to be used."""
    configuration = ProxyConfiguration(get_environ_proxies(url))
    proxy = configuration.proxy_url_for(url)
    if not proxy:
        return {}
    settings = {"proxy_url": proxy, "proxy_headers": configuration.proxy_headers_for(proxy)}
    if proxy.startswith("https:"):
        settings["proxy_ssl_context"] = context = ssl.create_default_context()
        if os.environ.get("AWS_CA_BUNDLE"):
            context.load_verify_locations(os.environ["AWS_CA_BUNDLE"])
    return settings


def refusal_of_proxy(url: str, error: Exception) -> str:
    """What the proxy said when it refused for good to connect to this URL, and what to do; empty for any other error."""
    refused = NO_TUNNEL.search(str(error))
    proxy = proxy_settings(url).get("proxy_url")
    if not refused or not proxy:
        return ""
    place, host = urlsplit(proxy), urlsplit(url).hostname
    answer = refused.group(1).strip()
    reported = f"The proxy {place.scheme}://{place.hostname}:{place.port or 80} does not connect to {host}: {answer}. "
    if answer.startswith(str(WITHOUT_CREDENTIALS)):
        return reported + (
            "Set its user and password in HTTPS_PROXY, with special characters percent-encoded, "
            "for example http://user:pass%40word@proxy.example.com:3128."
        )
    return reported + f"Allow the connection in the proxy, or add {host} to NO_PROXY if this machine can reach it directly."
