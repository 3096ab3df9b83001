"""What a Python file of the tree refers to, by its text alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

#: beginnings of dotted names, and where their files are
PACKAGES = (("ansible_collections.opta.platform.", ""), ("tests.", "tests."))


@dataclass(frozen=True)
class PythonFile:
    """modules: dotted names that it may import. words: its string constants, paths: those of them that are parts of a path. names: of
    variables and attributes that it uses. arguments: of its functions, which pytest gives fixtures. fixtures: that it defines; autouse:
    whether one needs no request.
    """

    modules: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    arguments: set[str] = field(default_factory=set)
    fixtures: set[str] = field(default_factory=set)
    autouse: bool = False


def parse(path: str, text: str) -> PythonFile:
    """path: relative to the root, for relative imports. SyntaxError for what is no Python."""
    modules: set[str] = set()
    words: set[str] = set()
    paths: set[str] = set()
    names: set[str] = set()
    arguments: set[str] = set()
    fixtures: set[str] = set()
    autouse = False
    tree = ast.parse(text)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                modules |= {alias.name for alias in node.names}
            case ast.ImportFrom():
                base = _base(path, node)
                modules |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
            case ast.Constant(value=str(word)) if id(node) not in documentation:
                words.add(word)
                if "/" in word:
                    paths.add(word.split("/")[0])
            case ast.BinOp(op=ast.Div(), right=ast.Constant(value=str(word))):
                paths.add(word)
            case ast.Name(id=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.FunctionDef():
                arguments |= {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
                for decorator in map(ast.unparse, node.decorator_list):
                    if "fixture" in decorator:
                        fixtures.add(node.name)
                        autouse = autouse or "autouse=True" in decorator
    named = {word for word in words if word.startswith(tuple(beginning for beginning, _ in PACKAGES)) and " " not in word}
    modules |= named | {f"{word}.__main__" for word in named}  # python -m
    return PythonFile(modules, words, paths, names, arguments, fixtures, autouse)


def _base(path: str, node: ast.ImportFrom) -> str:
    """The absolute name of the module that is imported from."""
    if not node.level:
        return node.module or ""
    package = PurePosixPath(path).parents[node.level - 1].as_posix().replace("/", ".")
    package = package if package.startswith("tests") else f"{PACKAGES[0][0]}{package}"
    return f"{package}.{node.module}" if node.module else package


def candidates(module: str) -> Iterator[str]:
    """The paths of the files that are read when a module of this tree is imported, whether they exist or not."""
    for beginning, stays in PACKAGES:
        if module.startswith(beginning):
            parts = (stays + module.removeprefix(beginning)).strip(".").split(".")
            for length in range(1, len(parts) + 1):
                yield "/".join([*parts[:length], "__init__.py"])
            yield "/".join(parts) + ".py"
