"""Runs ansible-playbook in forks of a process that has imported Ansible and the collection once: each run begins a second sooner.

One request is one line of JSON on standard input: {arguments, environment, directory, output}; its answers are a line with {pid}
when it has begun, and one with {returncode} when it has ended.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from typing import Any

from ansible.cli.playbook import PlaybookCLI
from ansible.plugins.loader import init_plugin_loader

from tests.support.collection import ROOT
from tests.support.compiled_templates import AnsibleEnvironment, compile_once


def prepare() -> None:
    """What every controller does before its first task of the collection."""
    init_plugin_loader()
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
    importlib.import_module("ansible_collections.opta.platform.plugins.action.environment_info")
    AnsibleEnvironment.compile = compile_once(ROOT / ".cache" / "templates")


def run(request: dict[str, Any]) -> int:
    """Run one ansible-playbook in this (forked) process."""
    os.setsid()
    # the process that imports it is the controller
    importlib.reload(importlib.import_module("ansible_collections.opta.platform.plugins.plugin_utils._worker"))
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["directory"])
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    try:
        PlaybookCLI.cli_executor(["ansible-playbook", *request["arguments"]])
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def main() -> None:
    prepare()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 250
            try:
                code = run(json.loads(line))
            finally:
                os._exit(code)
        print(json.dumps({"pid": child}), flush=True)
        _pid, status = os.waitpid(child, 0)
        print(json.dumps({"returncode": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
