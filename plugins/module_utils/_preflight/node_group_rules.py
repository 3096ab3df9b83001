# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What must hold of the labels, taints and images of node groups, before AWS is asked and after. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._eks.options import NODE_GROUP_NAME
from .._kubernetes.labels import DOMAIN, NAME
from .._service.inputs import as_bool, as_number
from .input_limits import INPUT_LIMITS

#: EKS API, labelKey, labelValue, taintKey and taintValue: a value may be missing of a taint alone
LONGEST = 63
#: the kubelet may give its node only these of Kubernetes' own labels, and ends at others (Kubernetes, NodeRestriction;
#: terraform-aws-eks, issue 3346); EKS keeps its own (eksctl, issue 4007)
OF_OTHERS = ("kubernetes.io", "k8s.io", "eks.amazonaws.com")
OF_THE_KUBELET = ("kubelet.kubernetes.io", "node.kubernetes.io")
#: Amazon EKS API, CreateNodegroup: AMI Type AL2_x86_64 is only supported for kubernetes versions 1.32 or earlier
LAST_MINOR_OF_AL2 = 32
#: with per_zone the zone's id follows, as in default-apne1-az1
ROOM_FOR_ZONE = len("-apne1-az10")
#: desired_size is compared with the other two, which say more
LIMITS = {name: INPUT_LIMITS[f"eks_node_groups[].{name}"] for name in ("min_size", "max_size", "volume_size_gib")}
#: EKS API, NodegroupUpdateConfig
UNAVAILABLE = ("max_unavailable", "max_unavailable_percentage")
MINOR = re.compile(r"1\.([0-9]+)")


def node_group_rules(groups: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A sentence for each label or taint that EKS or the kubelet would refuse."""
    for group in groups:
        where = f"eks_node_groups, group {group.get('name')}"
        labels = group.get("labels")
        for key, value in labels.items() if isinstance(labels, Mapping) else ():
            problem = _key_problem(str(key), "node-role.example.com/web") or _label_problem(str(key), value)
            if problem:
                yield f"{where}: label {str(key)!r} {problem}."
        for taint in group.get("taints") or []:
            key, value = str(taint.get("key") or ""), taint.get("value")
            problem = _key_problem(key, "dedicated") or (_value_problem(value) if value not in (None, "") else "")
            if problem:
                yield f"{where}: taint {key!r} {problem}."


def group_rules(groups: Sequence[Mapping[str, Any]], version: Any) -> Iterator[str]:
    """A sentence for each name or number that EKS or EC2 would refuse. version: of the cluster, as far as it is given."""
    for group in groups:
        where = f"eks_node_groups, group {group.get('name')}"
        name, longest = str(group.get("name")), LONGEST - (ROOM_FOR_ZONE if as_bool(group.get("per_zone")) else 0)
        if not NODE_GROUP_NAME.fullmatch(name) or len(name) > longest:
            yield f"{where}: name must have 1 to {longest} letters, digits, - and _, and start with a letter or digit, for example default."
        for option, limit in LIMITS.items():
            number = as_number(group.get(option))
            if number is not None and not limit.allows(number):
                yield f"{where}: {limit.problem(option, number)}"
        config = group.get("update_config")
        wrong = set(config) - {*UNAVAILABLE, "update_strategy"} if isinstance(config, Mapping) else set()
        if wrong or (isinstance(config, Mapping) and set(UNAVAILABLE) <= set(config)):
            yield f"{where}: update_config takes exactly one of {' and '.join(UNAVAILABLE)}, for example {{max_unavailable: 1}}."
        own, cluster = MINOR.fullmatch(str(group.get("version"))), MINOR.fullmatch(str(version))
        if own and cluster and int(own.group(1)) > int(cluster.group(1)):
            yield f"{where}: version {group['version']} is higher than eks_version {version}: nodes cannot be newer than the cluster."


def image_rules(groups: Sequence[Mapping[str, Any]], version: str | None) -> Iterator[str]:
    """A sentence for each group of Amazon Linux 2 in a cluster that has none of its images.

    version: of Kubernetes, that the cluster has or is to get; None for the default of a new one.
    """
    for group in groups:
        ami_type = str(group.get("ami_type") or "")
        known = MINOR.fullmatch(str(group.get("version") or version))
        if not ami_type.startswith("AL2_") or (known and int(known.group(1)) <= LAST_MINOR_OF_AL2):
            continue
        yield (
            f"eks_node_groups, group {group.get('name')}: ami_type {ami_type} supports Kubernetes up to 1.{LAST_MINOR_OF_AL2}. Use "
            f"{ami_type.replace('AL2_', 'AL2023_').replace('_GPU', '_NVIDIA')}{'' if ami_type.endswith('_GPU') else '_STANDARD'}, "
            "in a new group if this one has nodes."
        )


def _key_problem(key: str, example: str) -> str:
    domain, slash, name = key.rpartition("/")
    right = NAME.fullmatch(name) and (not slash or DOMAIN.fullmatch(domain)) and len(key) <= LONGEST
    return (
        ""
        if right
        else f"is not a valid key: use 1 to {LONGEST} letters, digits and - _ ., optionally after a domain and /, for example {example}"
    )


def _label_problem(key: str, value: Any) -> str:
    domain = key.rpartition("/")[0]
    theirs = next((owner for owner in OF_OTHERS if domain == owner or domain.endswith(f".{owner}")), None)
    if theirs and domain not in OF_THE_KUBELET and not domain.endswith(tuple(f".{each}" for each in OF_THE_KUBELET)):
        return f"is reserved for {theirs}, and nodes with it cannot join: use another domain, for example node-role.example.com/web"
    return _value_problem(value)


def _value_problem(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if value is not None and NAME.fullmatch(text) and len(text) <= LONGEST:
        return ""
    return f"has the value {value!r}: it must have 1 to {LONGEST} letters, digits and - _ ., for example web"
