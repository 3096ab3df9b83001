# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names of everything that is made, from prefix, environment, kind and name. Pure; private to the collection."""

from __future__ import annotations

import hashlib

HASH_LENGTH = 8


def shortened(name: str, limit: int) -> str:
    """The name, or, when it is longer than limit characters, its beginning and a hash of the whole."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - HASH_LENGTH - 1].rstrip('-')}-{digest(name)}"


def digest(*parts: str) -> str:
    """Eight characters that stand for the parts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:HASH_LENGTH]


def resource_name(prefix: str, environment: str, kind: str = "", name: str = "", limit: int = 255) -> str:
    """<prefix>-<environment>[-<kind>[-<name>]], at most limit characters."""
    return shortened("-".join(part for part in (prefix, environment, kind, name) if part), limit)


def role_name(prefix: str, environment: str, kind: str, name: str = "") -> str:
    """The name of an IAM role: at most 64 characters (IAM, CreateRole)."""
    return resource_name(prefix, environment, kind, name, limit=64)


def global_name(prefix: str, environment: str, kind: str, account_id: str, region: str, name: str = "", limit: int = 63) -> str:
    """A name in a namespace that all of AWS shares (S3 buckets): it ends in a hash of account and region."""
    suffix = digest(account_id, region)
    return f"{resource_name(prefix, environment, kind, name, limit - len(suffix) - 1)}-{suffix}"


def iam_path(environment: str) -> str:
    """The path of every IAM role and policy of an environment."""
    return f"/opta/{environment}/"


def role_arn(partition: str, account_id: str, path: str, name: str) -> str:
    """The ARN that an IAM role of this path and name has."""
    return f"arn:{partition}:iam::{account_id}:role{path}{name}"
