# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tokens that an EKS cluster accepts: a presigned GetCallerIdentity of STS, as `aws eks get-token` makes it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

CLUSTER_HEADER = "x-k8s-aws-id"
PREFIX = "k8s-aws-v1."
URL_SECONDS = 60
#: EKS accepts a token for 15 minutes after it was signed
RENEW_AFTER_SECONDS = 13 * 60.0


def mint(sts: Any, cluster_name: str) -> str:
    """A token for the cluster, signed with the credentials of this STS client. No request is made."""

    def keep(params: dict[str, Any], context: dict[str, Any], **rest: Any) -> None:
        if CLUSTER_HEADER in params:
            context[CLUSTER_HEADER] = params.pop(CLUSTER_HEADER)

    def add_header(request: Any, **rest: Any) -> None:
        if CLUSTER_HEADER in request.context:
            request.headers[CLUSTER_HEADER] = request.context[CLUSTER_HEADER]

    sts.meta.events.register("provide-client-params.sts.GetCallerIdentity", keep, unique_id="opta-cluster-name")
    sts.meta.events.register("before-sign.sts.GetCallerIdentity", add_header, unique_id="opta-cluster-header")
    url = sts.generate_presigned_url("get_caller_identity", Params={CLUSTER_HEADER: cluster_name}, ExpiresIn=URL_SECONDS, HttpMethod="GET")
    return PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


class TokenSource:
    """The token of one cluster: minted when first asked for, and again before it is too old.

    make: creates a token; hide: is called with each token, so that it never shows in any output.
    """

    def __init__(self, make: Callable[[], str], hide: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._make = make
        self._hide = hide
        self._clock = clock
        self._token = ""
        self._made = 0.0

    def token(self) -> str:
        """A token that lives for two more minutes at least."""
        if not self._token or self._clock() - self._made >= RENEW_AFTER_SECONDS:
            self.renew()
        return self._token

    def renew(self) -> None:
        self._token = self._make()
        self._made = self._clock()
        self._hide(self._token)

    def seconds_left(self) -> float:
        """How long the present token may still be used."""
        self.token()
        return RENEW_AFTER_SECONDS - (self._clock() - self._made)
