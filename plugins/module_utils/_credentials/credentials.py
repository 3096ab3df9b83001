# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The credentials of a store: which password is wanted, whether the store has it, and its rotation. Private to the collection.

A store module brings the secret, asks target() which version of it is wanted, sets that version's password on the store when the
store's tag opta:secret-version-id names another one, tags the store, waits until it is available, and calls promote().
A run that is killed anywhere in between is finished by the next one, for AWSPENDING and the tag say how far it came.
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
    """The version of the secret whose password the store is to have.

    version_id: `(known after apply)` while it is not made; rotating: whether it becomes the current one only once the store has it.
    current_id: the version that the clients use now.
    """

    version_id: str
    rotating: bool = False
    current_id: str | None = None


def applied_version(tags: Mapping[str, str] | None) -> str | None:
    """The version of the secret whose password a store has, by the store's tags."""
    return (tags or {}).get(APPLIED)


def other_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    """A store's tags without the one that is kept here: nobody asks for it, and it must not be purged."""
    return {key: value for key, value in (tags or {}).items() if key != APPLIED}


def applied_tag(version_id: str) -> dict[str, str]:
    """The tag that says so."""
    return {APPLIED: version_id}


class Credentials:
    """The secret of one store.

    username: the user whose password it is; kms_key_arn: the key that encrypts it; tags: the ownership tags.
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
        """Make the secret, with a password of its own, or restore or change it; its result holds `arn`."""
        desired: dict[str, Any] = {"scheduled_for_deletion": False, "tags": self.tags, "description": self.description}
        if self.kms_key_arn:
            desired["kms_key_arn"] = self.kms_key_arn
        return ensure_present(self._secret(), desired, check_mode=check_mode, adopt=adopt, timeout_seconds=timeout_seconds)

    def remove(self, *, check_mode: bool, adopt: bool = False) -> Outcome:
        """Schedule the secret for deletion."""
        return ensure_absent(self._secret(restore=False), check_mode=check_mode, tags=self.tags, adopt=adopt, wait=False)

    def find(self) -> Mapping[str, Any] | None:
        """AWS's answer for the secret, its versions included; None when there is none, or one that counts as gone."""
        return self._secret().find()

    def target(self, *, rotate: bool = False) -> SecretVersion:
        """Which version is wanted; calls nothing that changes. A rotation that was begun is the wanted one, whether asked for or not."""
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
        """What a rotation does with the secret; no action when there is none."""
        if not target.rotating:
            return Outcome("secret", self.name)
        before, after = {"password": "(secret)"}, {"password": "(secret, changed)"}
        return Outcome("secret", self.name, action="update", attributes=["password"], before=before, after=after)

    def prepare(self, target: SecretVersion) -> SecretVersion:
        """Make what is missing of the target: the new password of a rotation, or that of a secret without any."""
        if target.version_id != KNOWN_AFTER_APPLY:
            return target
        found = self.find()
        current, pending = _labelled(found or {})
        if pending:
            return SecretVersion(pending, rotating=True, current_id=current)
        if current and not target.rotating:
            return SecretVersion(current, current_id=current)
        # The same for all runs that follow the same version, so that two of them cannot begin two rotations
        self._write(digest(self.name, current or "") * 4, PENDING if current else CURRENT)
        begun = self.target()
        if target.rotating and not begun.rotating:  # a rotation from this version was begun once, and given up
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
        """The password that a version holds; to be revealed in the request that sets it, and nowhere else."""
        return of_secret_string(self.name, api.get_secret_value(self.client, self.name, version_id))

    def promote(self, target: SecretVersion) -> None:
        """Make the version that the store now has the current one: the end of a rotation."""
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
    """The current version and the one that is to follow it; a version with both labels has become current."""
    by_label: dict[str, str] = {}
    for version_id, labels in (found.get("VersionIdsToStages") or {}).items():
        by_label.update(dict.fromkeys(labels, version_id))
    current, pending = by_label.get(CURRENT), by_label.get(PENDING)
    return current, pending if pending != current else None
