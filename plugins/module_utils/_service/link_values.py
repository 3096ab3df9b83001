# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build the values of links for the Secret of a service: addresses, and references to Secrets Manager. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._rds.engine import EVERY_DATABASE
from .._resource import KNOWN_AFTER_APPLY
from .inputs import CERTIFICATES_DIRECTORY, CERTIFICATES_FILE, CERTIFICATES_VARIABLE, Inputs
from .links import ROTATED, Link, Stores, links

#: placeholder for what the module kubernetes_objects reads from Secrets Manager
CREDENTIALS = "{username}:{password}"


def plain_values(inputs: Inputs, stores: Stores) -> dict[str, str]:
    """Return the environment variables of links without secrets: addresses and names."""
    values = {}
    for link in links(inputs):
        named, outputs = link.variables(), stores.get(link.kind_name) or {}
        for what, output in link.kind.outputs.items():
            value = str((outputs.get(output) or {}).get(link.name) or "")
            if value:
                values[named[what]] = value
    return values


def stored_values(inputs: Inputs, stores: Stores) -> list[dict[str, str]]:
    """Return the environment variables of links from Secrets Manager, for the option stored_values of kubernetes_objects."""
    entries: list[dict[str, str]] = []
    for link in links(inputs):
        if not link.kind.credentials:
            continue
        named, outputs = link.variables(), stores.get(link.kind_name) or {}
        place = {"name": inputs.text("name"), "namespace": inputs.text("layer")}
        held = {**place, "secret_id": str((outputs.get("secret_arns") or {}).get(link.name) or "")}
        changed = {**held, "secret_id": (outputs.get(ROTATED) or {}).get(link.name) or held["secret_id"]}
        for what, part in link.kind.credentials.items():
            entries.append({**(changed if part == "password" else held), "key": named[what], "json_key": part})
        entries.append({**changed, "key": named[link.kind.url], "url": url(link, outputs, certificates_path(inputs))})
    return entries


def url(link: Link, outputs: Mapping[str, Mapping[str, str]], certificates: str) -> str:
    """Return the URL of a store, with TLS. certificates: the path of its certificate authorities."""

    def held(output: str) -> str:
        return _part((outputs.get(output) or {}).get(link.name))

    return link.kind.url_format.format(
        address=f"{CREDENTIALS}@{held('endpoints')}:{held('ports')}",
        database=held("database_names") or EVERY_DATABASE,  # without a name libpq uses the name of the user
        certificates=quote(certificates, safe="/"),
    )


def certificates_path(inputs: Inputs) -> str:
    """Return the path of the certificate authorities: the one that the user sets, or the default."""
    own: Any = inputs.pairs("environment_variables").get(CERTIFICATES_VARIABLE)
    return str(own or f"{CERTIFICATES_DIRECTORY}/{CERTIFICATES_FILE}")


def _part(value: Any) -> str:
    """Return a part of a URL, percent-encoded."""
    text = str(value or "")
    return text if text == KNOWN_AFTER_APPLY else quote(text, safe="")
