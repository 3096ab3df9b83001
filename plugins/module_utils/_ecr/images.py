# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether an image is in a repository, and what the lifecycle policy will do to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .. import _policy
from . import api, lifecycle


def find_image(client: Any, name: str, tag: str | None, digest: str | None, newest_count: int) -> dict[str, Any]:
    """What ecr_image_info returns."""
    repository = api.describe_repository(client, name)
    if repository is None:
        shown: dict[str, Any] = {"repository": None, "exists": False, "image": None, "newest_tags": []}
        return {**shown, "sentence": f"ECR repository {name} does not exist in this account and region."}
    images = sorted(api.describe_images(client, name), key=lambda each: each["imagePushedAt"], reverse=True)
    newest = newest_tags(images, newest_count)
    desired = tag or digest
    image = next((each for each in images if is_requested(each, tag, digest)), None) if desired else None
    result = {
        "repository": {"name": name, "arn": repository["repositoryArn"], "uri": repository["repositoryUri"]},
        "exists": image is not None,
        "image": None,
        "newest_tags": newest,
        "sentence": "",
    }
    if image is None:
        known = f"its newest tags are {', '.join(newest)}" if newest else "it holds no tagged image"
        missing = f"Image {desired} is not in ECR repository {name}; {known}. Push the image first, or use an existing one."
        return {**result, "sentence": missing if desired else ""}
    policy = _policy.parsed(api.get_lifecycle_policy(client, name)) or {}
    expiry = lifecycle.expiry(policy, images, image["imageDigest"], datetime.now(timezone.utc))
    result["image"] = {**shown_image(image), "expiry": expiry.shown() if expiry else None}
    if expiry:
        result["sentence"] = f"Image {desired} of ECR repository {name} expires: {expiry.sentence}."
    return result


def newest_tags(images: Sequence[Mapping[str, Any]], count: int) -> list[str]:
    """Tags of the newest images first; images: newest first."""
    return [tag for image in images for tag in sorted(image.get("imageTags") or [])][:count]


def is_requested(image: Mapping[str, Any], tag: str | None, digest: str | None) -> bool:
    """Whether an image has the tag and the digest, as far as they are given."""
    return (tag is None or tag in (image.get("imageTags") or [])) and (digest is None or digest == image["imageDigest"])


def shown_image(image: Mapping[str, Any]) -> dict[str, Any]:
    """An image as the module returns it."""
    return {
        "digest": image["imageDigest"],
        "tags": sorted(image.get("imageTags") or []),
        "pushed_at": image["imagePushedAt"].isoformat(),
        "size_bytes": image.get("imageSizeInBytes"),
    }
