"""A small client of one control plane's API server, as its administrator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests

FIELD_MANAGER = "stand-in"


class KubernetesError(RuntimeError):
    """An answer of the API server that is not a success; `status` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class KubernetesClient:
    """Calls paths of the API (`/api/v1/nodes`). Use one client per thread.

    Every method returns the decoded answer and raises KubernetesError, except for the statuses given as `accept`
    (then the answer is the API's Status object), and requests.RequestException (an OSError) when the server does not answer.
    """

    def __init__(self, endpoint: str, directory: Path) -> None:
        self._endpoint = endpoint
        self._session = requests.Session()
        self._session.trust_env = False  # REQUESTS_CA_BUNDLE would replace verify, and *_PROXY would take another way
        self._session.cert = (str(directory / "administrator.crt"), str(directory / "administrator.key"))
        self._session.verify = str(directory / "ca.crt")

    def call(self, method: str, path: str, body: Any = None, content_type: str = "application/json", accept: tuple[int, ...] = ()) -> Any:
        answer = self._session.request(
            method,
            self._endpoint + path,
            data=None if body is None else json.dumps(body),
            headers={"Content-Type": content_type},
            timeout=15,
        )
        if answer.status_code >= 300 and answer.status_code not in accept:
            raise KubernetesError(answer.status_code, f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        if not answer.headers.get("Content-Type", "").startswith("application/json"):
            return answer.text
        return answer.json()

    def get(self, path: str, accept: tuple[int, ...] = ()) -> Any:
        return self.call("GET", path, accept=accept)

    def items(self, path: str) -> list[dict[str, Any]]:
        """The items of a list."""
        items: list[dict[str, Any]] = self.get(path)["items"]
        return items

    def create(self, path: str, body: dict[str, Any], accept: tuple[int, ...] = (409,)) -> Any:
        """Creates an object; one of that name that exists already is fine unless `accept` says otherwise."""
        return self.call("POST", path, body, accept=accept)

    def apply(self, path: str, body: dict[str, Any]) -> Any:
        """Server-side apply, with force."""
        return self.call("PATCH", f"{path}?fieldManager={FIELD_MANAGER}&force=true", body, "application/apply-patch+yaml")

    def merge(self, path: str, body: dict[str, Any], accept: tuple[int, ...] = ()) -> Any:
        """A JSON merge patch."""
        return self.call("PATCH", path, body, "application/merge-patch+json", accept)

    def delete(self, path: str, accept: tuple[int, ...] = (404,)) -> Any:
        """Deletes an object; one that is gone is fine."""
        return self.call("DELETE", path, accept=accept)
