# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tags every service of AWS takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

#: IAM, CloudWatch Logs, ACM and Elastic Load Balancing take no other characters (TagKey and TagValue of their APIs), and the add-on
#: aws-ebs-csi-driver takes no letters but these for its volumes (its configuration schema, amazon-vpc-cni-k8s, issue 2272)
CHARACTERS = re.compile(r"[A-Za-z0-9_ .:/=+@-]*")
LONGEST_KEY, LONGEST_VALUE = 128, 256
#: a resource has 50 at most: the others are for the collection, Kubernetes and AWS
MOST_TAGS = 35
RESERVED = "aws:"


def tag_errors(option: str, tags: Any) -> Iterator[str]:
    """A sentence for each tag that a service would refuse, and for what is no map of tags. option: what the user calls them."""
    if tags in (None, ""):  # before ansible-core 2.19 a template that answers None is an empty string
        return
    if not isinstance(tags, Mapping):
        yield f"{option} must be a map of tags, for example {{team: payments}}."
        return
    if len(tags) > MOST_TAGS:
        yield f"{option} has {len(tags)} tags: use at most {MOST_TAGS}; AWS allows 50, including those of the collection and Kubernetes."
    for key, value in tags.items():
        reason = _key_problem(str(key)) or _value_problem(value)
        if reason:
            yield f"{option} has the tag {str(key)!r}, {reason}."


def _key_problem(key: str) -> str:
    if key.lower().startswith(RESERVED):
        return f"and keys that start with {RESERVED} are reserved by AWS: use another key, for example team"
    if not key or len(key) > LONGEST_KEY or not CHARACTERS.fullmatch(key):
        return f"but a key must have 1 to {LONGEST_KEY} letters (a to z), digits, spaces and _ . : / = + - @, for example team"
    return ""


def _value_problem(value: Any) -> str:
    if value is None or isinstance(value, (Mapping, list, tuple)):
        return 'whose value is not a string: set one, for example payments, or ""'
    if len(str(value)) > LONGEST_VALUE or not CHARACTERS.fullmatch(str(value)):
        return f"but a value can have at most {LONGEST_VALUE} letters (a to z), digits, spaces and _ . : / = + - @, for example payments"
    return ""
