# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reconcile a database cluster with the options of the modules aurora_cluster and documentdb_cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._composite import plan_and_apply
from .._resource import Outcome
from .database_resources import DatabaseResources
from .engine import DatabaseEngine
from .options import check_options
from .store import DatabaseStore
from .teardown import DatabaseTeardown

if TYPE_CHECKING:
    from .._module import PlatformModule


def cluster_outcomes(module: PlatformModule, engine: DatabaseEngine) -> list[Outcome]:
    """Create, update or delete the cluster; return the cluster's outcome first."""
    if module.params["state"] == "absent":
        return DatabaseTeardown(module, engine).reconcile()  # plans the deletion before its first call
    check_options(module.params, engine)
    return plan_and_apply(lambda plan: DatabaseStore(DatabaseResources(module, engine), plan), module.check_mode)
