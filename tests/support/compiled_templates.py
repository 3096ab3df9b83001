"""Keep the code that Jinja makes of a template on disk: Ansible makes it anew in each worker, a seventh of a run's time."""

from __future__ import annotations

import hashlib
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
    """In place of AnsibleEnvironment.compile: a template is compiled once for all processes that use the same directory."""
    directory.mkdir(parents=True, exist_ok=True)
    kept = jinja2.FileSystemBytecodeCache(str(directory))

    def compile(environment: Any, source: Any, name: str | None = None, filename: str | None = None) -> str | CodeType:
        if not isinstance(source, str):  # the nodes of an expression
            return COMPILE(environment, source, name, filename)
        bucket = kept.get_bucket(environment, _key(environment, source, name), filename, source)
        if bucket.code is None:
            bucket.code = COMPILE(environment, source, name, filename)
            kept.set_bucket(bucket)
        return bucket.code

    return compile


def _key(environment: Any, source: str, name: str | None) -> str:
    """Names all that the code depends on."""
    context = _jinja_bits._TemplateCompileContext.current(optional=True)
    settings = [getattr(environment, field) for field in _jinja_bits._TEMPLATE_OVERRIDE_FIELD_NAMES]
    versions = (ansible.release.__version__, jinja2.__version__)
    return hashlib.sha1(repr((versions, source, name, context and context.escape_backslashes, settings)).encode()).hexdigest()
