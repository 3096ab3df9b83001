"""What the tests depend on: Python files by their imports, roles, playbooks and modules by their names.

A role, a molecule scenario, and each of DIRECTORIES is one node, named by its directory. In doubt there are more dependencies.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from tests.selection.python_files import PythonFile, candidates, parse

#: ends where it is put together at run time
NAME = re.compile(r"\bopta\.platform\.([a-z0-9_]+|$)")
DIRECTORIES = ("playbooks", "inventories", "examples")
SCENARIOS = "extensions/molecule/"
SCENARIO_TESTS = "tests/molecule/test_scenarios.py"
#: what reads the roles for others, who name them
READER = "tests/support/collection.py"
#: dependencies that say nothing: what is loaded ahead, what looks at all stores for the outputs of each role, a list of all roles
CUT = {
    "tests/support/playbook_server.py": re.compile(r"plugins/action/environment_info\.py"),
    "roles/common": re.compile(r"plugins/(action|modules|lookup)/(environment_info|preflight|stores)\.py"),
    SCENARIO_TESTS: re.compile(r"roles/.*"),
}


def node_of(path: str) -> str:
    """The node that a file belongs to."""
    parts = path.split("/")
    if parts[0] in DIRECTORIES:
        return parts[0]
    if parts[0] == "roles" and len(parts) > 2:
        return "/".join(parts[:2])
    if path.startswith(SCENARIOS) and len(parts) > 3:
        return "/".join(parts[:3])
    return path


class Graph:
    """The dependencies in a tree. files: the text of each file by its path, relative to the root."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._nodes: dict[str, list[str]] = {}
        for path in files:
            self._nodes.setdefault(node_of(path), []).append(path)
        self.roles = {node for node in self._nodes if node.startswith("roles/")}
        self.modules = {PurePosixPath(path).stem: path for path in files if re.fullmatch(r"plugins/modules/[a-z]\w*\.py", path)}
        self.tests = {path for path in files if re.fullmatch(r"tests/(.+/)?test_\w+\.py", path)}
        self._direct = functools.cache(self._find_direct)

    @functools.cached_property
    def _python(self) -> dict[str, PythonFile]:
        return {path: parse(path, text) for path, text in self._files.items() if path.endswith(".py")}

    @property
    def scenarios(self) -> dict[str, str]:
        """The node of each molecule scenario by the node id of its test."""
        found = [node for node in self._nodes if node.startswith(SCENARIOS) and f"{node}/converge.yml" in self._files]
        return {f"{SCENARIO_TESTS}::test_scenario[{node.removeprefix(SCENARIOS)}]": node for node in found}

    def targets(self) -> dict[str, set[str]]:
        """What pytest can run, test files and scenarios, each with all nodes that it depends on, itself included."""
        found = {path: self.of_test(path) for path in self.tests}
        return found | {test: found[SCENARIO_TESTS] | self.reachable(node) for test, node in self.scenarios.items()}

    def of_test(self, path: str) -> set[str]:
        """All that a test file depends on: its imports, and of each conftest.py above it that too, if it requests a fixture of it."""
        found = self.reachable(path)
        requested = set().union(*(_requested(self._python[node]) for node in found & self._python.keys()))
        for directory in PurePosixPath(path).parents:
            conftest = (directory / "conftest.py").as_posix()
            if conftest not in self._python:
                continue
            found.add(conftest)
            content = self._python[conftest]
            # those of all tests apply themselves only where something is requested
            if requested & content.fixtures or (content.autouse and conftest != "tests/conftest.py"):
                found |= self.reachable(conftest)
                requested |= _requested(content)
        return found

    def reachable(self, node: str) -> set[str]:
        """A node with all that it depends on."""
        found, new = {node}, [node]
        while new:
            further = self._direct(new.pop()) - found
            found |= further
            new += further
        return found

    def owners(self, path: str) -> set[str]:
        """The Python files that are taken to read a file which nothing refers to: those of the nearest directory that are referred to."""
        if path.startswith(SCENARIOS):
            return {SCENARIO_TESTS}
        referred = {other for node in self._nodes for other in self._direct(node)} | self.tests
        for directory in PurePosixPath(path).parents:
            found = {other for other in self._python if PurePosixPath(other).parent == directory} & referred - {path}
            if found:
                return found
        return set()

    def _find_direct(self, node: str) -> set[str]:
        found: set[str] = set()
        for path in self._nodes.get(node, ()):
            if path in self._python:
                found |= set(self._of_python(path, self._python[path]))
            if not path.startswith(("tests/", "plugins/")):
                found |= {other for name in NAME.findall(self._files[path]) for other in self._named(name)}
        if node == "playbooks":
            found |= self.roles | {path for path in self._files if path.startswith("plugins/")}
        elif node in self.roles:
            found.discard("playbooks")  # a hint that tells what to run
        return {other for other in found - {node} if node not in CUT or not CUT[node].fullmatch(other)}

    def _of_python(self, path: str, content: PythonFile) -> Iterator[str]:
        for module in content.modules:
            yield from (other for other in candidates(module) if other in self._files)
        if path.startswith("plugins/"):
            names = {name for word in content.words for name in NAME.findall(word)}
            yield from (fragment for name in names if (fragment := f"plugins/doc_fragments/{name}.py") in self._files)
        elif path != READER:
            yield from (other for word in content.words for name in NAME.findall(word) for other in self._named(name))
            yield from (self.modules[word] for word in content.words & self.modules.keys())
            yield from (directory for directory in DIRECTORIES if directory in content.paths)
            if "roles" in content.paths or "ROLES" in content.names:
                yield from {f"roles/{word}" for word in content.words} & self.roles or self.roles

    def _named(self, name: str) -> set[str]:
        """What opta.platform.<name> may be; all roles and playbooks for what is put together at run time."""
        found = {f"roles/{name}"} & self.roles
        found |= {path for kind in ("modules", "action", "lookup") if (path := f"plugins/{kind}/{name}.py") in self._files}
        if found and name in self.modules:
            found |= {path for path in ("plugins/action/in_process.py", "meta/runtime.yml") if path in self._files}
        if not name or f"playbooks/{name}.yml" in self._files:
            found.add("playbooks")
        quoted = f'"{name}"'
        found |= {path for path in self._files if path.startswith("plugins/filter/") and name and quoted in self._files[path]}
        return found


def _requested(content: PythonFile) -> set[str]:
    """The fixtures that a file may request."""
    return content.arguments | (content.words if content.names & {"usefixtures", "getfixturevalue"} else set())
