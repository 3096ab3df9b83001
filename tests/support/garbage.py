"""Python's garbage collection, as processes want it that load much and live for a run of the tests: a fifteenth of their time."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """From now on what is loaded stays, and is not looked at again; new objects are looked at rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
