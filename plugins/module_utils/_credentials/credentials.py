# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The credentials of a store: the desired password, whether the store has it, and its rotation.

A store module creates or updates the secret, and asks target() which version of it is desired. When the store's tag opta:secret-version-id
names another version, the module sets that version's password on the store, tags the store, waits until it is available, and calls
promote(). The next run finishes an interrupted one, because AWSPENDING and the tag show how far it got.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._names import digest
from .._reconcile import ensure_absent, ensure_present
from .._resource import KNOWN_AFTER_APPLY, Outcome
from . import api
from .password import LENGTH, Password, as_secret_string, of_secret_string
from .secret import DEFAULT_WINDOW_IN_DAYS, Secret

#: the tag of a store that names the version of the secret whose password it has
APPLIED = "opta:secret-version-id"
CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


@dataclass(frozen=True)
class SecretVersion:
    """The version of the secret whose password the store should have.

    version_id: `(known after apply)` before it is created; rotating: whether it becomes the current version only when the store has it.
    current_id: the version that the clients use now.
    """

    version_id: str
    rotating: bool = False
    current_id: str | None = None


def applied_version(tags: Mapping[str, str] | None) -> str | None:
    """Return the version of the secret whose password a store has, from the store's tags."""
    return (tags or {}).get(APPLIED)


def other_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    """Return a store's tags without the tag of the applied version, which is not an option and must not be purged."""
    return {key: value for key, value in (tags or {}).items() if key != APPLIED}


def applied_tag(version_id: str) -> dict[str, str]:
    """Return the tag of the applied version."""
    return {APPLIED: version_id}


class Credentials:
    """The secret of one store.

    username: the user of the password; kms_key_arn: the key that encrypts the secret; tags: the ownership tags.
    description: of the secret.
    """

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        username: str,
        kms_key_arn: str | None = None,
        tags: Mapping[str, Any] | None = None,
        description: str = "",
        recovery_window_in_days: int = DEFAULT_WINDOW_IN_DAYS,
    ) -> None:
        self.client = client
        self.name = name
        self.username = username
        self.kms_key_arn = kms_key_arn
        self.tags = {key: str(value) for key, value in (tags or {}).items()}
        self.description = description
        self.recovery_window_in_days = recovery_window_in_days

    def _secret(self, restore: bool = True) -> Secret:
        return Secret(
            self.client,
            self.name,
            username=self.username,
            kms_key_arn=self.kms_key_arn,
            restore=restore,
            recovery_window_in_days=self.recovery_window_in_days,
        )

    def reconcile(self, *, check_mode: bool, adopt: bool = False, timeout_seconds: float = 1800) -> Outcome:
        """Create the secret with a generated password, restore it, or update it; its result holds `arn`."""
        desired: dict[str, Any] = {"scheduled_for_deletion": False, "tags": self.tags, "description": self.description}
        if self.kms_key_arn:
            desired["kms_key_arn"] = self.kms_key_arn
        return ensure_present(self._secret(), desired, check_mode=check_mode, adopt=adopt, timeout_seconds=timeout_seconds)

    def remove(self, *, check_mode: bool, adopt: bool = False) -> Outcome:
        """Schedule the secret for deletion."""
        return ensure_absent(self._secret(restore=False), check_mode=check_mode, tags=self.tags, adopt=adopt, wait=False)

    def find(self) -> Mapping[str, Any] | None:
        """Return AWS's answer for the secret, with its versions; None when it does not exist or counts as deleted."""
        return self._secret().find()

    def target(self, *, rotate: bool = False) -> SecretVersion:
        """Return the desired version; makes no change. A rotation that was started is desired, whether `rotate` is set or not."""
        found = self.find()
        if found is None:
            return SecretVersion(KNOWN_AFTER_APPLY)
        current, pending = _labelled(found)
        if pending:
            return SecretVersion(pending, rotating=True, current_id=current)
        if rotate:
            return SecretVersion(KNOWN_AFTER_APPLY, rotating=True, current_id=current)
        return SecretVersion(current or KNOWN_AFTER_APPLY, current_id=current)

    def rotation(self, target: SecretVersion) -> Outcome:
        """Return the outcome of a rotation for the secret; without an action when there is none."""
        if not target.rotating:
            return Outcome("secret", self.name)
        before, after = {"password": "(secret)"}, {"password": "(secret, changed)"}
        return Outcome("secret", self.name, action="update", attributes=["password"], before=before, after=after)

    def prepare(self, target: SecretVersion) -> SecretVersion:
        """Create what is missing of the target: the new password of a rotation, or that of a secret without any."""
        if target.version_id != KNOWN_AFTER_APPLY:
            return target
        found = self.find()
        current, pending = _labelled(found or {})
        if pending:
            return SecretVersion(pending, rotating=True, current_id=current)
        if current and not target.rotating:
            return SecretVersion(current, current_id=current)
        # The same for all runs that follow the same version, so that two of them cannot start two rotations
        self._write(digest(self.name, current or "") * 4, PENDING if current else CURRENT)
        begun = self.target()
        if target.rotating and not begun.rotating:  # a rotation from this version was started once, and canceled
            self._write(uuid.uuid4().hex, PENDING)
            begun = self.target()
        return begun

    def _write(self, token: str, label: str) -> None:
        """Write a version with a new password, unless another run has done so."""
        password = Password(api.get_random_password(self.client, LENGTH))
        try:
            api.put_secret_value(self.client, self.name, token, as_secret_string(self.username, password), label)
        except api.SecretsError as error:
            if not api.is_taken(error):
                raise

    def password(self, version_id: str) -> Password:
        """Return the password of a version; to be revealed only in the request that sets it."""
        return of_secret_string(self.name, api.get_secret_value(self.client, self.name, version_id))

    def promote(self, target: SecretVersion) -> None:
        """Make the store's version the current one: the end of a rotation."""
        if not target.rotating:
            return
        current, pending = _labelled(self.find() or {})
        if pending != target.version_id:
            return  # another run was faster
        moved: dict[str, str] = {"VersionStage": CURRENT, "MoveToVersionId": target.version_id}
        if current:
            moved["RemoveFromVersionId"] = current
        api.update_secret_version_stage(self.client, self.name, **moved)


def _labelled(found: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the current version and the one that will follow it; a version with both labels has become current."""
    by_label: dict[str, str] = {}
    for version_id, labels in (found.get("VersionIdsToStages") or {}).items():
        by_label.update(dict.fromkeys(labels, version_id))
    current, pending = by_label.get(CURRENT), by_label.get(PENDING)
    return current, pending if pending != current else None
