# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules for the clients that can connect to stores: security groups and CIDR blocks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._stores.registry import STORES

SECURITY_GROUP = re.compile(r"sg-[0-9a-f]{8,17}")
OPEN = ("0.0.0.0/0", "::/0")


def access_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each security group that EC2 would refuse; blocks are held to the rules of each store."""
    sentences = [wrong for where, groups in _named(given, "allowed_security_group_ids") for wrong in group_errors(where, groups)]
    sentences += group_errors("eks_api_client_security_group_ids", given.get("eks_api_client_security_group_ids") or [])
    return sentences


def access_notes(given: Mapping[str, Any]) -> list[str]:
    """What is allowed and is rarely meant."""
    return [
        f"{where} has {block}: it allows every client that can reach the subnets. List "
        "the CIDR blocks of your clients, for example 10.8.0.0/16."
        for where, blocks in _named(given, "allowed_cidr_blocks")
        for block in blocks
        if block in OPEN
    ]


def group_errors(where: str, groups: Sequence[Any]) -> list[str]:
    """A sentence for each id that is none; where: what the user calls them."""
    return [
        f"{where} has {group!r}: it must be the ID of a security group, for example sg-0123456789abcdef0."
        for group in groups
        if not SECURITY_GROUP.fullmatch(str(group))
    ]


def _named(given: Mapping[str, Any], option: str) -> Iterator[tuple[str, Sequence[Any]]]:
    """This option of each role and of each entry that has it, with the name that the user knows."""
    for store in STORES:
        yield f"{store.role}_{option}", given.get(f"{store.role}_{option}") or []
    for store in STORES:
        for entry in given.get(store.variable) or []:
            yield f"{store.variable}, {entry.get('name')}: {option}", entry.get(option) or []
