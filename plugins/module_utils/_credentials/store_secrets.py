# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Find the stores of an environment by their secrets: a store's secret is created first and deleted last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .. import _tags
from .._names import Identity
from . import api
from .options import secret_name


def store_secrets(client: Any, identity: Identity, kind: str) -> list[dict[str, str]]:
    """Return name, secret_name and secret_arn of each store of a kind (cache, aurora, docdb), including incomplete ones."""
    return stores_among(api.list_secrets(client, _beginning(identity, kind)), identity, kind)


def environment_secrets(client: Any, identity: Identity) -> list[dict[str, Any]]:
    """Return all secrets of an environment by one call, for stores_among()."""
    return api.list_secrets(client, f"{identity.prefix}/{identity.environment}/")


def stores_among(secrets: Iterable[Mapping[str, Any]], identity: Identity, kind: str) -> list[dict[str, str]]:
    """As store_secrets(), from listed secrets."""
    start = _beginning(identity, kind)
    stores = [
        {"name": secret["Name"].removeprefix(start), "secret_name": secret["Name"], "secret_arn": secret["ARN"]}
        for secret in secrets
        if secret["Name"].startswith(start) and _tags.carries(_tags.as_dict(secret.get("Tags")), identity.marks())
    ]
    return sorted(stores, key=lambda store: store["name"])


def _beginning(identity: Identity, kind: str) -> str:
    return secret_name(identity.prefix, identity.environment, kind, "")
