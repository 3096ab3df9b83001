# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which stores an environment has, by their secrets: a store's secret is the first thing that is made and the last that goes.

Private to the collection.
"""

from __future__ import annotations

from typing import Any

from .. import _tags
from . import api
from .options import secret_name


def store_secrets(client: Any, prefix: str, environment: str, kind: str) -> list[dict[str, str]]:
    """name, secret_name and secret_arn of each store of a kind (cache, aurora, docdb); also of one that is half made or half removed."""
    start = secret_name(prefix, environment, kind, "")
    stores = [
        {"name": secret["Name"].removeprefix(start), "secret_name": secret["Name"], "secret_arn": secret["ARN"]}
        for secret in api.list_secrets(client, start)
        if secret["Name"].startswith(start) and _tags.as_dict(secret.get("Tags")).get(_tags.ENVIRONMENT) == environment
    ]
    return sorted(stores, key=lambda store: store["name"])
