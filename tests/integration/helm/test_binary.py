"""How helm is started."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _controller
from ansible_collections.opta.platform.plugins.module_utils._errors import ControllerGone, PlatformError
from ansible_collections.opta.platform.plugins.module_utils._helm.binary import (
    LONGEST_SECONDS,
    Helm,
    HelmError,
    end_with_parent,
    error_text,
    find_helm,
    timeout_argument,
)
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.token import RENEW_AFTER_SECONDS, TokenSource

from tests.support.until import until


class Client:
    """As much of a KubernetesClient as helm needs."""

    endpoint = "https://cluster.example.com"
    certificate_authority = "-----BEGIN CERTIFICATE-----\n"

    def __init__(self, clock=time.monotonic):
        self.made: list[str] = []
        self.tokens = TokenSource(self._mint, lambda token: None, clock)

    def _mint(self):
        self.made.append(f"token-{len(self.made) + 1}")
        return self.made[-1]


def fake(folder, body, version="v3.21.4"):
    folder.mkdir(exist_ok=True)
    script = f'#!/bin/sh\nif [ "$1" = version ]; then echo {version}; exit 0; fi\n{body}\n'
    (folder / "helm").write_text(script)
    (folder / "helm").chmod(0o755)
    return str(folder)


@pytest.fixture
def helm(tmp_path, monkeypatch):
    """A Helm whose binary is a script with this body."""

    def make(body, client=None, before_change=lambda what: None, version="v3.21.4"):
        monkeypatch.setenv("PATH", f"{fake(tmp_path / 'bin', body, version)}:{os.environ['PATH']}")
        home = tmp_path / "home"
        home.mkdir()
        return Helm(client, home, before_change)

    return make


def test_missing_helm_is_reported_with_where_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlatformError, match=r"helm 3 or 4 is required, but was not found.*https://helm.sh"):
        _ = Helm(None, tmp_path, lambda what: None).binary


@pytest.mark.parametrize("version", ["v3.9.4", "v5.0.0", "v2.17.0", ""])
def test_another_helm_is_refused(helm, version):
    with pytest.raises(PlatformError, match=rf"helm 3\.17 or newer, or helm 4, is required, but .* is {version or 'not helm'}: install"):
        _ = helm("true", version=version).binary


@pytest.mark.parametrize(
    ("version", "client_side", "with_cluster", "wait_until_gone"),
    [
        ("v3.17.0", [], ["--validate", "--dry-run=server"], "--wait"),
        ("v4.0.0", ["--server-side=false"], ["--dry-run=server"], "--wait=legacy"),
    ],
)
def test_helm_4_is_reported_to_work_as_helm_3(helm, version, client_side, with_cluster, wait_until_gone):
    found = helm("true", version=version)
    assert (found.client_side, found.with_cluster, found.wait_until_gone) == (client_side, with_cluster, wait_until_gone)


def test_the_version_is_read_once_for_each_binary(helm, tmp_path):
    body = f"echo asked >> {tmp_path}/asked; echo v3.21.4"
    started = helm("true")
    script = tmp_path / "bin" / "helm"
    script.write_text(f"#!/bin/sh\n{body}\n")
    assert [started.binary.major, find_helm().major] == [3, 3]
    script.write_text(f"#!/bin/sh\n{body.replace('v3.21.4', 'v4.3.2')}  # another size\n")
    assert find_helm().major == 4
    assert (tmp_path / "asked").read_text() == "asked\nasked\n"


def test_token_and_address_are_in_the_environment_only(helm, monkeypatch):
    monkeypatch.setenv("KUBECONFIG", "/somebody/kubeconfig")
    monkeypatch.setenv("HELM_KUBECONTEXT", "somewhere")
    shown = helm('env; echo "arguments: $*"', Client()).run("upgrade", "a", "b")
    lines = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    assert (lines["HELM_KUBETOKEN"], lines["HELM_KUBEAPISERVER"]) == ("token-1", "https://cluster.example.com")
    assert "HELM_KUBECONTEXT" not in lines
    assert not os.path.exists(lines["KUBECONFIG"])
    assert "arguments: upgrade a b" in shown.splitlines()
    assert os.environ["KUBECONFIG"] == "/somebody/kubeconfig"


def test_each_helm_process_has_a_token_valid_for_its_whole_duration(helm, monkeypatch):
    now = [0.0]
    client = Client(lambda: now[0])
    started = helm('echo "$HELM_KUBETOKEN"', client)
    assert started.run("list").strip() == "token-1"
    now[0] = RENEW_AFTER_SECONDS - LONGEST_SECONDS + 1
    assert started.run("list").strip() == "token-2"


def test_timeouts_are_limited_to_the_token_lifetime():
    assert timeout_argument(3600) == f"--timeout={LONGEST_SECONDS}s"
    assert timeout_argument(30.5) == "--timeout=30s"
    assert LONGEST_SECONDS < RENEW_AFTER_SECONDS


def test_values_are_passed_through_standard_input(helm):
    assert helm("cat").run("upgrade", values='{"a": 1}') == '{"a": 1}'


def test_helm_does_not_start_after_the_controller_ended(helm, tmp_path):
    def gone(what):
        raise ControllerGone(what)

    started = helm(f"touch {tmp_path}/started", before_change=gone)
    with pytest.raises(ControllerGone, match="helm rollback"):
        started.run("rollback", changes=True)
    assert not (tmp_path / "started").exists()
    started.run("template")


def test_errors_contain_helm_output_without_whole_objects(helm):
    text = 'Error: UPGRADE FAILED: cannot patch "a": Invalid value: "{\\"data\\":{\\"x\\":\\"c2VjcmV0\\"}}": json: bad field'
    with pytest.raises(HelmError, match="UPGRADE FAILED: cannot patch") as error:
        helm(f"echo '{text}' >&2; exit 1").run("upgrade")
    assert "c2VjcmV0" not in str(error.value)
    assert str(error.value).endswith("json: bad field")


def test_long_errors_are_truncated_and_warnings_omitted():
    assert error_text("WARNING: x\nError: y") == "y"
    assert (
        error_text('level=WARN msg="upgrade failed" name=a error="{\\"data\\": \\"c2VjcmV0\\"}"\nError: UPGRADE FAILED: y')
        == "UPGRADE FAILED: y"
    )
    assert len(error_text("x" * 9000)) < 2000


def test_helm_ends_with_its_parent(tmp_path):
    """A parent that is killed takes the child along."""
    assert end_with_parent() is not None
    program = (
        "import subprocess, sys, time\n"
        "from ansible_collections.opta.platform.plugins.module_utils._helm.binary import end_with_parent\n"
        "child = subprocess.Popen(['sleep', '60'], preexec_fn=end_with_parent())\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    until(lambda: not _controller.identity(child), 10, "the child has ended")
