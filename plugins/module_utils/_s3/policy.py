# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The policy of a bucket: nothing without TLS, what is public, and the user's own statements. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _policy
from .transformations import PUBLIC_READ, bucket_arn

TLS_ONLY_SID = "TlsOnly"
PUBLIC_READ_SID = "PublicRead"
#: conditions on these keys narrow everybody down (Amazon S3, "The meaning of public")
NARROWING = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
}


def document(partition: str, name: str, tls_only: bool, public_access: str, statements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The bucket's policy; empty when there is no statement."""
    arn = bucket_arn(partition, name)
    all_statements: list[Mapping[str, Any]] = []
    if tls_only:
        all_statements.append(
            {
                "Sid": TLS_ONLY_SID,
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        )
    if public_access == PUBLIC_READ:
        reading = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": f"{arn}/*"}
        all_statements.append({"Sid": PUBLIC_READ_SID, **reading})
    all_statements.extend(statements)
    return _policy.document(all_statements) if all_statements else {}


def public_actions(policy: Mapping[str, Any] | None) -> list[str]:
    """What everybody on the internet may do under a policy, in its own words; empty when it is private."""
    actions: set[str] = set()
    for statement in _as_list((policy or {}).get("Statement")):
        if statement.get("Effect") == "Allow" and _is_for_everybody(statement) and not _is_narrowed(statement.get("Condition")):
            actions.update(_as_list(statement.get("Action")) or ["all actions but " + ", ".join(_as_list(statement.get("NotAction")))])
    return sorted(actions)


def _is_for_everybody(statement: Mapping[str, Any]) -> bool:
    if "NotPrincipal" in statement:
        return True
    principal = statement.get("Principal")
    return "*" in _as_list(principal.get("AWS") if isinstance(principal, Mapping) else principal)


def _is_narrowed(conditions: Mapping[str, Mapping[str, Any]] | None) -> bool:
    """Whether one of the conditions holds only for whom it names."""
    return any(
        key.lower() in NARROWING and not any(value in ("*", "0.0.0.0/0", "::/0") for value in _as_list(values))
        for operator, test in (conditions or {}).items()
        if not operator.endswith("IfExists") and "Not" not in operator and operator != "Null"
        for key, values in test.items()
    )


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
