"""A callback that writes each task's result as a line of JSON, for the tests, the demo's summary and the bench."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: results
type: aggregate
short_description: Write each task's result as a line of JSON
description:
  - Writes to the file that the environment variable OPTA_RESULTS names; does nothing without it.
"""


class CallbackModule(CallbackBase):
    """One line per host, task and loop item: {host, task, action, role, status, seconds, result}."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "results"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._path = os.environ.get("OPTA_RESULTS")
        self._begun: dict[str, float] = {}

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._begun[task._uuid] = time.monotonic()

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self._begun[f"{task._uuid}{host.name}"] = time.monotonic()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write(result, "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write(result, "unreachable")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write(result, "skipped")

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._write(result, "item")

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._write(result, "item failed")

    def _write(self, result: Any, status: str) -> None:
        if not self._path:
            return
        task, host = result._task, result._host.name
        begun = self._begun.get(f"{task._uuid}{host}", self._begun.get(task._uuid, time.monotonic()))
        entry = {
            "host": host,
            "task": task.get_name().strip(),
            "action": task.action,
            "role": task._role.get_name() if task._role else None,
            "status": status,
            "seconds": round(time.monotonic() - begun, 3),
            "result": self._shown(result._result, task.no_log),
        }
        with open(self._path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, cls=AnsibleJSONEncoder) + "\n")

    @staticmethod
    def _shown(result: dict[str, Any], no_log: bool) -> dict[str, Any]:
        if no_log:
            return {name: result[name] for name in ("changed", "failed") if name in result}
        return {name: value for name, value in result.items() if not name.startswith("_ansible") and name not in ("results", "invocation")}
