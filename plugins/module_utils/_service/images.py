# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Find the image of a service: a given one, or one in the service's own ECR repository. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._resource import KNOWN_AFTER_APPLY
from .inputs import Inputs

#: value of opta_service_image for a repository of its own
OWN_REPOSITORY = "repository"
DIGEST = "sha256:"


def has_own_repository(inputs: Inputs) -> bool:
    return inputs.text("image") == OWN_REPOSITORY


def desired_version(inputs: Inputs) -> tuple[str, str]:
    """Return (tag, digest); the tag may be a digest."""
    tag, digest = inputs.text("tag"), inputs.text("digest")
    return ("", tag) if tag.startswith(DIGEST) and not digest else (tag, digest)


def version(given: Mapping[str, Any]) -> dict[str, str]:
    """Return tag and digest, empty where there is none."""
    tag, digest = desired_version(Inputs(given))
    return {"tag": tag, "digest": digest}


def is_deployable(inputs: Inputs) -> bool:
    """Return whether there is an image: with a repository of its own, a service has none until a tag is given."""
    return not has_own_repository(inputs) or any(desired_version(inputs))


def image_reference(given: Mapping[str, Any], repository_uri: str = "") -> str:
    """Return the image with its tag and digest; empty without one. repository_uri: of the service's own repository."""
    inputs = Inputs(given)
    if not is_deployable(inputs):
        return ""
    tag, digest = desired_version(inputs)
    image = repository_uri if has_own_repository(inputs) else inputs.text("image")
    return image + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def will_expire(inputs: Inputs, found: Mapping[str, Any]) -> bool:
    """Return whether the image exists, but the lifecycle policy will expire it. found: the result of ecr_image_info."""
    return is_deployable(inputs) and bool(found["exists"] and found["sentence"])


def service_host(given: Mapping[str, Any]) -> str:
    """Return the DNS name of the service in the cluster; empty without ports or pods."""
    inputs = Inputs(given)
    reached = inputs.items("ports") and inputs.number("maximum_replicas") and is_deployable(inputs)
    return f"{inputs.text('name')}.{inputs.text('layer')}" if reached else ""


def how_to_push(repository_uri: str) -> list[str]:
    """Return the commands that push a first image, by line. repository_uri: `<account>.dkr.ecr.<region>.<domain>/<name>`."""
    registry = repository_uri.partition("/")[0]
    region = registry.split(".")[3]
    return [
        f"aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {registry}",
        f"docker build --tag {repository_uri}:1 .",
        f"docker push {repository_uri}:1",
        'and then run again with opta_service_tag: "1". A tag cannot be moved to another image later.',
    ]


def advice(host: str, outputs: Mapping[str, Any]) -> list[str]:
    """Return the lines to show after a run: the public URLs of a service, or how to push its first image.

    outputs: opta_service_outputs.
    """
    repository_uri = outputs["repository_uri"]
    if outputs["image"] or not repository_uri:
        return [f"{host}: {url}" for url in outputs["public_urls"]]
    sentence = f"{host}: there is no image to run yet: everything but the workload is created or updated."
    if repository_uri == KNOWN_AFTER_APPLY:
        return [sentence]
    return [f"{sentence} Push one:", *how_to_push(repository_uri)]
