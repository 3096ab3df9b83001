# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a store that takes two passwords at once gets another one, without a client losing access. Private to the collection.

The tag opta:secret-version-id of the user (or of the replication group, for its AUTH token) says how far it is:

    <version>            the password of this version is the only one
    <version>+previous   it is valid beside the one before
    <version>+at:<time>  it is being added; the token was changed last at <time> before that (AUTH tokens only)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .._credentials.credentials import APPLIED, Credentials, SecretVersion, applied_version
from .._credentials.password import Password

PREVIOUS, AT = "+previous", "+at:"


@dataclass(frozen=True)
class Passwords:
    """Which version's password a store is to have.

    keep_previous: whether the one before stays valid, until a run that does not keep it.
    """

    credentials: Credentials
    target: SecretVersion
    keep_previous: bool = False

    def marker(self, found: str | None) -> str:
        """What the tag says once all is done; found: what it says now."""
        version_id = self.target.version_id
        both = self.target.rotating or found == version_id + PREVIOUS
        return version_id + PREVIOUS if self.keep_previous and both else version_id

    def same(self, found: str | None, desired: str) -> bool:
        """Whether nothing is left to do; wanted is the version."""
        return found == self.marker(found)

    def value(self) -> Password:
        return self.credentials.password(self.target.version_id)

    def current(self) -> Password | None:
        """The password that the clients use now, during a rotation."""
        current = self.target.current_id
        return self.credentials.password(current) if self.target.rotating and current else None

    def apply(
        self,
        tags: Mapping[str, str],
        add: Callable[[Password, Password], None],
        only: Callable[[Password], None],
        mark: Callable[[str], None],
    ) -> None:
        """Bring a store there: the new password beside the present one, then the secret's label, then the new one alone.

        add(present, new) and only(new) change the store and wait for it; mark(text) sets the tag.
        Any of them may be the last thing that a run does.
        """
        version_id, found, new = self.target.version_id, applied_version(tags), self.value()
        if found not in (version_id, version_id + PREVIOUS):
            present = self.current()
            if present is None:
                only(new)
                mark(version_id)
                found = version_id
            else:
                add(present, new)
                mark(version_id + PREVIOUS)
                found = version_id + PREVIOUS
        self.credentials.promote(self.target)
        if found == version_id + PREVIOUS and not self.keep_previous:
            only(new)
            mark(version_id)

    def creating_tag(self) -> dict[str, str]:
        """The tag of something that is made with the password."""
        return {APPLIED: self.target.version_id}
