"""The files of a new module, from templates and botocore's model of the service. Pure but for the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import botocore.exceptions
import botocore.session
from botocore import xform_name

TEMPLATES = Path(__file__).parent / "templates"
#: verbs of operations -> the handler of amazon.aws for errors of their calls
HANDLERS = {
    "Create": "common_error_handler",
    "Describe": "list_error_handler",
    "Get": "list_error_handler",
    "List": "list_error_handler",
    "Put": "common_error_handler",
    "Set": "common_error_handler",
    "Tag": "common_error_handler",
    "Untag": "common_error_handler",
    "Update": "common_error_handler",
    "Delete": "deletion_error_handler",
}
TAGGING = ("TagResource", "UntagResource", "ListTagsForResource")


@dataclass(frozen=True)
class Names:
    """How a module and its parts are called. module: <service>_<noun>; service: as boto3 calls it."""

    module: str
    service: str = field(default="")

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", self.module):
            raise SystemExit(f"NAME is {self.module!r}: it must be the service and a noun in lower case, for example sqs_queue.")
        object.__setattr__(self, "service", self.service or self.module.partition("_")[0])

    @property
    def noun(self) -> str:
        return self.module.partition("_")[2]

    @property
    def package(self) -> str:
        return f"_{self.module.partition('_')[0]}"

    @property
    def values(self) -> dict[str, str]:
        words = self.noun.split("_")
        service = self.module.partition("_")[0]
        return {
            "module": self.module,
            "service": self.service,
            "package": self.package,
            "noun": self.noun,
            "words": " ".join(words),
            "resource": "".join(word.capitalize() for word in words),
            "prefix": service.capitalize(),
            "title": f"{service.upper()} {' '.join(words)}",
        }


def files(names: Names, runtime: str) -> dict[str, str]:
    """The new files, and meta/runtime.yml, by path."""
    values = {**names.values, "calls": "\n\n\n".join(calls(names)), "imports": "\n".join(imports(names))}
    package = f"plugins/module_utils/{names.package}"
    paths = {
        f"plugins/modules/{names.module}.py": "module.py.txt",
        f"{package}/api.py": "api.py.txt",
        f"{package}/{names.noun}.py": "resource.py.txt",
        f"tests/unit/plugins/module_utils/{names.package}/test_{names.noun}.py": "test_unit.py.txt",
        f"tests/module/test_{names.module}.py": "test_module.py.txt",
    }
    made = {path: Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(values) for path, template in paths.items()}
    return {**made, f"{package}/__init__.py": "", "meta/runtime.yml": with_module(runtime, names.module)}


def imports(names: Names) -> list[str]:
    """The imports of the module, in order."""
    own = f"from ..module_utils.{names.package}.{names.noun} import {names.values['resource']}"
    return sorted((own, "from ..module_utils._module import PlatformModule"))


def operations(names: Names) -> list[str]:
    """Operations of the service that name the resource, or tag any."""
    try:
        model = botocore.session.get_session().get_service_model(names.service)
    except botocore.exceptions.UnknownServiceError as error:
        raise SystemExit(f"SERVICE is {names.service!r}: it must be a service as boto3 calls it, for example SERVICE=sqs.") from error
    noun = names.values["resource"]
    found = [each for each in model.operation_names if noun in each and "Batch" not in each and each.startswith(tuple(HANDLERS))]
    return sorted({*found, *(set(TAGGING) & set(model.operation_names))})


def calls(names: Names) -> Iterator[str]:
    """One function for each operation."""
    for operation in operations(names):
        verb = next(verb for verb in HANDLERS if operation.startswith(verb))
        words, function = xform_name(operation, " "), xform_name(operation)
        more = ", None" if HANDLERS[verb] == "list_error_handler" else ""
        retried = "@retry_until_consistent\n" if verb == "Create" else ""
        yield (
            f'@ServiceErrorHandler.{HANDLERS[verb]}("{words}"{more})\n{retried}@AWSRetry.jittered_backoff()\n'
            f"def {function}(client: Any, **request: Any) -> Any:\n    return client.{function}(**request)"
        )


def with_module(runtime: str, module: str) -> str:
    """meta/runtime.yml with the module in the action group aws and in the routing, each in alphabetical order."""
    lines = runtime.splitlines()
    _insert(lines, "  aws:", re.compile(r"    - (\w+)$"), f"    - {module}", module)
    _insert(lines, "  modules:", re.compile(r"    (\w+): \*in_process$"), f"    {module}: *in_process", module)
    return "\n".join(lines) + "\n"


def _insert(lines: list[str], heading: str, entry: re.Pattern[str], line: str, name: str) -> None:
    start = lines.index(heading)
    position = start + 1
    for number in range(start + 1, len(lines)):
        if re.match(r"  \S", lines[number]) and not lines[number].startswith("  #"):
            break
        found = entry.match(lines[number])
        if found and found[1] < name:
            position = number + 1
    lines.insert(position, line)
