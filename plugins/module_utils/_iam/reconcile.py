# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules for IAM do with their options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _policy, _tags
from .._errors import Refused
from .._resource import KNOWN_AFTER_APPLY, Outcome
from . import api
from .iam_role import IamRole, check_names, check_provider_arn, subjects, trust_policy
from .oidc_provider import OidcProvider, check_url, providers_owned_by

if TYPE_CHECKING:
    from .._module import PlatformModule


def oidc_provider_outcomes(module: PlatformModule) -> list[Outcome]:
    """Bring the provider of a URL, or take away all that carry the ownership tags."""
    client, url = module.client("iam"), module.params["url"]
    settings = {
        "identity": lambda: api.get_caller_identity(module.client("sts")),
        "called": (module.params["tags"] or {}).get(_tags.NAME),
        "purge_tags": module.params["purge_tags"],
    }
    if url is not None:
        check_url(url)
        return [module.reconcile(OidcProvider(client, url, **settings))]
    arns = providers_owned_by(client, module.params["tags"] or {})
    providers = [OidcProvider(client, f"https://{arn.split(':oidc-provider/', 1)[1]}", arn=arn, **settings) for arn in arns]
    return [module.reconcile(provider) for provider in providers] or [Outcome(OidcProvider.kind, "of these tags")]


def irsa_role_outcome(module: PlatformModule) -> Outcome:
    """Bring a role that service accounts take."""
    given = module.params
    check_names(given["name"], given["path"], given["max_session_duration"])
    provider = given["oidc_provider_arn"] or KNOWN_AFTER_APPLY

    def account() -> tuple[str, str]:
        if KNOWN_AFTER_APPLY not in provider:
            return provider.split(":")[1], provider.split(":")[4]
        caller = api.get_caller_identity(module.client("sts"))
        return caller["Arn"].split(":")[1], caller["Account"]

    settings = {"purge_tags": given["purge_tags"], "purge_policies": given["purge_policies"]}
    role = IamRole(module.client("iam"), given["name"], given["path"], account=account, **settings)
    desired = module.desired(role)
    if given["state"] == "present":
        check_provider_arn(provider)
        if provider == KNOWN_AFTER_APPLY and not module.check_mode:
            raise Refused("oidc_provider_arn is unknown: create the provider first (opta.platform.iam_oidc_provider).")
        desired["assume_role_policy"] = trust_policy(
            provider, subjects(given["service_accounts"], given["allow_wildcards"]), given["audience"]
        )
        if given["inline_policies"] is not None:
            desired["inline_policies"] = {name: _policy.parsed(policy) for name, policy in given["inline_policies"].items()}
    return module.reconcile(role, desired)
