# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An OpenID Connect provider of IAM: what it is, how it is created, updated and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import _tags
from .._errors import Refused
from .._resource import KNOWN_AFTER_APPLY, Attribute, Resource, tags_attribute
from . import api

DEFAULT_AUDIENCE = "sts.amazonaws.com"


def check_url(url: str) -> None:
    """Raise Refused for a URL that IAM would refuse."""
    if url == KNOWN_AFTER_APPLY:
        return
    if not url.startswith("https://") or len(url) <= len("https://") or "?" in url or "#" in url:
        example = "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
        raise Refused(f"url is {url!r}: it must be the issuer's URL, starting with https:// and without a query, for example {example}.")


def provider_name(url: str) -> str:
    """A provider's URL as IAM writes it in ARNs and conditions: without https:// and a slash at its end."""
    return url.removeprefix("https://").rstrip("/")


def provider_arn(partition: str, account_id: str, url: str) -> str:
    """The ARN that the provider of a URL has (IAM, ARNs)."""
    return f"arn:{partition}:iam::{account_id}:oidc-provider/{provider_name(url)}"


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """The table of a provider's attributes."""
    return (
        Attribute(
            "client_id_list",
            lambda p: sorted(p.get("ClientIDList") or []),
            same=lambda found, desired: sorted(found) == sorted(desired),
            merge=lambda found, desired: sorted({*desired}),
        ),
        tags_attribute(lambda p: _tags.as_dict(p.get("Tags")), purge_tags),
    )


class OidcProvider(Resource):
    """Trusts the tokens of one issuer. IAM knows the issuer's certificate by its authority: no thumbprint is given.

    identity: answers GetCallerIdentity, asked when the ARN is not given.
    called: what it is called in actions; its URL, which only AWS decides, when None.
    Source: AWS IAM API, CreateOpenIDConnectProvider, GetOpenIDConnectProvider.
    """

    kind = "OpenID Connect provider"
    attributes: Sequence[Attribute]

    def __init__(
        self,
        client: Any,
        url: str,
        *,
        identity: Callable[[], Mapping[str, str]],
        arn: str | None = None,
        called: str | None = None,
        purge_tags: bool = False,
    ) -> None:
        self.client = client
        self.url = url
        self.name = provider_name(url)
        self.attributes = attributes(purge_tags)
        self.identity = identity
        self._arn = arn
        self._called = called

    @property
    def title(self) -> str:
        return self._called or self.name

    @property
    def arn(self) -> str:
        if self._arn is None:
            if self.url == KNOWN_AFTER_APPLY:
                return KNOWN_AFTER_APPLY
            caller = self.identity()
            self._arn = provider_arn(caller["Arn"].split(":")[1], caller["Account"], self.url)
        return self._arn

    def find(self) -> Mapping[str, Any] | None:
        return None if self.url == KNOWN_AFTER_APPLY else api.get_oidc_provider(self.client, self.arn)

    def derived(self) -> dict[str, Any]:
        return {"arn": self.arn, "url": self.url}

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        return desired if found is not None else {"client_id_list": [DEFAULT_AUDIENCE], **desired}

    def create(self, desired: Mapping[str, Any]) -> None:
        api.create_oidc_provider(self.client, self.url, desired["client_id_list"], desired.get("tags"))

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "client_id_list" in names:
            before, after = set(found.get("ClientIDList") or []), set(desired["client_id_list"])
            for client_id in sorted(after - before):
                api.add_client_id(self.client, self.arn, client_id)
            for client_id in sorted(before - after):
                api.remove_client_id(self.client, self.arn, client_id)
        if "tags" in names:
            present = _tags.as_dict(found.get("Tags"))
            _tags.change(self.client, self.arn, present, desired["tags"], api.tag_oidc_provider, api.untag_oidc_provider)

    def delete(self, found: Mapping[str, Any]) -> None:
        api.delete_oidc_provider(self.client, self.arn)


def providers_owned_by(client: Any, tags: Mapping[str, Any]) -> list[str]:
    """The ARNs of the providers that carry the ownership tags: whose cluster may be gone, and its URL with it."""
    owner = _tags.owner(tags)
    if _tags.ENVIRONMENT not in owner:
        raise Refused("url is not set: tags must then include opta:environment, for example opta:environment: staging.")
    found = []
    for arn in api.list_oidc_providers(client):
        provider = api.get_oidc_provider(client, arn)
        if provider is not None and _tags.carries(_tags.as_dict(provider.get("Tags")), owner):
            found.append(arn)
    return found
