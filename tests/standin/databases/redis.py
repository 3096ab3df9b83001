"""A real Valkey or Redis: TLS with the stand-in's certificate, the users with the passwords that AWS's calls gave them."""

from __future__ import annotations

import hashlib
import secrets
import signal
import socket
import ssl
from pathlib import Path

from tests.standin.databases.description import Account, Description
from tests.standin.databases.programs import redis_server
from tests.standin.processes import ProcessTable

ADMINISTRATOR = "standin"
EVERYTHING = "~* &* +@all"
SECONDS = 5.0


class Redis:
    """Arguments: a directory of its own with server.crt and server.key in it; the address that it listens on."""

    def __init__(self, directory: Path, address: str, port: int) -> None:
        found = redis_server()
        if found is None:
            raise RuntimeError("there is no Valkey or Redis on this machine: install Debian's redis-server")
        self._program, self._directory, self._address, self._port = found, directory, address, port
        self._users = directory / "users.acl"
        self._password = secrets.token_hex(16)
        self._processes = ProcessTable(directory / "processes.json", directory)
        self._tls = True

    def start(self, description: Description) -> None:
        """Returns when it answers. RuntimeError with the end of its log when it does not."""
        self._tls = description.tls
        self._write_users(description)
        settings: dict[str, object] = {
            "bind": self._address,
            "port": 0 if self._tls else self._port,
            "aclfile": self._users,
            "dir": self._directory,
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
            "protected-mode": "no",
        }
        if self._tls:
            settings |= {"tls-port": self._port, "tls-auth-clients": "no"}
            settings |= {"tls-cert-file": self._directory / "server.crt", "tls-key-file": self._directory / "server.key"}
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self._processes.start("redis", [self._program, *words])
        self._processes.wait_until("redis", lambda: self._execute("PING"))

    def follow(self, description: Description) -> None:
        """Takes over the users and their passwords; connections that stand go on. With TLS or without is another start."""
        if description.tls != self._tls:
            self.stop()
            self.start(description)
            return
        self._write_users(description)
        self._execute("ACL", "LOAD")

    def stop(self) -> None:
        self._processes.end_all(((signal.SIGKILL, 5),))

    def _write_users(self, description: Description) -> None:
        """Only digests of passwords are written down. Without a user of that name, `default` is off."""
        accounts = {account.name: account for account in description.accounts}
        lines = [_user(account) for account in (*accounts.values(), Account(ADMINISTRATOR, (self._password,), EVERYTHING))]
        lines += [] if "default" in accounts else ["user default off"]
        self._users.touch(mode=0o600)
        self._users.write_text("".join(f"{line}\n" for line in lines))

    def _execute(self, *words: str) -> None:
        """One command as the administrator. ConnectionError when it did not work."""
        with socket.create_connection((self._address, self._port), SECONDS) as connection:
            talk(self._secure(connection) if self._tls else connection, ["AUTH", ADMINISTRATOR, self._password], list(words))

    def _secure(self, connection: socket.socket) -> socket.socket:
        context = ssl.create_default_context(cafile=str(self._directory / "server.crt"))
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # this very certificate, whatever its names
        context.check_hostname = False
        return context.wrap_socket(connection)


def talk(connection: socket.socket, *commands: list[str]) -> None:
    """Sends commands in Redis's protocol; ConnectionError for the first answer that is an error or none."""
    with connection, connection.makefile("rwb") as stream:
        for words in commands:
            stream.write(b"".join([b"*%d\r\n" % len(words), *(b"$%d\r\n%s\r\n" % (len(word), word) for word in map(str.encode, words))]))
            stream.flush()
            answer = stream.readline().decode(errors="replace")
            if not answer or answer.startswith("-"):
                raise ConnectionError(answer or "the connection ended")


def _user(account: Account) -> str:
    digests = [f"#{hashlib.sha256(password.encode()).hexdigest()}" for password in account.passwords]
    return " ".join(["user", account.name, "on", *(digests or ["nopass"]), account.rights or EVERYTHING])
