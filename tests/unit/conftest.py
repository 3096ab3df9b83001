"""What makes the tests of one process cheap."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from botocore.loaders import JSONFileLoader


@pytest.fixture(scope="session", autouse=True)
def _models_read_once() -> Iterator[None]:
    """The models of AWS's services, which every new boto3 session reads anew: mock_aws begins with one.

    But for S3's: botocore's clients take the bucket out of the paths of the very model that they were given.
    """
    read = JSONFileLoader().load_file
    once = functools.cache(read)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(JSONFileLoader, "load_file", staticmethod(lambda path: read(path) if "/s3/" in path else once(path)))
    yield
    monkeypatch.undo()
