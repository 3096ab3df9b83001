# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is allowed of node groups, and rarely meant. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: service quota L-6D54EA21, managed node groups of a cluster
USUAL_QUOTA = 30


def node_group_notes(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each; given: inputs by name."""
    groups = given.get("eks_node_groups")
    if groups is None:
        return []
    notes = []
    if not groups:
        notes.append("eks_node_groups is empty: no pod can run, and k8s_addons times out unless you provide nodes.")
    elif all(any(taint.get("effect") != "PREFER_NO_SCHEDULE" for taint in group.get("taints") or []) for group in groups):
        notes.append(
            "eks_node_groups: every group has taints, so coredns and other add-ons cannot be scheduled. Define one group without taints."
        )
    if len(groups) > USUAL_QUOTA:
        notes.append(f"eks_node_groups has {len(groups)} groups; the default quota is {USUAL_QUOTA} per cluster (L-6D54EA21).")
    return notes
