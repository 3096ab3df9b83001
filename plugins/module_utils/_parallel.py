# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Do several pieces of a module's work in parallel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ._errors import ControllerGone, PlatformError
from ._wait import WAITING

K = TypeVar("K")
T = TypeVar("T")


def thread_pool(threads: int) -> ThreadPoolExecutor:
    """Return a pool whose threads report the progress of their waits as the present one does."""
    return ThreadPoolExecutor(threads, initializer=WAITING.set, initargs=(WAITING.get(),))


def run_parallel(works: Mapping[K, Callable[[], T]], at_once: int) -> dict[K, T]:
    """Return the result of each work; at most `at_once` run at the same time.

    One failure does not stop the others. Raises PlatformError with every reason, and other exceptions as they are.
    """
    if not works:
        return {}
    with thread_pool(at_once) as pool:
        begun = {key: pool.submit(work) for key, work in works.items()}
    errors = [error for error in (future.exception() for future in begun.values()) if error is not None]
    for error in errors:
        if isinstance(error, ControllerGone) or not isinstance(error, PlatformError):
            raise error
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise PlatformError("\n".join(str(error) for error in errors))
    return {key: future.result() for key, future in begun.items()}
