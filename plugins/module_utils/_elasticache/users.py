# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The user and the user group of a cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._compare import same_members
from .._creation_defaults import CACHE_ENGINE
from .._credentials.credentials import APPLIED, applied_version
from .._credentials.password import Password
from .._resource import Attribute, Change, State
from .._wait import Started, wait_for
from . import api, write_api
from .cache_resource import CacheResource
from .passwords import Passwords
from .rules import version_numbers
from .versions import CacheEngine

#: what a client that knows only a password is: Redis' AUTH <password> is that of this user
USER_NAME = "default"
#: channels have been part of the rights since Redis OSS 6.2; Valkey always had them
FIRST_VERSION_WITH_CHANNELS = (6, 2)
USER_SECONDS = 600.0


def access_string(engine: CacheEngine) -> str:
    """Allow everything: the cache belongs to one service."""
    channels = engine.name == "valkey" or version_numbers(engine.version) >= FIRST_VERSION_WITH_CHANNELS
    return "on ~* &* +@all" if channels else "on ~* +@all"


class User(CacheResource):
    """The only user of a cache: its id is ours, its name is default, and it has a password.

    engine: of a new one. passwords: which one; None for a deletion. Source: ElastiCache API, CreateUser, ModifyUser.
    """

    kind = "cache user"

    def __init__(
        self, client: Any, name: str, *, engine: str = CACHE_ENGINE, passwords: Passwords | None = None, purge_tags: bool = False
    ) -> None:
        self.engine = engine
        self.passwords = passwords
        super().__init__(client, name, purge_tags=purge_tags)

    def table(self) -> Sequence[Attribute]:
        named = "a user keeps its name (ElastiCache, CreateUser)."
        same = self.passwords.same if self.passwords else lambda _found, _desired: True
        return (
            Attribute("user_name", lambda u: u["UserName"], Change.REFUSED, named),
            Attribute("access_string", lambda u: u["AccessString"], same=lambda a, b: set(a.split()) == set(b.split())),
            Attribute("password", lambda u: applied_version(u["all_tags"]), secret=True, same=same),
        )

    def observe(self) -> dict[str, Any] | None:
        return api.describe_user(self.client, self.name)

    def create(self, desired: Mapping[str, Any]) -> None:
        if self.passwords is None:
            raise AssertionError
        write_api.create_user(
            self.client,
            UserId=self.name,
            UserName=desired["user_name"],
            Engine=self.engine,
            AccessString=desired["access_string"],
            Passwords=[self.passwords.value().reveal()],
            Tags=_tags.as_list({**desired["tags"], **self.passwords.creating_tag()}),
        )

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "access_string" in names:
            self._modify(AccessString=desired["access_string"])
        if "password" in names and self.passwords is not None:
            self.passwords.apply(
                found["all_tags"],
                add=lambda present, new: self._modify(Passwords=[present.reveal(), new.reveal()]),
                only=self._set_only,
                mark=lambda text: write_api.add_tags(self.client, found["arn"], {APPLIED: text}),
            )

    def _set_only(self, password: Password) -> None:
        self._modify(Passwords=[password.reveal()])

    def _modify(self, **request: Any) -> None:
        """For a moment after ModifyUser, AWS may show a user as active; then it does not show the change either."""
        before = self.observe()
        write_api.modify_user(self.client, self.name, **request)
        started = Started()

        def poll() -> tuple[bool, str]:
            now = self.observe()
            if now is None:
                return True, "gone"
            ready = self.state(now) is State.READY
            return started.seen(not ready or _shown(now) != _shown(before)) and ready, self.status(now)

        wait_for(poll, f"{self.kind} {self.name} to be active", USER_SECONDS, str)

    def delete(self, found: Mapping[str, Any]) -> None:
        write_api.delete_user(self.client, self.name)


def _shown(user: Mapping[str, Any] | None) -> tuple[Any, Any]:
    """Return what AWS shows of a user that ModifyUser changes."""
    found = user or {}
    return found.get("AccessString"), (found.get("Authentication") or {}).get("PasswordCount")


class UserGroup(CacheResource):
    """Contains our user alone, without AWS's default user, which has no password. Source: ElastiCache API, CreateUserGroup."""

    kind = "cache user group"

    def __init__(self, client: Any, name: str, *, engine: str = CACHE_ENGINE, purge_tags: bool = False) -> None:
        self.engine = engine
        super().__init__(client, name, purge_tags=purge_tags)

    def table(self) -> Sequence[Attribute]:
        return (Attribute("user_ids", lambda g: sorted(g.get("UserIds") or []), same=same_members),)

    def observe(self) -> dict[str, Any] | None:
        return api.describe_user_group(self.client, self.name)

    def create(self, desired: Mapping[str, Any]) -> None:
        write_api.create_user_group(self.client, self.name, self.engine, desired["user_ids"], desired["tags"])

    def change(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "user_ids" not in names:
            return
        before, after = set(found.get("UserIds") or []), set(desired["user_ids"])
        request = {"UserIdsToAdd": sorted(after - before), "UserIdsToRemove": sorted(before - after)}
        write_api.modify_user_group(self.client, self.name, **{key: value for key, value in request.items() if value})

    def delete(self, found: Mapping[str, Any]) -> None:
        write_api.delete_user_group(self.client, self.name)
