# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Validate the inputs of the role k8s_addons before the first change. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .mirror import mirror_problem
from .registry import ADDONS, CHARTS, INGRESSES, as_bool

NONE = "none"
RESTRICTED = "restricted"
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
#: charts have semantic versions (Helm, Charts and Versioning)
CHART_VERSION = re.compile(r"v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")
LONGEST_NAMESPACE = 63


def errors(
    addons: Mapping[str, Mapping[str, Any]],
    *,
    ingress: Any = None,
    mirror: Any = "",
    extra_charts: Any = (),
    datadog_keys: Sequence[Any] | None = None,
    namespaces: Mapping[str, str] | None = None,
) -> list[str]:
    """Return a sentence for each problem.

    addons: {key: enabled, chart_version, values}, without those that are not known yet. namespaces: {key: namespace}.
    """
    sentences = []
    for key, given in addons.items():
        values = given.get("values")
        if values is not None and not isinstance(values, Mapping):
            sentences.append(
                f"k8s_addons_{key}_values is {_kind(values)}: it must be a map of the chart's values, for example {{replicas: 2}}."
            )
        version = given.get("chart_version")
        if version and not CHART_VERSION.fullmatch(str(version)):
            sentences.append(f'k8s_addons_{key}_chart_version is {version!r}: it must be a whole version in quotes, for example "3.13.1".')
    for key, namespace in (namespaces or {}).items():
        if len(namespace) > LONGEST_NAMESPACE or not NAME.fullmatch(namespace):
            sentences.append(
                f"k8s_addons_{key}_namespace is {namespace!r}: it must be at most 63 lower-case letters, digits and -, for example ops."
            )
    if ingress is not None and ingress not in (*INGRESSES, NONE):
        sentences.append(f"k8s_addons_ingress is {ingress!r}: it must be {', '.join(INGRESSES)} or none, for example {INGRESSES[0]}.")
    problem = mirror_problem(str(mirror or ""))
    if problem:
        sentences.append(problem)
    if datadog_keys is not None and as_bool((addons.get("datadog") or {}).get("enabled", False)):
        if not any(datadog_keys):
            sentences.append(
                "k8s_addons_datadog_enabled is true, but no API key is set: set k8s_addons_datadog_api_key_secret_arn to the ARN of a "
                "secret with the key api_key, for example arn:aws:secretsmanager:eu-west-1:123456789012:secret:datadog, "
                "or k8s_addons_datadog_api_key."
            )
        elif all(datadog_keys):
            sentences.append("k8s_addons_datadog_api_key and k8s_addons_datadog_api_key_secret_arn are both set: set only one of them.")
    return [*sentences, *_extra(extra_charts or []), *_shared(extra_charts or [], namespaces or {})]


def outside_windows(addons: Mapping[str, Mapping[str, Any]], minor: str, *, stands: bool) -> list[str]:
    """Return a sentence for each add-on whose chart does not support this minor version, which the cluster has (stands) or will have.

    Another version of a chart than the locked one is the user's own choice.
    """
    sentences = []
    for key, given in addons.items():
        chart = CHARTS[key]
        is_locked = str(given.get("chart_version") or chart.version) == chart.version
        if not is_locked or not as_bool(given.get("enabled", False)) or _within(minor, chart.kubernetes):
            continue
        lowest, highest = chart.kubernetes
        known = f"version {chart.version} of the chart {chart.name} is for Kubernetes {lowest} to {highest}"
        variable = f"k8s_addons_{key}_chart_version"
        fix = f"set {variable} to a version that supports it"
        sentences.append(
            f"{known}, and the cluster runs {minor}: {fix}."
            if stands
            else f"{variable}: {known}, but the cluster will run {minor}: {fix}, or keep eks_version in this range."
        )
    return sentences


def _within(version: str, window: Sequence[Any]) -> bool:
    lowest, found, highest = (int(str(each).split(".")[1]) for each in (window[0], version, window[1]))
    return lowest <= found <= highest


def _extra(entries: Any) -> list[str]:
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        return ["k8s_addons_extra_charts must be a list of charts, for example [{name: reloader, repository: …, chart_version: 2.2.5}]."]
    sentences = []
    names = [str(entry.get("name")) for entry in entries if isinstance(entry, Mapping)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        sentences.append(f"k8s_addons_extra_charts has two charts named {name}: names must be unique.")
    for entry in (entry for entry in entries if isinstance(entry, Mapping)):
        where = f"k8s_addons_extra_charts, chart {entry.get('name')}"
        if not NAME.fullmatch(str(entry.get("name") or "")):
            sentences.append(f"{where}: name must be lower-case letters, digits and hyphens, for example reloader.")
        if not re.match(r"(https?|oci)://.", str(entry.get("repository") or "")):
            sentences.append(f"{where}: repository must be a URL with https:// or oci://, for example https://charts.example.com.")
        if not entry.get("chart_version"):
            sentences.append(
                f"{where}: chart_version is required, for example 2.2.5: a release must not change because a newer chart was published."
            )
        if entry.get("values") is not None and not isinstance(entry["values"], Mapping):
            sentences.append(f"{where}: values must be a map of the chart's values, not {_kind(entry['values'])}.")
    return sentences


def _shared(entries: Any, namespaces: Mapping[str, str]) -> list[str]:
    """Return a sentence for each chart that conflicts with an add-on's release, or with the Pod Security level of its namespace."""
    releases = {(namespace, ADDONS[key].release): key for key, namespace in namespaces.items() if key in ADDONS}
    levels = {namespace: ("the add-on " + ADDONS[key].release, ADDONS[key].pod_security) for (namespace, _), key in releases.items()}
    sentences = []
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, Mapping) or not entry.get("name") or not as_bool(entry.get("enabled", True)):
            continue
        name, namespace, level = entry["name"], entry.get("namespace") or entry["name"], entry.get("pod_security")
        where = f"k8s_addons_extra_charts, chart {name}"
        if (namespace, name) in releases:
            sentences.append(
                f"{where}: the namespace {namespace} has a release of an add-on with this name; choose another name or namespace."
            )
        other, standing = levels.setdefault(namespace, (f"the chart {name}", level or RESTRICTED))
        if level and level != standing:
            sentences.append(
                f"{where}: pod_security is {level}, but {other}, which shares the namespace {namespace}, has {standing}: "
                "a namespace has one level; set both to the same, or choose another namespace."
            )
    return sentences


def _kind(value: Any) -> str:
    names = {str: "a string", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return next((word for kind, word in names.items() if isinstance(value, kind)), f"a {type(value).__name__}")
