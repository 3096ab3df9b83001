"""Which tests a change selects, in a small tree."""

from __future__ import annotations

import pytest

from tests.selection.changes import affected
from tests.selection.graph import Graph

PLATFORM = "ansible_collections.opta.platform.plugins"
FILES = {
    "README.md": "",
    "requirements/development.txt": "",
    "meta/runtime.yml": "",
    "inventories/demo/hosts.yml": "",
    "playbooks/env.yml": "- opta.platform.eks",
    "roles/eks/tasks/main.yml": '- opta.platform.eks_cluster:\n    name: "{{ x | opta.platform.resource_name }}"',
    "roles/s3/tasks/main.yml": "- opta.platform.s3_bucket: {}",
    "roles/s3/defaults/main.yml": "hint: run opta.platform.env",
    "plugins/action/in_process.py": "",
    "plugins/filter/names.py": 'FILTERS = {"resource_name": str}',
    "plugins/doc_fragments/cluster.py": "",
    "plugins/modules/eks_cluster.py": f"DOCUMENTATION = '- opta.platform.cluster'\nfrom {PLATFORM}.module_utils._eks import cluster",
    "plugins/modules/s3_bucket.py": f"from {PLATFORM}.module_utils import _s3",
    "plugins/module_utils/_eks/cluster.py": "from .._wait import wait",
    "plugins/module_utils/_s3.py": "",
    "plugins/module_utils/_wait.py": "",
    "extensions/molecule/config.yml": "",
    "extensions/molecule/eks/converge.yml": "- opta.platform.eks",
    "extensions/molecule/s3/converge.yml": "- opta.platform.s3",
    "tests/conftest.py": "import pytest\nfrom tests.support.standin import up\n@pytest.fixture\ndef standin(): pass",
    "tests/support/__init__.py": "",
    "tests/support/standin.py": 'COMMAND = ["python", "-m", "tests.standin"]',
    "tests/standin/__main__.py": "from tests.standin import server",
    "tests/standin/server.py": "",
    "tests/standin/kwok/stages.yml": "",
    "tests/contracts/test_rules.py": "",
    "tests/molecule/test_scenarios.py": 'ROLES = ROOT / "roles"',
    "tests/environment/conftest.py": 'PLAYBOOK = f"opta.platform.{name}"\nimport pytest\n@pytest.fixture\ndef play(standin): pass',
    "tests/environment/test_whole.py": "def test(play): pass",
    "tests/module/conftest.py": "import pytest\n@pytest.fixture\ndef run_module(standin): pass",
    "tests/module/test_eks_cluster.py": 'def test(run_module): run_module("eks_cluster")',
    "tests/module/test_s3_bucket.py": 'def test(run_module): run_module("s3_bucket")',
    "tests/unit/test_wait.py": f"from {PLATFORM}.module_utils._wait import wait",
    "tests/unit/test_chart.py": 'CHART = ROLES / "eks" / "chart"',
}
ENVIRONMENT = "tests/environment/test_whole.py"
SCENARIOS = "tests/molecule/test_scenarios.py"
OF_EKS = [ENVIRONMENT, f"{SCENARIOS}::test_scenario[eks]"]
OF_STANDIN = [ENVIRONMENT, "tests/module/test_eks_cluster.py", "tests/module/test_s3_bucket.py"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("README.md", []),
        ("roles/eks/README.md", []),
        ("roles/eks/tasks/main.yml", [*OF_EKS, "tests/unit/test_chart.py"]),
        ("roles/s3/tasks/main.yml", [ENVIRONMENT, f"{SCENARIOS}::test_scenario[s3]"]),
        ("playbooks/env.yml", [ENVIRONMENT]),
        ("plugins/modules/s3_bucket.py", [ENVIRONMENT, "tests/module/test_s3_bucket.py", f"{SCENARIOS}::test_scenario[s3]"]),
        (
            "plugins/module_utils/_wait.py",
            [
                ENVIRONMENT,
                "tests/module/test_eks_cluster.py",
                f"{SCENARIOS}::test_scenario[eks]",
                "tests/unit/test_chart.py",
                "tests/unit/test_wait.py",
            ],
        ),
        ("plugins/filter/names.py", [*OF_EKS, "tests/unit/test_chart.py"]),
        (
            "plugins/doc_fragments/cluster.py",
            [ENVIRONMENT, "tests/module/test_eks_cluster.py", f"{SCENARIOS}::test_scenario[eks]", "tests/unit/test_chart.py"],
        ),
        ("extensions/molecule/eks/converge.yml", [f"{SCENARIOS}::test_scenario[eks]"]),
        ("extensions/molecule/config.yml", [SCENARIOS]),
        ("tests/standin/server.py", OF_STANDIN),
        ("tests/standin/kwok/stages.yml", OF_STANDIN),
        ("tests/module/conftest.py", OF_STANDIN[1:]),
        ("tests/unit/test_wait.py", ["tests/unit/test_wait.py"]),
        ("tests/contracts/test_rules.py", []),
    ],
)
def test_a_change_selects_dependent_tests(changed: str, expected: list[str]) -> None:
    assert affected(Graph(FILES), [changed]) == ["tests/contracts", *expected]


@pytest.mark.parametrize("changed", ["requirements/development.txt", "tests/conftest.py", "meta/runtime.yml", "unknown/file.bin"])
def test_shared_files_select_all_tests(changed: str) -> None:
    assert affected(Graph(FILES), ["README.md", "plugins/module_utils/_wait.py", changed]) == ["tests"]


def test_a_deleted_file_selects_tests_of_its_neighbors() -> None:
    assert affected(Graph(FILES), ["tests/module/test_gone.py"]) == ["tests/contracts", *OF_STANDIN[1:]]


def test_several_changes_select_the_union_of_tests() -> None:
    assert affected(Graph(FILES), ["tests/unit/test_wait.py", "extensions/molecule/eks/converge.yml"]) == [
        "tests/contracts",
        f"{SCENARIOS}::test_scenario[eks]",
        "tests/unit/test_wait.py",
    ]
