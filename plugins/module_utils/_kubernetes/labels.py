# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Labels and annotations that Kubernetes takes. Pure functions.

Source: Kubernetes, Labels and Selectors, syntax and character set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
VALUE = re.compile(rf"({NAME.pattern})?")
DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def key_errors(where: str, keys: Iterable[Any]) -> Iterator[str]:
    """A sentence for each key of labels or annotations that is refused; where: what the user calls them."""
    for key in keys:
        prefix, slash, name = str(key).rpartition("/")
        if not NAME.fullmatch(name) or (slash and not DOMAIN.fullmatch(prefix)):
            yield (
                f"{where} has the key {key!r}: it must have letters, digits, - _ and ., optionally "
                "after a domain and /, for example example.com/team."
            )


def label_errors(where: str, labels: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each label that is refused."""
    yield from key_errors(where, labels)
    for key, value in labels.items():
        if not VALUE.fullmatch(str(value)):
            yield f"{where}, {key} is {value!r}: it must be at most 63 letters, digits, - _ and ., for example payments."
