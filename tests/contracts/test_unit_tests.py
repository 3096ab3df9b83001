"""The unit tests mirror the code."""

from __future__ import annotations

from tests.support import collection

UNIT = collection.ROOT / "tests" / "unit"


def test_every_unit_test_of_a_plugin_is_named_after_its_module() -> None:
    """plugins/module_utils/_eks/cluster.py has test_cluster.py, and test_cluster_<topic>.py, in tests/unit/plugins/module_utils/_eks."""
    for path in (UNIT / "plugins").rglob("test_*.py"):
        modules = [module.stem.removeprefix("_") for module in (collection.ROOT / path.relative_to(UNIT).parent).glob("*.py")]
        name = path.stem.removeprefix("test_")
        assert any(f"{name}_".startswith(f"{module}_") for module in modules if module), path.relative_to(UNIT)
