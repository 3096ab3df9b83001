# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Change the password of a store that accepts two passwords at once, so that no client loses access.

The tag opta:secret-version-id of the user (or of the replication group, for its AUTH token) shows how far the change is:

    <version>            the password of this version is the only one
    <version>+previous   it is valid together with the previous one
    <version>+at:<time>  it is being added; the token was last changed at <time> before that (AUTH tokens only)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .._credentials.credentials import APPLIED, Credentials, SecretVersion, applied_version
from .._credentials.password import Password

PREVIOUS, AT = "+previous", "+at:"


@dataclass(frozen=True)
class Passwords:
    """The version of the secret whose password a store should have.

    keep_previous: whether the previous one stays valid, until a run without this option.
    """

    credentials: Credentials
    target: SecretVersion
    keep_previous: bool = False

    def marker(self, found: str | None) -> str:
        """Return the content of the tag when all is done; found: its present content."""
        version_id = self.target.version_id
        both = self.target.rotating or found == version_id + PREVIOUS
        return version_id + PREVIOUS if self.keep_previous and both else version_id

    def same(self, found: str | None, desired: str) -> bool:
        """Return whether nothing is left to do; desired is the version."""
        return found == self.marker(found)

    def value(self) -> Password:
        return self.credentials.password(self.target.version_id)

    def current(self) -> Password | None:
        """Return the password that the clients use now, during a rotation."""
        current = self.target.current_id
        return self.credentials.password(current) if self.target.rotating and current else None

    def apply(
        self,
        tags: Mapping[str, str],
        add: Callable[[Password, Password], None],
        only: Callable[[Password], None],
        mark: Callable[[str], None],
    ) -> None:
        """Set the new password next to the present one, then move the secret's label, then keep the new one only.

        add(present, new) and only(new) change the store and wait for it; mark(text) sets the tag.
        A run may be interrupted after any of them.
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
        """Return the tag of a resource that is created with the password."""
        return {APPLIED: self.target.version_id}
