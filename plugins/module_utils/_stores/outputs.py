# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The outputs that all stores with a password have. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: outputs, and the return values of the modules that they hold
CONNECTION = {
    "endpoints": "endpoint",
    "reader_endpoints": "reader_endpoint",
    "ports": "port",
    "secret_arns": "secret_arn",
    "security_group_ids": "security_group_id",
}


def by_name(
    values: Mapping[str, str], names: Sequence[str], stores: Sequence[Mapping[str, Any]], text: Callable[[str, Any], str]
) -> dict[str, dict[str, str]]:
    """Maps by the names of entries. values: a key of stores for each output. stores: what the module returned for each entry, in order.

    text(key, value): a value as text.
    """
    pairs = list(zip(names, stores, strict=True))
    return {output: {name: text(key, store.get(key)) for name, store in pairs} for output, key in values.items()}
