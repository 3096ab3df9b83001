# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Sessions of botocore that share what botocore reads from its own files.

A client of a new session reads the service's model, its endpoint rules and the list of partitions again, which takes longer than most
calls.
Only these data are shared; each session reads configuration and credentials when it is first used.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

with suppress(ImportError):  # AnsibleAWSModule says so
    import botocore.loaders
    import botocore.session
    from botocore.exceptions import BotoCoreError

#: at most one: for the first module of a process that is forked from the controller
_READY: list[Any] = []


@functools.cache
def _loader() -> Any:
    return botocore.loaders.create_loader()


def _fresh() -> Any:
    session = botocore.session.Session()
    session.register_component("data_loader", _loader())
    return session


def prepare(services: Iterable[str]) -> None:
    """Read the data of these services, and keep one unused session, for the processes that are forked from this one."""
    reading = _fresh()
    for service in services:
        with suppress(BotoCoreError, ValueError):  # errors in the user's configuration are reported when a client is needed
            reading.create_client(service, region_name="us-east-1", aws_access_key_id="-", aws_secret_access_key="-")
            reading.get_paginator_model(service)
    _READY.append(_fresh())


def new_session(profile: str | None = None) -> Any:
    """Return a session of botocore; profile: of the user's AWS configuration."""
    session = _READY.pop() if _READY else _fresh()
    if profile:
        session.set_config_variable("profile", profile)
    own_models = session.get_config_variable("data_path")
    if own_models:  # AWS_DATA_PATH: the user has further models
        session.register_component("data_loader", botocore.loaders.create_loader(own_models))
    return session


def data(name: str) -> Any:
    """Return a file of botocore's data, e.g. `partitions`, for reading only."""
    return _loader().load_data(name)
