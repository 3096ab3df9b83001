# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Import and read once what every worker needs.

The actions that import this module open every playbook. They bear their modules' names, so that Ansible's strategy imports them in the
controller, before a worker is forked; what is ready there every worker inherits. Routing alone would import it in each worker again.
"""

from __future__ import annotations

import gc
import importlib
from contextlib import suppress
from pathlib import Path

from ansible import context
from ansible.plugins.loader import action_loader, connection_loader, filter_loader, lookup_loader, shell_loader
from ansible.template import Templar

with suppress(ImportError):  # before ansible-core 2.19, where _worker.SUPPORTED is false
    from ansible.module_utils.common.json import Direction, get_module_decoder, get_module_encoder
    from ansible.template import trust_as_template

from ansible_collections.opta.platform.plugins.module_utils import _session
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._helm.binary import find_helm
from ansible_collections.opta.platform.plugins.module_utils._preflight import variables
from ansible_collections.opta.platform.plugins.plugin_utils import _inputs, _worker

#: of nearly every run; the data of another service are read where it is first needed
SERVICES = ("ec2", "eks", "iam", "kms", "logs", "s3", "sts")
PLUGINS = Path(__file__).resolve().parents[1]
COLLECTION = "ansible_collections.opta.platform.plugins"


def _modules() -> None:
    for path in sorted((PLUGINS / "modules").glob("[a-z]*.py")):
        with suppress(ImportError):  # a missing library is the module's own to tell
            importlib.import_module(f"{COLLECTION}.modules.{path.stem}")
    with suppress(NameError):  # no botocore: likewise
        _session.prepare(SERVICES)
    with suppress(PlatformError):  # preflight tells it
        find_helm()


def _plugins() -> None:
    action_loader.get("ansible.builtin.normal", class_only=True)
    connection_loader.get("local", class_only=True)
    shell_loader.get("sh", class_only=True)
    for path in sorted((PLUGINS / "filter").glob("[a-z]*.py")):
        for name in importlib.import_module(f"{COLLECTION}.filter.{path.stem}").FilterModule().filters():
            filter_loader.get(f"opta.platform.{name}")
    for path in sorted((PLUGINS / "lookup").glob("[a-z]*.py")):
        lookup_loader.get(f"opta.platform.{path.stem}", class_only=True)
    lookup_loader.get("ansible.builtin.vars", class_only=True)


def _specifications() -> None:
    """What roles take and publish."""
    _inputs.options()
    for role in _inputs.roles():
        variables.role_defaults(_inputs.ROLES_DIRECTORY, role)
        if (_inputs.ROLES_DIRECTORY / role / "meta" / "outputs.yml").exists():
            variables.role_outputs(_inputs.ROLES_DIRECTORY, role)


def _languages() -> None:
    """Jinja's lexer, Ansible's own filters, tests and lookups, and the JSON that modules speak."""
    Templar().template(trust_as_template("{{ query('ansible.builtin.env', 'HOME') | default([]) | length is defined }}"))
    get_module_encoder(_worker.PROFILE, Direction.CONTROLLER_TO_MODULE)
    get_module_decoder(_worker.PROFILE, Direction.MODULE_TO_CONTROLLER)


def prepare() -> None:
    """Import and read it now; what this process then holds, its garbage collection leaves alone."""
    gc.disable()  # what is imported stays
    _modules()
    _specifications()
    with suppress(AttributeError, ImportError, NameError, TypeError):  # another ansible-core: each worker then does it for itself
        _plugins()
        _languages()
    gc.enable()
    gc.freeze()


# in a command of Ansible's, and unless modules run in processes of their own
if context.CLIARGS and _worker.SUPPORTED:
    prepare()
