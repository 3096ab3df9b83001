# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Questions to all services about what is under a key; what is not allowed is noted, not raised."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

with suppress(ImportError):  # the module says so
    from botocore.exceptions import ClientError

from .. import _tags

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "AuthorizationErrorException"}
#: RDS leaves the snapshots of AWS Backup out unless it is asked for them; an engine that knows none refuses the question
BACKUP_TYPE = "awsbackup"
UNKNOWN_TYPE = {"InvalidParameterValue", "InvalidParameterCombination"}
GONE = {"ResourceNotFoundException"}
#: of the tags of a cache that begins or ends
WITHOUT_TAGS = {"InvalidReplicationGroupState", "ReplicationGroupNotFoundFault", "SnapshotNotFoundFault"}


class KeyUsersApi:
    """client: makes the client of a service. denied: the IAM actions that were missing, one for each question."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self.client = client
        self.denied: list[str] = []

    def all(self, service: str, operation: str, key: str, **request: Any) -> list[dict[str, Any]]:
        """All that a call lists; nothing when it is not allowed."""
        client = self.client(service)
        found = self._try(service, operation, lambda: client.get_paginator(operation).paginate(**request).build_full_result())
        return (found or {}).get(key) or []

    def one(self, service: str, operation: str, key: str, **request: Any) -> dict[str, Any] | None:
        """What a call describes; None when it is not there, or when the call is not allowed."""
        found = self._try(service, operation, lambda: getattr(self.client(service), operation)(**request), GONE)
        return None if found is None else found[key]

    def of_every_type(self, operation: str, key: str, arn: str) -> list[dict[str, Any]]:
        """Snapshots of RDS and DocumentDB, which share one namespace: manual and automated ones, and those of AWS Backup."""
        rds = self.client("rds")
        pages = rds.get_paginator(operation)
        backed_up = self._try("rds", operation, lambda: pages.paginate(SnapshotType=BACKUP_TYPE).build_full_result(), UNKNOWN_TYPE)
        listed = [*self.all("rds", operation, key), *((backed_up or {}).get(key) or [])]
        return list({snapshot[arn]: snapshot for snapshot in listed}.values())

    def cache_tags(self, arn: str) -> dict[str, str]:
        """Tags of a cache or of its snapshot."""
        elasticache = self.client("elasticache")
        found = self._try(
            "elasticache", "list_tags_for_resource", lambda: elasticache.list_tags_for_resource(ResourceName=arn), WITHOUT_TAGS
        )
        return _tags.as_dict((found or {}).get("TagList"))

    def _try(self, service: str, operation: str, call: Callable[[], Any], absent: set[str] = frozenset()) -> Any:  # type: ignore[assignment]
        try:
            return call()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in DENIED:
                self.denied.append(f"{service}:{self.client(service).meta.method_to_api_mapping[operation]}")
                return None
            if code in absent:
                return None
            raise
