"""The programs of real databases: found where Debian puts them, or on the PATH; never installed here."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

DEBIAN_POSTGRESQL = Path("/usr/lib/postgresql")
REDIS = ("valkey-server", "redis-server")


def postgresql_directory() -> Path | None:
    """The directory that has initdb, postgres and psql; the newest of Debian's, None when there is none."""
    versions = [path for path in DEBIAN_POSTGRESQL.glob("*/bin") if re.fullmatch(r"\d+", path.parent.name)]
    on_path = shutil.which("initdb")
    candidates = [
        *sorted(versions, key=lambda path: int(path.parent.name), reverse=True),
        *([Path(on_path).resolve().parent] if on_path else []),
    ]
    return next((path for path in candidates if all((path / name).exists() for name in ("initdb", "postgres", "psql"))), None)


def redis_server() -> Path | None:
    """valkey-server or redis-server; None when neither is there."""
    found = next((path for name in REDIS if (path := shutil.which(name))), None)
    return Path(found) if found else None


def user_for_postgresql(directory: Path) -> str:
    """PostgreSQL refuses to be root's: postgres, or nobody, when this is root; else empty.

    Raises RuntimeError when that user cannot reach the directory.
    """
    if os.geteuid() != 0:
        return ""
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = next(name for name in ("postgres", "nobody") if name in known)
    entry = pwd.getpwnam(user)
    reached = subprocess.run(["test", "-x", directory], user=entry.pw_uid, group=entry.pw_gid, extra_groups=[], check=False)
    if reached.returncode:
        raise RuntimeError(
            f"PostgreSQL runs as {user} when root starts it, and {user} cannot reach {directory}: use a directory that all can enter"
        )
    return user
