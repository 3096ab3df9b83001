# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An add-on of an EKS cluster: its attributes, and how it is created, updated and deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ansible.module_utils.common.yaml import yaml_load

from .. import _tags
from .._resource import KNOWN_AFTER_APPLY, Attribute, Resource, State, tags_attribute
from .._response_cache import prefetch
from . import addon_api, api
from .common import as_tags, issues_text, status_text, wait_for_update

#: The minor of Kubernetes that the version was chosen for; it tells when the cluster's has changed since
CHOSEN_FOR_TAG = "opta:kubernetes-version"
FAILED = ("CREATE_FAILED", "DELETE_FAILED")
ACTIVE, UPDATE_FAILED = "ACTIVE", "UPDATE_FAILED"
#: An add-on in these states runs, and may be repaired by a change: it is not waited for before the change, only after it
IMPAIRED = ("DEGRADED", UPDATE_FAILED)


def parsed(configuration: str | None) -> Any:
    """The configuration values of an add-on, which EKS keeps as JSON or YAML text."""
    return (yaml_load(configuration) or {}) if configuration else {}


def default_version(versions: Sequence[Mapping[str, Any]], kubernetes_version: str) -> str | None:
    """The version that EKS installs by default with this minor of Kubernetes, out of DescribeAddonVersions."""
    for version in versions:
        for compatible in version.get("compatibilities") or []:
            if compatible.get("defaultVersion") and compatible.get("clusterVersion", kubernetes_version) == kubernetes_version:
                return version["addonVersion"]
    return None


def _chosen(desired: Mapping[str, Any], kubernetes_version: str) -> dict[str, Any]:
    return {**desired, "tags": {**(desired.get("tags") or {}), CHOSEN_FOR_TAG: kubernetes_version}}


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """Every attribute once. Source: EKS API, CreateAddon, DescribeAddon and UpdateAddon."""
    return (
        Attribute("addon_version", lambda a: a["addonVersion"]),
        Attribute("service_account_role_arn", lambda a: a.get("serviceAccountRoleArn")),
        Attribute("configuration_values", lambda a: parsed(a.get("configurationValues"))),
        Attribute("status", lambda a: a["status"]),
        tags_attribute(lambda a: a.get("tags") or {}, purge_tags),
    )


class EksAddon(Resource):
    """Source: EKS API, CreateAddon and DescribeAddon.

    kubernetes_version: the cluster's minor; asked of EKS when None and needed.
    resolve_conflicts_on_create, resolve_conflicts_on_update: OVERWRITE, PRESERVE or NONE.
    preserve: whether a deletion leaves the software in the cluster.
    """

    kind = "EKS add-on"
    computed = ("arn", "status")

    def __init__(
        self,
        client: Any,
        cluster_name: str,
        name: str,
        *,
        kubernetes_version: str | None = None,
        resolve_conflicts_on_create: str = "OVERWRITE",
        resolve_conflicts_on_update: str = "PRESERVE",
        preserve: bool = False,
        purge_tags: bool = False,
        wait: bool = True,
        timeout_seconds: float = 1800,
    ) -> None:
        self.client = client
        self.cluster_name = cluster_name
        self.addon_name = name
        self.name = f"{cluster_name}/{name}"
        self.kubernetes_version = kubernetes_version
        self.resolve_conflicts_on_create = resolve_conflicts_on_create
        self.resolve_conflicts_on_update = resolve_conflicts_on_update
        self.preserve = preserve
        self.wait = wait
        self.timeout_seconds = timeout_seconds
        self.attributes = attributes(purge_tags)
        self.moving = False
        self.leaving = False

    def find(self) -> Mapping[str, Any] | None:
        found = addon_api.describe_addon(self.client, self.cluster_name, self.addon_name)
        return None if found is None else {**found, "arn": found["addonArn"]}

    def prefetch(self) -> None:
        """Ask for the add-on and, when they can be named, for its versions at the same time; for clients whose answers are kept."""
        versions = [partial(self._versions, self.kubernetes_version)] if self.kubernetes_version not in (None, KNOWN_AFTER_APPLY) else []
        prefetch([self.find, *versions])

    def derived(self) -> dict[str, Any]:
        return {"name": self.addon_name, "cluster_name": self.cluster_name}

    def state(self, found: Mapping[str, Any]) -> State:
        status = found["status"]
        if status in ("CREATING", "UPDATING"):
            self.moving = True
            return State.IN_PROGRESS
        if status == "DEGRADED" and self.moving and not self.leaving:
            return State.IN_PROGRESS
        if status in FAILED or (status == UPDATE_FAILED and self.moving):
            return State.FAILED
        return State.DELETING if status == "DELETING" else State.READY

    def status(self, found: Mapping[str, Any] | None) -> str:
        return "gone" if found is None else status_text(found["status"], found.get("health"))

    def remedy(self, found: Mapping[str, Any]) -> str:
        if "ConfigurationConflict" in issues_text(found.get("health")):
            option = "create" if found["status"] == "CREATE_FAILED" else "update"
            return f"Set resolve_conflicts_on_{option}: OVERWRITE and run again."
        return super().remedy(found) if found["status"] in FAILED else "Fix the cause and run again."

    def never_worked(self, found: Mapping[str, Any]) -> bool:
        return found["status"] in FAILED

    def delete_failed(self, found: Mapping[str, Any]) -> None:
        # Its software may run all the same: nodes would lose their network without vpc-cni
        addon_api.delete_addon(self.client, self.cluster_name, self.addon_name, preserve=True)

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        if found is not None and found["status"] == UPDATE_FAILED:
            desired = {**desired, "status": ACTIVE}  # EKS does not try again by itself, also where it shows what was asked for
        if "addon_version" in desired:
            return desired
        kubernetes_version = self._kubernetes_version()
        if kubernetes_version is None:
            return desired if found else {**_chosen(desired, KNOWN_AFTER_APPLY), "addon_version": KNOWN_AFTER_APPLY}
        values = _chosen(desired, kubernetes_version)
        if found is not None and not self._outdated(found, kubernetes_version):
            return values
        chosen = self._default_version(kubernetes_version)
        return {**values, "addon_version": chosen} if chosen else values

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        self.leaving = desired.get("state") == "absent"

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        notes = []
        if found["status"] in (*FAILED, *IMPAIRED):
            notes.append(f"{self.kind} {self.name} is {self.status(found)}")
        if "addon_version" not in desired and self.kubernetes_version:
            newer = self._default_version(self.kubernetes_version)
            if newer and newer != found["addonVersion"]:
                notes.append(
                    f"{self.kind} {self.name} has version {found['addonVersion']}; the default "
                    f"for Kubernetes {self.kubernetes_version} is {newer}."
                )
        return notes

    def create(self, desired: Mapping[str, Any]) -> None:
        self.moving = True
        request: dict[str, Any] = {"resolveConflicts": self.resolve_conflicts_on_create, "tags": as_tags(desired.get("tags"))}
        addon_api.create_addon(self.client, self.cluster_name, self.addon_name, **request, **self._settings(desired))

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if set(names) - {"tags"}:
            self.moving = True
            # EKS takes a role or a configuration that is not named again for removed
            kept = {name: value for name, value in self._read(found).items() if value and name != "addon_version"}
            settings = self._settings({**kept, **{name: desired[name] for name in desired if name != "tags"}})
            update = addon_api.update_addon(
                self.client, self.cluster_name, self.addon_name, resolveConflicts=self.resolve_conflicts_on_update, **settings
            )
            if self.wait:
                wait_for_update(
                    self.client, self.cluster_name, update, f"{self.kind} {self.name}", self.timeout_seconds, addonName=self.addon_name
                )
        if "tags" in names:
            _tags.change(self.client, found["arn"], found.get("tags") or {}, desired["tags"], api.tag_resource, api.untag_resource)

    def delete(self, found: Mapping[str, Any]) -> None:
        addon_api.delete_addon(self.client, self.cluster_name, self.addon_name, self.preserve)

    def _read(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {attribute.name: attribute.read(found) for attribute in self.attributes if attribute.name != "tags"}

    @staticmethod
    def _settings(values: Mapping[str, Any]) -> dict[str, Any]:
        """The part of a request that CreateAddon and UpdateAddon share."""
        request: dict[str, Any] = {}
        if values.get("addon_version", KNOWN_AFTER_APPLY) != KNOWN_AFTER_APPLY:
            request["addonVersion"] = values["addon_version"]
        if values.get("service_account_role_arn"):
            request["serviceAccountRoleArn"] = values["service_account_role_arn"]
        if values.get("configuration_values") is not None:
            request["configurationValues"] = json.dumps(values["configuration_values"], sort_keys=True)
        return request

    def _kubernetes_version(self) -> str | None:
        if self.kubernetes_version is None:
            cluster = api.describe_cluster(self.client, self.cluster_name)
            self.kubernetes_version = cluster["version"] if cluster else None
        if self.kubernetes_version == KNOWN_AFTER_APPLY:
            self.kubernetes_version = None
        return self.kubernetes_version

    def _versions(self, kubernetes_version: str) -> list[dict[str, Any]]:
        if not hasattr(self, "_found_versions"):
            self._found_versions = addon_api.describe_addon_versions(self.client, self.addon_name, kubernetes_version)
        return self._found_versions

    def _default_version(self, kubernetes_version: str) -> str | None:
        return default_version(self._versions(kubernetes_version), kubernetes_version)

    def _outdated(self, found: Mapping[str, Any], kubernetes_version: str) -> bool:
        """Whether the cluster's minor has changed since the version was chosen, or the version never fitted it."""
        chosen_for = (found.get("tags") or {}).get(CHOSEN_FOR_TAG)
        if chosen_for is not None:
            return chosen_for != kubernetes_version
        return found["addonVersion"] not in [version["addonVersion"] for version in self._versions(kubernetes_version)]
