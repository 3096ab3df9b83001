"""Facts that texts repeat: each text names the current one. Defaults at creation and limits are defined once, in Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _creation_defaults
from ansible_collections.opta.platform.plugins.module_utils._linkerd import validity_rules
from ansible_collections.opta.platform.plugins.module_utils._preflight.input_limits import INPUT_LIMITS
from ansible_collections.opta.platform.plugins.module_utils._rds import role_entries

from tests.support import collection
from tests.support.creation_defaults import creation_defaults

INPUTS = {path: option for role in collection.roles() for path, option in collection.options_by_path(collection.inputs(role))}
CREATED = {path: value for role in collection.roles() for path, value in creation_defaults(role).items()}
WORDS = {0: "none", 1: "one", 2: "two", 3: "three"}
#: lists of a role, and the module that reconciles their entries
ENTRIES = {
    "s3_buckets": "s3_bucket",
    "eks_node_groups": "eks_node_group",
    "aurora_clusters": "aurora_cluster",
    "documentdb_clusters": "documentdb_cluster",
    "elasticache_replication_groups": "elasticache_replication_group",
}
#: choices of modules that the roles do not offer
NOT_OFFERED = {
    "eks_node_groups.ami_type": ["CUSTOM"],
    "eks_node_groups.capacity_type": ["CAPACITY_BLOCK"],
}
DATABASE_MODULES = ("aurora_cluster", "documentdb_cluster")


def text(option: Mapping[str, Any]) -> str:
    description = option.get("description") or ""
    return description if isinstance(description, str) else " ".join(description)


def names(description: str, value: Any) -> bool:
    """Whether a description names a value, as V(), as a number in a sentence, or as a word."""
    if isinstance(value, bool):
        return True  # a sentence says it
    if isinstance(value, list):
        return "all" in description or all(names(description, item) for item in value)
    shown = re.escape(str(value))
    word = WORDS.get(value) if isinstance(value, int) else None
    return bool(re.search(rf"(?<![\w.]){shown}(?![\w]|\.\d)", description) or (word and re.search(rf"\b{word}\b", description)))


def documented_options(module: str) -> Mapping[str, Any]:
    """The options of a module with those of its fragments of this collection."""
    documentation = collection.documentation(module)
    options: dict[str, Any] = {}
    for fragment in documentation.get("extends_documentation_fragment") or []:
        namespace, _dot, name = fragment.rpartition(".")
        if namespace == "opta.platform":
            loaded = import_module(f"ansible_collections.opta.platform.plugins.doc_fragments.{name}")
            options.update(collection.parse(loaded.ModuleDocFragment.DOCUMENTATION).get("options") or {})
    return {**options, **documentation["options"]}


@pytest.mark.parametrize("path", CREATED)
def test_input_names_its_default_at_creation(path: str) -> None:
    assert path in INPUTS, f"{path} is no input"
    assert "default" not in INPUTS[path], f"{path} has a default in every run"
    assert names(text(INPUTS[path]), CREATED[path]), f"argument_specs.yml: the description of {path} must name {CREATED[path]}"


@pytest.mark.parametrize("role", ["aurora", "documentdb", "elasticache"])
def test_table_of_defaults_names_them(role: str) -> None:
    """The table in docs.md: | `option` | default |."""
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", (collection.ROLES / role / "docs.md").read_text(encoding="utf-8"), re.MULTILINE))
    created = {path.rpartition("[].")[2]: value for path, value in creation_defaults(role).items() if "[]." in path}
    stale = {option: created[option] for option in created.keys() & rows.keys() if not names(rows[option], created[option])}
    assert created.keys() & rows.keys()
    assert not stale, f"docs.md of {role} must name {stale}"


OPTIONS = {
    **_creation_defaults.OPTIONS,
    **dict.fromkeys(DATABASE_MODULES, _creation_defaults.DATABASE_OPTIONS),
}


@pytest.mark.parametrize("module", OPTIONS)
def test_module_names_its_defaults_at_creation(module: str) -> None:
    documented = documented_options(module)
    missing = {option: value for option, value in OPTIONS[module].items() if not names(text(documented[option]), value)}
    assert not missing, f"the documentation of {module} must name {missing}"
    assert not {option for option in OPTIONS[module] if "default" in documented[option]}


@pytest.mark.parametrize("path", [path for path in INPUT_LIMITS if path in INPUTS])
def test_input_names_its_limits(path: str) -> None:
    limit = INPUT_LIMITS[path]
    if limit.most is None or limit.most > 1_000_000 or path.endswith("port"):
        return  # common knowledge
    assert names(text(INPUTS[path]), limit.most), f"argument_specs.yml: the description of {path} must name {limit.most}"


@pytest.mark.parametrize(("module", "option"), [("kms_key", "rotation_period_in_days"), ("kms_key", "pending_window_in_days")])
def test_module_names_its_limits(module: str, option: str) -> None:
    limit = {
        "rotation_period_in_days": INPUT_LIMITS["network_kms_key_rotation_days"],
        "pending_window_in_days": INPUT_LIMITS["retention_kms_key_deletion_window_days"],
    }[option]
    assert names(text(documented_options(module)[option]), limit.least)
    assert names(text(documented_options(module)[option]), limit.most)


def common_options(inputs: Mapping[str, Any], arguments: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any, Any]]:
    """Options that a role's entry and a module have under the same name, with those within."""
    for name in inputs.keys() & arguments.keys():
        yield f"{path}.{name}", inputs[name], arguments[name]
        yield from common_options(inputs[name].get("options") or {}, arguments[name].get("options") or {}, f"{path}.{name}")


@pytest.mark.parametrize("variable", ENTRIES)
def test_entries_have_the_choices_and_defaults_of_their_module(variable: str) -> None:
    module = import_module(f"ansible_collections.opta.platform.plugins.modules.{ENTRIES[variable]}")
    different = []
    for path, option, argument in common_options(INPUTS[variable]["options"], module.ARGUMENTS, variable):
        choices = argument.get("choices") and [choice for choice in argument["choices"] if choice not in NOT_OFFERED.get(path, [])]
        compared = [
            ("type", option.get("type", "str"), argument.get("type", "str")),
            ("choices", option.get("choices"), choices),
            ("default", option.get("default"), argument.get("default")),
        ]
        for key, one, other in compared:
            if other is not None and one != other:
                different.append(f"{path}, {key}: the role has {one}, the module has {other}")
    assert not different, "\n".join(different)


READ = re.compile(r"\{\{ (\w+)(?: \| (?:default|opta\.platform\.validated)\(.*\))* \}\}")


def passed_inputs() -> Iterator[tuple[str, str, str]]:
    """(input, module, option) of each task that passes an input as it is."""
    for role in collection.roles():
        for path in collection.task_files(role):
            for task in collection.tasks(collection.load(path)):
                for name, arguments in task.items():
                    if name.startswith("opta.platform.") and isinstance(arguments, dict):
                        for option, value in arguments.items():
                            found = READ.fullmatch(value) if isinstance(value, str) else None
                            if found and found[1] in INPUTS:
                                yield found[1], name.rpartition(".")[2], option


def test_inputs_have_the_choices_of_the_option_that_they_set() -> None:
    different = []
    passed = [each for each in passed_inputs() if each[1] in collection.modules()]
    for variable, name, option in passed:
        module = import_module(f"ansible_collections.opta.platform.plugins.modules.{name}")
        argument = getattr(module, "ARGUMENTS", {}).get(option, {})
        choices, own = argument.get("choices"), INPUTS[variable].get("choices")
        if choices is not None and own != choices and option != "retention_in_days":  # null and choices exclude each other
            different.append(f"{variable} has {own}, {name}.{option} has {choices}")
    assert len(passed) > 50
    assert not different, "\n".join(different)


#: the roles wait longer, and always create the ownership tags
OWN_DEFAULTS = ("wait_timeout", "tags", "region")


def test_inputs_have_the_default_of_the_option_that_they_set() -> None:
    different = []
    for variable, name, option in passed_inputs():
        module = import_module(f"ansible_collections.opta.platform.plugins.modules.{name}") if name in collection.modules() else None
        argument = getattr(module, "ARGUMENTS", {}).get(option, {})
        if option in OWN_DEFAULTS or "default" not in argument or "default" not in INPUTS[variable]:
            continue
        if argument["default"] != INPUTS[variable]["default"]:
            different.append(f"{variable} has {INPUTS[variable]['default']}, {name}.{option} has {argument['default']}")
    assert not different, "\n".join(different)


@pytest.mark.parametrize("role", role_entries.KINDS)
def test_entries_of_databases_are_completed_with_the_defaults_of_the_spec(role: str) -> None:
    options = INPUTS[role_entries.KINDS[role].option]["options"]
    assert {name: option["default"] for name, option in options.items() if "default" in option} == role_entries.DEFAULTS


def test_terms_of_certificates_have_the_defaults_of_the_role() -> None:
    for term, argument in validity_rules.TERM_ARGUMENTS.items():
        assert INPUTS[f"k8s_addons_linkerd_{term}"]["default"] == argument["default"], term
    for term, limit in validity_rules.DAYS.items():
        assert limit.example == validity_rules.TERM_ARGUMENTS[term]["default"], term
