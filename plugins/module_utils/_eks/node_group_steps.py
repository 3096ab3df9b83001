# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A node group and its launch template, in the order that never leaves one without the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._module import PlatformModule
from .._reconcile import ensure_present
from .._resource import KNOWN_AFTER_APPLY, Outcome, Resource
from .launch_template import LaunchTemplate
from .node_group import VERSION_NAMES, NodeGroup


def node_tags(cluster_name: str, name: str, tags: Mapping[str, Any] | None) -> dict[str, str] | None:
    """The tags of instances, volumes and network interfaces: those of the group, and a name for the console."""
    return None if tags is None else {"Name": f"{cluster_name}-{name}", **{key: str(value) for key, value in tags.items()}}


def reconcile_present(
    module: PlatformModule, group: NodeGroup, template: LaunchTemplate, desired: Mapping[str, Any], of_template: Mapping[str, Any]
) -> list[Outcome]:
    """First the template, then the group that uses its newest version; what is refused is refused before either is touched.

    A version of the template that would differ in the tags of instances alone is not made: the nodes would be replaced for it.
    """
    planned = _plan(module, template, of_template)
    if planned.action == "update" and set(planned.attributes) - {"tags"} == {"node_tags"}:
        without = {name: value for name, value in of_template.items() if name != "node_tags"}
        kept = _plan(module, template, without)
        _expect_tags(group, kept, of_template)
        if not _replaces_nodes(_plan(module, group, {**desired, **_reference(kept)})):
            of_template, planned = without, kept
            desired = {**desired, "node_tags": group.desired_node_tags}
    _expect_tags(group, planned, of_template)
    foreseen = {**desired, **_reference(planned)}
    if module.check_mode:
        return [module.reconcile(group, foreseen), planned]
    if planned.action:
        of_group = _plan(module, group, foreseen)
        if of_group.stops or not of_group.allowed:
            module.reconcile(group, foreseen)  # says why and ends here, unless it is not waited for
    made = module.reconcile(template, of_template) if planned.action else planned
    brought = module.reconcile(group, {**desired, **_reference(made, done=True)})
    # an update that is under way, or fails, may still need the version before
    if module.params["wait"] and (made.action or brought.action or group.moving):
        template.prune((brought.resource or {}).get("launch_template_version"))
    return [brought, made]


def _expect_tags(group: NodeGroup, template: Outcome, of_template: Mapping[str, Any]) -> None:
    """Tell the group which tags its instances are to have, and which they get from the template."""
    group.template_tags = (template.resource or {}).get("node_tags") or {}
    group.desired_node_tags = group.desired_node_tags or of_template.get("node_tags") or {}


def _replaces_nodes(planned: Outcome) -> bool:
    return planned.action in ("create", "replace") or bool(set(planned.attributes) & set(VERSION_NAMES))


def reconcile_absent(module: PlatformModule, group: NodeGroup, template: LaunchTemplate) -> list[Outcome]:
    """First the group, then its template; without waiting the template is left to the next run."""
    gone = module.reconcile(group)
    if not module.check_mode and not module.params["wait"] and group.find() is not None:
        return [gone]
    return [gone, module.reconcile(template)]


def _plan(module: PlatformModule, resource: Resource, desired: Mapping[str, Any]) -> Outcome:
    given = module.params
    return ensure_present(
        resource, desired, check_mode=True, allow_replacement=given["allow_replacement"], adopt=given["adopt"], wait=given["wait"]
    )


def _reference(template: Outcome, done: bool = False) -> dict[str, str]:
    """What the group says of its template; a version that is yet to be made is not known."""
    found = template.resource or {}
    unknown = not done and set(template.attributes) - {"tags"}
    return {"launch_template_id": found["id"], "launch_template_version": KNOWN_AFTER_APPLY if unknown else found["latest_version"]}
