"""A callback that shows each action in one line per resource, for the demo."""

from __future__ import annotations

from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: brief
type: stdout
short_description: Show each action in one line per resource
description:
  - Unchanged resources are not shown. Failures are shown in full.
"""

MARKS = {"create": "+", "update": "~", "change": "~", "replace": "±", "delete": "-"}


class CallbackModule(CallbackBase):
    """One line per action of a module, or per task of a module that returns no actions."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "brief"

    def v2_runner_on_ok(self, result: Any) -> None:
        if "results" not in result._result:
            self._show(result, result._task.get_name().split(" : ")[-1])

    def v2_runner_item_on_ok(self, result: Any) -> None:
        label = self._get_item_label(result._result)
        self._show(result, f"{result._task.get_name().split(' : ')[-1]} ({label})")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            self._display.display(f"  {result._host.name:<12} FAILED   {result._task.get_name()}\n{result._result.get('msg')}")

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self.v2_runner_on_failed(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self.v2_runner_on_failed(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        for host in sorted(stats.processed):
            figures = stats.summarize(host)
            self._display.display(f"  {host:<12} changed={figures['changed']} failed={figures['failures'] + figures['unreachable']}")

    def _show(self, result: Any, task: str) -> None:
        content = result._result
        if not content.get("changed"):
            return
        actions = content.get("actions") or [{"action": "change", "resource": task, "attributes": []}]
        for action in actions:
            attributes = ", ".join(action["attributes"]) if action["action"] in ("update", "replace") else ""
            shown = f"{MARKS[action['action']]} {action['action']:<7} {action['resource']}"
            self._display.display(f"  {result._host.name:<12} {shown}" + (f" ({attributes})" if attributes else ""))
