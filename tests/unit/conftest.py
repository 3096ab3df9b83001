"""What makes the tests of one process cheap."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from botocore.loaders import JSONFileLoader


@pytest.fixture(scope="session", autouse=True)
def _models_read_once() -> Iterator[None]:
    """The models of AWS's services, which every new boto3 session reads anew: mock_aws begins with one."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(JSONFileLoader, "load_file", staticmethod(functools.cache(JSONFileLoader().load_file)))
    yield
    monkeypatch.undo()
