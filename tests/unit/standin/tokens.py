"""Tokens, and an emulated AWS that knows who made them."""

from __future__ import annotations

import base64
from typing import Any

import botocore.session
from botocore.credentials import Credentials
from botocore.model import ServiceId
from botocore.signers import RequestSigner

from tests.standin.control_plane import ControlPlane

ROLE = "arn:aws:iam::123456789012:role/opta/staging/deployer"
CALLER = "arn:aws:sts::123456789012:assumed-role/deployer/anna"
POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def make_token(cluster: str, secret_key: str = "right", header: str = "x-k8s-aws-id") -> str:
    """A token as `aws eks get-token` makes it."""
    session = botocore.session.Session()
    credentials = Credentials("AKIAEXAMPLE", secret_key, "session")
    signer = RequestSigner(ServiceId("sts"), "eu-west-1", "sts", "v4", credentials, session.get_component("event_emitter"))
    request = {
        "method": "GET",
        "url": "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {header: cluster},
        "context": {},
    }
    url = signer.generate_presigned_url(request, region_name="eu-west-1", expires_in=60, operation_name="")
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


class Lookup:
    """An emulated AWS with one role and one access entry."""

    def __init__(self, entry: dict[str, Any] | None, secret_key: str | None = "right") -> None:
        self.entry, self._secret_key = entry, secret_key

    def caller_arn(self, access_key: str, session_token: str | None) -> str:
        if (access_key, session_token) != ("AKIAEXAMPLE", "session"):
            raise LookupError(access_key)
        return CALLER

    def secret_key(self, access_key: str) -> str | None:
        return self._secret_key

    def role_arn_by_name(self, name: str) -> str | None:
        return ROLE if name == "deployer" else None

    def access_entry(self, cluster: str, principal_arn: str) -> dict[str, Any] | None:
        return self.entry if (cluster, principal_arn) == ("demo", ROLE) else None

    def control_plane(self, cluster: str) -> ControlPlane | None:
        return None
