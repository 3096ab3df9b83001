"""ansible-test, with virtual environments of pinned requirements instead of those that it creates for each of its tests.

`python -m tests.sanity.ansible_test PINNED EMPTY ARGUMENTS...` in a collection. ansible-test would download pip from a server of its own,
and install without hashes. The imports of modules are tested without any package (EMPTY), all else with those that ansible-test names.
"""

from __future__ import annotations

import sys
from typing import Any

from ansible_test._internal import main
from ansible_test._internal.commands import sanity
from ansible_test._internal.host_configs import VirtualPythonConfig


def run(pinned: str, empty: str, arguments: list[str]) -> None:
    def create_sanity_virtualenv(_args: Any, python: Any, name: str, **_options: Any) -> Any:
        directory = empty if name == "import.module" else pinned
        return VirtualPythonConfig(version=python.version, path=f"{directory}/bin/python")

    sanity.create_sanity_virtualenv = create_sanity_virtualenv
    sanity.check_sanity_virtualenv_yaml = lambda _python: True
    sys.argv = ["ansible-test", *arguments]
    main()


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], sys.argv[3:])
