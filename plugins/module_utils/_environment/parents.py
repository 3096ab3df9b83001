# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What everything else of an environment lies in: its VPC, its cluster and its key."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from .. import _tags
from .._eks import api as eks_api
from .._iam import api as iam_api
from .._kms import api as kms_api
from .._kms.key import PENDING, alias_name
from .._names import Identity
from .._vpc.snapshot import Snapshot, tags_of

PATH = re.compile(r"^/opta/(?P<prefix>[^/]+)/(?P<region>[^/]+)/(?P<environment>[^/]+)/$")


class Parents:
    """The VPC, the cluster and the key that carry the environment's tags; what only bears their names is a stranger."""

    def __init__(self, client: Callable[[str], Any], identity: Identity) -> None:
        self.client = client
        self.identity = identity

    @cached_property
    def snapshot(self) -> Snapshot:
        """The environment's network, when it has one of its own."""
        return Snapshot(self.client("ec2"), self.identity.name, self.identity.tags("network", self.identity.name), own_only=True)

    @cached_property
    def _named_cluster(self) -> tuple[dict[str, Any] | None, str | None]:
        found = eks_api.describe_cluster(self.client("eks"), self.identity.cluster_name)
        return found, self._reason(found["tags"]) if found else None

    @cached_property
    def _named_key(self) -> tuple[dict[str, Any] | None, str | None]:
        client = self.client("kms")
        found = kms_api.describe_key(client, alias_name(self.identity.name))
        if found is None or found["KeyState"] in PENDING:
            return None, None
        return found, self._reason(kms_api.list_tags(client, found["KeyId"]))

    def _reason(self, tags: dict[str, str] | None) -> str | None:
        return _tags.not_ours(tags, self.identity.marks())

    @property
    def cluster(self) -> dict[str, Any] | None:
        """As DescribeCluster answers it; None without one of the environment's own."""
        found, reason = self._named_cluster
        return None if reason else found

    @property
    def key_arn(self) -> str | None:
        found, reason = self._named_key
        return None if reason or found is None else str(found["Arn"])

    def foreign_resources(self, brought: bool) -> list[dict[str, str]]:
        """What bears the environment's names and is not its own: what it is, why not, and the input by which a role takes it over.

        brought: whether the VPC is the user's own.
        """
        found = [
            ("" if brought else "VPC", self.identity.name, self.snapshot.foreign_reason(), "network_adopt"),
            ("KMS key", alias_name(self.identity.name), self._named_key[1], "network_adopt"),
            ("EKS cluster", self.identity.cluster_name, self._named_cluster[1], "eks_adopt"),
        ]
        return [{"what": f"{kind} {name}", "why": why, "adopt": adopt} for kind, name, why, adopt in found if kind and why]

    def same_name_resources(self) -> list[str]:
        """Environments of the same name in other regions or under other prefixes, as far as IAM roles and VPCs tell."""
        paths = (PATH.match(role["Path"]) for role in iam_api.list_roles_if_allowed(self.client("iam"), "/opta/"))
        named = [{_tags.ENVIRONMENT: p["environment"], _tags.PREFIX: p["prefix"], _tags.REGION: p["region"]} for p in paths if p]
        named += [_tags.marks(tags_of(vpc)) for vpc in self.snapshot.items("vpcs")]
        others = [tags for tags in named if tags.get(_tags.ENVIRONMENT) == self.identity.environment and tags != self.identity.marks()]
        return sorted({_tags.tag_text(tags) for tags in others})
