"""What botocore reads and works out anew for each process, session and client, although it depends on nothing that changes."""

from __future__ import annotations

import contextlib
import functools
import gzip
import hashlib
import inspect
import json
import marshal
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore import hooks, useragent
from botocore.client import ClientCreator
from botocore.loaders import JSONFileLoader, Loader

from tests.support.collection import ROOT

#: its clients take the bucket out of the paths of the very model that they were given
CHANGED_BY_CLIENTS = "s3"
DECODED = ROOT / ".cache" / "botocore"


def remember() -> None:
    """From now on botocore reads a model once, makes the methods of a service's clients once, and looks once what an event's name is."""
    if hasattr(ClientCreator, "remembers"):
        return
    ClientCreator.remembers = True
    once = functools.cache(_load_file)
    JSONFileLoader.load_file = staticmethod(lambda path: (_load_file if f"/{CHANGED_BY_CLIENTS}/" in path else once)(path))
    Loader.list_available_services = _remembering(Loader.list_available_services, lambda type_name: type_name, list)
    ClientCreator._load_service_model = _remembering(ClientCreator._load_service_model, _service_of_a_name)
    ClientCreator._create_methods = _remembering(ClientCreator._create_methods, lambda model: (model.service_name, model.api_version), dict)
    hooks.EventAliaser._alias_event_name = _remembering(hooks.EventAliaser._alias_event_name, lambda name: name)
    hooks.accepts_kwargs = _accepts_kwargs
    useragent.sanitize_user_agent_string_component = functools.cache(useragent.sanitize_user_agent_string_component)


def _load_file(path: str) -> Any:
    """As JSONFileLoader.load_file; what was read once lies decoded on the disk."""
    for extension in ("", ".gz"):
        file = Path(f"{path}.json{extension}")
        if file.is_file():
            found = file.stat()
            name = hashlib.sha1(f"{file} {found.st_mtime_ns} {found.st_size} {sys.version}".encode()).hexdigest()
            return _decoded(file, DECODED / name)
    return None


def _decoded(file: Path, kept: Path) -> Any:
    with contextlib.suppress(OSError, ValueError, EOFError):
        return marshal.loads(kept.read_bytes())
    content = json.loads(gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes())
    kept.parent.mkdir(parents=True, exist_ok=True)
    written = kept.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    written.write_bytes(marshal.dumps(content))
    written.replace(kept)
    return content


def _service_of_a_name(service_name: str, api_version: str | None = None) -> tuple[str, str | None] | None:
    return None if service_name == CHANGED_BY_CLIENTS else (service_name, api_version)


def _remembering(method: Callable[..., Any], key: Callable[..., Any], copy: Callable[[Any], Any] | None = None) -> Callable[..., Any]:
    """The method, called once for all objects and each key; where the key is None, each time. copy: of answers that callers change."""
    answers: dict[Any, Any] = {}

    def remembered(self: Any, *arguments: Any, **named: Any) -> Any:
        asked = key(*arguments, **named)
        if asked is None:
            return method(self, *arguments, **named)
        if asked not in answers:
            answers[asked] = method(self, *arguments, **named)
        return copy(answers[asked]) if copy else answers[asked]

    return remembered


def _accepts_kwargs(function: Any) -> Any:
    """As botocore.compat.accepts_kwargs, without the whole signature."""
    code = getattr(function, "__code__", None)
    return bool(code.co_flags & inspect.CO_VARKEYWORDS) if code else inspect.getfullargspec(function)[2]
