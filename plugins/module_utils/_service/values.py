# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build the values of a service's chart from its inputs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .images import image_reference, is_deployable
from .inputs import (
    APPLICATION_PROTOCOLS,
    CERTIFICATES_DIRECTORY,
    CERTIFICATES_FILE,
    CERTIFICATES_VARIABLE,
    TARGET_MEMORY_PERCENT,
    Inputs,
    as_bool,
    as_number,
    as_text,
    memory_request_mib,
    ports,
)
from .mesh import inject_annotation, mesh_values
from .public import Addons
from .public_values import public_values

#: pods of a service lose nothing when the autoscaler moves them (their /tmp would otherwise keep a node)
SAFE_TO_EVICT = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "true"}
ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
#: any group works: Kubernetes sets it on the volumes and adds it to the processes
VOLUME_GROUP = 1000
PROBE_FIELDS = {
    "initial_delay_seconds": "initialDelaySeconds",
    "period_seconds": "periodSeconds",
    "timeout_seconds": "timeoutSeconds",
    "failure_threshold": "failureThreshold",
    "success_threshold": "successThreshold",
}


def chart_values(
    given: Mapping[str, Any], role_arn: str, secret_generation: str, repository_uri: str = "", addons: Addons | None = None
) -> dict[str, Any]:
    """Return the values of the chart.

    given: the validated inputs by their full names. secret_generation: changes with the data of the Secret.
    repository_uri: of the service's own repository. Without an image in it, there is no workload.
    addons: the outputs of the environment's role k8s_addons.
    """
    inputs = Inputs(given)
    name, deployable = inputs.text("name"), is_deployable(inputs)
    return {
        "environment": inputs.text("environment"),
        "image": image_reference(given, repository_uri),
        "imagePullPolicy": inputs.text("image_pull_policy"),
        "command": [str(word) for word in inputs.items("command")],
        "args": [str(word) for word in inputs.items("args")],
        "env": environment_variables(inputs),
        "secret": {"name": name, "generation": secret_generation},
        "certificates": {"configMap": name, "mountPath": CERTIFICATES_DIRECTORY},
        "ports": chart_ports(inputs),
        "public": public_values(inputs, addons or {}),
        "livenessProbe": probe(inputs, "liveness_probe"),
        "readinessProbe": probe(inputs, "readiness_probe"),
        "startupProbe": probe(inputs, "startup_probe"),
        "autoscaling": {
            "minReplicas": inputs.number("minimum_replicas") if deployable else 0,
            "maxReplicas": inputs.number("maximum_replicas") if deployable else 0,
            "targetCpuPercent": inputs.number("target_cpu_percent"),
            "targetMemoryPercent": target_memory_percent(inputs),
        },
        "resources": resources(inputs),
        "persistentStorage": [storage(entry) for entry in inputs.items("persistent_storage")],
        "cronJobs": [cron_job(entry) for entry in inputs.items("cron_jobs") if deployable],
        "mesh": mesh_values(inputs, addons),
        "nodeSelector": _texts(inputs.pairs("node_selector")),
        "tolerations": [toleration(entry) for entry in inputs.items("tolerations")],
        # in the pod template too, so that pods are replaced when the mesh is enabled or disabled
        "podAnnotations": {**SAFE_TO_EVICT, **inject_annotation(addons), **_texts(inputs.pairs("pod_annotations"))},
        "podLabels": _texts(inputs.pairs("pod_labels")),
        "serviceAccountAnnotations": {ROLE_ANNOTATION: role_arn},
        "serviceAccountTokenMounted": inputs.switch("service_account_token_enabled"),
        "terminationGracePeriodSeconds": inputs.number("termination_grace_seconds"),
        # without ports there are no requests to wait for
        "preStopSleepSeconds": inputs.number("pre_stop_sleep_seconds") if inputs.items("ports") else 0,
        "podSecurityContext": pod_security_context(inputs),
        "securityContext": security_context(inputs),
    }


def environment_variables(inputs: Inputs) -> list[dict[str, str]]:
    """Return the variables in the given order, with the path of the databases' certificates unless the user sets it."""
    given = _texts(inputs.pairs("environment_variables"))
    if CERTIFICATES_VARIABLE not in {*given, *inputs.pairs("secrets")}:
        given = {CERTIFICATES_VARIABLE: f"{CERTIFICATES_DIRECTORY}/{CERTIFICATES_FILE}", **given}
    return [{"name": name, "value": value} for name, value in given.items()]


def chart_ports(inputs: Inputs) -> list[dict[str, Any]]:
    made = []
    for port in ports(inputs):
        entry = {"name": port["name"], "containerPort": port["port"], "servicePort": port["service_port"]}
        if port["type"] == "http":
            entry["appProtocol"] = APPLICATION_PROTOCOLS[port["protocol"]]
        made.append(entry)
    return made


def probe(inputs: Inputs, name: str) -> dict[str, Any]:
    """Return a probe in the form of Kubernetes; empty without one."""
    given = inputs.pairs(name)
    action = _action(inputs, given)
    if not action:
        return {}
    times = {field: as_number(given[option]) for option, field in PROBE_FIELDS.items() if as_number(given.get(option)) is not None}
    return {**action, **times}


def _action(inputs: Inputs, given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("command"):
        return {"exec": {"command": [str(word) for word in given["command"]]}}
    port = probed_port(inputs, given)
    if given.get("path"):
        return {"httpGet": {"path": given["path"], "port": port["name"]}}
    if given.get("grpc"):
        return {"grpc": {"port": port["port"]}}
    return {"tcpSocket": {"port": port["name"]}} if given.get("tcp") else {}


def probed_port(inputs: Inputs, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the port of a probe: its own, the service's probe port, or the first. Empty when there is no such port."""
    name = given.get("port") or inputs.get("probe_port")
    for port in ports(inputs):
        if name in (None, port["name"]):
            return port
    return {}


def resources(inputs: Inputs) -> dict[str, Any]:
    """Return requests and limits. The default memory limit is twice the request; there is no default CPU limit."""
    memory = memory_request_mib(inputs)
    limits = {"memory": f"{inputs.number('memory_limit_mib') or 2 * memory}Mi"}
    if inputs.has("cpu_limit_millicores"):
        limits["cpu"] = f"{inputs.number('cpu_limit_millicores')}m"
    return {"requests": {"cpu": f"{inputs.number('cpu_request_millicores')}m", "memory": f"{memory}Mi"}, "limits": limits}


def target_memory_percent(inputs: Inputs) -> int:
    """0 leaves memory out: a process that rests above the target would have the most pods for ever. A stated request was measured."""
    if inputs.has("target_memory_percent"):
        return inputs.number("target_memory_percent") or 0
    return TARGET_MEMORY_PERCENT if inputs.has("memory_request_mib") else 0


def storage(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": entry["name"],
        "path": entry["path"],
        "size": f"{entry['size_gib']}Gi",
        "storageClassName": entry.get("storage_class_name") or "",
    }


def toleration(entry: Mapping[str, Any]) -> dict[str, Any]:
    operator = entry.get("operator") or "Equal"
    value = {} if operator == "Exists" else {"value": as_text(entry.get("value") or "")}
    return {"key": entry["key"], "operator": operator, **value, "effect": entry.get("effect") or "NoSchedule"}


def cron_job(entry: Mapping[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "schedule": entry["schedule"],
        "timeZone": entry.get("time_zone") or "Etc/UTC",
        "concurrencyPolicy": entry.get("concurrency_policy") or "Forbid",
        "suspend": not _switched_on(entry),
        "successfulJobsHistoryLimit": _given_or(entry, "successful_jobs_history", 3),
        "failedJobsHistoryLimit": _given_or(entry, "failed_jobs_history", 1),
    }
    if entry.get("starting_deadline_seconds") is not None:
        spec["startingDeadlineSeconds"] = as_number(entry["starting_deadline_seconds"])
    return {
        "name": entry["name"],
        "spec": spec,
        "command": [str(word) for word in entry.get("command") or []],
        "args": [str(word) for word in entry.get("args") or []],
        "backoffLimit": _given_or(entry, "backoff_limit", 2),
        "activeDeadlineSeconds": as_number(entry.get("active_deadline_seconds")) or 0,
    }


def _switched_on(entry: Mapping[str, Any]) -> bool:
    enabled = entry.get("enabled")
    return True if enabled is None else as_bool(enabled)


def _given_or(entry: Mapping[str, Any], name: str, default: int) -> int:
    number = as_number(entry.get(name))
    return default if number is None else number


def pod_security_context(inputs: Inputs) -> dict[str, Any]:
    context: dict[str, Any] = {"seccompProfile": {"type": "RuntimeDefault"}, "runAsNonRoot": inputs.switch("run_as_non_root_enabled")}
    for name, field in (("run_as_user", "runAsUser"), ("run_as_group", "runAsGroup")):
        if inputs.has(name):
            context[field] = inputs.number(name)
    group = inputs.number("file_system_group")
    if group is None and inputs.items("persistent_storage"):
        group = VOLUME_GROUP
    if group is not None:
        context |= {"fsGroup": group, "fsGroupChangePolicy": "OnRootMismatch"}
    return context


def security_context(inputs: Inputs) -> dict[str, Any]:
    context: dict[str, Any] = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": inputs.switch("read_only_root_filesystem_enabled"),
    }
    # an image that runs as root counts on the few capabilities that a container has by default
    context["capabilities"] = {"drop": ["ALL"] if inputs.switch("run_as_non_root_enabled") else ["NET_RAW"]}
    return context


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): as_text(value) for name, value in values.items()}
