"""Keep the code that Jinja makes of a template on disk: Ansible makes it anew in each worker, a seventh of a run's time."""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import ansible.release
import jinja2
from ansible._internal._templating import _jinja_bits

AnsibleEnvironment = _jinja_bits.AnsibleEnvironment
COMPILE = AnsibleEnvironment.compile


def compile_once(directory: Path) -> Callable[..., str | CodeType]:
    """In place of AnsibleEnvironment.compile: a template is compiled once for all processes that use the same directory.

    What is there by now is read at once, for the processes that are forked from this one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    codes = {path.name: code for path in directory.iterdir() if (code := _read(path)) is not None}

    def compile(environment: Any, source: Any, name: str | None = None, filename: str | None = None) -> str | CodeType:
        if not isinstance(source, str):  # the nodes of an expression
            return COMPILE(environment, source, name, filename)
        key = _key(environment, source, name)
        if key not in codes:
            found = _read(directory / key)
            codes[key] = found or COMPILE(environment, source, name, filename)
            if found is None:
                _write(directory / key, codes[key])
        return codes[key]

    return compile


def _read(path: Path) -> CodeType | None:
    """The code in a file; None where there is none, or it is being written."""
    with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
        return None if path.suffix else marshal.loads(path.read_bytes())
    return None


def _write(path: Path, code: CodeType) -> None:
    written = path.with_suffix(f".{os.getpid()}")
    written.write_bytes(marshal.dumps(code))
    written.replace(path)


def _key(environment: Any, source: str, name: str | None) -> str:
    """Names all that the code depends on."""
    context = _jinja_bits._TemplateCompileContext.current(optional=True)
    settings = [getattr(environment, field) for field in _jinja_bits._TEMPLATE_OVERRIDE_FIELD_NAMES]
    versions = (ansible.release.__version__, jinja2.__version__, sys.implementation.cache_tag)
    return hashlib.sha1(repr((versions, source, name, context and context.escape_backslashes, settings)).encode()).hexdigest()
