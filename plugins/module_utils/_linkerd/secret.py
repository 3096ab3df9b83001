# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage the secret of the trust anchors of a mesh, the only place of their keys."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from .._credentials import api
from .._credentials.current_value import current_value
from .._credentials.secret import Secret
from .anchors import Anchors, of_secret


class AnchorSecret(Secret):
    """A secret as those of stores, with anchors instead of a password: restored when it is scheduled for deletion and its key exists."""

    anchors: Anchors | None = None

    def first_value(self) -> str:
        if self.anchors is None:
            raise AssertionError
        return self.anchors.as_secret_string()

    def held(self) -> Anchors | None:
        """Return the anchors of the secret; None when it has none or is scheduled for deletion."""
        found = self.find()
        if found is None or "DeletedDate" in found:
            return None
        value: Mapping[str, str] | None = current_value(self.client, self.name)
        return of_secret(value)

    def put(self, anchors: Anchors) -> None:
        """Replace the value of the secret."""
        api.put_secret_value(self.client, self.name, uuid.uuid4().hex, anchors.as_secret_string(), "AWSCURRENT")

    def describe(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().describe(found), "arn": found.get("arn")}
