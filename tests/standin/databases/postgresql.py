"""A real PostgreSQL: TLS with the stand-in's certificate, the master user with the password that AWS's calls gave it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from tests.standin.databases.description import Description
from tests.standin.databases.programs import own_directory, postgresql_directory, user_for_postgresql
from tests.standin.processes import ProcessTable

ADMINISTRATOR = "rdsadmin"  # as on RDS; here it is the stand-in's own
# Small and quick: what it holds need not outlive the stand-in
SETTINGS = {
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "50",
    "shared_buffers": "16MB",
    "dynamic_shared_memory_type": "mmap",
    "autovacuum": "off",
    "log_statement": "none",
    "log_min_error_statement": "panic",  # a statement may hold a password
    "ssl": "on",
    "ssl_min_protocol_version": "TLSv1.2",
}


class PostgreSQL:
    """Arguments: a directory of its own with server.crt and server.key in it; the address that it listens on."""

    def __init__(self, directory: Path, address: str, port: int) -> None:
        found = postgresql_directory()
        if found is None:
            raise RuntimeError("there is no PostgreSQL on this machine: install Debian's postgresql")
        self._programs, self._directory, self._address, self._port = found, directory, address, port
        self._user = user_for_postgresql()
        self._home = own_directory(directory / "data", self._user)
        self._data = self._home / "cluster"
        self._password = secrets.token_hex(16)
        self._processes = ProcessTable(directory / "processes.json", directory)

    def start(self, description: Description) -> None:
        """Returns when it answers. RuntimeError with the end of its log when it does not."""
        self._initialize()
        self._admit(description.tls)
        settings = {"listen_addresses": self._address, "port": self._port, **SETTINGS}
        settings |= {"ssl_cert_file": self._home / "server.crt", "ssl_key_file": self._home / "server.key"}
        command = [self._programs / "postgres", "-D", self._data, *(f"--{name}={value}" for name, value in settings.items())]
        self._processes.start("postgres", command, user=self._user.pw_name if self._user else "", death_signal=signal.SIGQUIT)
        self._processes.wait_until("postgres", lambda: self._execute("SELECT 1;"))
        (account,) = description.accounts
        self._execute(f"CREATE ROLE {_identifier(account.name)} LOGIN CREATEROLE CREATEDB PASSWORD {_literal(account.passwords[0])};")
        if description.database:
            self._execute(f"CREATE DATABASE {_identifier(description.database)} OWNER {_identifier(account.name)};")

    def follow(self, description: Description) -> None:
        """Takes over the password, and whether TLS is required; connections that stand go on."""
        (account,) = description.accounts
        self._execute(f"ALTER ROLE {_identifier(account.name)} PASSWORD {_literal(account.passwords[0])};")
        self._admit(description.tls)
        self._execute("SELECT pg_reload_conf();")

    def stop(self) -> None:
        """Ends it at once, and drops its data."""
        self._processes.end_all(((signal.SIGQUIT, 3), (signal.SIGKILL, 5)))
        shutil.rmtree(self._home, ignore_errors=True)

    def _initialize(self) -> None:
        given = self._home / "administrator"
        given.touch(mode=0o600)
        given.write_text(self._password)
        for name in ("server.crt", "server.key"):
            shutil.copy(self._directory / name, self._home / name)
        owner: dict[str, Any] = {}
        if self._user:
            owner = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
            for path in self._home.iterdir():
                os.chown(path, self._user.pw_uid, self._user.pw_gid)
        command = [str(self._programs / "initdb"), "--pgdata", str(self._data), "--username", ADMINISTRATOR, "--pwfile", str(given)]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self._home, check=False, **owner)
        given.unlink()
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stdout[-1000:]}{done.stderr[-1000:]}")

    def _admit(self, tls: bool) -> None:
        """Who may connect, and how. Without a line for connections without TLS they are refused, as with rds.force_ssl."""
        lines = ["hostssl all all all scram-sha-256", *([] if tls else ["hostnossl all all all scram-sha-256"])]
        (self._data / "pg_hba.conf").write_text("".join(f"{line}\n" for line in lines))

    def _execute(self, statement: str) -> None:
        """One statement as the administrator, handed over by standard input. ConnectionError when it did not work."""
        variables = {
            **os.environ,
            "PGHOST": self._address,
            "PGPORT": str(self._port),
            "PGUSER": ADMINISTRATOR,
            "PGPASSWORD": self._password,
            "PGDATABASE": "postgres",
            "PGSSLMODE": "require",
        }
        command = [str(self._programs / "psql"), "--no-psqlrc", "--quiet", "--no-align", "--set", "ON_ERROR_STOP=1"]
        done = subprocess.run(command, input=statement, env=variables, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ConnectionError(done.stderr)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
