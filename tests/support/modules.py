"""The collection's modules as the tests call them: main() in the test's own process, as the Ansible worker calls it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.json import Direction, get_module_decoder
from ansible_collections.opta.platform.plugins.module_utils._controller import VARIABLE, identity
from ansible_collections.opta.platform.plugins.plugin_utils import _worker

from .standin import ROOT

MODULES = "ansible_collections.opta.platform.plugins.modules"


def call_module(name: str, options: Mapping[str, Any], environment: Mapping[str, str], *, check_mode: bool = False) -> dict[str, Any]:
    """Call a module's main() with --diff; return the result that Ansible would show.

    environment: variables that the module sees beside those of this process.
    """
    arguments = {
        **options,
        "_ansible_check_mode": check_mode,
        "_ansible_diff": True,
        "_ansible_remote_tmp": os.environ["ANSIBLE_REMOTE_TMP"],
    }
    variables = {**environment, VARIABLE: identity(os.getpid())}
    ended = _worker.run(f"{MODULES}.{name}", _worker.payload(arguments), variables, str(ROOT))
    try:
        result = json.loads(ended["stdout"], cls=get_module_decoder(_worker.PROFILE, Direction.MODULE_TO_CONTROLLER))
    except ValueError:
        sys.stderr.write(ended["stderr"])
        raise
    result["warnings"] = [warning if isinstance(warning, str) else warning.event.msg for warning in result.get("warnings", [])]
    return {key: value for key, value in result.items() if key != "invocation"}
