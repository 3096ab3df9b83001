"""The collection's own files, as the contracts and the documentation read them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = ROOT / "roles"
MODULES = ROOT / "plugins" / "modules"
#: the roles in the order in which an environment is built, then what stands beside it
ORDER = ("network", "s3", "dns_cert", "eks", "aurora", "documentdb", "elasticache", "k8s_addons", "opta_service", "retention", "common")
OUTPUT = re.compile(r"\b([a-z]\w*?)_outputs(?:\.(\w+)|\[['\"](\w+)['\"]\])?")


def roles() -> list[str]:
    """The roles that there are, in the order of ORDER; one that ORDER does not name comes last."""
    found = sorted(path.parent.parent.name for path in ROLES.glob("*/meta/main.yml"))
    return sorted(found, key=lambda role: ORDER.index(role) if role in ORDER else len(ORDER))


def modules() -> list[str]:
    """The names of the collection's modules."""
    return sorted(path.stem for path in MODULES.glob("[a-z]*.py"))


def load(path: Path) -> Any:
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Any:
    """The content of YAML, by libyaml where PyYAML has it: several times as fast."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def specs(role: str) -> dict[str, dict[str, Any]]:
    """The entry points of a role by name."""
    return load(ROLES / role / "meta" / "argument_specs.yml")["argument_specs"]


def inputs(role: str) -> dict[str, dict[str, Any]]:
    """The inputs of all entry points of a role."""
    return {name: option for spec in specs(role).values() for name, option in (spec.get("options") or {}).items()}


def option_paths(options: Mapping[str, Mapping[str, Any]], parent: str = "") -> Iterator[str]:
    """The names of options and of those within them: list[].option, dict.option."""
    yield from (path for path, _option in options_by_path(options, parent))


def options_by_path(options: Mapping[str, Mapping[str, Any]], parent: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Options, and those within them, by their path: list[].option, dict.option."""
    for name, option in options.items():
        yield f"{parent}{name}", option
        below = "[]." if option.get("type") == "list" else "."
        yield from options_by_path(option.get("options") or {}, f"{parent}{name}{below}")


def defaults(role: str) -> dict[str, Any]:
    return load(ROLES / role / "defaults" / "main.yml") or {}


def outputs(role: str) -> dict[str, dict[str, Any]]:
    """What a role publishes; nothing for one without outputs."""
    path = ROLES / role / "meta" / "outputs.yml"
    return load(path)["argument_specs"]["outputs"]["options"] if path.exists() else {}


def output_references(text: str) -> Iterator[tuple[str, str | None]]:
    """Each (role, key) that a text reads of some role's outputs; key is None where the outputs are meant as a whole."""
    for match in OUTPUT.finditer(text):
        yield match.group(1), match.group(2) or match.group(3)


def task_files(role: str) -> list[Path]:
    return sorted((ROLES / role / "tasks").rglob("*.yml"))


def tasks(content: Any) -> Iterator[dict[str, Any]]:
    """Each task of a parsed task file or playbook, those within blocks too."""
    for task in content or []:
        yield task
        for section in ("block", "rescue", "always", "pre_tasks", "tasks", "post_tasks", "handlers"):
            yield from tasks(task.get(section))


def constant(path: Path, name: str) -> str:
    """A string that a Python file assigns at its top level; an empty one when it does not."""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Constant):
            continue
        if any(isinstance(target, ast.Name) and target.id == name for target in statement.targets):
            return str(statement.value.value)
    return ""


def documentation(module: str) -> Mapping[str, Any]:
    """DOCUMENTATION of a module, without its fragments."""
    return parse(constant(MODULES / f"{module}.py", "DOCUMENTATION"))
