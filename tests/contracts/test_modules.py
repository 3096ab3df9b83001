"""The interface of every module: documentation, arguments, results, groups and routing."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible_collections.opta.platform.plugins.module_utils._resource import Change, Resource

from tests.support import collection

MODULES = collection.modules()
#: done by an action plugin in the controller, with no arguments of its own
ACTIONS_ONLY = ("preflight",)
#: ask neither AWS nor a cluster
OF_NO_SERVICE = ("dns_delegation_info",)
ORDINARY = [name for name in MODULES if name not in ACTIONS_ONLY]
RUNTIME = collection.load(collection.ROOT / "meta" / "runtime.yml")
COMPARED = ("type", "required", "default", "choices", "elements")


class Captured(Exception):
    """Ends a module as soon as its arguments are known."""


@pytest.fixture(scope="module")
def documented() -> dict[str, dict[str, Any]]:
    """What ansible-doc says of each module, fragments included."""
    command = ["ansible-doc", "--json", "--type", "module", *(f"opta.platform.{name}" for name in MODULES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {name.rsplit(".", 1)[1]: content for name, content in json.loads(done.stdout).items()}


def imported(name: str) -> Any:
    return importlib.import_module(f"ansible_collections.opta.platform.plugins.modules.{name}")


def arguments(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The argument spec with which a module starts, and its other settings."""
    captured: dict[str, Any] = {}

    def capture(_self: Any, argument_spec: Any = None, **settings: Any) -> None:
        captured.update(spec=argument_spec, settings=settings)
        raise Captured

    with mock.patch.object(basic.AnsibleModule, "__init__", capture), pytest.raises(Captured):
        imported(name).main()
    return captured["spec"], captured["settings"]


def normalised(option: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of an option that documentation and argument spec must agree on."""
    shown = {key: option[key] for key in COMPARED if option.get(key) not in (None, False, [])}
    shown.setdefault("type", "str")
    if "choices" in shown:
        shown["choices"] = sorted(shown["choices"], key=str)
    if option.get("default") is False:
        shown["default"] = False
    below = option.get("options") or option.get("suboptions")
    if below:
        shown["options"] = {name: normalised(inner) for name, inner in below.items()}
    return shown


def tables(name: str) -> dict[str, Any]:
    """The attributes of the resources that a module brings to their state, by name."""
    found = {}
    for noun in vars(imported(name)).values():
        if inspect.isclass(noun) and issubclass(noun, Resource) and noun is not Resource:
            table = getattr(inspect.getmodule(noun), "attributes", None)
            for attribute in table() if callable(table) else ():
                found[attribute.name] = attribute
    return found


@pytest.mark.parametrize("name", ORDINARY)
def test_documentation_has_the_options_of_the_argument_spec(name: str, documented: dict[str, dict[str, Any]]) -> None:
    spec, _settings = arguments(name)
    options = documented[name]["doc"]["options"]
    assert set(options) == set(spec)
    ours = [option for option in spec if option in collection.documentation(name).get("options", {})]
    for option in ours:
        assert normalised(options[option]) == normalised(spec[option]), option


@pytest.mark.parametrize("name", ORDINARY)
def test_every_module_supports_check_mode(name: str, documented: dict[str, dict[str, Any]]) -> None:
    assert arguments(name)[1]["supports_check_mode"] is True
    attributes = documented[name]["doc"]["attributes"]
    assert attributes["check_mode"]["support"] == "full"
    assert {"diff_mode", "platform"} <= set(attributes)


@pytest.mark.parametrize("name", ORDINARY)
def test_options_that_may_hold_a_secret_set_no_log(name: str) -> None:
    spec, _settings = arguments(name)
    words = ("password", "secret", "token", "passphrase")
    unsaid = [option for option, meaning in spec.items() if any(word in option for word in words) and meaning.get("no_log") is None]
    assert not unsaid


def results(name: str) -> dict[str, Any]:
    """RETURN of a module."""
    return collection.parse(collection.constant(collection.MODULES / f"{name}.py", "RETURN")) or {}


def entries(returned: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each documented result with its path, those within others too."""
    for key, meaning in returned.items():
        yield f"{above}{key}", meaning
        yield from entries(meaning.get("contains") or {}, f"{above}{key}.")


@pytest.mark.parametrize("name", MODULES)
def test_results_are_documented(name: str) -> None:
    returned = results(name)
    assert returned
    if name in ORDINARY and ("state" in collection.documentation(name).get("options", {}) or tables(name)):
        assert {"actions", "diff"} <= set(returned)
    for path, meaning in entries(returned):
        needed = ("description", "returned", "type", *(() if "contains" in meaning else ("sample",)))
        assert not [key for key in needed if key not in meaning], path
        assert "As the option" not in str(meaning["description"]), path
        assert ("elements" in meaning) == (meaning["type"] == "list"), path


def test_common_results_have_the_same_documentation_everywhere() -> None:
    for key in ("actions", "diff"):
        texts = {json.dumps(results(name)[key]) for name in MODULES if key in results(name)}
        assert len(texts) == 1, f"RETURN cannot be shared by a fragment, so {key} must be equal in every module"


def required(specification: str) -> tuple[str, frozenset[str]]:
    """A package and its versions, as requirements and documentation write them."""
    name, versions = re.fullmatch(r"([\w-]+)\s*(.*)", specification).groups()  # type: ignore[union-attr]
    return name.lower(), frozenset(version.replace(" ", "") for version in versions.split(",") if version)


@pytest.mark.parametrize("name", MODULES)
def test_requirements_are_those_of_the_execution_environment(name: str, documented: dict[str, dict[str, Any]]) -> None:
    text = (collection.ROOT / "meta" / "ee-requirements.txt").read_text()
    installed = dict(required(line) for line in text.splitlines() if line and not line.startswith("#"))
    found = dict(required(line) for line in documented[name]["doc"].get("requirements", []) if "helm" not in line)
    found.pop("python", None)
    assert {package: installed.get(package) for package in found} == found
    if name in ORDINARY and "region" in arguments(name)[0]:
        assert {"boto3", "botocore"} <= set(found)
    if name in ORDINARY and "certificate_authority_data" in arguments(name)[0]:
        assert "kubernetes" in found


#: O(option), RV(result), M(module) and P(plugin#type); the first two may name another module before the option
MARKUP = re.compile(r"\b(O|RV)\((?:opta\.platform\.(\w+)#module:)?([\w.\[\]]+)|\b(M|P)\(opta\.platform\.(\w+)(?:#(\w+))?\)")


def paths(entries: Mapping[str, Any], below: str, above: str = "") -> Iterator[str]:
    """The names of options or results as markup writes them, those within others too."""
    for name, meaning in entries.items():
        yield f"{above}{name}"
        yield from paths(meaning.get(below) or {}, below, f"{above}{name}{'[]' if meaning.get('elements') == 'dict' else ''}.")


@pytest.mark.parametrize("name", MODULES)
def test_documentation_refers_to_what_exists(name: str, documented: dict[str, dict[str, Any]]) -> None:
    filters = [path.stem for path in (collection.ROOT / "plugins" / "filter").glob("*.yml")]
    known = {"M": MODULES, "module": MODULES, "role": collection.roles(), "filter": filters}
    broken = []
    for kind, module, path, plain, plugin, plugin_type in MARKUP.findall(json.dumps(documented[name])):
        if plain:
            exists = plugin in known[plugin_type or "M"]
        else:
            other = documented[module or name]
            exists = path in (paths(other["doc"].get("options") or {}, "suboptions") if kind == "O" else paths(other["return"], "contains"))
        if not exists:
            broken.append(f"{kind or plain}({module or plugin}{path})")
    see = [str(entry["module"]) for entry in documented[name]["doc"].get("seealso", []) if "module" in entry]
    broken += [module for module in see if module.startswith("opta.platform.") and module.rsplit(".", 1)[1] not in MODULES]
    assert not broken


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_tasks_with_full_names(name: str) -> None:
    examples = collection.parse(collection.constant(collection.MODULES / f"{name}.py", "EXAMPLES"))
    assert any(f"opta.platform.{name}" in task for task in collection.tasks(examples))
    for task in collection.tasks(examples):
        assert task["name"][0].isupper()
        modules = [key for key in task if key.count(".") >= 2]
        assert modules or "block" in task, task


#: delete what others describe, and never show an attribute
ONLY_DELETING = ("environment_iam_roles",)


@pytest.mark.parametrize("name", [name for name in ORDINARY if tables(name) and name not in ONLY_DELETING])
def test_attributes_are_documented_with_what_a_change_means(name: str) -> None:
    documentation = collection.documentation(name)["options"]
    text = (collection.MODULES / f"{name}.py").read_text()
    for attribute in tables(name).values():
        assert re.search(rf"\b{attribute.name}\b", text), f"users see {attribute.name} in actions, and nothing explains it"
        if attribute.name not in documentation or not isinstance(attribute.change, Change):
            continue
        described = str(documentation[attribute.name]["description"]).lower()
        if attribute.change is Change.REFUSED:
            assert "cannot be changed" in described, f"{attribute.name} does not say that it cannot be changed"
        if attribute.change is Change.REPLACE:
            assert "replace" in described, f"{attribute.name} does not say that a change replaces the resource"


@pytest.mark.parametrize("name", MODULES)
def test_the_main_function_of_a_module_is_short(name: str) -> None:
    tree = ast.parse((collection.MODULES / f"{name}.py").read_text())
    mains = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    for main in mains:
        assert main.end_lineno is not None
        assert main.end_lineno - main.lineno < 25


def group(name: str) -> set[str]:
    return {member for member in RUNTIME["action_groups"][name] if isinstance(member, str)}


def test_action_groups_name_every_module() -> None:
    with_region = {name for name in ORDINARY if "region" in arguments(name)[0]}
    assert group("aws") == with_region
    assert group("kubernetes") == {name for name in ORDINARY if "certificate_authority_data" in arguments(name)[0]}
    assert set(ORDINARY) - set(OF_NO_SERVICE) == group("aws") | group("kubernetes")


def test_action_groups_extend_those_of_the_stock_collections() -> None:
    def extended(name: str) -> list[str]:
        return [
            other for member in RUNTIME["action_groups"][name] if isinstance(member, dict) for other in member["metadata"]["extend_group"]
        ]

    assert extended("aws") == ["amazon.aws.aws"]
    assert extended("kubernetes") == ["kubernetes.core.k8s"]


def test_every_module_runs_in_the_worker() -> None:
    actions = {path.stem for path in (collection.ROOT / "plugins" / "action").glob("*.py")}
    routed = RUNTIME["plugin_routing"]["modules"]
    assert set(routed) == set(MODULES) - actions
    assert {route["action_plugin"] for route in routed.values()} == {"opta.platform.in_process"}
    assert "action" not in RUNTIME["plugin_routing"], "a redirect of an action loses the defaults of its group"
