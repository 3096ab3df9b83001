"""The inputs of the role k8s_addons, as the unit tests have them."""

from tests.unit.k8s_addons.conftest import charts, inputs

__all__ = ["charts", "inputs"]
