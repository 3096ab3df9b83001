# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold of the inputs of the role k8s_addons, before anything is changed. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils.common.yaml import yaml_load

ROLE = Path(__file__).resolve().parents[3] / "roles" / "k8s_addons"
PREFIX = "k8s_addons_"
SECRET_ARN = re.compile(r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+")
#: a domain, as of us3.datadoghq.com
SITE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def k8s_addons_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each rule broken."""
    from .._k8s_addons import rules  # noqa: PLC0415

    if not any(name.startswith(PREFIX) for name in given):
        return []
    charts = _charts()
    return _datadog(given) + rules.errors(
        _addons(given, charts),
        ingress=given.get(f"{PREFIX}ingress"),
        mirror=given.get(f"{PREFIX}repository_mirror"),
        extra_charts=given.get(f"{PREFIX}extra_charts") or [],
        namespaces={key: str(given[f"{PREFIX}{key}_namespace"]) for key in charts if given.get(f"{PREFIX}{key}_namespace")},
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
    """A sentence for each add-on that is not for the version of Kubernetes that the cluster has (stands) or is to get."""
    from .._k8s_addons import rules  # noqa: PLC0415

    charts = _charts()
    return rules.outside_windows(_addons(given, charts), charts, version, stands=stands)


def _charts() -> dict[str, Any]:
    charts: dict[str, Any] = yaml_load((ROLE / "vars" / "main.yml").read_text(encoding="utf-8"))["__k8s_addons_charts"]
    return charts


def _addons(given: Mapping[str, Any], charts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What is given of each add-on, by its key."""
    addons = {}
    for key in (key for key in charts if f"{PREFIX}{key}_values" in given):
        parts = {part: given.get(f"{PREFIX}{key}_{part}") for part in ("enabled", "chart_version", "values")}
        on = given.get(f"{PREFIX}ingress") == key if parts["enabled"] is None else parts["enabled"]
        addons[key] = {**parts, "enabled": on}
    return addons
