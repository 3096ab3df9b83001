"""Starts a program in namespaces of its own, which unshare has made: a network that is loopback alone, and a /run with the given files.

The first argument is a directory with plan.json, the others are the program and its arguments. The plan: `mounts`, files of mounted
directories; `outward` and `inward`: the port of the loopback network in here, and the Unix socket that stands for it.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys
from pathlib import Path

from tests.controllers import mounts, relay

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    plan = json.loads((Path(sys.argv[1]) / "plan.json").read_text())
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
    if libc.mount(b"tmpfs", b"/run", b"tmpfs", 0, None):
        raise OSError(ctypes.get_errno(), "mount of /run")
    for directory, content in plan["mounts"].items():
        mounts.write(Path(directory), content)
    inward = [(relay.listen_at(path), int(port)) for port, path in plan["inward"].items()]
    outward = [(relay.listen_on(int(port)), path) for port, path in plan["outward"].items()]
    if os.fork() == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        for listener, port in inward:
            relay.serve(listener, lambda port=port: relay.connect_on(port))  # type: ignore[misc]
        for listener, path in outward:
            relay.serve(listener, lambda path=path: relay.connect_to(path))  # type: ignore[misc]
        while True:
            signal.pause()
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
