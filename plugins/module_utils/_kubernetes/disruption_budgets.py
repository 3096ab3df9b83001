# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Removes every PodDisruptionBudget of a cluster."""

from __future__ import annotations

from collections.abc import Sequence

from .._resource import Outcome
from .client import KubernetesClient, KubernetesError

PATH = "/apis/policy/v1"


def remove_all(client: KubernetesClient, check_mode: bool, emptied: Sequence[str] = ()) -> list[Outcome]:
    """What was removed, or would be. Where the cluster cannot be asked, one Outcome without an action says so in its notes.

    emptied: namespaces whose budgets another task will have removed by then; a plan leaves them out.
    """
    outcomes: list[Outcome] = []
    try:
        found = (client.get(f"{PATH}/poddisruptionbudgets") or {}).get("items") or []
        for budget in found:
            namespace, name = budget["metadata"]["namespace"], budget["metadata"]["name"]
            if check_mode and namespace in emptied:
                continue
            if not check_mode:
                client.delete(f"{PATH}/namespaces/{namespace}/poddisruptionbudgets/{name}", budget["metadata"]["uid"], "Background")
            limits = {key: value for key, value in budget["spec"].items() if key in ("minAvailable", "maxUnavailable")}
            outcomes.append(Outcome("PodDisruptionBudget", f"{namespace}/{name}", action="delete", before=limits))
    except KubernetesError as error:
        note = f"PodDisruptionBudgets could not be deleted, so draining a node may take five minutes longer: {error}"
        outcomes.append(Outcome("PodDisruptionBudget", client.cluster_name, notes=[note]))
    return outcomes
