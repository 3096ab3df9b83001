"""The inputs of the role k8s_addons, for charts that helm renders."""

from __future__ import annotations

from tests.unit.plugins.module_utils._k8s_addons.conftest import inputs

__all__ = ["inputs"]
