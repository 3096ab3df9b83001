"""The interface of every role: entry points, inputs, defaults, names, outputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._preflight import variables

from tests.support import collection

ROLES = collection.roles()
PUBLIC_ROLES = [role for role in ROLES if role != "common"]
LONGEST_TASK_FILE = 100
#: filters that read inputs of a type (and of a type of elements)
CONVERSIONS = {("bool", None): "boolean", ("list", "dict"): "validated"}
#: roles whose head start makes nothing that takes minutes
MAKE_WITHOUT_WAITING = ("network", "k8s_addons")
#: facts that a role publishes for all others
PUBLISHED_FOR_ALL = {"common": {"opta_account"}}


def commented_defaults(role: str) -> set[str]:
    """Inputs that defaults/main.yml shows in a comment, because they have no default."""
    text = (collection.ROLES / role / "defaults" / "main.yml").read_text()
    lines = [line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#")]
    return {line.split(":")[0] for line in lines if line.startswith(f"{role}_") and ":" in line}


@pytest.mark.parametrize("role", ROLES)
def test_every_input_has_a_default_or_a_commented_one(role: str) -> None:
    assert set(collection.inputs(role)) == set(collection.defaults(role)) | commented_defaults(role)


def test_renamed_inputs_lead_to_an_input_and_are_documented() -> None:
    known = {name for role in ROLES for name in collection.inputs(role)}
    documented = (collection.ROOT / "docs" / "upgrading.md").read_text()
    for old, new in variables.RENAMED.items():
        assert (old in known, new in known) == (False, True), (old, new)
        assert f"| `{old}` | `{new}` |" in documented


@pytest.mark.parametrize("role", ROLES)
def test_commented_inputs_have_no_default(role: str) -> None:
    assert not commented_defaults(role) & set(collection.defaults(role))


@pytest.mark.parametrize("role", ROLES)
def test_defaults_in_specs_are_those_of_the_role(role: str) -> None:
    defaults = collection.defaults(role)
    for entry_point, spec in collection.specs(role).items():
        for name, option in (spec.get("options") or {}).items():
            written = defaults.get(name)
            if isinstance(written, str) and "{{" in written:
                if "default" in option:
                    fallback = yaml.safe_dump(option["default"], default_flow_style=True).strip().removesuffix("\n...")
                    assert f"default({quoted(option['default'], fallback)}" in written, (
                        f"{name}: the default of {entry_point} is not in {written}"
                    )
            elif name in defaults:
                assert option.get("default") == written, f"{name}: {entry_point} says {option.get('default')!r}, the role takes {written!r}"
            else:
                assert "default" not in option, f"{name} has a default in {entry_point} and none in defaults/main.yml"


@pytest.mark.parametrize("role", ROLES)
def test_no_input_with_choices_defaults_to_null(role: str) -> None:
    """ansible-core compares a null with the choices and refuses it: such an input has a commented default."""
    null = {name for name, value in collection.defaults(role).items() if value is None}
    assert not {name for name, option in collection.inputs(role).items() if "choices" in option} & null


def quoted(value: Any, fallback: str) -> str:
    """A value as a Jinja literal."""
    return f"'{value}'" if isinstance(value, str) else fallback


@pytest.mark.parametrize("role", PUBLIC_ROLES)
def test_the_sample_shows_every_input(role: str) -> None:
    (sample,) = (collection.ROOT / "inventories" / "sample" / "host_vars").glob(f"*/{role}.yml")
    shown = {line.removeprefix("#").strip().split(":")[0] for line in sample.read_text().splitlines()}
    of_a_removal = {f"{role}_confirm", f"{role}_cluster_deleted"}
    assert set(collection.inputs(role)) - shown <= of_a_removal, "they belong to the command line and to destroy.yml"


@pytest.mark.parametrize("role", PUBLIC_ROLES)
def test_every_role_has_entry_points_to_create_and_delete(role: str) -> None:
    assert {"main", "absent"} <= set(collection.specs(role))
    for entry_point in collection.specs(role):
        assert (collection.ROLES / role / "tasks" / f"{entry_point}.yml").exists()


@pytest.mark.parametrize("role", [role for role in ROLES if "start" in collection.specs(role)])
def test_the_head_start_has_the_options_of_main(role: str) -> None:
    assert collection.specs(role)["start"]["options"] == collection.specs(role)["main"]["options"]


@pytest.mark.parametrize(
    "path",
    sorted(path for name in ("start", "start_absent") for path in collection.ROLES.glob(f"*/tasks/{name}.yml")),
    ids=lambda path: f"{path.parts[-3]}-{path.stem}",
)
def test_the_head_start_does_not_wait(path: Path) -> None:
    role = path.parts[-3]
    waits = re.findall(r"^ *(\w*wait\w*): (.+)$", path.read_text(), re.MULTILINE)
    assert {value for _name, value in waits} <= {"false"}
    assert waits or role in MAKE_WITHOUT_WAITING, "it says of nothing that it is not waited for"


@pytest.mark.parametrize("role", PUBLIC_ROLES)
def test_deletion_requires_a_confirmation_and_no_other_role(role: str) -> None:
    absent = collection.specs(role)["absent"]["options"]
    assert f"{role}_confirm" in absent
    assert f"{role}_confirm" not in collection.specs(role)["main"]["options"]
    defaults = collection.defaults(role)
    others = [name for name in absent if any(other != role for other, _key in collection.output_references(str(defaults.get(name))))]
    hints = [name for name in others if "undef(" in str(defaults[name])]
    assert not hints, f"{hints} of {role}'s absent come from another role"


@pytest.mark.parametrize("role", ROLES)
def test_every_option_is_described(role: str) -> None:
    def undescribed(options: dict[str, Any], parent: str = "") -> list[str]:
        found = []
        for name, option in options.items():
            if not option.get("description"):
                found.append(parent + name)
            found += undescribed(option.get("options") or {}, f"{parent}{name}.")
        return found

    assert not undescribed(collection.inputs(role))
    assert not undescribed(collection.outputs(role))
    for spec in collection.specs(role).values():
        assert spec["short_description"]
        assert not spec["short_description"].endswith(".")


@pytest.mark.parametrize("role", ROLES)
def test_inputs_have_the_prefix_of_their_role(role: str) -> None:
    names = set(collection.inputs(role)) | set(collection.defaults(role))
    assert not {name for name in names if not name.startswith(f"{role}_")}
    constants = collection.ROLES / role / "vars" / "main.yml"
    if constants.exists():
        assert not {name for name in collection.load(constants) if not name.startswith(f"__{role}_")}


@pytest.mark.parametrize("role", ROLES)
def test_registered_variables_have_the_prefix_of_their_role(role: str) -> None:
    allowed = PUBLISHED_FOR_ALL.get(role, set()) | {f"{role}_outputs"}
    for path in collection.task_files(role):
        for task in collection.tasks(collection.load(path)):
            names = set(task.get("ansible.builtin.set_fact") or {}) | set(task.get("vars") or {})
            names |= {task[key] for key in ("register",) if key in task}
            names |= {(task.get("loop_control") or {}).get("loop_var", f"__{role}_")}
            names = {name for name in names if "{{" not in name and name != "cacheable" and not name.startswith("ansible_")}
            foreign_resources = {name for name in names - allowed if not name.startswith(f"__{role}_")}
            foreign_resources -= {name for name in foreign_resources if "include_role" in str(list(task)) and name in task.get("vars", {})}
            assert not foreign_resources, f"{path.name}: {foreign_resources}"
            assert "cacheable" not in (task.get("ansible.builtin.set_fact") or {})


@pytest.mark.parametrize("role", ROLES)
def test_task_files_are_short(role: str) -> None:
    long = [path.name for path in collection.task_files(role) if len(path.read_text().splitlines()) > LONGEST_TASK_FILE]
    assert not long


@pytest.mark.parametrize("role", ROLES)
def test_an_included_file_is_the_one_beside_its_includer(role: str) -> None:
    """ansible-core looks first in tasks/, then in the directory of the file that includes."""
    tasks = collection.ROLES / role / "tasks"
    for path in collection.task_files(role):
        for target in re.findall(r"(?:include|import)_tasks: ([\w./]+)$", path.read_text(), re.MULTILINE):
            found = {file.resolve() for file in (tasks / target, path.parent / target) if file.exists()}
            assert len(found) == 1, f"{path.relative_to(tasks)}: {target} is {sorted(map(str, found)) or 'no file'}"


@pytest.mark.parametrize("role", [role for role in ROLES if collection.outputs(role)])
def test_outputs_are_strings_and_lists_and_maps_of_strings(role: str) -> None:
    for name, option in collection.outputs(role).items():
        kind = option.get("type", "str")
        assert kind in ("str", "dict") or (kind == "list" and option["elements"] == "str"), name
        assert option.get("required") is True, f"{name} is not required: an output is always there"


@pytest.mark.parametrize("role", [role for role in PUBLIC_ROLES if collection.outputs(role)])
def test_outputs_are_checked_and_published(role: str) -> None:
    every = [task for path in collection.task_files(role) for task in collection.tasks(collection.load(path))]
    published = [task["ansible.builtin.set_fact"] for task in every if f"{role}_outputs" in (task.get("ansible.builtin.set_fact") or {})]
    assert published == [{f"{role}_outputs": f"{{{{ __{role}_published | opta.platform.checked_outputs('{role}') }}}}"}]


def conditions(task: dict[str, Any]) -> list[str]:
    """What a task decides by."""
    that = (task.get("ansible.builtin.assert") or {}).get("that", [])
    found = [that, *(task.get(key, []) for key in ("when", "failed_when", "changed_when", "until"))]
    return [str(condition) for several in found for condition in (several if isinstance(several, list) else [several])]


@pytest.mark.parametrize("role", ROLES)
def test_expressions_read_inputs_as_validation_converts_them(role: str) -> None:
    """`-e x=false` is the string "false", which is true; `y` is true, but not for ansible.builtin.bool; a survey's list is JSON text."""
    texts = {path: path.read_text() for path in [*collection.task_files(role), *(collection.ROLES / role / "vars").glob("*.yml")]}
    found = [(path.name, text) for path, whole in texts.items() for text in re.findall(r"\{\{.*?\}\}", whole, re.DOTALL)]
    for path in collection.task_files(role):
        found += [(path.name, text) for task in collection.tasks(collection.load(path)) for text in conditions(task)]
    for name, option in collection.inputs(role).items():
        conversion = CONVERSIONS.get((option.get("type", "str"), option.get("elements")))
        used = rf"(?<!\.)\b{name}\b(?!'|\s+is (not )?none\b|\s*\|\s*opta\.platform\.({conversion}|validated)\b)"
        # alone it is for an option of a module, which converts it
        bare = [(file, text) for file, text in found if conversion and re.search(used, text) and text != f"{{{{ {name} }}}}"]
        assert not bare, f"{bare[0]} needs {name} | opta.platform.{conversion}"
