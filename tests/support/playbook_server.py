"""Runs ansible-playbook in forks of a process that has imported Ansible and the collection once: each run begins a second sooner.

One request is one message on a Unix socket: {arguments, environment, directory} as JSON, and the descriptors of the run's standard
input, output and error. The answers are {pid} when it has begun, and {returncode} when it has ended.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
import warnings
from pathlib import Path
from typing import Any

from ansible.cli.playbook import PlaybookCLI
from ansible.plugins.loader import init_plugin_loader

from tests.support.collection import ROOT
from tests.support.compiled_templates import AnsibleEnvironment, compile_once
from tests.support.counts import note_ansible_run

MESSAGE_BYTES = 1 << 20
#: a server with an address ends when nobody has asked for so long
IDLE_SECONDS = 120


def prepare() -> None:
    """What every controller does before its first task of the collection."""
    init_plugin_loader()
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
    importlib.import_module("ansible_collections.opta.platform.plugins.action.environment_info")
    AnsibleEnvironment.compile = compile_once(ROOT / ".cache" / "templates")


def run(request: dict[str, Any], descriptors: list[int]) -> int:
    """Run one ansible-playbook in this (forked) process."""
    os.setsid()
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


def serve(connection: socket.socket) -> None:
    """Do what is asked on one connection, one run after another, until its other end is closed."""
    while True:
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
        connection.send(json.dumps({"pid": child}).encode())
        _pid, status = os.waitpid(child, 0)
        connection.send(json.dumps({"returncode": os.waitstatus_to_exitcode(status)}).encode())


def main() -> None:
    """One argument: the descriptor of a connected socket, or the path of one to make."""
    (where,) = sys.argv[1:]
    prepare()
    if where.isdigit():
        serve(socket.socket(fileno=int(where)))
        return
    new = Path(f"{where}.new")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(str(new))
        listening.listen()
        listening.settimeout(IDLE_SECONDS)
        new.rename(where)
        try:
            while True:
                connection, _address = listening.accept()
                with connection:
                    serve(connection)
        except TimeoutError:
            Path(where).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
