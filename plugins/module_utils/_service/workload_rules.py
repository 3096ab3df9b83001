# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Validate volumes, cron jobs, tolerations, labels and annotations. Pure."""

from __future__ import annotations

import difflib
import re
import zoneinfo

from .._kubernetes.labels import key_errors, label_errors
from .inputs import CERTIFICATES_DIRECTORY, PREFIX, TEMPORARY_DIRECTORY, Inputs, as_number
from .validation import Errors, is_label, repeated

LONGEST_VOLUME_NAME = 40
#: names of volumes that every pod has
OWN_VOLUMES = ("certificates", "temporary")
CRON_FIELD = re.compile(r"[0-9A-Za-z*,/?-]+")
#: the least and the most of minute, hour, day, month and weekday; names of months and days are for the last two
CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
CRON_WORDS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
#: labels that select pods
OWN_LABELS = ("app.kubernetes.io/", "opta.platform/")


def storage_errors(inputs: Inputs, errors: Errors) -> None:
    found = inputs.items("persistent_storage")
    for key in ("name", "path"):
        for value in repeated(entry.get(key) for entry in found):
            errors.add(f"opta_service_persistent_storage has two entries with {key} {value}: give each its own.")
    taken = [CERTIFICATES_DIRECTORY]
    if inputs.switch("read_only_root_filesystem_enabled"):
        taken.append(TEMPORARY_DIRECTORY)
    for entry in found:
        name, path = str(entry.get("name") or ""), str(entry.get("path") or "")
        where = f"opta_service_persistent_storage, {name}"
        if not is_label(name, LONGEST_VOLUME_NAME) or name in OWN_VOLUMES:
            errors.add(
                f"opta_service_persistent_storage has the name {name!r}: use 1 to {LONGEST_VOLUME_NAME} lower-case letters, "
                f"digits and hyphens, and neither {' nor '.join(OWN_VOLUMES)}, for example data."
            )
        if not path.startswith("/") or path.rstrip("/") == "" or ":" in path or path.rstrip("/") in taken:
            errors.add(f"{where}: path is {path!r}: give an absolute path other than / and {' and '.join(taken)}, for example /data.")
        if (as_number(entry.get("size_gib")) or 0) < 1:
            errors.add(f"{where}: size_gib must be a number of GiB from 1 on, for example 10.")


def toleration_errors(inputs: Inputs, errors: Errors) -> None:
    for entry in inputs.items("tolerations"):
        if entry.get("operator") == "Exists" and entry.get("value"):
            errors.add(f"opta_service_tolerations, {entry.get('key')}: operator Exists takes no value.")


def pod_errors(inputs: Inputs, errors: Errors) -> None:
    for name in inputs.pairs("pod_labels"):
        if str(name).startswith(OWN_LABELS):
            errors.add(f"opta_service_pod_labels has {name}: labels beginning with {' or '.join(OWN_LABELS)} are set by the role.")
    for option in ("pod_labels", "pod_annotations", "node_selector"):
        for name, value in inputs.pairs(option).items():
            if value is None or isinstance(value, (dict, list, tuple)):
                errors.add(f"{PREFIX}{option}, {name}: the value must be a string; put it in quotes.")
    for option in ("pod_labels", "node_selector"):
        labels = {name: value for name, value in inputs.pairs(option).items() if isinstance(value, (str, int, float))}
        for sentence in label_errors(f"{PREFIX}{option}", labels):
            errors.add(sentence)
    for sentence in key_errors(f"{PREFIX}pod_annotations", inputs.pairs("pod_annotations")):
        errors.add(sentence)


def cron_job_errors(inputs: Inputs, errors: Errors) -> None:
    for job in inputs.items("cron_jobs"):
        where = f"opta_service_cron_jobs, {job.get('name')}"
        schedule = str(job.get("schedule") or "")
        if not is_schedule(schedule):
            errors.add(
                f'{where}: schedule is {schedule!r}: give minute, hour, day, month and weekday in quotes, for example "30 2 * * *". '
                "The time zone has a field of its own, time_zone."
            )
        zone = job.get("time_zone")
        zones = zoneinfo.available_timezones() if zone else set()  # empty on machines without the IANA database
        if zones and str(zone) not in zones:
            near = difflib.get_close_matches(str(zone), zones, n=1)
            errors.add(
                f"{where}: time_zone is {zone!r}, which is not a time zone: use an IANA name, for example {(near or ['Europe/Berlin'])[0]}."
            )
        if not job.get("command") and not job.get("args"):
            errors.add(f"{where} needs command or args: without them it would start the service itself.")
        for name in ("successful_jobs_history", "failed_jobs_history", "backoff_limit"):
            number = as_number(job.get(name))
            if number is not None and number < 0:
                errors.add(f"{where}: {name} is {number}: it must be at least 0.")
        for name in ("active_deadline_seconds", "starting_deadline_seconds"):
            number = as_number(job.get(name))
            if number is not None and number < 1:
                errors.add(f"{where}: {name} is {number}: it must be at least 1.")


def is_schedule(text: str) -> bool:
    """Return whether it is a schedule of a CronJob (Kubernetes, CronJobSpec, schedule)."""
    fields = text.split()
    return text in CRON_WORDS or (len(fields) == 5 and all(map(_is_field, fields, CRON_RANGES)))


def _is_field(field: str, bounds: tuple[int, int]) -> bool:
    numbers = [int(number) for part in field.split(",") for number in re.findall(r"[0-9]+", part.partition("/")[0])]
    return bool(CRON_FIELD.fullmatch(field)) and all(bounds[0] <= number <= bounds[1] for number in numbers)
