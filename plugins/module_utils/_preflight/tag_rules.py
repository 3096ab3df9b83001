# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tags AWS takes, of everything that has some. Pure; private to the collection.

Source: Tagging AWS Resources, tag naming limits; IAM API, Tag; 50 tags on a resource, of which the collection sets some itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST_KEY, LONGEST_VALUE, MOST = 128, 256, 40
ALLOWED = re.compile(r"[\w .:/=+@-]*")
CHARACTERS = "letters, digits, spaces and _ . : / = + - @"
ENDING = "_tags"


def tag_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each tag that AWS refuses, in inputs that end in _tags and in the tags of lists' entries."""
    return [sentence for where, tags in sorted(_found(given)) for sentence in tag_errors(where, tags)]


def _found(given: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in given.items():
        if name.endswith(ENDING) and isinstance(value, Mapping):
            yield name, value
        for entry in value if isinstance(value, (list, tuple)) else ():
            if isinstance(entry, Mapping) and isinstance(entry.get("tags"), Mapping):
                yield f"{name}, {entry.get('name')}: tags", entry["tags"]


def tag_errors(where: str, tags: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each tag that is refused; where: what the user calls them."""
    if len(tags) > MOST:
        yield f"{where} has {len(tags)} tags, but with the collection's own a resource would have more than AWS's 50: give at most {MOST}."
    for key, value in tags.items():
        name = str(key)
        if not 1 <= len(name) <= LONGEST_KEY or not ALLOWED.fullmatch(name):
            yield f"{where}: the key {name[:60]!r} must be 1 to {LONGEST_KEY} {CHARACTERS}, for example team."
        elif name.lower().startswith("aws:"):
            yield f"{where}: the key {name} begins with aws:, which AWS keeps for itself: name it otherwise, for example team."
        if value is None or isinstance(value, (Mapping, list, tuple)):
            yield f"{where}, {name}: the value must be text, for example payments."
        elif len(str(value)) > LONGEST_VALUE or not ALLOWED.fullmatch(str(value)):
            yield f"{where}, {name}: the value {str(value)[:60]!r} must be at most {LONGEST_VALUE} {CHARACTERS}, for example payments."
