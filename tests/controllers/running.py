"""A real controller beside the stand-in: its chart rendered from the collection's values, its rights those of its ServiceAccount."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.module.kubernetes_foundation import Cluster
from tests.standin import kubeconfig
from tests.support.service_chart import helm_binary

#: what of a chart gives rights
RIGHTS = {"ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}


def rendered(chart: Path, name: str, namespace: str, values: dict[str, Any], directory: Path) -> list[dict[str, Any]]:
    """The objects of the chart's release with these values."""
    path = directory / "values.json"
    path.write_text(json.dumps(values))
    command = [str(helm_binary()), "template", name, str(chart), "--namespace", namespace, "-f", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [obj for obj in yaml.safe_load_all(done.stdout) if obj]


def container(objects: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The container of this name in the chart's Deployment."""
    (deployment,) = (obj for obj in objects if obj["kind"] == "Deployment")
    (found,) = (entry for entry in deployment["spec"]["template"]["spec"]["containers"] if entry["name"] == name)
    return found


def as_service_account(cluster: Cluster, directory: Path, objects: list[dict[str, Any]], namespace: str) -> Path:
    """A kubeconfig with a token of the chart's ServiceAccount, after its rights were applied."""
    control_plane = cluster.directory
    command = ["kubectl", "--kubeconfig", str(control_plane / "administrator.kubeconfig"), "--namespace", namespace]
    rights = yaml.safe_dump_all([obj for obj in objects if obj["kind"] in RIGHTS])
    subprocess.run([*command, "apply", "-f", "-"], input=rights, capture_output=True, text=True, check=True)
    (account,) = (obj["metadata"]["name"] for obj in objects if obj["kind"] == "ServiceAccount")
    token = subprocess.run([*command, "create", "token", account], capture_output=True, text=True, check=True).stdout.strip()
    path = directory / "kubeconfig"
    kubeconfig.write_service_account(path, cluster.options["endpoint"], control_plane / "ca.crt", token)
    return path
