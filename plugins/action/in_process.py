# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Run the collection's modules inside the Ansible worker instead of in a process of their own.

meta/runtime.yml routes every module of the collection here. Only two steps of the ordinary way are other ones: no payload is
built (_configure_module), and the module's main() is called in this process (_low_level_execute_command). Everything around
them (arguments, check mode, no_log, parsing of the result, warnings) is Ansible's own. What cannot be done here goes the
ordinary way, and -vvv says why.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ansible.module_utils.ansible_release import __version__ as ansible_version
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.opta.platform.plugins.module_utils._controller import VARIABLE
from ansible_collections.opta.platform.plugins.plugin_utils import _worker

DISPLAY = Display()
SWITCH = "OPTA_IN_PROCESS"


class ActionModule(ActionBase):
    """The action of every module of this collection."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        self._host = str((task_vars or {}).get("inventory_hostname", "localhost"))
        self._progress_seconds = float(self._templar.template((task_vars or {}).get("opta_progress_seconds", 30)))
        self._read_lists()
        self._task.environment = [*(self._task.environment or []), {VARIABLE: _worker.controller()}]
        reason = self._why_not()
        if reason is None:
            self._in_worker, self._begun = True, False
            try:
                return {**result, **self._execute_module(task_vars=task_vars)}
            except (AttributeError, ImportError, TypeError) as error:
                if self._begun:
                    raise
                reason = f"ansible-core {ansible_version} cannot run it in the worker: {error}"
        DISPLAY.vvv(f"{self._task.action} runs as a separate process and reports no progress: {reason}")
        self._in_worker = False
        if self._connection.transport == "local" and task_vars is not None:
            self._name_interpreter(task_vars)
        wrap_async = bool(self._task.async_val) and not self._connection.has_native_async
        result.update(self._execute_module(task_vars=task_vars, wrap_async=wrap_async))
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _read_lists(self) -> None:
        """Options that are JSON text and mean a list, as surveys give it: Ansible's conversion would cut the text at its commas."""
        texts = {name: value for name, value in self._task.args.items() if isinstance(value, str) and value.lstrip().startswith("[")}
        if not texts:
            return
        collection, _dot, module = self._task.action.rpartition(".")
        try:
            specified = importlib.import_module(f"ansible_collections.{collection}.plugins.modules.{module}").ARGUMENTS
        except (ImportError, AttributeError):  # without its libraries the module itself says so
            return
        for name, text in texts.items():
            if specified.get(name, {}).get("type") == "list":
                with suppress(ValueError):  # the module refuses it
                    self._task.args[name] = json.loads(text)

    def _name_interpreter(self, task_vars: dict[str, Any]) -> None:
        """A process on this machine runs with Ansible's own Python, as modules in the worker do, unless a variable names another one."""
        delegated = task_vars.get("ansible_delegated_vars") or {}
        delegated.get(self._task.delegate_to, task_vars).setdefault("ansible_python_interpreter", sys.executable)

    def _mark_begun(self) -> None:
        self._begun = True

    def _why_not(self) -> str | None:
        """The reason why the module cannot run in this process; None when it can."""
        if os.environ.get(SWITCH) == "0":
            return f"{SWITCH}=0"
        if not _worker.SUPPORTED:
            return "this version of ansible-core is not supported"
        if self._task.async_val:
            return "async"
        if self._connection.transport != "local":
            return f"the connection is {self._connection.transport}"
        if self._connection.become is not None:
            return "become"
        return None

    def _is_pipelining_enabled(self, module_style: str, wrap_async: bool = False) -> bool:
        return self._in_worker or super()._is_pipelining_enabled(module_style, wrap_async)

    def _configure_module(self, module_name: str, module_args: dict[str, Any], task_vars: Mapping[str, Any]) -> Any:
        if not self._in_worker:
            return super()._configure_module(module_name, module_args, task_vars)
        found = self._shared_loader_obj.module_loader.find_plugin_with_context(module_name, collection_list=self._task.collections)
        self._module_path = found.plugin_resolved_name
        self._payload = _worker.payload(module_args)
        return _worker.built_module(), found.plugin_resolved_path

    def _low_level_execute_command(self, cmd: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if not self._in_worker:
            return super()._low_level_execute_command(cmd, *args, **kwargs)
        environment: dict[str, Any] = {}
        self._compute_environment_string(raw_environment_out=environment)
        with _worker.progress_shown_by(DISPLAY.display, self._host, self._progress_seconds):
            return _worker.run(self._module_path, self._payload, environment, self._loader.get_basedir(), self._mark_begun)
