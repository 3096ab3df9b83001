# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold of each node group, before AWS is asked. Pure; private to the collection.

Source: EKS API, NodegroupScalingConfig and NodegroupUpdateConfig; Kubernetes, labels and selectors, and the admission plugin
NodeRestriction: a kubelet may set only some labels of kubernetes.io.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._eks.options import NODE_GROUP_NAME
from .._eks.versions import minor
from .._errors import PlatformError
from .._kubernetes.labels import label_errors

#: of kubernetes.io and k8s.io, the prefixes that a kubelet may use; the labels that it sets by itself are no use here
OF_KUBELETS = ("kubelet.kubernetes.io", "node.kubernetes.io")
KUBERNETES = re.compile(r"(.+\.)?(kubernetes|k8s)\.io")
#: GiB of the image's own snapshot, below which no instance starts
SMALLEST_VOLUME, SMALLEST_WINDOWS_VOLUME = 20, 50
LARGEST_VOLUME = 16384
#: service quota L-6D54EA21, managed node groups of a cluster
USUAL_QUOTA = 30
UPDATE_CONFIG = {"max_unavailable": 100, "max_unavailable_percentage": 100}


def node_group_rules(given: Mapping[str, Any]) -> list[str]:
    """A sentence for each rule broken; given: inputs and literal defaults by name."""
    sentences = []
    for group in given.get("eks_node_groups") or []:
        where = f"eks_node_groups, group {group.get('name')}"
        for problem in (*_name(group), *_sizes(group), *_labels(group), *_update(group), *_version(group, given.get("eks_version"))):
            sentences.append(f"{where}: {problem}")
    return sentences


def node_group_notes(given: Mapping[str, Any]) -> list[str]:
    """What is allowed and rarely meant."""
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


def _name(group: Mapping[str, Any]) -> Iterator[str]:
    if not NODE_GROUP_NAME.fullmatch(str(group.get("name"))):
        yield "name must be 1 to 63 letters, digits, - and _, beginning with a letter or a digit, for example default."


def _sizes(group: Mapping[str, Any]) -> Iterator[str]:
    for option, least in (("min_size", 0), ("max_size", 1), ("desired_size", 0)):
        value = group.get(option)
        if isinstance(value, int) and value < least:
            yield f"{option} is {value}: it must be at least {least}, for example 3."
    volume = group.get("volume_size_gib")
    smallest = SMALLEST_WINDOWS_VOLUME if str(group.get("ami_type")).startswith("WINDOWS") else SMALLEST_VOLUME
    if isinstance(volume, int) and not smallest <= volume <= LARGEST_VOLUME:
        yield f"volume_size_gib is {volume}: it must be from {smallest}, the size of the image, to {LARGEST_VOLUME}, for example 50."


def _labels(group: Mapping[str, Any]) -> Iterator[str]:
    labels = group.get("labels") or {}
    yield from label_errors("labels", labels)
    for key in labels:
        prefix = str(key).rpartition("/")[0]
        if prefix.startswith("eks.amazonaws.com") or (KUBERNETES.fullmatch(prefix) and not prefix.endswith(OF_KUBELETS)):
            yield f"labels has {key}, which no kubelet may set, so that nodes never join: use another domain, for example example.com/role."


def _update(group: Mapping[str, Any]) -> Iterator[str]:
    config = group.get("update_config")
    if not config:
        return
    unknown = sorted(set(config) - set(UPDATE_CONFIG))
    example = "for example {max_unavailable: 1}"
    if unknown:
        yield f"update_config has {', '.join(unknown)}; it takes {' or '.join(UPDATE_CONFIG)}, {example}."
    elif len([value for value in config.values() if value is not None]) != 1:
        yield f"update_config takes one of {' and '.join(UPDATE_CONFIG)}, {example}."
    for option, value in config.items():
        if option in UPDATE_CONFIG and value is not None and not (isinstance(value, int) and 1 <= value <= UPDATE_CONFIG[option]):
            yield f"update_config: {option} is {value}: it must be from 1 to {UPDATE_CONFIG[option]}, {example}."


def _version(group: Mapping[str, Any], cluster: Any) -> Iterator[str]:
    version = group.get("version")
    try:
        newer = bool(version and cluster and minor(str(version)) > minor(str(cluster)))
    except PlatformError:
        yield f'version is {version!r}: it must be a minor version of Kubernetes in quotes, for example "1.35".'
        return
    if newer:
        yield f"version {version} is newer than eks_version {cluster}: nodes may be older than their cluster, never newer."
