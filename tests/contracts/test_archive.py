"""What is published: the archive's content, and that it works where nothing else of this project is."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.support import collection

TOP_LEVEL = {
    "CHANGELOG.rst",
    "CONTRIBUTING.md",
    "FILES.json",
    "LICENSE",
    "MANIFEST.json",
    "README.md",
    "SECURITY.md",
    "changelogs",
    "docs",
    "examples",
    "inventories",
    "meta",
    "playbooks",
    "plugins",
    "roles",
}


def run(*command: str, directory: Path, settings: dict[str, str] | None = None) -> str:
    """The output of a command that succeeds."""
    done = subprocess.run(command, cwd=directory, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection as `make build` builds it."""
    directory = tmp_path_factory.mktemp("archive")
    run("ansible-galaxy", "collection", "build", "--output-path", str(directory), directory=collection.ROOT)
    (built,) = directory.glob("opta-platform-*.tar.gz")
    return built


def test_the_archive_contains_only_published_files(archive: Path) -> None:
    with tarfile.open(archive) as content:
        names = content.getnames()
    assert {name.split("/")[0] for name in names if name not in (".", "")} <= TOP_LEVEL
    assert not [name for name in names if "__pycache__" in name or name.startswith("inventories/demo")]


def test_the_installed_collection_runs_by_its_full_name(archive: Path, tmp_path: Path) -> None:
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "AWS_", "PYTHONPATH"))}
    settings |= {"HOME": str(tmp_path), "ANSIBLE_COLLECTIONS_PATH": str(tmp_path), "ANSIBLE_HOME": str(tmp_path / "home")}
    install = ["ansible-galaxy", "collection", "install", "--offline", "--no-deps", "--collections-path", str(tmp_path), str(archive)]
    run(*install, directory=tmp_path, settings=settings)
    inventory = {
        "environments": {
            "hosts": {"elsewhere": {"opta_region": ""}},
            "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        }
    }
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(yaml.safe_dump(inventory))
    command = ["ansible-playbook", "-i", str(hosts), "opta.platform.env", "--check"]
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "opta_region" in done.stdout, done.stdout + done.stderr
    assert str(tmp_path / "ansible_collections" / "opta" / "platform") in _path_of_role(tmp_path, settings)


def _path_of_role(directory: Path, settings: dict[str, str]) -> str:
    """Where Ansible finds the collection with these settings."""
    listed = run("ansible-galaxy", "collection", "list", directory=directory, settings=settings)
    begin = [line.removeprefix("# ").strip() for line in listed.splitlines() if line.startswith("# ")]
    found = [path for path in begin if "opta.platform" in listed.split(path, 1)[1].split("# ", 1)[0]]
    return "\n".join(f"{path}/opta/platform" for path in found)


def test_metadata_names_the_tested_versions() -> None:
    galaxy = collection.load(collection.ROOT / "galaxy.yml")
    assert set(galaxy["dependencies"]) == {"amazon.aws", "kubernetes.core"}
    assert collection.load(collection.ROOT / "meta" / "runtime.yml")["requires_ansible"] == ">=2.17.0"
    environment = collection.load(collection.ROOT / "meta" / "execution-environment.yml")
    for kind in ("python", "system"):
        assert (collection.ROOT / "meta" / Path(environment["dependencies"][kind]).name).exists()


def test_released_requirements_are_those_of_the_execution_environment() -> None:
    def requirements(path: Path) -> list[str]:
        return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]

    released = requirements(collection.ROOT / "meta" / "ee-requirements.txt")
    assert released == requirements(collection.ROOT / "requirements" / "runtime.in")
