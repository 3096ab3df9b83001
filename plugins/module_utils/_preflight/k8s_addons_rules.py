# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold of the inputs of the role k8s_addons, before anything is changed. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROLE = Path(__file__).resolve().parents[3] / "roles" / "k8s_addons"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PREFIX = "k8s_addons_"


def k8s_addons_rules(given: Mapping[str, Any], cluster_version: Any = None) -> list[str]:
    """A sentence for each rule broken; cluster_version: what the cluster runs, once it is known and not to be changed."""
    from .._k8s_addons import rules  # noqa: PLC0415

    if not any(name.startswith(PREFIX) for name in given):
        return []
    charts = yaml.load((ROLE / "vars" / "main.yml").read_text(encoding="utf-8"), Loader=LOADER)["__k8s_addons_charts"]
    ingress = given.get(f"{PREFIX}ingress")
    addons = {}
    for key in (key for key in charts if f"{PREFIX}{key}_values" in given):
        parts = {part: given.get(f"{PREFIX}{key}_{part}") for part in ("enabled", "chart_version", "values")}
        addons[key] = {**parts, "enabled": ingress == key if parts["enabled"] is None else parts["enabled"]}
    version_only = cluster_version is not None
    return rules.errors(
        addons,
        charts,
        kubernetes_version=cluster_version if version_only else given.get("eks_version"),
        ingress=ingress,
        mirror=given.get(f"{PREFIX}repository_mirror"),
        extra_charts=given.get(f"{PREFIX}extra_charts") or [],
        namespaces={key: str(given[f"{PREFIX}{key}_namespace"]) for key in charts if given.get(f"{PREFIX}{key}_namespace")},
        datadog_keys=[given.get(f"{PREFIX}datadog_api_key_secret_arn"), given.get(f"{PREFIX}datadog_api_key")],
    )
