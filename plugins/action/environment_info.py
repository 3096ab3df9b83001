# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The action of environment_info, which opens every playbook.

It bears its module's name, so that Ansible's strategy imports it in the controller, before a worker is forked; what it imports
(boto3, the collection's modules) every later worker inherits. Routing alone would import it in each worker anew.
"""

from __future__ import annotations

import gc
import importlib
from contextlib import suppress
from pathlib import Path

from ansible.plugins.loader import connection_loader, filter_loader, shell_loader
from ansible_collections.opta.platform.plugins.action.in_process import ActionModule as InProcess
from ansible_collections.opta.platform.plugins.module_utils import _session

#: of nearly every run; the data of another service are read where it is first needed
SERVICES = ("ec2", "eks", "iam", "kms", "logs", "s3", "sts")
PLUGINS = Path(__file__).resolve().parents[1]


def _prepare() -> None:
    gc.disable()  # what is imported stays
    for path in sorted((PLUGINS / "modules").glob("[a-z]*.py")):
        with suppress(ImportError):  # a missing library is the module's own to tell
            importlib.import_module(f"ansible_collections.opta.platform.plugins.modules.{path.stem}")
    connection_loader.get("local", class_only=True)
    shell_loader.get("sh", class_only=True)
    for path in sorted((PLUGINS / "filter").glob("[a-z]*.py")):
        module = importlib.import_module(f"ansible_collections.opta.platform.plugins.filter.{path.stem}")
        for name in module.FilterModule().filters():
            filter_loader.get(f"opta.platform.{name}")
    with suppress(NameError):  # no botocore: likewise
        _session.prepare(SERVICES)
    gc.enable()
    gc.freeze()


_prepare()


class ActionModule(InProcess):
    """As for every module of this collection."""
