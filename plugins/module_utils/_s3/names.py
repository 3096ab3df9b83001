# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names that S3 takes for a bucket (Amazon S3, Bucket naming rules). Pure functions."""

from __future__ import annotations

import re

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ADDRESS = re.compile(r"\d+(\.\d+){3}")
RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_ENDINGS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def refused_name(name: str) -> str:
    """Why S3 refuses a name, with an example; empty when it takes it."""
    example = "for example opta-staging-logs."
    if not NAME.fullmatch(name):
        return (
            "a bucket name must have 3 to 63 lower-case letters, digits, hyphens and "
            f"dots, and start and end with a letter or digit, {example}"
        )
    if ".." in name or ADDRESS.fullmatch(name):
        return f"a bucket name must not contain two adjacent dots or be an IP address, {example}"
    if name.startswith(RESERVED_BEGINNINGS) or name.endswith(RESERVED_ENDINGS):
        reserved = f"names that start with {', '.join(RESERVED_BEGINNINGS)} or end with {', '.join(RESERVED_ENDINGS)}"
        return f"{reserved} are reserved by AWS: use another name, {example}"
    return ""
