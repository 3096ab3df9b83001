# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build the IAM statements of links: they allow actions on the linked resource and on its key only. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .inputs import Inputs
from .links import Link, Stores, links

KEY_READ = ("kms:Decrypt",)
KEY_WRITE = ("kms:Decrypt", "kms:GenerateDataKey")
READING = ("read", "subscribe")


def link_statements(inputs: Inputs, stores: Stores, region: str) -> list[dict[str, Any]]:
    """Return the statements of an IAM policy, each once. region: of the environment's buckets."""
    statements: list[dict[str, Any]] = []
    for link in links(inputs):
        for statement in _statements(link, stores.get(link.kind_name) or {}, region):
            if statement not in statements:
                statements.append(statement)
    return statements


def _statements(link: Link, outputs: Mapping[str, Mapping[str, str]], region: str) -> list[dict[str, Any]]:
    arn, key_arn = link.name, link.kms_key_arn
    if link.kind.arn_output:
        arn = str((outputs.get(link.kind.arn_output) or {}).get(link.name) or "")
        key_arn = str((outputs.get(link.kind.key_output) or {}).get(link.name) or "")
    elif arn.startswith("arn:"):
        region = arn.split(":")[3]
    made = [
        {"Effect": "Allow", "Action": list(actions), "Resource": [f"{arn}{ending}" for ending in endings]}
        for endings, actions in link.kind.actions.get(link.permission, {}).items()
    ]
    return [*made, _key_statement(link, key_arn, region)] if made and key_arn else made


def _key_statement(link: Link, key_arn: str, region: str) -> dict[str, Any]:
    """Allow use of the key through the linked AWS service only: the key may encrypt other data."""
    actions = KEY_READ if link.permission in READING else KEY_WRITE
    services = [f"{link.kind_name}.{region}.{suffix}" for suffix in _suffixes(region)]
    return {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": [key_arn],
        "Condition": {"StringEquals": {"kms:ViaService": services}},
    }


def _suffixes(region: str) -> tuple[str, ...]:
    """Return the endings of kms:ViaService; in China KMS reports either."""
    return ("amazonaws.com", "amazonaws.com.cn") if region.startswith("cn-") else ("amazonaws.com",)
