"""The operations of AWS that the collection's source calls: as methods of clients, and by names that are handed to a paginator."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import boto3
from botocore import xform_name

from tests.support.collection import ROOT
from tests.support.permissions import action

SOURCE = ROOT / "plugins"
CLIENT = re.compile(r"\bclient\(\s*\"([a-z0-9-]+)\"|\"([a-z0-9-]+)\",\s*\"(?:describe|get|list)_\w+\"")
VARIABLE = re.compile(r"get_paginator\(\s*[^\"\s]")
#: all services of which the source makes clients; DocumentDB's operations are RDS's
SERVICES = (
    "acm",
    "autoscaling",
    "backup",
    "ec2",
    "ecr",
    "eks",
    "elasticache",
    "elbv2",
    "iam",
    "kms",
    "logs",
    "rds",
    "resourcegroupstaggingapi",
    "route53",
    "s3",
    "secretsmanager",
    "sts",
)
#: the service of an operation that several have, where the package is not called as it
PREFERRED = {
    "_load_balancers": "elbv2",
    "_credentials": "secretsmanager",
    "scaling_group_api": "autoscaling",
    "launch_template_api": "ec2",
    "_ebs": "ec2",
    "_vpc": "ec2",
    "_retained": "ec2",
}


@cache
def operations() -> dict[str, dict[str, str]]:
    """By service: the operations by the names of their methods."""
    models = {service: boto3.client(service, region_name="eu-west-1").meta.service_model for service in SERVICES}
    return {service: {xform_name(name): name for name in model.operation_names} for service, model in models.items()}


def called() -> set[str]:
    """The action of every operation that the source calls."""
    return {found for path in SOURCE.rglob("*.py") for found in called_in(path.read_text(encoding="utf-8"), path)}


def clients() -> set[str]:
    """The services of which the source makes clients, or names them beside an operation."""
    found = (CLIENT.findall(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py"))
    return {service for names in found for pair in names for service in pair if service}


def named_by_variables() -> set[str]:
    """The files in which a paginator is given no literal name: whoever calls them names the operation."""
    found = (path for path in SOURCE.rglob("*.py") if VARIABLE.search(path.read_text(encoding="utf-8")))
    return {path.relative_to(SOURCE / "module_utils").as_posix() for path in found}


def called_in(source: str, path: Path) -> set[str]:
    """The actions of one file; its path tells the service of an operation that several have."""
    imported = {alias.asname or alias.name for node in _nodes(source) if isinstance(node, ast.ImportFrom) for alias in node.names}
    usual = next((service for part, service in PREFERRED.items() if part in str(path)), path.parent.name.strip("_"))
    found: set[str] = set()
    for call in _calls(source):
        for service, method in _named(call, imported):
            holding = [each for each in SERVICES if method in operations()[each] and service in (None, each)]
            found.update(action(each, operations()[each][method]) for each in sorted(holding, key=lambda each: each != usual)[:1])
    return found


@cache
def _nodes(source: str) -> list[ast.AST]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Call, ast.ImportFrom))]


def _calls(source: str) -> Iterator[ast.Call]:
    return (node for node in _nodes(source) if isinstance(node, ast.Call))


def _named(call: ast.Call, imported: set[str]) -> Iterator[tuple[str | None, str]]:
    """Methods that a call of Python may call: its own, and those that it names. With the service, where the call tells it."""
    service = None
    if isinstance(call.func, ast.Attribute):
        is_client, service = _client(call.func.value, imported)
        if is_client:
            yield service, call.func.attr
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    texts = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    named = next((text for text in texts if text in SERVICES), service)
    yield from ((named, text) for text in texts if "_" in text)


def _client(node: ast.expr, imported: set[str]) -> tuple[bool, str | None]:
    """Whether an expression is a client of botocore, as clients are called here, and of which service."""
    if isinstance(node, ast.Call):
        made = getattr(node.func, "attr", getattr(node.func, "id", "")) == "client"
        first = node.args[0] if node.args else None
        return made, str(first.value) if made and isinstance(first, ast.Constant) else None
    name = getattr(node, "attr", getattr(node, "id", ""))
    return name not in imported and (name == "client" or name in SERVICES), name if name in SERVICES else None
