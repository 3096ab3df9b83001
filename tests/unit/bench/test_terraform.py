"""Where Terraform's provider is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.terraform import PROVIDER, environment, missing, plugin_directory


@pytest.fixture(autouse=True)
def no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_PLUGIN_DIR", raising=False)
    monkeypatch.setattr("tests.bench.terraform.PLACES", ())


def provider(directory: Path) -> Path:
    place = directory / PROVIDER / "linux_amd64"
    place.mkdir(parents=True)
    (place / "terraform-provider-aws_v5.100.0_x5").touch()
    return directory


def test_a_given_directory_takes_precedence_over_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, named = provider(tmp_path / "given"), provider(tmp_path / "named")
    monkeypatch.setenv("TF_PLUGIN_DIR", str(named))
    assert plugin_directory(given) == given
    assert plugin_directory(None) == named


def test_a_directory_without_the_provider_is_ignored(tmp_path: Path) -> None:
    assert plugin_directory(tmp_path) is None


def test_missing_programs_are_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: "/bin/terraform")
    assert "TF_PLUGIN_DIR" in missing(None)
    assert missing(tmp_path) == ""
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert missing(tmp_path) == "terraform is not installed"


def test_user_settings_of_terraform_are_ignored() -> None:
    made = environment({"PATH": "/bin", "TF_VAR_environment": "mine", "TF_CLI_CONFIG_FILE": "mine"})
    assert made["PATH"] == "/bin"
    assert "mine" not in made.values()
