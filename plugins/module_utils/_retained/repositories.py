# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Repositories of images that an environment keeps on purpose."""

from __future__ import annotations

from functools import partial
from typing import Any

from .._ecr import api
from .retained_resource import RetainedResource


def retained_repository(client: Any, arn: str) -> list[RetainedResource]:
    """The repository that the tagging API shows, if ECR still knows it.

    It has had its tags since it was made, so that the tagging API does not miss it.
    """
    name = arn.partition(":repository/")[2]
    repository = api.describe_repository(client, name)
    if repository is None:
        return []
    key = (repository.get("encryptionConfiguration") or {}).get("kmsKey") or ""
    return [RetainedResource("ECR repository", name, arn, key, partial(api.delete_repository, client, name, True))]
