"""Where a module runs: in the worker when ansible-core lets it, otherwise as a process of its own. Never twice."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action import ActionBase
from ansible_collections.opta.platform.plugins.action import in_process
from ansible_collections.opta.platform.plugins.plugin_utils import _worker


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Run the action where ansible-core raises `error` in the worker, before or after main(); the result names each try."""

    def run(
        error: Exception,
        main_is_called: bool = False,
        delegate_to: str | None = None,
        action: str = "kms_key",
        args: dict[str, Any] | None = None,
        **task_vars: Any,
    ) -> dict[str, Any]:
        tries: list[str] = []

        def execute(action: Any, task_vars: dict[str, Any], **_more: Any) -> dict[str, Any]:
            tries.append("worker" if action._in_worker else "process")
            if action._in_worker:
                if main_is_called:
                    action._mark_begun()
                raise error
            return {"tries": tries, "task_vars": task_vars, "args": action._task.args}

        monkeypatch.setattr(ActionBase, "run", lambda self, tmp, task_vars: {})
        monkeypatch.setattr(ActionBase, "_execute_module", execute)
        monkeypatch.setattr(ActionBase, "_remove_tmp_path", lambda self, path: None)
        monkeypatch.setattr(_worker, "SUPPORTED", True)
        monkeypatch.delenv(in_process.SWITCH, raising=False)
        more = {"environment": None, "async_val": 0, "delegate_to": delegate_to}
        task = SimpleNamespace(action=f"opta.platform.{action}", args=args or {}, **more)
        shell = SimpleNamespace(tmpdir=None)
        connection = SimpleNamespace(transport="local", become=None, has_native_async=False, _shell=shell)
        made: Any = object.__new__(in_process.ActionModule)
        made._task, made._connection = task, connection
        made._templar = SimpleNamespace(template=lambda value: value)
        return made.run(None, task_vars)

    return run


@pytest.mark.parametrize(
    "error",
    [
        AttributeError("'_BuiltModule' object has no attribute 'has_environment'"),
        ImportError("cannot import name"),
        TypeError("_BuiltModule.__init__() missing 1 required keyword-only argument"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_another_ansible_core_runs_modules_as_processes(tried: Callable[..., dict[str, Any]], error: Exception) -> None:
    assert tried(error)["tries"] == ["worker", "process"]


def test_a_module_is_not_run_again_after_main_was_called(tried: Callable[..., dict[str, Any]]) -> None:
    with pytest.raises(AttributeError, match="after main"):
        tried(AttributeError("after main"), main_is_called=True)


def test_a_local_module_process_uses_the_python_of_ansible(tried: Callable[..., dict[str, Any]]) -> None:
    assert tried(ImportError())["task_vars"]["ansible_python_interpreter"] == sys.executable
    delegated = {"staging": {}, "production": {"ansible_python_interpreter": "/opt/python"}}
    for host, python in (("staging", sys.executable), ("production", "/opt/python")):
        variables = tried(ImportError(), delegate_to=host, ansible_delegated_vars=delegated)["task_vars"]
        assert variables["ansible_delegated_vars"][host]["ansible_python_interpreter"] == python
        assert "ansible_python_interpreter" not in variables


def test_an_interpreter_set_in_the_inventory_is_kept(tried: Callable[..., dict[str, Any]]) -> None:
    assert tried(ImportError(), ansible_python_interpreter="/opt/python")["task_vars"]["ansible_python_interpreter"] == "/opt/python"


def test_json_text_is_parsed_for_list_options(tried: Callable[..., dict[str, Any]]) -> None:
    given = {"gateway_endpoints": ' ["s3", "dynamodb"]', "interface_endpoints": "[broken", "name": "[no list]", "nat_mode": "none"}
    assert tried(ImportError(), action="vpc_network", args=given)["args"] == {**given, "gateway_endpoints": ["s3", "dynamodb"]}
    assert tried(ImportError(), action="no_such_module", args={"a": "[1]"})["args"] == {"a": "[1]"}
