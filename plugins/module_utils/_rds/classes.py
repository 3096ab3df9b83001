# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The instance classes that AWS offers for a version of an engine."""

from __future__ import annotations

import difflib
from typing import Any

from .._errors import Refused
from . import api
from .engine import DatabaseEngine


def refuse_unknown_class(client: Any, engine: DatabaseEngine, what: str, instance_class: str | None, version: str | None) -> None:
    """Raise Refused for a class that AWS does not offer, with similar names. version: None for any."""
    of_version = {"EngineVersion": version} if version else {}
    if instance_class and api.describe_instance_classes(client, engine.engine, DBInstanceClass=instance_class, **of_version):
        return
    known = api.describe_instance_classes(client, engine.engine, **of_version)
    if not known:  # of a deprecated version AWS lists none, though its clusters can have further instances
        return
    near = difflib.get_close_matches(str(instance_class), known, n=4, cutoff=0.0)
    desired = f" for version {version}" if version else ""
    raise Refused(f"{what}: AWS offers no db_instance_class {instance_class}{desired}; it offers, among others, {', '.join(near)}.")
