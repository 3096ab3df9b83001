"""Clients of the real databases behind the stand-in's endpoints: they know the endpoints' names, as if the VPC's DNS told them."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis

from tests.standin.databases.programs import postgresql_directory, redis_server

MISSING = [
    name
    for name, found in (
        ("PostgreSQL (Debian's postgresql)", postgresql_directory()),
        ("Valkey or Redis (Debian's redis-server)", redis_server()),
    )
    if found is None
]
#: for tests that log in
real_databases = pytest.mark.skipif(bool(MISSING), reason=f"this machine has no {' and no '.join(MISSING)}")


class Clients:
    """Addresses of endpoints by their names, and logins at them; a login answers "" or why it was refused.

    running: what Standin.databases() answered. trusted: the file of the certificate authorities that this machine trusts.
    """

    def __init__(self, running: dict[str, Any], trusted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        failed = [f"{each['name']}: {each['failure']}" for each in running["databases"] if each["failure"]]
        assert not failed, failed
        self.addresses = {name: each["address"] for each in running["databases"] for name in each["host_names"]}
        self._environment = {**os.environ, "SSL_CERT_FILE": str(trusted), "PGCONNECT_TIMEOUT": "10"}
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        ask = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: ask(self.addresses.get(host, host), *more, **named))

    def postgresql(self, url: str, **settings: str) -> str:
        """A login with psql: the URL as it is; settings are libpq's environment variables."""
        directory = postgresql_directory()
        assert directory is not None
        environment = {**self._environment, "PGHOSTADDR": self.addresses[str(urlsplit(url).hostname)], **settings}
        command = [str(directory / "psql"), "--no-psqlrc", "--tuples-only", "--no-align", "--command", ENCRYPTED, url]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.stderr.strip() if done.returncode else "" if done.stdout.strip() == "t" else "not encrypted"

    def redis(self, url: str, **settings: Any) -> str:
        """A login with redis-py: the URL as it is, with the certificate authorities that this machine trusts."""
        client = redis.Redis.from_url(url, socket_timeout=10, **settings)
        try:
            return "" if client.ping() else "no answer"
        except redis.RedisError as error:
            return str(error)
        finally:
            client.close()


ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
