# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Validate the image of a service. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .images import DIGEST, OWN_REPOSITORY, is_deployable
from .inputs import Inputs
from .validation import IMAGE, Errors

IMAGE_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
#: OCI Distribution Specification, Pull
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


def image_errors(inputs: Inputs, errors: Errors) -> None:
    image, tag, digest = inputs.get("image"), inputs.get("tag"), inputs.get("digest")
    if image is not None and not IMAGE.match(str(image)):
        own = f"; for a repository of its own write {OWN_REPOSITORY}" if str(image).upper() in ("AUTO", OWN_REPOSITORY.upper()) else ""
        errors.add(
            f"opta_service_image is {image!r}: it must be a reference in lower case, for example nginxinc/nginx-unprivileged:1.29{own}."
        )
    if tag is not None:
        _tag_errors(tag, digest, errors)
    tagged = ":" in str(image or "").rpartition("/")[2]
    if tag is not None and tagged:
        errors.add(f"opta_service_image {image!r} has a tag or digest already: give it there or as opta_service_tag, not both.")
    elif digest is not None and "@" in str(image or ""):
        errors.add(f"opta_service_image {image!r} has a digest already: give it there or as opta_service_digest, not both.")
    if digest is not None and not IMAGE_DIGEST.fullmatch(str(digest)):
        errors.add(f"opta_service_digest is {digest!r}: it must be sha256: and 64 hexadecimal digits, as the registry shows it.")


def _tag_errors(tag: Any, digest: Any, errors: Errors) -> None:
    if not isinstance(tag, str):
        errors.add(f'opta_service_tag is {tag}, a number: put it in quotes, for example "1.30"; YAML drops the trailing zero of a number.')
    elif not tag.startswith(DIGEST):
        if not TAG.fullmatch(tag):
            errors.add(
                f"opta_service_tag is {tag!r}: it must be 1 to 128 letters, digits and _ . -, beginning with no . or -, "
                "for example 1.30, or a digest, sha256: and 64 hexadecimal digits."
            )
    elif not IMAGE_DIGEST.fullmatch(tag):
        errors.add(f"opta_service_tag is {tag!r}: a digest is sha256: and 64 hexadecimal digits, as the registry shows it.")
    elif digest is not None:
        errors.add("opta_service_tag is a digest, and opta_service_digest is given: give one of them.")


def found_errors(inputs: Inputs, found: Mapping[str, Any]) -> list[str]:
    """Return the problems of an image in the service's own repository. found: the result of ecr_image_info."""
    if is_deployable(inputs):
        return [] if found["exists"] else [found["sentence"]]
    if found["newest_tags"]:
        # without a tag the workload would be deleted
        return [
            f"opta_service_tag is not given, and ECR repository {found['repository']['name']} has images: give one of its tags, "
            f'for example opta_service_tag: "{found["newest_tags"][0]}" (the newest are {", ".join(found["newest_tags"])}).'
        ]
    return []
