"""The locked versions of charts in comments."""

from __future__ import annotations

from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.registry import CHARTS

from tests.documentation.charts import charts_table, with_chart_versions


def test_a_commented_version_is_the_locked_one() -> None:
    text = "# k8s_addons_datadog_chart_version: 1.0.0 # another\n# k8s_addons_datadog_values: {}\n"
    assert with_chart_versions(text) == text.replace("1.0.0", CHARTS["datadog"].version)


def test_the_table_has_a_row_for_each_chart() -> None:
    assert len(charts_table().splitlines()) == len(CHARTS) + 2
