"""Runs ansible-playbook in forks of a process that has imported Ansible and the collection once: each run begins a second sooner.

One request is one message on a Unix socket: {arguments, environment, directory} as JSON, and the descriptors of the run's standard
input, output and error. The answers are {pid} when it has begun, and {returncode} when it has ended. A run ends with its connection.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import socket
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible.cli.playbook import PlaybookCLI
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader

from tests.standin import owner as owners
from tests.support import botocore_speed, header_speed
from tests.support.collection import ROOT
from tests.support.compiled_templates import AnsibleEnvironment, compile_once
from tests.support.counts import note_ansible_run
from tests.support.files_read_once import load_once
from tests.support.plugins_found_once import find_once
from tests.support.process_tree import end_tree
from tests.support.results_awaited import await_results

MESSAGE_BYTES = 1 << 20
#: a server with an address and without an owner ends when nobody has asked for so long
IDLE_SECONDS = 120
#: of the collection
READ_ONCE = ("playbooks/**/*.yml", *(f"roles/*/{part}/*.yml" for part in ("defaults", "meta", "tasks", "vars")))


def prepare() -> None:
    """What every controller does before its first task of the collection."""
    botocore_speed.remember()
    header_speed.parse_simply()
    init_plugin_loader()
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
    # its import prepares nothing outside of a command of Ansible's
    importlib.import_module("ansible_collections.opta.platform.plugins.plugin_utils._prepared").prepare()
    AnsibleEnvironment.compile = compile_once(ROOT / ".cache" / "templates")
    collection = Path(importlib.import_module("ansible_collections.opta.platform").__path__[0])
    DataLoader.load_from_file = load_once(path for pattern in READ_ONCE for path in collection.glob(pattern))
    await_results()
    find_once(f"opta.platform.{path.stem}" for path in collection.glob("plugins/modules/[a-z]*.py"))
    gc.freeze()


def run(request: dict[str, Any], descriptors: list[int]) -> int:
    """Run one ansible-playbook in this (forked) process."""
    os.setsid()
    gc.disable()  # a run ends before its garbage is worth the time
    # the process that imports it is the controller
    importlib.reload(importlib.import_module("ansible_collections.opta.platform.plugins.plugin_utils._worker"))
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["directory"])
    for target, source in enumerate(descriptors):
        os.dup2(source, target)
    try:
        PlaybookCLI.cli_executor(["ansible-playbook", *request["arguments"]])
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def serve(connection: socket.socket, owner: int | None) -> None:
    """Do what is asked on one connection, one run after another, until its other end is closed.

    owner: a descriptor that polls as readable once the process has ended for which all is done.
    """
    while True:
        message = b""
        with contextlib.suppress(ConnectionResetError):
            message, descriptors, _flags, _address = socket.recv_fds(connection, MESSAGE_BYTES, 3)
        if not message:
            return
        request = json.loads(message)
        note_ansible_run(request["environment"])
        child = os.fork()
        if child == 0:
            code = 250
            try:
                connection.close()
                code = run(request, descriptors)
            finally:
                os._exit(code)
        for descriptor in descriptors:
            os.close(descriptor)
        with contextlib.suppress(OSError):  # nobody waits for it any more
            connection.send(json.dumps({"pid": child}).encode())
        returncode = wait(child, connection, owner)
        with contextlib.suppress(OSError):
            connection.send(json.dumps({"returncode": returncode}).encode())


def wait(child: int, connection: socket.socket, owner: int | None) -> int:
    """The return code of a run. It is killed, with all that it has started, when the other end of the connection or the owner is gone."""
    poll, ended = select.poll(), os.pidfd_open(child)
    poll.register(ended, select.POLLIN)
    poll.register(connection, 0)  # tells POLLHUP all the same
    if owner is not None:
        poll.register(owner, select.POLLIN)
    if ended not in dict(poll.poll()):
        end_tree(child)
    os.close(ended)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def accept(listening: socket.socket, owner: int | None) -> Iterator[socket.socket]:
    """Connections, one after another, until the owner is gone, or without one nobody has asked for IDLE_SECONDS."""
    poll = select.poll()
    poll.register(listening, select.POLLIN)
    if owner is not None:
        poll.register(owner, select.POLLIN)
    while ready := dict(poll.poll(IDLE_SECONDS * 1000 if owner is None else None)):
        if owner in ready:
            return
        yield listening.accept()[0]


def main() -> None:
    """Arguments: the descriptor of a connected socket; or that of a listening one, and its path."""
    descriptor, *path = sys.argv[1:]
    name = os.environ.get(owners.VARIABLE)
    try:
        owner = owners.descriptor(name) if name else None
        prepare()
        if path:  # molecule's verifications ask Kubernetes
            importlib.import_module("kubernetes.dynamic")
        with socket.socket(fileno=int(descriptor)) as given:
            if not path:
                serve(given, owner)
            for connection in accept(given, owner) if path else ():
                with connection:
                    serve(connection, owner)
    except ProcessLookupError:
        return
    finally:
        for each in path:
            Path(each).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
