# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Validate the inputs of the role k8s_addons before the first change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._k8s_addons import rules
from .._k8s_addons.inputs import PREFIX, addon_inputs

SECRET_ARN = re.compile(r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+")
#: a domain, as of us3.datadoghq.com
SITE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def k8s_addons_rules(given: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each problem."""
    if not any(name.startswith(PREFIX) for name in given):
        return []
    return _datadog(given) + rules.errors(
        _addons(given),
        ingress=given.get(f"{PREFIX}ingress"),
        mirror=given.get(f"{PREFIX}repository_mirror"),
        extra_charts=given.get(f"{PREFIX}extra_charts") or [],
        namespaces={key: str(parts["namespace"]) for key, parts in addon_inputs(given)["addons"].items() if parts["namespace"]},
        datadog_keys=[given.get(f"{PREFIX}datadog_api_key_secret_arn"), given.get(f"{PREFIX}datadog_api_key")],
    )


def _datadog(given: Mapping[str, Any]) -> list[str]:
    sentences = []
    arn, site = given.get(f"{PREFIX}datadog_api_key_secret_arn"), given.get(f"{PREFIX}datadog_site")
    if arn and not SECRET_ARN.fullmatch(str(arn)):
        example = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:datadog"
        sentences.append(f"{PREFIX}datadog_api_key_secret_arn is {arn!r}: it must be the ARN of a secret, for example {example}.")
    if site and not SITE.fullmatch(str(site)):
        sentences.append(f"{PREFIX}datadog_site is {site!r}: it must be the domain of a Datadog site, for example datadoghq.eu.")
    return sentences


def version_rules(given: Mapping[str, Any], version: str, *, stands: bool) -> list[str]:
    """Return a sentence for each add-on that does not support the version of Kubernetes that the cluster has (stands) or will have."""
    return rules.outside_windows(_addons(given), version, stands=stands)


def _addons(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what is given of each add-on, by its key."""
    addons: dict[str, dict[str, Any]] = addon_inputs(given)["addons"]
    return {key: parts for key, parts in addons.items() if f"{PREFIX}{key}_values" in given}
