# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of helm_release, checked. Pure but for a look at a local chart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .._errors import PlatformError
from .chart import chart_name, find_chart
from .plan import DesiredRelease

#: helm, pkg/chartutil/validate_name.go
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")


def desired_of(parameters: Mapping[str, Any], check_mode: bool) -> DesiredRelease:
    """What the module's parameters ask for; raises PlatformError for what cannot be."""
    if not NAME.fullmatch(parameters["name"]) or len(parameters["name"]) > 53:
        raise PlatformError(
            f"name {parameters['name']!r} is not a valid release name: use at most 53 lower-case letters, digits, hyphens and dots, "
            "for example hello-worker."
        )
    if not NAMESPACE.fullmatch(parameters["namespace"]) or len(parameters["namespace"]) > 63:
        raise PlatformError(
            f"namespace {parameters['namespace']!r} is not a valid namespace name: use at most 63 lower-case letters, digits and hyphens, "
            "for example shop."
        )
    if parameters["history_max"] < 0:
        raise PlatformError("history_max must be 0 (keep all) or more, for example 25.")
    present = parameters["state"] == "present"
    return DesiredRelease(
        name=parameters["name"],
        namespace=parameters["namespace"],
        chart=find_chart(parameters["chart"], parameters["repository"], parameters["version"]) if present else None,
        chart_name=chart_name(parameters["chart"]) if parameters["chart"] else "",
        values=json.loads(json.dumps(parameters["values"])),
        check_mode=check_mode,
        environment=parameters["environment"],
        adopt=parameters["adopt"],
        create_namespace=parameters["create_namespace"],
        skip_crds=parameters["skip_crds"],
        history_max=parameters["history_max"],
        repair_pending=parameters["repair_pending"],
        repair_drift=parameters["repair_drift"],
        wait=parameters["wait"],
        timeout_seconds=parameters["wait_timeout"],
        kubernetes_version=parameters["kubernetes_version"],
    )
