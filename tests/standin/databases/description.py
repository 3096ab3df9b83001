"""What the emulated AWS says that a database is: what a real one behind its endpoints follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """Who may log in. passwords: those that hold; none of a user that needs none. rights: as Redis's ACL writes them."""

    name: str
    passwords: tuple[str, ...]
    rights: str = ""


@dataclass(frozen=True)
class Description:
    """One database that stands.

    engine: postgresql or redis. name: of the cluster or replication group. host_names: of its endpoints; certificate_names: what its
    certificate is for. tls: whether TLS is required. database: the one that was made with it.
    """

    engine: str
    name: str
    host_names: tuple[str, ...]
    certificate_names: tuple[str, ...]
    port: int
    accounts: tuple[Account, ...]
    tls: bool
    database: str = ""
