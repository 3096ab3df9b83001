"""Kubeconfig files, written as JSON, which is YAML."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import yaml


def write_administrator(path: Path, server: str, directory: Path) -> None:
    """The administrator's kubeconfig of one control plane, for its own processes; it names the certificates in the directory."""
    user = {"client-certificate": str(directory / "administrator.crt"), "client-key": str(directory / "administrator.key")}
    cluster = {"server": server, "certificate-authority": str(directory / "ca.crt")}
    _write(path, [("stand-in", cluster, "stand-in", user)])


def write_service_account(path: Path, server: str, certificate_authority: Path, token: str) -> None:
    """The kubeconfig of a program that runs outside of its pod, with the token of its ServiceAccount."""
    cluster = {"server": server, "certificate-authority": str(certificate_authority)}
    _write(path, [("stand-in", cluster, "stand-in", {"token": token})])


def write_webhook(path: Path, url: str) -> None:
    """What kube-apiserver wants to know of its token webhook, in the form of a kubeconfig."""
    _write(path, [("stand-in", {"server": url}, "stand-in", {})])


def write_clusters(path: Path, clusters: list[dict[str, Any]], region: str) -> None:
    """One context per EKS cluster (DescribeCluster's shape), with the user that `aws eks update-kubeconfig` writes; nothing secret.

    Context and cluster have the cluster's name, the user its ARN. The context that was chosen before stays while its cluster is there.
    """
    entries = []
    for cluster in clusters:
        arguments = ["--region", region, "eks", "get-token", "--cluster-name", cluster["name"], "--output", "json"]
        command = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": arguments, "interactiveMode": "Never"}
        server = {"server": cluster["endpoint"], "certificate-authority-data": cluster["certificateAuthority"]["data"]}
        entries.append((cluster["name"], server, cluster["arn"], {"exec": command}))
    _write(path, entries, chosen=_current_context(path))


def _current_context(path: Path) -> str:
    try:
        return str(yaml.safe_load(path.read_text())["current-context"])  # kubectl has written it anew when a context was chosen
    except (OSError, KeyError, TypeError):
        return ""


def encoded(certificate: bytes) -> str:
    """A certificate as `certificate-authority-data` and DescribeCluster carry it."""
    return base64.b64encode(certificate).decode()


def _write(path: Path, entries: list[tuple[str, dict[str, Any], str, dict[str, Any]]], chosen: str = "") -> None:
    contexts = [name for name, _, _, _ in entries]
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": chosen if chosen in contexts else next(iter(contexts), ""),
        "clusters": [{"name": name, "cluster": cluster} for name, cluster, _, _ in entries],
        "users": [{"name": user_name, "user": user} for _, _, user_name, user in entries],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user_name}} for name, _, user_name, _ in entries],
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=1))
