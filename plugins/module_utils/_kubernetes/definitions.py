# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The CustomResourceDefinitions of a pinned manifest: fetched only when they do not stand as it has them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.error import URLError

with suppress(ImportError):  # ansible-core needs it
    import yaml

from ansible.module_utils.urls import open_url

from .._errors import PlatformError
from .apply import ApplyOptions, ObjectsReconciler, PlannedObject
from .client import METADATA_LIST, KubernetesClient
from .objects import CRD, checked

MANIFEST = "opta.platform/manifest"
CHECKSUM = "opta.platform/manifest-checksum"
#: how many definitions the manifest has, so that one that somebody deleted is missed
NUMBER = "opta.platform/manifest-definitions"
TIMEOUT_SECONDS = 60
#: where that which a manifest brings is listed, and of what kind it is
LISTS = {
    CRD: ("apiextensions.k8s.io/v1", "customresourcedefinitions"),
    "ValidatingAdmissionPolicy": ("admissionregistration.k8s.io/v1", "validatingadmissionpolicies"),
    "ValidatingAdmissionPolicyBinding": ("admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings"),
}


def is_installed(client: KubernetesClient | None, name: str, checksum: str) -> bool:
    """Whether the cluster has all definitions of the manifest, as this checksum has them."""
    found = _listed(client, name, CRD) if client else []
    annotations = [item["metadata"].get("annotations") or {} for item in found]
    return bool(found) and all(each.get(CHECKSUM) == checksum and each.get(NUMBER) == str(len(found)) for each in annotations)


def reconcile(
    client: KubernetesClient | None, options: ApplyOptions, name: str, checksum: str, url: str, fetch: Callable[[str], bytes]
) -> list[PlannedObject]:
    """Apply the manifest unless it stands."""
    if is_installed(client, name, checksum):
        return []
    objects = read(fetch(url), url, checksum)
    number = sum(obj["kind"] == CRD for obj in objects)
    if not number:
        raise PlatformError(f"The manifest {url} contains no CustomResourceDefinition.")
    return ObjectsReconciler(client, options).apply([_marked(obj, name, checksum, number) for obj in objects])


def remove(client: KubernetesClient | None, options: ApplyOptions, name: str) -> list[PlannedObject]:
    """Delete what the manifest brought, with everything of its kinds."""
    found = [
        {"apiVersion": LISTS[kind][0], "kind": kind, "metadata": {"name": item["metadata"]["name"]}}
        for kind in LISTS
        for item in (_listed(client, name, kind) if client else [])
    ]
    return ObjectsReconciler(client, options).delete(found)


def read(content: bytes, url: str, checksum: str) -> list[dict[str, Any]]:
    """The objects of a manifest that has this checksum."""
    found = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if found != checksum:
        raise PlatformError(f"The manifest {url} has the checksum {found}, but {checksum} is expected.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return checked([obj for obj in yaml.load_all(content, Loader=loader) if obj])


def fetch(url: str) -> bytes:
    """The file at a URL; a proxy of the environment is used."""
    try:
        return open_url(url, timeout=TIMEOUT_SECONDS).read()
    except (URLError, OSError, ValueError) as error:
        raise PlatformError(f"The manifest {url} cannot be downloaded: {error}.") from error


def _listed(client: KubernetesClient, name: str, kind: str) -> list[dict[str, Any]]:
    group, plural = LISTS[kind]
    answer = client.get(f"/apis/{group}/{plural}", METADATA_LIST, labelSelector=f"{MANIFEST}={name}") or {}
    return answer.get("items") or []


def _marked(obj: Mapping[str, Any], name: str, checksum: str, number: int) -> dict[str, Any]:
    metadata = obj["metadata"]
    labels = {**(metadata.get("labels") or {}), MANIFEST: name}
    annotations = {**(metadata.get("annotations") or {}), CHECKSUM: checksum, NUMBER: str(number)}
    return {**obj, "metadata": {**metadata, "labels": labels, "annotations": annotations}}
