"""The official CustomResourceDefinitions of the Gateway API's standard channel, from its Go module: Go checks its sum and caches it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

MODULE, VERSION = "sigs.k8s.io/gateway-api", "v1.5.1"
SUM = "h1:RqVRIlkhLhUO8wOHKTLnTJA6o/1un4po4/6M1nRzdd0="
CHANNEL = Path("config/crd/standard")


class GatewayApiError(Exception):
    """The module cannot be had."""


def manifest_directory() -> Path:
    """The directory with one manifest for each kind, as it is released."""
    go = shutil.which("go")
    if go is None:
        raise GatewayApiError(f"Go is not on PATH, and {MODULE} {VERSION} comes as a Go module")
    command = [go, "mod", "download", "-json", f"{MODULE}@{VERSION}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=mod"})
    answer = json.loads(done.stdout or "{}")
    if done.returncode or answer.get("Sum") != SUM:
        raise GatewayApiError(answer.get("Error") or done.stderr or f"{MODULE} {VERSION} has the sum {answer.get('Sum')}, not {SUM}")
    return Path(answer["Dir"]) / CHANNEL


def definitions() -> list[dict[str, Any]]:
    """The CustomResourceDefinitions and what goes with them."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    texts = [path.read_text() for path in sorted(manifest_directory().glob("*.yaml")) if path.name != "kustomization.yaml"]
    return [obj for text in texts for obj in yaml.load_all(text, Loader=loader) if obj]
