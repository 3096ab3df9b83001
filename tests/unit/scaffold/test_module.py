"""The files of a new module."""

from __future__ import annotations

import ast

import pytest

from tests.scaffold.module import Names, files, operations, with_module
from tests.support import collection

RUNTIME = (collection.ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8")


def test_files_of_a_module() -> None:
    made = files(Names("sqs_queue"), RUNTIME)
    assert set(made) == {
        "meta/runtime.yml",
        "plugins/module_utils/_sqs/__init__.py",
        "plugins/module_utils/_sqs/api.py",
        "plugins/module_utils/_sqs/queue.py",
        "plugins/modules/sqs_queue.py",
        "tests/module/test_sqs_queue.py",
        "tests/unit/plugins/module_utils/_sqs/test_queue.py",
    }
    for path, text in made.items():
        if path.endswith(".py"):
            ast.parse(text)
            assert "$" not in text


def test_main_has_the_form_of_other_modules() -> None:
    def form(text: str) -> list[str]:
        main = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == "main")
        return [type(node).__name__ for node in ast.walk(main) if not isinstance(node, (ast.Name, ast.Constant, ast.Load, ast.Store))]

    precedent = (collection.MODULES / "cloudwatch_log_group.py").read_text(encoding="utf-8")
    assert form(files(Names("sqs_queue"), RUNTIME)["plugins/modules/sqs_queue.py"]) == form(precedent)


def test_operations_name_the_resource_or_tag_any() -> None:
    assert {"CreateQueue", "DeleteQueue", "GetQueueAttributes", "TagQueue"} <= set(operations(Names("sqs_queue")))
    assert {"CreateTopic", "TagResource", "ListTagsForResource"} <= set(operations(Names("sns_topic")))


def test_routing_stays_in_order() -> None:
    runtime = collection.parse(with_module(RUNTIME, "sqs_queue"))
    before = collection.parse(RUNTIME)
    assert set(runtime["plugin_routing"]["modules"]) - set(before["plugin_routing"]["modules"]) == {"sqs_queue"}
    group = [name for name in runtime["action_groups"]["aws"] if isinstance(name, str)]
    assert group.index("s3_bucket") + 1 == group.index("sqs_queue") == group.index("store_secrets_info") - 1
    assert runtime["action_groups"]["kubernetes"] == before["action_groups"]["kubernetes"]


@pytest.mark.parametrize("name", ["queue", "Sqs_queue", "sqs-queue"])
def test_names_that_are_not_a_service_and_a_noun_are_refused(name: str) -> None:
    with pytest.raises(SystemExit, match="it must be the service and a noun"):
        Names(name)


def test_unknown_services_are_refused() -> None:
    with pytest.raises(SystemExit, match="a service as boto3 calls it"):
        operations(Names("nosuch_thing"))
