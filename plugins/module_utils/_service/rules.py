# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Validate the inputs of a service, before the first request. Pure.

An input that is not given is not validated, so that the rules also work when only some inputs are known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from .._iam.statements import statement_errors
from .._tag_rules import tag_errors
from . import image_rules, link_rules, mesh, port_rules, public_rules, workload_rules
from .inputs import PREFIX, Inputs, memory_request_mib
from .validation import POLICY_ARN, VARIABLE, Errors, is_label, is_name, repeated

#: a StatefulSet's pods carry its name and a hash in a label of 63 characters; a CronJob may have 52
LONGEST_NAME = 52
#: bytes; Kubernetes API, Secret: 1 MiB, the rest is for values of the role
LARGEST_SECRET = 1_000_000


def service_errors(given: Mapping[str, Any], environments: Collection[str] | None = None) -> list[str]:
    """Return a sentence for each problem.

    given: the inputs by their full names. environments: the inventory's environments; None when they are not known.
    """
    inputs, errors = Inputs(given), Errors()
    _environment(inputs, errors, environments)
    for option in ("opta_tags", f"{PREFIX}tags"):
        for sentence in tag_errors(option, given.get(option)):
            errors.add(sentence)
    for rule in RULES:
        rule(inputs, errors)
    return errors.items


def service_warnings(given: Mapping[str, Any], per_zone_node_groups: Collection[str]) -> list[str]:
    """Return warnings about inputs that are valid but may not work as intended."""
    inputs = Inputs(given)
    if inputs.items("persistent_storage") and not per_zone_node_groups:
        return [
            f"{inputs.text('name')} has persistent storage, and environment {inputs.text('environment')} has no node group per zone: "
            "a volume lives in one zone, and its pod stays Pending when the autoscaler adds a node in another. "
            "Set per_zone: true for a group of eks_node_groups."
        ]
    return []


def _environment(inputs: Inputs, errors: Errors, environments: Collection[str] | None) -> None:
    name = inputs.text("environment")
    if not name:
        if environments is not None:
            errors.add("opta_service_environment is not set: set it to the inventory name of the environment that the service runs in.")
    elif environments is not None and name not in environments:
        known = f"there are {', '.join(sorted(environments))}" if environments else "there is none in the group environments"
        errors.add(f"opta_service_environment is {name!r}, and the inventory has no such environment: {known}.")


def _names(inputs: Inputs, errors: Errors) -> None:
    name, layer = inputs.get("name"), inputs.get("layer")
    if name is not None and not is_name(str(name), LONGEST_NAME):
        errors.add(
            f"opta_service_name is {str(name)!r}: Kubernetes allows 1 to {LONGEST_NAME} lower-case letters, digits and hyphens here, "
            "beginning with a letter and ending with no hyphen, for example hello. It is the host's name unless it is set."
        )
    if layer is None:
        return
    if not is_label(str(layer)):
        errors.add(
            f"opta_service_layer is {str(layer)!r}: the name of a namespace has 1 to 63 lower-case letters, digits and hyphens "
            "and must not start or end with a hyphen, for example shop."
        )
    elif layer == "default" or str(layer).startswith("kube-"):
        errors.add(f"opta_service_layer is {layer!r}: that namespace is Kubernetes's own; choose another name, for example shop.")


def _variables(inputs: Inputs, errors: Errors) -> None:
    plain, secret = inputs.pairs("environment_variables"), inputs.pairs("secrets")
    for option, values in (("environment_variables", plain), ("secrets", secret)):
        for name, value in values.items():
            if not VARIABLE.match(str(name)):
                errors.add(f"{PREFIX}{option} has {str(name)!r}: use letters, digits and _, beginning with no digit, for example API_KEY.")
            elif value is None or isinstance(value, (dict, list, tuple)):
                # without the value: it may be a secret in the wrong place
                errors.add(f'{PREFIX}{option}, {name}: the value must be a string; put it in quotes, or give "" for an empty one.')
    size = sum(len(str(name)) + len(str(value)) for name, value in secret.items())
    if size > LARGEST_SECRET:
        errors.add(
            f"opta_service_secrets has {size} bytes, and a Secret of Kubernetes has at most {LARGEST_SECRET}: give large files by s3."
        )
    for name in sorted(set(plain) & set(secret)):
        errors.add(f"{name} is in opta_service_environment_variables and in opta_service_secrets: give it in one of them.")


def _replicas(inputs: Inputs, errors: Errors) -> None:
    smallest, largest = inputs.number("minimum_replicas"), inputs.number("maximum_replicas")
    if smallest is None or largest is None:
        return
    if smallest > largest:
        errors.add(
            f"opta_service_minimum_replicas {smallest} is above opta_service_maximum_replicas {largest}: "
            "the minimum must not be larger, for example 2 and 6."
        )
    elif smallest < 1 and largest != 0:
        errors.add(
            f"opta_service_minimum_replicas is {smallest}: it must be at least 1; only with maximum 0, for cron jobs alone, it is 0."
        )
    elif largest == 0 and not inputs.items("cron_jobs"):
        errors.add("opta_service_maximum_replicas is 0 and opta_service_cron_jobs is empty: nothing would run; add a cron job or replicas.")


def _sizes(inputs: Inputs, errors: Errors) -> None:
    for name in ("cpu_request_millicores", "memory_request_mib", "cpu_limit_millicores", "memory_limit_mib", "timeout_seconds"):
        _at_least(inputs, errors, name, 1)
    _at_least(inputs, errors, "target_cpu_percent", 1)
    for name in ("target_memory_percent", "history_max", "termination_grace_seconds", "pre_stop_sleep_seconds"):
        _at_least(inputs, errors, name, 0)
    for request, limit in (("cpu_request_millicores", "cpu_limit_millicores"), ("memory_request_mib", "memory_limit_mib")):
        desired, most = inputs.number(request), inputs.number(limit)
        desired = memory_request_mib(inputs) if request == "memory_request_mib" else desired
        if desired is not None and most is not None and 0 < most < desired:
            errors.add(f"{PREFIX}{request} {desired} is above {PREFIX}{limit} {most}: a limit must be at least the request.")
    sleep, grace = inputs.number("pre_stop_sleep_seconds"), inputs.number("termination_grace_seconds")
    if sleep is not None and grace is not None and sleep and sleep >= grace:
        errors.add(
            f"opta_service_pre_stop_sleep_seconds {sleep} must be below opta_service_termination_grace_seconds {grace}, "
            "because the grace period includes it."
        )


def _at_least(inputs: Inputs, errors: Errors, name: str, least: int) -> None:
    number = inputs.number(name)
    if number is not None and number < least:
        errors.add(f"{PREFIX}{name} is {number}: it must be at least {least}.")


def _security(inputs: Inputs, errors: Errors) -> None:
    non_root = inputs.switch("run_as_non_root_enabled") if inputs.has("run_as_non_root_enabled") else True
    if non_root and inputs.number("run_as_user") == 0:
        errors.add("opta_service_run_as_user is 0, which is root: choose another, or set opta_service_run_as_non_root_enabled: false.")
    if not non_root and (inputs.get("pod_security") or "restricted") == "restricted":
        errors.add(
            "opta_service_run_as_non_root_enabled is false, and the namespace would refuse such pods: "
            "set opta_service_pod_security: baseline as well."
        )


def _permissions(inputs: Inputs, errors: Errors) -> None:
    for arn in inputs.items("managed_policy_arns"):
        if not POLICY_ARN.match(str(arn)):
            errors.add(f"opta_service_managed_policy_arns has {arn!r}: give the ARN of an IAM policy (arn:…:iam::…:policy/…).")
    for sentence in statement_errors("opta_service_iam_statements", inputs.items("iam_statements"), of_roles=True):
        errors.add(sentence)


def _certificates(inputs: Inputs, errors: Errors) -> None:
    if inputs.has("database_ca_bundle") and "-----BEGIN CERTIFICATE-----" not in inputs.text("database_ca_bundle"):
        errors.add("opta_service_database_ca_bundle has no certificate: set it to PEM text, for example a lookup of a file.")


def _cron_names(inputs: Inputs, errors: Errors) -> None:
    service, jobs = inputs.text("name"), inputs.items("cron_jobs")
    for name in repeated(job.get("name") for job in jobs):
        errors.add(f"opta_service_cron_jobs has two jobs named {name}: names must be unique.")
    for job in jobs:
        name = str(job.get("name") or "")
        if not is_label(name):
            errors.add(
                f"opta_service_cron_jobs has a job named {name!r}: use lower-case letters, digits and hyphens, for example clean-up."
            )
        elif len(service) + 1 + len(name) > LONGEST_NAME:
            errors.add(
                f"Cron job {service}-{name} has {len(service) + 1 + len(name)} characters, and Kubernetes allows {LONGEST_NAME}: "
                "shorten its name."
            )


RULES: tuple[Callable[[Inputs, Errors], None], ...] = (
    _names,
    image_rules.image_errors,
    port_rules.port_errors,
    port_rules.probe_errors,
    public_rules.public_errors,
    _replicas,
    _variables,
    _sizes,
    _security,
    workload_rules.storage_errors,
    workload_rules.toleration_errors,
    workload_rules.pod_errors,
    _cron_names,
    workload_rules.cron_job_errors,
    _permissions,
    _certificates,
    link_rules.link_errors,
    mesh.mesh_errors,
)
