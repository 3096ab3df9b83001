# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A customer-managed KMS key and its alias: what it is, how it is created, updated and scheduled for deletion."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .. import _policy, _tags
from .._errors import LostResponse, Refused
from .._parallel import run_parallel
from .._resource import Attribute, Change, Resource, State, tags_attribute
from . import api

#: a key in these states counts as gone (KMS API, KeyState)
PENDING = ("PendingDeletion", "PendingReplicaDeletion")
DEFAULT_WINDOW_IN_DAYS = 30


def alias_name(name: str) -> str:
    """The alias as KMS writes it."""
    return name if name.startswith("alias/") else f"alias/{name}"


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """The table of a key's attributes."""
    return (
        Attribute("alias", lambda k: k["alias"]),
        Attribute("description", lambda k: k["Description"]),
        Attribute("enabled", lambda k: k["KeyState"] not in {"Disabled", *PENDING}),
        Attribute("policy", lambda k: _policy.parsed(k["policy"]), same=_policy.same),
        Attribute("enable_key_rotation", lambda k: k["rotation"]["KeyRotationEnabled"]),
        Attribute("rotation_period_in_days", lambda k: k["rotation"].get("RotationPeriodInDays")),
        Attribute(
            "multi_region",
            lambda k: bool(k.get("MultiRegion")),
            Change.REFUSED,
            "KMS cannot change a single-Region key into a multi-Region key or back. Use a key with another name.",
        ),
        tags_attribute(lambda k: k["tags"], purge_tags),
    )


class KmsKey(Resource):
    """A symmetric key of KMS, found by its alias, or by its tags when it has lost or never got it.

    Source: AWS KMS API, CreateKey, DescribeKey, CreateAlias, ScheduleKeyDeletion.
    """

    kind = "KMS key"
    computed = ("arn", "key_id", "key_state", "deletion_date")

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        tags: Mapping[str, Any] | None = None,
        cancel_deletion: bool = False,
        pending_window_in_days: int = DEFAULT_WINDOW_IN_DAYS,
        purge_tags: bool = False,
    ) -> None:
        self.client = client
        self.alias = alias_name(name)
        self.name = self.alias.removeprefix("alias/")
        self.desired_tags = {key: str(value) for key, value in (tags or {}).items()}
        self.cancel_deletion = cancel_deletion
        self.pending_window_in_days = pending_window_in_days
        self.attributes = attributes(purge_tags)
        self._alias_taken = False  # by a key that counts as gone
        self._made: str | None = None  # KMS may not show a new alias for seconds

    def find(self) -> Mapping[str, Any] | None:
        if self._made:
            made = api.describe_key(self.client, self._made)
            return None if made is None else self._found(made, self.alias)
        metadata = api.describe_key(self.client, self.alias)
        self._alias_taken = metadata is not None
        if metadata is not None and self._stands(metadata):
            return self._found(metadata, self.alias)
        metadata = self._without_alias()
        return None if metadata is None else self._found(metadata, None)

    def find_again(self) -> Mapping[str, Any] | None:
        if _tags.ENVIRONMENT not in self.desired_tags:
            raise LostResponse(
                f"AWS did not respond while {self.kind} {self.name} was created, and without "
                f"the tag {_tags.ENVIRONMENT} it cannot be found "
                "among other keys: schedule the deletion of the key without an alias in AWS KMS, if it exists, and run again."
            )
        self._made = None  # the response that was lost may be that of CreateAlias
        return self.find()

    def _stands(self, metadata: Mapping[str, Any]) -> bool:
        return self.cancel_deletion or metadata["KeyState"] not in PENDING

    def _without_alias(self) -> dict[str, Any] | None:
        """The key that carries our tags but no alias: a run ended before CreateAlias, or between DeleteAlias and ScheduleKeyDeletion."""
        if _tags.ENVIRONMENT not in self.desired_tags:
            return None
        owner = _tags.owner(self.desired_tags)
        named = {alias["TargetKeyId"] for alias in api.list_aliases(self.client) if alias.get("TargetKeyId")}
        candidates = []
        for key_id in api.list_keys(self.client):
            if key_id in named or not _tags.carries(api.list_tags(self.client, key_id), owner):
                continue
            metadata = api.describe_key(self.client, key_id)
            if metadata is not None and self._stands(metadata):
                candidates.append(metadata)
        # One that is in use before one that is pending; among those the newest, for it was used last
        candidates.sort(key=lambda m: (m["KeyState"] not in PENDING, m["CreationDate"]))
        return candidates[-1] if candidates else None

    def _found(self, metadata: Mapping[str, Any], alias: str | None) -> dict[str, Any]:
        key_id = metadata["KeyId"]
        deletion = metadata.get("DeletionDate")
        more: dict[str, Callable[[], Any]] = {
            "policy": partial(api.get_key_policy, self.client, key_id),
            "rotation": partial(api.get_key_rotation_status, self.client, key_id),
            "tags": partial(api.list_tags, self.client, key_id),
        }
        return {
            **metadata,
            "alias": alias,
            "key_id": key_id,
            "arn": metadata["Arn"],
            "key_state": metadata["KeyState"],
            "deletion_date": deletion.isoformat() if deletion else None,
            **run_parallel(more, len(more)),
        }

    def state(self, found: Mapping[str, Any]) -> State:
        return State.IN_PROGRESS if found["KeyState"] in {"Creating", "Updating"} else State.READY

    def status(self, found: Mapping[str, Any] | None) -> str:
        return "gone" if found is None else found["KeyState"]

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if found is not None and found.get("KeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
            raise Refused(
                f"{self.kind} {self.name} has the key spec {found['KeySpec']}; only symmetric "
                "encryption keys are supported: use another name."
            )

    def create(self, desired: Mapping[str, Any]) -> None:
        request: dict[str, Any] = {"MultiRegion": bool(desired.get("multi_region"))}
        if desired.get("policy"):
            request["Policy"] = json.dumps(desired["policy"])
        if desired.get("description") is not None:
            request["Description"] = desired["description"]
        if desired.get("tags"):
            request["Tags"] = _tags.as_list(desired["tags"], "TagKey", "TagValue")
        self._made = api.create_key(self.client, **request)["KeyId"]
        self._set_alias(self._made)
        if desired.get("enable_key_rotation"):
            api.enable_key_rotation(self.client, self._made, desired.get("rotation_period_in_days"))
        if desired.get("enabled") is False:
            api.disable_key(self.client, self._made)

    def _set_alias(self, key_id: str) -> None:
        if self._alias_taken:
            api.update_alias(self.client, self.alias, key_id)
        else:
            api.create_alias(self.client, self.alias, key_id)

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        key_id = found["key_id"]
        if found["KeyState"] in PENDING:
            api.cancel_key_deletion(self.client, key_id)  # leaves it disabled
        if "alias" in names:
            self._set_alias(key_id)
            self._made = key_id
        if desired.get("enabled") and ("enabled" in names or found["KeyState"] in PENDING):
            api.enable_key(self.client, key_id)
        if "policy" in names:
            api.put_key_policy(self.client, key_id, json.dumps(desired["policy"]))
        if "description" in names:
            api.update_key_description(self.client, key_id, desired["description"])
        if {"enable_key_rotation", "rotation_period_in_days"} & set(names):
            self._set_rotation(found, desired)
        if "tags" in names:
            _tags.change(self.client, key_id, found["tags"], desired["tags"], api.tag_resource, api.untag_resource)
        if "enabled" in names and not desired["enabled"]:
            api.disable_key(self.client, key_id)

    def _set_rotation(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> None:
        if desired.get("enable_key_rotation", found["rotation"]["KeyRotationEnabled"]):
            api.enable_key_rotation(self.client, found["key_id"], desired.get("rotation_period_in_days"))
        else:
            api.disable_key_rotation(self.client, found["key_id"])

    def delete(self, found: Mapping[str, Any]) -> None:
        # The alias first: a key that is found by its tags alone is scheduled by the next run, a pending key would not be found
        if found["alias"]:
            api.delete_alias(self.client, self.alias)
        api.schedule_key_deletion(self.client, found["key_id"], self.pending_window_in_days)

    @staticmethod
    def needed_by(found: Mapping[str, Any], things: Sequence[Mapping[str, Any]]) -> list[str]:
        """ARNs of those things that need this key; what does not tell its key (None) may need it."""
        return [str(thing["arn"]) for thing in things if thing.get("kms_key_arn") in {None, found["arn"]}]

    def describe(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().describe(found), "alias": self.alias}
