# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An access entry of an EKS cluster with its access policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import _tags
from .._compare import same_members
from .._errors import Refused
from .._resource import KNOWN_AFTER_APPLY, Attribute, Change, Resource, tags_attribute
from . import access_entry_api as api
from .api import tag_resource, untag_resource
from .common import as_tags
from .identity import is_caller, partition

CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
TYPES = ("STANDARD", "FARGATE_LINUX", "EC2_LINUX", "EC2_WINDOWS", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX")


def normalised(policies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The option `policies` in one form: by the policy's name, sorted."""
    entries = [
        {
            "policy": policy["policy"].rsplit("/", 1)[-1],
            "scope": policy.get("scope") or "cluster",
            "namespaces": sorted(policy.get("namespaces") or []),
        }
        for policy in policies
    ]
    return sorted(entries, key=lambda entry: entry["policy"])


def found_policies(associated: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The policies that ListAssociatedAccessPolicies answers, in the form of the option."""
    return normalised(
        [
            {"policy": a["policyArn"], "scope": a["accessScope"]["type"], "namespaces": a["accessScope"].get("namespaces")}
            for a in associated
        ]
    )


def keeping_other_policies(found: Sequence[Mapping[str, Any]] | None, desired: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The policies once the wanted ones are there and all others stay."""
    names = {policy["policy"] for policy in normalised(desired)}
    return normalised([*desired, *(policy for policy in found or [] if policy["policy"] not in names)])


def has_cluster_admin(policies: Sequence[Mapping[str, Any]]) -> bool:
    """Whether policies, as normalised, make an administrator of the whole cluster."""
    return any(policy["policy"] == CLUSTER_ADMIN and policy["scope"] == "cluster" for policy in policies)


def attributes(purge_policies: bool = True, purge_tags: bool = False) -> tuple[Attribute, ...]:
    """Every attribute once. Source: EKS API, CreateAccessEntry, DescribeAccessEntry and AssociateAccessPolicy."""
    policies = Attribute("policies", lambda e: e["policies"])
    if not purge_policies:
        policies = replace(policies, merge=keeping_other_policies)
    return (
        Attribute("type", lambda e: e.get("type"), Change.REPLACE, "EKS cannot change the type of an access entry."),
        Attribute("kubernetes_groups", lambda e: e.get("kubernetesGroups") or [], same=same_members),
        Attribute("username", lambda e: e.get("username")),
        policies,
        tags_attribute(lambda e: e.get("tags") or {}, purge_tags),
    )


class AccessEntry(Resource):
    """Source: EKS API, CreateAccessEntry and DescribeAccessEntry.

    principal_arn: of a role or user; of a session, its role's (see identity.role_behind).
    caller_arn: gives the ARN of who calls, for the question whether the caller would lock itself out.
    """

    kind = "EKS access entry"
    computed = ("arn",)

    def __init__(
        self,
        client: Any,
        cluster_name: str,
        principal_arn: str,
        *,
        caller_arn: Callable[[], str],
        purge_policies: bool = True,
        purge_tags: bool = False,
        adopt: bool = False,
    ) -> None:
        self.client = client
        self.cluster_name = cluster_name
        self.principal_arn = principal_arn
        self.name = f"{cluster_name}/{principal_arn}"
        self.caller_arn = caller_arn
        self.adopt = adopt
        self.attributes = attributes(purge_policies, purge_tags)

    def find(self) -> Mapping[str, Any] | None:
        if self.principal_arn == KNOWN_AFTER_APPLY:
            return None
        entry = api.describe_access_entry(self.client, self.cluster_name, self.principal_arn)
        if entry is None:
            return None
        associated = api.list_associated_access_policies(self.client, self.cluster_name, self.principal_arn)
        return {**entry, "arn": entry["accessEntryArn"], "policies": found_policies(associated)}

    def derived(self) -> dict[str, Any]:
        return {"name": self.principal_arn, "principal_arn": self.principal_arn, "cluster_name": self.cluster_name}

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**desired, "policies": normalised(desired["policies"])} if "policies" in desired else desired

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if found is None:
            return
        if desired.get("state") == "absent":
            self._refuse_to_remove(found)
        elif has_cluster_admin(found["policies"]):
            if not has_cluster_admin(self._merged_policies(found, desired)):
                self._refuse_the_last_way_in("would lose the cluster administrator policy")
            if desired.get("type") not in (None, found.get("type")):
                self._refuse_the_last_way_in("would be deleted to change its type")

    def create(self, desired: Mapping[str, Any]) -> None:
        request: dict[str, Any] = {"tags": as_tags(desired.get("tags"))}
        for name, key in (("type", "type"), ("username", "username"), ("kubernetes_groups", "kubernetesGroups")):
            if desired.get(name):
                request[key] = desired[name]
        api.create_access_entry(self.client, self.cluster_name, self.principal_arn, **request)
        self._associate(desired.get("policies") or [])

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if {"kubernetes_groups", "username"} & set(names):
            groups = desired.get("kubernetes_groups", found.get("kubernetesGroups") or [])
            username = desired.get("username", found.get("username"))
            api.update_access_entry(self.client, self.cluster_name, self.principal_arn, kubernetesGroups=groups, username=username)
        if "policies" in names:
            self._associate([policy for policy in desired["policies"] if policy not in found["policies"]])
            kept = {policy["policy"] for policy in desired["policies"]}
            for policy in found["policies"]:
                if policy["policy"] not in kept:
                    api.disassociate_access_policy(self.client, self.cluster_name, self.principal_arn, self._policy_arn(policy["policy"]))
        if "tags" in names:
            _tags.change(self.client, found["arn"], found.get("tags") or {}, desired["tags"], tag_resource, untag_resource)

    def delete(self, found: Mapping[str, Any]) -> None:
        api.delete_access_entry(self.client, self.cluster_name, self.principal_arn)

    def _associate(self, policies: Sequence[Mapping[str, Any]]) -> None:
        for policy in policies:
            scope: dict[str, Any] = {"type": policy["scope"]}
            if policy["namespaces"]:
                scope["namespaces"] = policy["namespaces"]
            api.associate_access_policy(self.client, self.cluster_name, self.principal_arn, self._policy_arn(policy["policy"]), scope)

    def _policy_arn(self, name: str) -> str:
        return f"arn:{partition(self.principal_arn)}:eks::aws:cluster-access-policy/{name}"

    def _merged_policies(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> Any:
        policies = next(attribute for attribute in self.attributes if attribute.name == "policies")
        return policies.merge(found["policies"], desired.get("policies", found["policies"]))

    def _refuse_to_remove(self, found: Mapping[str, Any]) -> None:
        if not self.adopt and _tags.MANAGED_BY not in (found.get("tags") or {}):
            raise Refused(f"{self.kind} {self.name} was not created by this collection and is not deleted. To delete it, set adopt: true.")
        if is_caller(self.caller_arn(), self.principal_arn):
            raise Refused(f"{self.kind} {self.name} is the access entry of this run's caller: run as another administrator to delete it.")
        if has_cluster_admin(found["policies"]):
            self._refuse_the_last_way_in("would be deleted")

    def _refuse_the_last_way_in(self, what: str) -> None:
        if is_caller(self.caller_arn(), self.principal_arn):
            raise Refused(f"{self.kind} {self.name} is the access entry of this run's caller, and {what}: run as another administrator.")
        for other in api.list_access_entries(self.client, self.cluster_name, self._policy_arn(CLUSTER_ADMIN)):
            if other != self.principal_arn:
                associated = api.list_associated_access_policies(self.client, self.cluster_name, other)
                if has_cluster_admin(found_policies(associated)):
                    return
        last = f"{self.kind} {self.name} is the last administrator of the cluster, and {what}"
        raise Refused(f"{last}: associate the policy {CLUSTER_ADMIN} with another principal first.")
