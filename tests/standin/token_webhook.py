"""Who a bearer token is: the answer to a TokenReview of the API server, as EKS's authenticator gives it.

The token is `k8s-aws-v1.` and a presigned STS GetCallerIdentity URL in base64 (`aws eks get-token`). The caller's access entry decides.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import fnmatch
import hashlib
import hmac
import urllib.parse
from typing import Any, Protocol

from tests.standin.access_policies import CLUSTER_ROLES, bind, policy_group
from tests.standin.control_plane import ControlPlane
from tests.standin.kubernetes_client import KubernetesClient, KubernetesError

PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"
# EKS takes a token for 15 minutes after its date, whatever X-Amz-Expires says; clocks may differ by 5.
LONGEST_AGE_SECONDS, LONGEST_LEAD_SECONDS = 900, 300


class Lookup(Protocol):
    """What the review asks of the emulated AWS."""

    def caller_arn(self, access_key: str, session_token: str | None) -> str:
        """The ARN that GetCallerIdentity gives for these credentials; raises LookupError when they are unknown."""

    def secret_key(self, access_key: str) -> str | None:
        """The secret key that belongs to an access key, None when the emulated AWS does not know it (then no signature is checked)."""

    def role_arn_by_name(self, name: str) -> str | None:
        """The ARN of a role, with its path."""

    def access_entry(self, cluster: str, principal_arn: str) -> dict[str, Any] | None:
        """An access entry in DescribeAccessEntry's shape, and `associatedAccessPolicies` in ListAssociatedAccessPolicies's."""

    def control_plane(self, cluster: str) -> ControlPlane | None:
        """The cluster's control plane."""


class TokenRefusedError(Exception):
    """Why a token is not accepted."""


def review(token: str, cluster: str, lookup: Lookup) -> dict[str, Any]:
    """The `status` of a TokenReview; a token that is refused gives `authenticated: false` and the reason as `error`."""
    try:
        return {"authenticated": True, "user": _user(token, cluster, lookup)}
    except TokenRefusedError as refusal:
        return {"authenticated": False, "error": str(refusal)}


def _user(token: str, cluster: str, lookup: Lookup) -> dict[str, Any]:
    url = _decode(token)
    query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
    _check_age(query)
    access_key = query["X-Amz-Credential"].split("/")[0]
    secret_key = lookup.secret_key(access_key)
    if secret_key is not None and not hmac.compare_digest(_signature(url, query, cluster, secret_key), query["X-Amz-Signature"]):
        raise TokenRefusedError(f"the token's signature is wrong, or it is for another cluster than {cluster}")
    try:
        caller = lookup.caller_arn(access_key, query.get("X-Amz-Security-Token"))
    except LookupError as error:
        raise TokenRefusedError(f"unknown access key {access_key}") from error
    principal, session = principal_arn(caller, lookup)
    entry = lookup.access_entry(cluster, principal)
    if entry is None:
        raise TokenRefusedError(f"cluster {cluster} has no access entry for {principal}")
    username = entry["username"].replace("{{SessionName}}", session).replace("{{SessionNameRaw}}", session)
    groups = set(entry.get("kubernetesGroups") or [])
    groups |= _policy_groups(entry.get("associatedAccessPolicies") or [], cluster, lookup)
    return {"username": username, "uid": caller, "groups": sorted(groups), "extra": {"arn": [caller], "accessKeyId": [access_key]}}


def principal_arn(caller: str, lookup: Lookup) -> tuple[str, str]:
    """The IAM ARN that an access entry has for a caller, and the session's name.

    The ARN of an assumed role has lost the role's path, so the role is looked up by its name.
    """
    _, partition, _, _, account, resource = caller.split(":", 5)
    if not resource.startswith("assumed-role/"):
        return caller, ""
    _, name, session = resource.split("/", 2)
    return lookup.role_arn_by_name(name) or f"arn:{partition}:iam::{account}:role/{name}", session


def _decode(token: str) -> urllib.parse.SplitResult:
    if not token.startswith(PREFIX):
        raise TokenRefusedError(f"the token does not begin with {PREFIX}")
    encoded = token[len(PREFIX) :]
    try:
        url = urllib.parse.urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    except (binascii.Error, ValueError) as error:
        raise TokenRefusedError("the token is no URL in base64") from error
    query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
    needed = {"Action", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature"}
    if needed - query.keys() or query["Action"] != "GetCallerIdentity" or query["X-Amz-Algorithm"] != "AWS4-HMAC-SHA256":
        raise TokenRefusedError("the token is no presigned GetCallerIdentity")
    if CLUSTER_HEADER not in query["X-Amz-SignedHeaders"].split(";"):
        raise TokenRefusedError(f"the token's signature does not cover {CLUSTER_HEADER}")
    return url


def _check_age(query: dict[str, str]) -> None:
    try:
        signed = datetime.datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError as error:
        raise TokenRefusedError("X-Amz-Date is no date") from error
    age = (datetime.datetime.now(datetime.timezone.utc) - signed).total_seconds()
    if not -LONGEST_LEAD_SECONDS < age < LONGEST_AGE_SECONDS:
        raise TokenRefusedError("the token has expired")


def _signature(url: urllib.parse.SplitResult, query: dict[str, str], cluster: str, secret_key: str) -> str:
    """Signature version 4 of the presigned URL, with the cluster's name as the signed header: a token for another cluster differs."""
    values = {"host": url.netloc, CLUSTER_HEADER: cluster}
    names = query["X-Amz-SignedHeaders"].split(";")
    pairs = sorted((_quote(name), _quote(value)) for name, value in query.items() if name != "X-Amz-Signature")
    request = "\n".join(
        [
            "GET",
            url.path or "/",
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{values.get(name, '')}" for name in names),
            "",
            ";".join(names),
            hashlib.sha256(b"").hexdigest(),
        ]
    )
    scope = query["X-Amz-Credential"].split("/", 1)[1]
    text = "\n".join(["AWS4-HMAC-SHA256", query["X-Amz-Date"], scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _quote(text: str) -> str:
    return urllib.parse.quote(text, safe="-_.~")


def _policy_groups(policies: list[dict[str, Any]], cluster: str, lookup: Lookup) -> set[str]:
    groups = set()
    client: KubernetesClient | None = None
    for policy in policies:
        role = CLUSTER_ROLES.get(policy["policyArn"].rsplit("/", 1)[1])
        if role is None:
            continue
        if policy["accessScope"]["type"] == "cluster":
            groups.add(policy_group(role))
            continue
        control_plane = lookup.control_plane(cluster)
        if client is None and control_plane is not None:
            client = control_plane.client()
        if client is not None:
            groups |= _namespace_groups(client, role, policy["accessScope"].get("namespaces") or [])
    return groups


def _namespace_groups(client: KubernetesClient, role: str, patterns: list[str]) -> set[str]:
    """The groups of one policy in the namespaces that exist now (patterns may have `*`); a later token finds later ones."""
    groups = set()
    for namespace in [item["metadata"]["name"] for item in client.items("/api/v1/namespaces")]:
        if any(fnmatch.fnmatchcase(namespace, pattern) for pattern in patterns):
            try:
                bind(client, role, namespace)
            except KubernetesError:  # the namespace is being deleted
                continue
            groups.add(policy_group(role, namespace))
    return groups
