# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An IAM role for service accounts of Kubernetes: what it is, how it is created, updated and deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .. import _policy, _tags
from .._errors import Refused
from .._names import role_arn
from .._parallel import run_parallel
from .._resource import KNOWN_AFTER_APPLY, Attribute, Change, Resource, tags_attribute
from . import api
from .oidc_provider import DEFAULT_AUDIENCE

ROLE_NAME = re.compile(r"^[\w+=,.@-]{1,64}$", re.ASCII)
PATH = re.compile(r"^/([!-~]+/)?$")
KUBERNETES_NAME = re.compile(r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
WITH_WILDCARD = re.compile(r"^[-a-z0-9.*?]+$")
#: IAM, CreateRole
SESSION_SECONDS = (3600, 43200)
POLICIES_AT_ONCE = 4


def check_names(name: str, path: str, session_seconds: int | None = None) -> None:
    """Raise Refused for what IAM would refuse, before it is asked."""
    if len(name) > 64:
        raise Refused(f"name {name!r} has {len(name)} characters: an IAM role name can have 64 at most.")
    if not ROLE_NAME.match(name):
        raise Refused(f"name is {name!r}: an IAM role name can only have letters, digits and + = , . @ _ -, for example opta-staging-cni.")
    if not PATH.match(path) or len(path) > 512:
        raise Refused(f"path is {path!r}: it must start and end with a slash, for example /opta/opta/eu-west-1/staging/.")
    least, most = SESSION_SECONDS
    if session_seconds is not None and not least <= session_seconds <= most:
        raise Refused(f"max_session_duration is {session_seconds}: it must be between {least} and {most} seconds, for example {least}.")


def subjects(service_accounts: Sequence[Mapping[str, str]], allow_wildcards: bool = False) -> list[str]:
    """The subjects of the tokens of service accounts; raises Refused for a name that Kubernetes or the trust cannot have."""
    pattern = WITH_WILDCARD if allow_wildcards else KUBERNETES_NAME
    found = set()
    for account in service_accounts:
        for key in ("namespace", "name"):
            if not pattern.match(account[key]):
                if not allow_wildcards and WITH_WILDCARD.match(account[key]):
                    how = "a wildcard trusts every matching service account; list each one, or set allow_wildcards: true"
                else:
                    how = "it must be a Kubernetes name, for example hello"
                raise Refused(f"service_accounts has the {key} {account[key]!r}: {how}.")
        found.add(f"system:serviceaccount:{account['namespace']}:{account['name']}")
    if not found:
        raise Refused("service_accounts is empty: set at least one, for example {namespace: hello, name: hello}.")
    return sorted(found)


def trust_policy(provider_arn: str, names: Sequence[str], audience: str = DEFAULT_AUDIENCE) -> dict[str, Any] | str:
    """Who may take the role: these subjects of the provider, with a token for this audience.

    Source: Amazon EKS User Guide, IAM roles for service accounts.
    """
    if KNOWN_AFTER_APPLY in provider_arn:
        return KNOWN_AFTER_APPLY
    issuer = provider_arn.split(":oidc-provider/", 1)[1]
    exact = [name for name in names if not set("*?") & set(name)]
    like = [name for name in names if name not in exact]
    right_audience = {f"{issuer}:aud": audience}
    conditions: list[dict[str, Any]] = []
    if exact:
        conditions.append({"StringEquals": {**right_audience, f"{issuer}:sub": exact[0] if len(exact) == 1 else exact}})
    if like:
        conditions.append({"StringEquals": right_audience, "StringLike": {f"{issuer}:sub": like[0] if len(like) == 1 else like}})
    trusted = {"Effect": "Allow", "Principal": {"Federated": provider_arn}, "Action": "sts:AssumeRoleWithWebIdentity"}
    return _policy.document([{**trusted, "Condition": condition} for condition in conditions])


def same_trust(found: Mapping[str, Any], desired: Mapping[str, Any] | str) -> bool:
    """Whether two trust policies mean the same; one of a provider that does not stand yet is another."""
    return desired != KNOWN_AFTER_APPLY and _policy.same(found, desired)


def check_provider_arn(arn: str) -> None:
    """Raise Refused for what is not the ARN of an OpenID Connect provider."""
    if KNOWN_AFTER_APPLY not in arn and not re.match(r"^arn:[a-z0-9-]+:iam::[0-9]{12}:oidc-provider/.+$", arn):
        raise Refused(f"oidc_provider_arn is {arn!r}: it must be the ARN of an IAM OpenID Connect provider.")


def same_policies(found: Mapping[str, Any], desired: Mapping[str, Any]) -> bool:
    """Whether two sets of inline policies mean the same."""
    return found.keys() == desired.keys() and all(_policy.same(found[name], desired[name]) for name in desired)


def attributes(purge_tags: bool = False, purge_policies: bool = True) -> tuple[Attribute, ...]:
    """The table of a role's attributes."""
    return (
        Attribute(
            "path",
            lambda r: r["Path"],
            Change.REFUSED,
            "IAM cannot change the path of a role. Use another name, or delete the role first.",
        ),
        Attribute("assume_role_policy", lambda r: _policy.parsed(r["AssumeRolePolicyDocument"]), same=same_trust),
        Attribute("description", lambda r: r.get("Description", "")),
        Attribute("max_session_duration", lambda r: r.get("MaxSessionDuration", SESSION_SECONDS[0])),
        Attribute("permissions_boundary", lambda r: (r.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn", "")),
        Attribute(
            "managed_policy_arns",
            lambda r: sorted(r["managed_policy_arns"]),
            merge=lambda found, desired: sorted({*desired} if purge_policies else {*found, *desired}),
        ),
        Attribute(
            "inline_policies",
            lambda r: r["inline_policies"],
            same=same_policies,
            merge=lambda found, desired: dict(desired) if purge_policies else {**found, **desired},
        ),
        tags_attribute(lambda r: _tags.as_dict(r.get("Tags")), purge_tags),
    )


class IamRole(Resource):
    """Source: AWS IAM API, CreateRole, GetRole, UpdateRole, AttachRolePolicy, PutRolePolicy.

    account: answers (partition, account id), for the ARN of a role that does not stand yet.
    """

    kind = "IAM role"
    computed = ("role_id",)
    attributes: Sequence[Attribute]

    def __init__(
        self,
        client: Any,
        name: str,
        path: str = "/",
        *,
        account: Callable[[], tuple[str, str]],
        purge_tags: bool = False,
        purge_policies: bool = True,
    ) -> None:
        self.client = client
        self.name = name
        self.path = path
        self.account = account
        self.attributes = attributes(purge_tags, purge_policies)

    def find(self) -> Mapping[str, Any] | None:
        asked: dict[str, Callable[[], Any]] = {
            "role": partial(api.get_role, self.client, self.name),
            "managed_policy_arns": partial(api.list_attached_role_policies, self.client, self.name),
            "inline_policies": self._inline_policies,
        }
        found = run_parallel(asked, len(asked))
        role = found.pop("role")
        return None if role is None else {**role, "role_id": role["RoleId"], **found}

    def _inline_policies(self) -> dict[str, Any]:
        names = api.list_role_policies(self.client, self.name)
        documents = run_parallel({name: partial(api.get_role_policy, self.client, self.name, name) for name in names}, POLICIES_AT_ONCE)
        return {name: _policy.parsed(documents[name]) for name in names}

    def derived(self) -> dict[str, Any]:
        partition, account_id = self.account()
        return {"arn": role_arn(partition, account_id, self.path, self.name)}

    def describe(self, found: Mapping[str, Any]) -> dict[str, Any]:
        # A role that stands tells its own ARN
        shown = {attribute.name: attribute.read(found) for attribute in self.attributes}
        return {"name": self.name, "arn": found["Arn"], "role_id": found["role_id"], **shown}

    def create(self, desired: Mapping[str, Any]) -> None:
        request: dict[str, Any] = {
            "RoleName": self.name,
            "Path": self.path,
            "AssumeRolePolicyDocument": json.dumps(desired["assume_role_policy"]),
        }
        for option, key in (("description", "Description"), ("max_session_duration", "MaxSessionDuration")):
            if desired.get(option):
                request[key] = desired[option]
        if desired.get("permissions_boundary"):
            request["PermissionsBoundary"] = desired["permissions_boundary"]
        api.create_role(self.client, desired.get("tags"), **request)
        self._set_policies({}, desired)

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "assume_role_policy" in names:
            api.update_assume_role_policy(self.client, self.name, json.dumps(desired["assume_role_policy"]))
        if {"description", "max_session_duration"} & set(names):
            before = {attribute.name: attribute.read(found) for attribute in self.attributes}
            after = {**before, **desired}  # UpdateRole takes what is not given for empty
            request = {"Description": after["description"], "MaxSessionDuration": after["max_session_duration"]}
            api.update_role(self.client, self.name, **request)
        if "permissions_boundary" in names and desired["permissions_boundary"]:
            api.put_permissions_boundary(self.client, self.name, desired["permissions_boundary"])
        elif "permissions_boundary" in names:
            api.delete_permissions_boundary(self.client, self.name)
        self._set_policies(found, {name: desired[name] for name in names})
        if "tags" in names:
            _tags.change(self.client, self.name, _tags.as_dict(found.get("Tags")), desired["tags"], api.tag_role, api.untag_role)

    def _set_policies(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> None:
        """New permissions before old ones go, so that nobody stands without."""
        attached, inline = set(found.get("managed_policy_arns", [])), found.get("inline_policies", {})
        arns, policies = desired.get("managed_policy_arns"), desired.get("inline_policies")
        for arn in sorted(set(arns or []) - attached):
            api.attach_role_policy(self.client, self.name, arn)
        for policy, document in (policies or {}).items():
            if policy not in inline or not _policy.same(inline[policy], document):
                api.put_role_policy(self.client, self.name, policy, json.dumps(document))
        for arn in sorted(attached - set(arns)) if arns is not None else []:
            api.detach_role_policy(self.client, self.name, arn)
        for policy in sorted(set(inline) - set(policies)) if policies is not None else []:
            api.delete_role_policy(self.client, self.name, policy)

    def delete(self, found: Mapping[str, Any]) -> None:
        # IAM refuses to delete a role that still has any of these
        for arn in found["managed_policy_arns"]:
            api.detach_role_policy(self.client, self.name, arn)
        for policy in found["inline_policies"]:
            api.delete_role_policy(self.client, self.name, policy)
        for profile in api.list_instance_profiles(self.client, self.name):
            api.remove_role_from_instance_profile(self.client, self.name, profile)
        api.delete_role(self.client, self.name)
