"""A real controller beside the stand-in: its chart rendered from the collection's values, its rights those of its ServiceAccount."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from tests.module.kubernetes_foundation import Cluster
from tests.standin import kubeconfig
from tests.standin.binaries import KUBERNETES
from tests.support import permissions
from tests.support.service_chart import helm_binary
from tests.support.standin import KUBERNETES as NAME
from tests.support.standin import REGION

#: inputs of every add-on
ENVIRONMENT = {
    "cluster_name": NAME,
    "name_prefix": "opta",
    "environment": "staging",
    "region": REGION,
    "account_id": "123456789012",
    "partition": "aws",
}
#: what of a chart gives rights
RIGHTS = {"ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}


def rendered(chart: Path, name: str, namespace: str, values: dict[str, Any], directory: Path) -> list[dict[str, Any]]:
    """The objects of the chart's release with these values."""
    path = directory / "values.json"
    path.write_text(json.dumps(values))
    command = [str(helm_binary()), "template", name, str(chart), "--namespace", namespace, "-f", str(path)]
    command.append(f"--kube-version={KUBERNETES}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [obj for obj in yaml.safe_load_all(done.stdout) if obj]


def container(objects: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The container of this name in the chart's Deployment."""
    (deployment,) = (obj for obj in objects if obj["kind"] == "Deployment")
    (found,) = (entry for entry in deployment["spec"]["template"]["spec"]["containers"] if entry["name"] == name)
    return found


def apply(cluster: Cluster, objects: list[dict[str, Any]]) -> None:
    """Apply objects of a chart as they are rendered."""
    kubectl(cluster, "apply", "-f", "-", text=yaml.safe_dump_all(objects))


def kubectl(cluster: Cluster, *arguments: str, text: str = "") -> str:
    """What kubectl prints for the cluster's administrator."""
    command = ["kubectl", "--kubeconfig", str(cluster.directory / "administrator.kubeconfig"), *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def as_service_account(cluster: Cluster, directory: Path, objects: list[dict[str, Any]], namespace: str) -> Path:
    """A kubeconfig with a token of the chart's ServiceAccount, after its rights were applied."""
    apply(cluster, [obj for obj in objects if obj["kind"] in RIGHTS])
    (account,) = (obj["metadata"]["name"] for obj in objects if obj["kind"] == "ServiceAccount")
    token = kubectl(cluster, "create", "token", account, "--namespace", namespace).strip()
    path = directory / "kubeconfig"
    kubeconfig.write_service_account(path, cluster.options["endpoint"], cluster.directory / "ca.crt", token)
    return path


@contextlib.contextmanager
def process(program: Path, arguments: list[str], environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[str]]:
    """The program while it runs: what it says is in the log, and shown when the test fails."""
    with log.open("w") as output:
        running = subprocess.Popen(
            [program, *arguments], env={"PATH": os.environ["PATH"], **environment}, stdout=output, stderr=output, text=True
        )
        try:
            yield running
        except BaseException:
            print(log.read_text()[-4000:])
            raise
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def assert_permitted(statements: list[dict[str, Any]], calls: list[dict[str, Any]]) -> None:
    """The statements of the role's policy allow the actions of these calls, wherever."""
    allowed = [action for statement in statements for action in statement["Action"]]
    needed = sorted({permissions.action(call["service"], call["operation"]) for call in calls})
    assert [action for action in needed if not any(fnmatchcase(action, pattern) for pattern in allowed)] == []
