# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What links put into a service's Secret: addresses, and references to what only Secrets Manager knows. Pure; private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._rds.engine import EVERY_DATABASE
from .._resource import KNOWN_AFTER_APPLY
from .inputs import CERTIFICATES_DIRECTORY, CERTIFICATES_FILE, CERTIFICATES_VARIABLE, Inputs
from .links import ROTATED, Link, Stores, links

#: in the place of what the module kubernetes_objects reads by itself
CREDENTIALS = "{username}:{password}"


def plain_values(inputs: Inputs, stores: Stores) -> dict[str, str]:
    """The variables of links whose values are no secret, as addresses and names."""
    values = {}
    for link in links(inputs):
        named, outputs = link.variables(), stores.get(link.kind_name) or {}
        for what, output in link.kind.outputs.items():
            value = str((outputs.get(output) or {}).get(link.name) or "")
            if value:
                values[named[what]] = value
    return values


def stored_values(inputs: Inputs, stores: Stores) -> list[dict[str, str]]:
    """The variables of links that are read from Secrets Manager, as the option stored_values of kubernetes_objects takes them."""
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
    """The store in one URL, with TLS as the store wants it. certificates: the path of its certificate authorities.

    Sources: PostgreSQL's libpq (Connection URIs, SSL Support), MongoDB's Connection String URI Format, Amazon DocumentDB's developer guide
    (Connecting Programmatically), IANA's provisional scheme rediss.
    """

    def held(output: str) -> str:
        return _part((outputs.get(output) or {}).get(link.name))

    address, trusted = f"{CREDENTIALS}@{held('endpoints')}:{held('ports')}", quote(certificates, safe="/")
    if link.kind_name == "aurora":
        database = held("database_names") or EVERY_DATABASE  # without a name libpq takes that of the user
        return f"postgresql://{address}/{database}?sslmode=verify-full&sslrootcert={trusted}"
    if link.kind_name == "documentdb":
        return f"mongodb://{address}/?tls=true&tlsCAFile={trusted}&replicaSet=rs0&retryWrites=false"
    # a cache's certificate is of an authority that every system trusts
    return f"rediss://{address}"


def certificates_path(inputs: Inputs) -> str:
    """Where the certificate authorities are: the user's own file where the user says so."""
    own: Any = inputs.pairs("environment_variables").get(CERTIFICATES_VARIABLE)
    return str(own or f"{CERTIFICATES_DIRECTORY}/{CERTIFICATES_FILE}")


def _part(value: Any) -> str:
    """A part of a URL, with what would end it percent-encoded."""
    text = str(value or "")
    return text if text == KNOWN_AFTER_APPLY else quote(text, safe="")
