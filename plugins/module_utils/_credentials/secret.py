# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The secret of a store: its attributes, and how it is created, restored and scheduled for deletion."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from .. import _tags
from .._compare import same_key
from .._resource import Attribute, Resource, tags_attribute
from . import api
from .password import LENGTH, Password, as_secret_string

DEFAULT_WINDOW_IN_DAYS = 30


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """Return the table of a secret's attributes."""
    return (
        Attribute("description", lambda s: s.get("Description") or ""),
        Attribute("kms_key_arn", lambda s: s.get("KmsKeyId"), same=same_key),
        Attribute("scheduled_for_deletion", lambda s: "DeletedDate" in s),
        tags_attribute(lambda s: _tags.as_dict(s.get("Tags")), purge_tags),
    )


class Secret(Resource):
    """A secret that holds JSON of username and password.

    A secret that is scheduled for deletion is restored when it uses the desired key. Otherwise it counts as deleted and is replaced by a
    new
    one: its key is usually scheduled for deletion, too, and then its content cannot be read.
    restore: false for a deletion: then a scheduled secret counts as deleted.
    Source: AWS Secrets Manager API, CreateSecret, DescribeSecret, RestoreSecret, DeleteSecret.
    """

    kind = "secret"
    computed = ("arn",)

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        username: str = "",
        kms_key_arn: str | None = None,
        restore: bool = True,
        recovery_window_in_days: int = DEFAULT_WINDOW_IN_DAYS,
        purge_tags: bool = False,
    ) -> None:
        self.client = client
        self.name = name
        self.username = username
        self.kms_key_arn = kms_key_arn
        self.restore = restore
        self.recovery_window_in_days = recovery_window_in_days
        self.attributes = attributes(purge_tags)
        self._name_taken = False  # by a secret that counts as gone

    def find(self) -> Mapping[str, Any] | None:
        found = api.describe_secret(self.client, self.name)
        scheduled = found is not None and "DeletedDate" in found
        usable = self.restore and (self.kms_key_arn is None or same_key((found or {}).get("KmsKeyId"), self.kms_key_arn))
        self._name_taken = scheduled and not usable
        return None if found is None or self._name_taken else {**found, "arn": found["ARN"]}

    def create(self, desired: Mapping[str, Any]) -> None:
        if self._name_taken:
            api.delete_secret(self.client, self.name, None)
        request: dict[str, Any] = {"KmsKeyId": desired["kms_key_arn"]} if desired.get("kms_key_arn") else {}
        if desired.get("tags"):
            request["Tags"] = _tags.as_list(desired["tags"])
        try:
            api.create_secret(
                self.client,
                Name=self.name,
                Description=desired.get("description", ""),
                SecretString=self.first_value(),
                ClientRequestToken=uuid.uuid4().hex,  # one for all attempts of this call
                **request,
            )
        except api.SecretsError as error:
            if not api.is_taken(error):
                raise  # another run was faster: its password is as good

    def first_value(self) -> str:
        """Return the content of a new secret."""
        return as_secret_string(self.username, Password(api.get_random_password(self.client, LENGTH)))

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "scheduled_for_deletion" in names:
            api.restore_secret(self.client, self.name)
        request: dict[str, Any] = {}
        if "kms_key_arn" in names:
            request["KmsKeyId"] = desired["kms_key_arn"]
        if "description" in names:
            request["Description"] = desired["description"]
        if request:
            api.update_secret(self.client, self.name, **request)
        if "tags" in names:
            _tags.change(self.client, self.name, _tags.as_dict(found.get("Tags")), desired["tags"], api.tag_resource, api.untag_resource)

    def delete(self, found: Mapping[str, Any]) -> None:
        api.delete_secret(self.client, self.name, self.recovery_window_in_days)
