"""Tells when something was written in a cluster or in AWS, so that the loops rest while nobody does anything."""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import TYPE_CHECKING

import requests

from tests.standin.control_plane import ControlPlane

if TYPE_CHECKING:
    from tests.standin.loops.cluster_loops import View

LOOK_SECONDS = 0.25
#: what was begun goes on by itself for a while: states of AWS, Kubernetes's own controllers
SETTLING_SECONDS = 2.0
#: and what has a time of its own, as the back-off of a pod, is looked at all the same
IDLE_SECONDS = 2.0
#: leases and events are written all the time, and no loop reads them; in base64, of which four characters are three bytes
UNREAD = tuple(base64.b64encode(prefix) for prefix in (b"/registry/lease", b"/registry/event"))


class Changes:
    """Arguments: a started control plane; the view of AWS. `wait` returns when it is time to look again.

    writes: how often something was written in the cluster, None as long as nobody knows.
    """

    def __init__(self, control_plane: ControlPlane, view: View) -> None:
        self._url, self._view = f"{control_plane.etcd_url}/v3/watch", view
        self.writes: int | None = None
        self._seen: tuple[int | None, int] = (None, -1)
        self._settled = self._looked = 0.0
        threading.Thread(target=self._watch, name=f"changes of {control_plane.name}", daemon=True).start()

    def wait(self, stopped: threading.Event) -> bool:
        """Waits until something changed, or a while; answers whether the loops are to run, False once stopped."""
        while not stopped.wait(LOOK_SECONDS):
            now, seen = time.monotonic(), (self.writes, self._view.mutations)
            if seen != self._seen or None in seen:
                self._settled = now + SETTLING_SECONDS
            if now < self._settled or now > self._looked + IDLE_SECONDS:
                self._seen, self._looked = seen, now
                return True
        return False

    def _watch(self) -> None:
        """Until etcd ends. Each line is an answer of etcd's watch in JSON."""
        keys = {"key": base64.b64encode(b"/registry/").decode(), "range_end": base64.b64encode(b"/registry0").decode()}
        session = requests.Session()
        session.trust_env = False
        try:
            with session.post(self._url, data=json.dumps({"create_request": keys}), stream=True, timeout=(5, None)) as answer:
                for number, line in enumerate(answer.iter_lines(chunk_size=None)):  # the first says that the watch has begun
                    if number == 0 or line.count(b'"key":"') > sum(line.count(b'"key":"' + key) for key in UNREAD):
                        self.writes = number
        except requests.RequestException:
            return
        finally:
            self.writes = None
