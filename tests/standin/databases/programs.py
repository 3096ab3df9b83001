"""The programs of real databases: found where Debian puts them, or on the PATH; never installed here."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
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


def user_for_postgresql() -> pwd.struct_passwd | None:
    """Whose process PostgreSQL is, because it refuses to be root's: postgres, or nobody. None when this is not root."""
    if os.geteuid() != 0:
        return None
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    return users.get("postgres") or users["nobody"]


def own_directory(wanted: Path, user: pwd.struct_passwd | None) -> Path:
    """Makes a directory for a user. Where it cannot enter the parents, it gets a temporary one, and `wanted` is a link to that."""
    if user is None:
        wanted.mkdir(mode=0o700)
        return wanted
    made = wanted
    enters = subprocess.run(["test", "-x", wanted.parent], user=user.pw_uid, group=user.pw_gid, extra_groups=[], check=False)
    if enters.returncode == 0:
        wanted.mkdir(mode=0o700)
    else:
        made = Path(tempfile.mkdtemp(prefix="opta-platform-stand-in-"))
        wanted.symlink_to(made)
    os.chown(made, user.pw_uid, user.pw_gid)
    return made
