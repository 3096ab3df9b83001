# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The AUTH token of a replication group, rotated so that both tokens are valid in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._credentials.credentials import APPLIED, applied_version
from .._credentials.password import Password
from . import write_api
from .passwords import AT, PREVIOUS, Passwords


class AuthToken:
    """ROTATE adds a token and keeps the previous one, SET keeps only the one that was rotated in.

    A token that is rotated in twice would remove the present one. So a tag records beforehand when the token was changed last: while
    AWS shows that time, nothing was rotated. Source: ElastiCache API, ModifyReplicationGroup, AuthTokenUpdateStrategy.
    """

    def __init__(self, client: Any, found: Mapping[str, Any], passwords: Passwords, modify: Callable[..., None]) -> None:
        self.client = client
        self.found = found
        self.passwords = passwords
        self.modify = modify
        self.both = False  # whether the new token is valid, too

    def reconcile(self) -> None:
        tags, version_id = dict(self.found["all_tags"]), self.passwords.target.version_id
        begun = applied_version(tags)
        if begun is not None and begun.startswith(version_id + AT) and begun != version_id + AT + self._changed_at():
            self._mark(version_id + PREVIOUS)
            tags[APPLIED] = version_id + PREVIOUS
        self.both = tags.get(APPLIED) == version_id + PREVIOUS
        self.passwords.apply(tags, self._add, self._only, self._mark)

    def _changed_at(self) -> str:
        changed = self.found.get("AuthTokenLastModifiedDate")
        return f"{changed.timestamp():.3f}" if changed else "never"

    def _add(self, _present: Password, new: Password) -> None:
        self._mark(self.passwords.target.version_id + AT + self._changed_at())
        self._rotate(new)

    def _only(self, password: Password) -> None:
        if not self.both:
            self._rotate(password)
        self.modify(AuthToken=password.reveal(), AuthTokenUpdateStrategy="SET")

    def _rotate(self, password: Password) -> None:
        self.modify(AuthToken=password.reveal(), AuthTokenUpdateStrategy="ROTATE")
        self.both = True

    def _mark(self, text: str) -> None:
        write_api.add_tags(self.client, self.found["arn"], {APPLIED: text})
