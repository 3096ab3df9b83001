"""The charts of the add-ons, in the README of the role k8s_addons, its defaults and its sample. Pure."""

from __future__ import annotations

import re

from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.registry import CHARTS

from .tables import table

VERSION = re.compile(r"^(?P<before># k8s_addons_(?P<key>\w+)_chart_version: )\S+", re.MULTILINE)


def charts_table() -> str:
    """A row for each chart."""
    rows = [[f"`{key}`", chart.name, chart.version, " to ".join(chart.kubernetes), chart.repository] for key, chart in CHARTS.items()]
    return table(["Add-on", "Chart", "Version", "Kubernetes", "Repository"], rows)


def with_chart_versions(text: str) -> str:
    """Return a text with the locked versions in its commented chart versions."""
    return VERSION.sub(lambda match: match["before"] + CHARTS[match["key"]].version, text)
