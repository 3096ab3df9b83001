"""The real controllers: built from the Go module proxy, or found in the directory OPTA_CONTROLLERS.

The charts come out of the Go modules, too: a later version of a module has the chart that was released for an earlier one. Charts that
no module has are directories below OPTA_CONTROLLERS/charts.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tomllib
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import registry
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons.definition import Chart

from tests.standin import binaries

KUBERT_MANIFEST = Path(__file__).parent / "kubert" / "Cargo.toml"
KUBERT_LOCK = KUBERT_MANIFEST.with_name("Cargo.lock")
#: a directory of binaries that the Go module proxy cannot give
GIVEN = "OPTA_CONTROLLERS"
Report = Callable[[str], None]


class ControllerError(Exception):
    """A controller or a chart that cannot be downloaded, with the words of who refused it."""


@dataclass(frozen=True)
class Module:
    """A version of a Go module, and its checksum as go.sum has it."""

    path: str
    version: str
    checksum: str


@dataclass(frozen=True)
class Controller:
    """A controller: the key of its chart in the role's table; the version of its program (that of the chart's appVersion).

    program: the module that it is built of, of the nearest version where the proxy does not have that one; None when OPTA_CONTROLLERS
    alone may have it.
    chart: the module that has the pinned chart in charts/<name>; None when OPTA_CONTROLLERS/charts/<name> alone may be it.
    version_variable: what the linker sets to the version.
    """

    name: str
    key: str
    version: str
    program: Module | None = None
    package: str = "."
    chart: Module | None = None
    version_variable: str = ""


EXTERNAL_DNS = Controller(
    "external-dns",
    "external_dns",
    "0.21.0",
    Module("sigs.k8s.io/external-dns", "v0.21.0", "h1:YAC7ERW32eZAjSdhu44taaZGII6nwz2/wteT+BtpFzM="),
    chart=Module("sigs.k8s.io/external-dns", "v0.22.0", "h1:+ASJ3KF7DLqHo2LsG8Qinuh2J389MS86I19i/r8ewUc="),
    version_variable="sigs.k8s.io/external-dns/pkg/apis/externaldns.Version",
)
METRICS_SERVER = Controller(
    "metrics-server",
    "metrics_server",
    "0.8.1",
    Module("sigs.k8s.io/metrics-server", "v0.8.0", "h1:Zlsi3sBWEtFKCD3+xSysThvXyLQ363rUAlqpnsY5JwI="),
    "./cmd/metrics-server",
    chart=Module("sigs.k8s.io/metrics-server", "v0.9.0", "h1:nlqqZ2H0Xfko8eJC/1qaNVVT17hu4rxndkOi22KTZ4w="),
    version_variable="k8s.io/client-go/pkg/version.gitVersion",
)
CLUSTER_AUTOSCALER = Controller("cluster-autoscaler", "cluster_autoscaler", "1.35.2")
LOAD_BALANCER_CONTROLLER = Controller("aws-load-balancer-controller", "aws_load_balancer_controller", "3.5.0")
BUILT = (EXTERNAL_DNS, METRICS_SERVER)
NGINX_GATEWAY_FABRIC = Controller("nginx-gateway-fabric", "nginx_gateway_fabric", "2.6.7")
LINKERD = Controller("linkerd-controller", "linkerd", "edge-26.6.3")
LINKERD_CRDS = Controller("linkerd-controller", "linkerd_crds", "edge-26.6.3")
LINKERD_CNI = Controller("linkerd-controller", "linkerd_cni", "edge-26.6.3")


def provide(controller: Controller, report: Report = print) -> Path:
    """The controller's binary: of OPTA_CONTROLLERS, of the cache, or built. ControllerError says why there is none."""
    given = os.environ.get(GIVEN, "")
    if given and os.access(Path(given) / controller.name, os.X_OK):
        return (Path(given) / controller.name).resolve()
    if controller.program is None:
        raise ControllerError(f"{controller.name} {controller.version} is not in {GIVEN} ({given or 'not set'})")
    version = controller.program.version.removeprefix("v")
    directory = binaries.cache_directory().parent / f"{controller.name}-{version}-{binaries.architecture()}"
    with binaries.locked(directory, report):
        if not os.access(directory / controller.name, os.X_OK):
            source = download(controller.program)
            flags = f"-X {controller.version_variable}=v{version}"
            # the module is built as it is: by its own go.mod and go.sum
            program = binaries.Binary(controller.name, version, ("--version",), str(source), controller.package, flags)
            binaries.build(program, report, directory)
    return directory / controller.name


def pinned_charts() -> dict[str, Chart]:
    """The charts of the role k8s_addons by the keys of its add-ons."""
    return registry.CHARTS


def versions() -> dict[str, str]:
    """The versions of what is built, and of its charts, by name."""
    found = {"kubert": str(tomllib.loads(KUBERT_MANIFEST.read_text())["dependencies"]["kubert"]["version"]).removeprefix("=")}
    for controller in BUILT:
        assert controller.program is not None
        found[controller.name] = controller.program.version.removeprefix("v")
        found[f"chart {controller.name}"] = str(pinned_charts()[controller.key].version)
    return dict(sorted(found.items()))


def chart(controller: Controller) -> Path:
    """The directory of the chart that the collection pins."""
    name = str(pinned_charts()[controller.key].name)
    given = os.environ.get(GIVEN, "")
    if given and (Path(given) / "charts" / name).is_dir():
        return (Path(given) / "charts" / name).resolve()
    if controller.chart is None:
        raise ControllerError(f"the chart {name} is not in the directory charts of {GIVEN} ({given or 'not set'})")
    return download(controller.chart) / "charts" / name


def download(module: Module) -> Path:
    """The module's directory in Go's own cache. ControllerError when the proxy does not have it, or another one."""
    go = shutil.which("go")
    if go is None:
        raise ControllerError(f"{module.path} {module.version} needs Go")
    command = [go, "mod", "download", "-json", f"{module.path}@{module.version}"]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout or "{}")
    if answer.get("Error") or "Dir" not in answer:
        raise ControllerError(f"the Go module proxy: {answer.get('Error') or done.stderr}")
    if answer["Sum"] != module.checksum:
        raise ControllerError(f"{module.path} {module.version} has the checksum {answer['Sum']}, not {module.checksum}")
    return Path(answer["Dir"])


def kubert(report: Report = print) -> Path:
    """A program that loads a key and its certificate by Linkerd's server library, built from crates.io. ControllerError without cargo."""
    cargo = shutil.which("cargo")
    if cargo is None:
        raise ControllerError("kubert needs Rust's cargo to be built")
    directory = binaries.cache_directory().parent / f"kubert-{hashlib.sha256(KUBERT_LOCK.read_bytes()).hexdigest()[:12]}"
    with binaries.locked(directory, report):
        command = [cargo, "build", "--quiet", "--locked", "--target-dir", str(directory)]
        done = subprocess.run(command, cwd=KUBERT_LOCK.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ControllerError(f"cargo build of kubert failed:\n{done.stderr[-3000:]}")
    return directory / "debug" / "kubert-load"
