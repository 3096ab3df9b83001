# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Call a module's main() in the forked Ansible worker.

It uses internals of ansible-core (2.19 and newer). SUPPORTED is false where they are not as expected; what only a try can show
raises AttributeError, ImportError or TypeError before main() is called.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from typing import Any

from ansible_collections.opta.platform.plugins.module_utils import _wait
from ansible_collections.opta.platform.plugins.module_utils._controller import identity

PROFILE = "legacy"

# in the controller when environment_info opened the playbook, otherwise in the worker
_IMPORTED_IN, _IMPORTED_UNDER = os.getpid(), os.getppid()

try:
    from ansible.executor.module_common import _BuiltModule
    from ansible.module_utils import _internal, basic
    from ansible.module_utils._internal._ansiballz import _loader
    from ansible.module_utils.common import warnings
    from ansible.module_utils.common.json import Direction, get_module_encoder

    SUPPORTED = (
        callable(getattr(basic.AnsibleModule, "_record_module_result", None))
        and hasattr(basic, "_ANSIBLE_PROFILE")
        and callable(getattr(_loader, "_handle_exception", None))
        and isinstance(getattr(_internal, "is_controller", None), bool)
        and isinstance(getattr(warnings, "_global_warnings", None), dict)
        and isinstance(getattr(warnings, "_global_deprecations", None), dict)
    )
except ImportError:
    SUPPORTED = False


def controller() -> str:
    """The identity of the ansible-playbook that this worker belongs to; empty where processes cannot be told apart."""
    if not identity(os.getpid()):
        return ""
    pid = _IMPORTED_UNDER if os.getpid() == _IMPORTED_IN else _IMPORTED_IN
    return identity(pid) or f"{pid} ended"


def built_module() -> Any:
    """What ActionBase wants to know of a module that was built, in ansible-core's own class; nothing is built here."""
    return _BuiltModule(b_module_data=b"", module_style="new", shebang="#!python", serialization_profile=PROFILE)


class ExitHooks:
    """Stands in for atexit: a worker ends by os._exit(), so a module's hooks are run when its main() has ended."""

    def __init__(self) -> None:
        self.hooks: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = []

    def register(self, hook: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
        self.hooks.append((hook, args, kwargs))
        return hook

    def run(self) -> None:
        while self.hooks:
            hook, args, kwargs = self.hooks.pop()
            hook(*args, **kwargs)


def payload(arguments: Mapping[str, Any]) -> bytes:
    """The module's arguments as AnsiballZ would hand them over."""
    return json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, cls=get_module_encoder(PROFILE, Direction.CONTROLLER_TO_MODULE)).encode()


def run(
    module_path: str, arguments: bytes, environment: Mapping[str, Any], directory: str, begun: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Run the module of this dotted path; answer as _low_level_execute_command does. begun: called just before main()."""
    output, errors = io.StringIO(), io.StringIO()
    module = importlib.import_module(module_path)
    with _as_module_process(module_path, arguments, environment, directory), redirect_stdout(output), redirect_stderr(errors):
        begun()
        code = _call(module.main)
    out, err = output.getvalue(), errors.getvalue()
    return {"rc": code, "stdout": out, "stdout_lines": out.splitlines(), "stderr": err, "stderr_lines": err.splitlines()}


def _call(main: Callable[[], None]) -> int:
    hooks = ExitHooks()
    kept = basic.atexit
    basic.atexit = hooks
    try:
        try:
            main()
            raise RuntimeError("New-style module did not handle its own exit.")
        except Exception as error:
            _loader._handle_exception(error, PROFILE)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    finally:
        hooks.run()
        basic.atexit = kept
    return 0


@contextmanager
def _as_module_process(module_path: str, arguments: bytes, environment: Mapping[str, Any], directory: str) -> Iterator[None]:
    """Let this process look to a module like a process of its own, and put everything back."""
    kept_environment, kept_directory, kept_arguments = dict(os.environ), os.getcwd(), sys.argv
    kept_mask = os.umask(0)
    os.umask(kept_mask)
    warnings._global_warnings.clear()
    warnings._global_deprecations.clear()
    try:
        basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = arguments, PROFILE
        _internal.is_controller = False
        sys.argv = ["ansible_module_" + module_path.rsplit(".", 1)[1]]
        os.environ.update({name: str(value) for name, value in environment.items()})
        os.chdir(directory)
        yield
    finally:
        basic._ANSIBLE_ARGS = basic._ANSIBLE_PROFILE = None
        _internal.is_controller = True
        sys.argv = kept_arguments
        os.umask(kept_mask)
        os.chdir(kept_directory)
        os.environ.clear()
        os.environ.update(kept_environment)


@contextmanager
def progress_shown_by(show: Callable[[str], None], host: str, seconds: float) -> Iterator[None]:
    """Let long waits of the module show their progress, one line every `seconds`."""
    shown = replace(_wait.WAITING.get(), show=lambda line: show(f"[{host}] {line}"), progress_seconds=seconds)
    kept = _wait.WAITING.set(shown)
    try:
        yield
    finally:
        _wait.WAITING.reset(kept)
