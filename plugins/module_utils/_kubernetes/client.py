# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The API server of one cluster: one function per kind of request, with patience and clear errors.

urllib3 comes with botocore. The kubernetes package would cost each module more time to import than all its requests take.
"""

from __future__ import annotations

import base64
import binascii
import json
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

with suppress(ImportError):  # botocore needs it; the module says that botocore is missing
    import urllib3
    from urllib3.exceptions import HTTPError

from .. import _wait
from .._consistency_errors import ACCESS_ENTRY_SECONDS
from .._errors import PlatformError
from .proxy import proxy_settings, refusal_of_proxy
from .token import TokenSource

#: with an API server that is busy, or another of its instances that does not know a new access entry yet
PATIENCE_SECONDS = 30.0
FIRST_DELAY_SECONDS = 0.5
CONNECT_SECONDS = 5.0
READ_SECONDS = 65.0
CONNECTIONS = 8

MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"

BUSY = (429, 502, 503, 504)


class KubernetesError(PlatformError):
    """The API server refused a request, or did not answer.

    status: HTTP's number, 0 when there was no answer; reason: Kubernetes's word (NotFound, Conflict, Invalid, …);
    causes: what it says about single fields; about: the kind that it speaks of.
    """

    def __init__(self, message: str, status: int = 0, answer: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.reason = str((answer or {}).get("reason") or "")
        self.detail = str((answer or {}).get("message") or "")
        details = (answer or {}).get("details") or {}
        self.causes: list[dict[str, Any]] = details.get("causes") or []
        self.about = str(details.get("kind") or "")


class KubernetesClient:
    """Requests to one API server.

    certificate_authority_data: base64 PEM, as EKS's DescribeCluster gives it.
    before_change: called before each request that changes something; it raises when nothing may be changed.
    """

    def __init__(
        self,
        cluster_name: str,
        endpoint: str,
        certificate_authority_data: str,
        tokens: TokenSource,
        before_change: Callable[[str], None] = lambda what: None,
    ) -> None:
        self.cluster_name = cluster_name
        self.endpoint = endpoint.rstrip("/")
        self.certificate_authority = decode_certificate(certificate_authority_data)
        self.tokens = tokens
        self._before_change = before_change
        self._pool = _pool(self.endpoint, self.certificate_authority)
        self._known = False  # whether the caller's access entry is enforced

    def get(self, path: str, accept: str = "application/json", **query: Any) -> dict[str, Any] | None:
        """The object at this path; None when there is none."""
        try:
            return json.loads(self._send("GET", path, query, accept=accept))
        except KubernetesError as error:
            if error.status == 404:
                return None
            raise

    def text(self, path: str, **query: Any) -> str:
        """What a path answers as plain text (a container's log)."""
        return self._send("GET", path, query, accept="text/plain, */*").decode(errors="replace")

    def apply(self, path: str, body: Mapping[str, Any], manager: str, *, force: bool = False, dry_run: bool = False) -> dict[str, Any]:
        """Server-side apply; what the object then is. With dry_run nothing is stored."""
        query = {"fieldManager": manager, "force": str(force).lower(), **({"dryRun": "All"} if dry_run else {})}
        return json.loads(self._send("PATCH", path, query, body, APPLY))

    def merge(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change single fields (JSON merge patch)."""
        return json.loads(self._send("PATCH", path, {}, body, MERGE))

    def delete(self, path: str, uid: str, propagation: str) -> None:
        """Ask for the deletion of exactly this object; one that is gone, or another of that name, is left alone."""
        body = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": propagation, "preconditions": {"uid": uid}}
        try:
            self._send("DELETE", path, {}, body, "application/json")
        except KubernetesError as error:
            if error.status not in (404, 409):
                raise

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        body: Mapping[str, Any] | None = None,
        content_type: str = "",
        accept: str = "application/json",
    ) -> bytes:
        if method != "GET" and "dryRun" not in query:
            self._before_change(f"{method} {path}")
        url = f"{self.endpoint}{path}" + (f"?{urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        began = reported = time.monotonic()
        delay = FIRST_DELAY_SECONDS
        while True:
            headers = {"Authorization": f"Bearer {self.tokens.token()}", "Accept": accept}
            if content_type:
                headers["Content-Type"] = content_type
            try:
                answer = self._pool.request(method, url, body=data, headers=headers, retries=False)
            except HTTPError as error:
                refused = refusal_of_proxy(self.endpoint, error)
                if refused or _is_certificate_error(error) or time.monotonic() + delay >= began + PATIENCE_SECONDS:
                    raise KubernetesError(refused or self._no_answer(error)) from error
            else:
                if answer.status < 300:
                    self._known = True
                    return answer.data
                new = _may_be_new_to_it(answer)
                patience = ACCESS_ENTRY_SECONDS if new and not self._known else PATIENCE_SECONDS
                now = time.monotonic()
                if not (new or answer.status in BUSY) or now + delay >= began + patience:
                    raise self._refusal(method, path, answer)
                if now - reported >= _wait.WAITING.get().progress_seconds:
                    reported = now
                    _wait.report_progress(
                        f"waiting until cluster {self.cluster_name} authorizes the caller: {answer.status}, {now - began:.0f} s"
                    )
                if answer.status == 401:
                    self.tokens.renew()
            time.sleep(delay)
            delay = min(delay * 2, 4.0)

    def _no_answer(self, error: Exception) -> str:
        if _is_certificate_error(error):
            return (
                f"The certificate of {self.endpoint} is not that of cluster {self.cluster_name}: {_cause(error)}. "
                "Set endpoint and certificate_authority_data of the same cluster."
            )
        return (
            f"The API server of cluster {self.cluster_name} at {self.endpoint} does not respond: {_cause(error)}. "
            "Allow this machine: from the internet with eks_endpoint_public_cidr_blocks, from inside the VPC and networks that resolve its "
            "private address with eks_api_client_cidr_blocks or eks_api_client_security_group_ids."
        )

    def _refusal(self, method: str, path: str, answer: Any) -> KubernetesError:
        try:
            content = json.loads(answer.data)
        except ValueError:
            content = {"message": answer.data.decode(errors="replace")[:500]}
        message = content.get("message") or f"HTTP {answer.status}"
        if answer.status == 401:
            message = (
                f"Cluster {self.cluster_name} does not know the caller: no access entry exists for these AWS credentials, they belong to "
                "another account, or a new access entry is not in effect yet. Create an access entry for the caller's role "
                "(eks_admin_principal_arns), or run again in a few minutes."
            )
        elif answer.status == 403 and "User " in message:
            message = f"Cluster {self.cluster_name} does not allow it: {message}"
        return KubernetesError(message, answer.status, content)


def _may_be_new_to_it(answer: Any) -> bool:
    """Whether the caller is not known or not allowed to, by EKS's or Kubernetes's rules; a webhook's refusal is none of these."""
    return answer.status == 401 or (answer.status == 403 and b'User \\"' in answer.data and b" cannot " in answer.data)


def decode_certificate(data: str) -> str:
    """The PEM of what DescribeCluster answers."""
    try:
        pem = base64.b64decode(data, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pem = ""
    if "BEGIN CERTIFICATE" not in pem:
        raise PlatformError("certificate_authority_data must be a base64-encoded PEM certificate, as DescribeCluster of EKS returns it.")
    return pem


def _pool(endpoint: str, certificate_authority: str) -> Any:
    try:
        context = ssl.create_default_context(cadata=certificate_authority)
    except ssl.SSLError as error:
        raise PlatformError(f"certificate_authority_data is not a valid certificate: {error}") from error
    # from Python 3.13 on the default is stricter than the certificates that EKS makes (no authority key identifier)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    settings: dict[str, Any] = proxy_settings(endpoint) | {
        "ssl_context": context,
        "maxsize": CONNECTIONS,
        "timeout": urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
    }
    return urllib3.ProxyManager(**settings) if "proxy_url" in settings else urllib3.PoolManager(**settings)


def _is_certificate_error(error: Exception) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error) or "doesn't match" in str(error)


def _cause(error: Exception) -> str:
    text = str(error)
    return text.split(": ", 1)[1] if ">: " in text else text
