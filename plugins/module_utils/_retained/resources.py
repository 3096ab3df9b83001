# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The retained resources of an environment, found by their tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .. import _tags
from .._errors import Refused
from .._names import Identity
from .._resource import Outcome
from .._s3.retained import retained_bucket
from .._stores.registry import retentions
from . import api
from .repositories import retained_repository
from .retained_resource import RetainedResource, retained_answers

RECOVERY_WINDOW_IN_DAYS = 7  # the shortest that Secrets Manager has

#: service and resource type of ARNs whose own service returns all retained resources
ASKED = {("ec2", "snapshot"), ("ec2", "volume"), ("secretsmanager", "secret"), *(arn for each in retentions() for arn in each.arns)}

#: what EC2 names as the volume of a snapshot that is a copy of another
NO_VOLUME = "vol-ffffffff"
#: the tag that the EBS CSI driver puts on each volume it makes
DRIVER_TAG = "ebs.csi.aws.com/cluster"


class RetainedResources:
    """All that one environment keeps on purpose.

    client: makes the client of a service. Each service is asked itself, because the tagging API shows a new tag late;
    it is asked too, for kinds of things that are not known here.
    """

    def __init__(self, client: Callable[[str], Any], identity: Identity) -> None:
        self.client = client
        self.identity = identity
        self.partition = identity.partition
        self.arn_of_ec2 = f"arn:{identity.partition}:ec2:{identity.region}:{identity.account_id}"

    def find(self) -> list[RetainedResource]:
        """Everything with the environment's tags and opta:retained."""
        of_stores = [resource for each in retentions() for resource in each.find(self.client, self.identity)]
        known = [*self._ebs(), *of_stores, *self._secrets()]
        arns = {kept.arn for kept in known}
        filters = [*({"Key": key, "Values": [value]} for key, value in self.identity.marks().items()), {"Key": _tags.RETAINED}]
        others = api.tagged_resources(self.client("resourcegroupstaggingapi"), filters)
        for arn in sorted(other["ResourceARN"] for other in others):
            if arn in arns or self._stale(arn):
                continue
            if arn.startswith(f"arn:{self.partition}:s3:::"):  # of a name that is not ours
                known += retained_bucket(self.client("s3"), self.identity, arn)
            elif arn.startswith(f"arn:{self.partition}:ecr:"):
                known += retained_repository(self.client("ecr"), arn)
            else:
                known.append(RetainedResource("resource", arn, arn, None))
        return known

    def _stale(self, arn: str) -> bool:
        """Whether the tagging API still shows something that its own service, asked above, does not know any more."""
        parts = arn.split(":")
        return (parts[2], parts[5].partition("/")[0]) in ASKED

    def _filters(self) -> list[dict[str, Any]]:
        return [*self._marked(), {"Name": "tag-key", "Values": [_tags.RETAINED]}]

    def _marked(self) -> list[dict[str, Any]]:
        return [{"Name": f"tag:{key}", "Values": [value]} for key, value in self.identity.marks().items()]

    def _ebs(self) -> list[RetainedResource]:
        ec2 = self.client("ec2")
        found = []
        for snapshot in api.describe_snapshots(ec2, self._filters()):
            name = snapshot["SnapshotId"]
            found.append(self._kept_ebs("snapshot", name, snapshot, partial(api.delete_snapshot, ec2, name)))
        for volume in api.describe_volumes(ec2, self._filters()):
            name = volume["VolumeId"]
            found.append(self._kept_ebs("volume", name, volume, partial(api.delete_volume, ec2, name)))
        return found

    def _kept_ebs(self, kind: str, name: str, answer: Mapping[str, Any], remove: Callable[[], Any] | None) -> RetainedResource:
        key = answer.get("KmsKeyId") or (None if answer.get("Encrypted") else "")
        volume = answer.get("VolumeId", NO_VOLUME) if kind == "snapshot" else NO_VOLUME
        called = "" if volume == NO_VOLUME else f"of {volume}"
        return RetainedResource(f"EBS {kind}", name, f"{self.arn_of_ec2}:{kind}/{name}", key, remove, called)

    def expected(self, options: Mapping[str, Any]) -> list[RetainedResource]:
        """What a run will retain, for a plan. options: those of the module retained_resources."""
        of_stores = [resource for each in retentions() for resource in each.expected(self.client, self.identity, options)]
        return [*(self._expected_ebs() if options["expect_volumes"] else []), *of_stores]

    def _expected_ebs(self) -> list[RetainedResource]:
        """The snapshots of Kubernetes volumes that a run will create."""
        filters = [*self._marked(), {"Name": f"tag:{DRIVER_TAG}", "Values": ["true"]}]
        volumes = api.describe_volumes(self.client("ec2"), filters)
        return [self._kept_ebs("snapshot", f"of {volume['VolumeId']}", volume, None) for volume in volumes]

    def _secrets(self) -> list[RetainedResource]:
        manager = self.client("secretsmanager")
        filters = [{"Key": "tag-key", "Values": [_tags.RETAINED]}, {"Key": "tag-value", "Values": [self.identity.environment]}]
        return [
            RetainedResource(
                "secret",
                secret["Name"],
                secret["ARN"],
                _key_of_secret(secret),
                partial(api.delete_secret, manager, secret["ARN"], RECOVERY_WINDOW_IN_DAYS),
            )
            for secret in retained_answers(self.identity, api.list_secrets(manager, filters), "Tags")
        ]


def _key_of_secret(secret: Mapping[str, Any]) -> str | None:
    """The key's ARN; empty for the one of AWS, None for an id or an alias, which may mean any key."""
    key = secret.get("KmsKeyId") or ""
    return key if not key or ":key/" in key else None


def delete_retained(resources: RetainedResources, check_mode: bool, expected: Sequence[RetainedResource] = ()) -> list[Outcome]:
    """Delete all that is kept; refuses, before anything is deleted, what it does not know how to delete.

    expected: what the same run will have kept by then; for a plan.
    """
    found = resources.find()
    unknown = [kept.arn for kept in found if kept.remove is None]
    if unknown:
        raise Refused(
            f"{', '.join(unknown)} is tagged {_tags.RETAINED}, but this module cannot delete resources of this kind: delete it first."
        )
    outcomes = []
    for kept in [*found, *(expected if check_mode else ())]:
        if not check_mode and kept.remove is not None:
            kept.remove()
        outcomes.append(Outcome(kept.kind, kept.title, action="delete", before=kept.shown()))
    return outcomes
