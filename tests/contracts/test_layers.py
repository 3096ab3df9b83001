"""The layers of the code: only API files call AWS, and no module keeps state in module-level variables (docs/architecture.md)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
FILES = sorted(str(path.relative_to(PLUGINS)) for path in PLUGINS.rglob("*.py"))
#: the name of a client, as `client`, `self.acm`, or `module.client("sts")`
CLIENT = re.compile(r"(?:^|[._])(?:client|acm|cache|ec2|eks|elbv2|iam|logs|route53|s3|secrets|sts)$|\bclient\([^()]*\)$")
VERB = re.compile(
    r"(?:add|allocate|assume|associate|attach|authorize|batch|cancel|copy|create|decrease|delete|deregister|describe|detach|disable|"
    r"disassociate|enable|generate|get|head|increase|list|modify|put|reboot|register|release|remove|request|restore|revoke|schedule|"
    r"set|simulate|start|stop|tag|terminate|untag|update)_\w+$"
)
#: signs a URL and calls nothing
PRESIGNED = "generate_presigned_url"
#: its errors of botocore are the answer: no credentials, nobody at the address
UNHANDLED = {"sts.get_caller_identity"}
#: files that keep state all the same, and why
KEEPING_STATE = {
    "module_utils/_session.py": "one unused session, for the process that is forked next",
    "plugin_utils/_worker.py": "gives a module the arguments and the environment that its own process would have",
}
#: modules that need no boto3
WITHOUT_AWS = {"dns_delegation_info"}
MUTATORS = {"add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((PLUGINS / name).read_text())


def calls(name: str) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def raw_calls(name: str) -> Iterator[str]:
    imported, _own = module_names(name)
    for call, func in calls(name):
        receiver = ast.unparse(func.value)
        if VERB.match(func.attr) and CLIENT.search(receiver) and receiver not in imported and func.attr != PRESIGNED:
            yield f"{name}:{call.lineno}: {ast.unparse(func)}"


def test_only_api_files_call_aws() -> None:
    """There each call has the retries and the error handler of amazon.aws."""
    found = [call for name in FILES if not name.endswith("api.py") for call in raw_calls(name) if call.partition(": ")[2] not in UNHANDLED]
    assert not found, f"move these calls to an api.py: {found}"


def module_names(name: str) -> tuple[set[str], set[str]]:
    """The names of other modules that a file imports, and of its own module-level variables."""
    imported, own = set(), set()
    for node in tree(name).body:
        if isinstance(node, ast.Import):
            imported |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {alias.asname or alias.name for alias in node.names if (alias.asname or alias.name).islower()}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            own |= {target.id for target in targets if isinstance(target, ast.Name)}
    return imported, own


def changed(name: str) -> Iterator[str]:
    imported, own = module_names(name)
    for node in ast.walk(tree(name)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Global):
            yield f"{name}:{node.lineno}: global {', '.join(node.names)}"
        elif isinstance(node, (ast.Assign, ast.Delete)):
            targets = node.targets
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        for target in targets:
            base = target.value if isinstance(target, (ast.Attribute, ast.Subscript)) else None
            if isinstance(target, ast.Attribute) and isinstance(base, ast.Name) and base.id in imported:
                yield f"{name}:{target.lineno}: {ast.unparse(target)} = …"
            if isinstance(target, ast.Subscript) and isinstance(base, ast.Name) and base.id in own:
                yield f"{name}:{target.lineno}: {ast.unparse(target)} = …"
    for call, func in calls(name):
        if func.attr in MUTATORS and isinstance(func.value, ast.Name) and func.value.id in own:
            yield f"{name}:{call.lineno}: {ast.unparse(func)}()"


def test_no_state_is_kept_in_module_level_variables() -> None:
    """Modules run in the Ansible worker, where a variable outlives its module, and some of their work runs in parallel threads."""
    found = [each for name in FILES if name not in KEEPING_STATE for each in changed(name)]
    assert not found, f"pass an object, or use a ContextVar: {found}"


@pytest.mark.parametrize("name", KEEPING_STATE)
def test_what_has_a_reason_keeps_state(name: str) -> None:
    assert list(changed(name)), f"{name} keeps no state: remove it from KEEPING_STATE"


def test_modules_have_one_form_of_entry() -> None:
    """main() makes the module and has it do its work: PlatformModule(ARGUMENTS).run(reconcile, key="cluster"), or .report(read)."""
    for path in sorted((PLUGINS / "modules").glob("*.py")):
        main = next((node for node in tree(f"modules/{path.name}").body if isinstance(node, ast.FunctionDef) and node.name == "main"), None)
        if main is not None and path.stem not in WITHOUT_AWS:
            assert re.fullmatch(
                r"(Platform|Cluster)Module\(.*\)\.(run\(\w+, key='\w+'\)|report\(\w+\))", ast.unparse(ast.Module(main.body, []))
            ), path.name


@pytest.mark.parametrize("folder", ["modules", "module_utils"])
def test_modules_import_their_code_relatively(folder: str) -> None:
    absolute = re.compile(r"^\s*(?:from|import) ansible_collections\.opta\.", re.MULTILINE)
    assert not [name for name in FILES if name.startswith(f"{folder}/") and absolute.search((PLUGINS / name).read_text())]
