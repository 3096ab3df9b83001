# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is allowed of node groups, and rarely meant. Pure; private to the collection."""

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
        notes.append(
            "eks_node_groups is empty: nothing runs in the cluster, and k8s_addons waits for its pods in vain without nodes of yours."
        )
    elif all(any(taint.get("effect") != "PREFER_NO_SCHEDULE" for taint in group.get("taints") or []) for group in groups):
        notes.append("eks_node_groups: every group has taints, so that coredns and other add-ons find no node: leave one group without.")
    if len(groups) > USUAL_QUOTA:
        notes.append(f"eks_node_groups has {len(groups)} groups, and the usual quota of a cluster is {USUAL_QUOTA} (L-6D54EA21).")
    return notes
