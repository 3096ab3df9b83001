"""A container of a pod with the real program in it: what the kubelet would give it, in a network that is nobody else's.

The program has the arguments, the variables, the mounted files and the token of its pod. It reaches the API server alone, and is
reached on the ports that are asked for: each of them is a free one of this machine.
"""

from __future__ import annotations

import base64
import contextlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from tests.controllers import mounts, programs, relay, running
from tests.module.kubernetes_foundation import Cluster
from tests.standin.processes import release_port, reserve_port
from tests.support.until import until

SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
NAMESPACES = ["unshare", "--user", "--map-root-user", "--mount", "--net"]
Object = Mapping[str, Any]


@dataclass
class Started:
    """The process; its ports, and where each of them is reached on this machine; what it says; what its pod mounts now."""

    process: subprocess.Popen[str]
    ports: dict[int, int]
    log: Path
    held: Callable[[], dict[str, dict[str, str]]]

    def mount_again(self, path: str) -> None:
        """Bring a mounted directory to what its Secret or ConfigMap holds now, as the kubelet does after a while."""
        inside = path.replace("/var/run/", "/run/", 1)  # the link /var/run would lead out of there
        mounts.write(Path(f"/proc/{self.process.pid}/root{inside}"), self.held()[path])

    def said(self, text: str) -> bool:
        """Whether it has logged this."""
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        return text in self.log.read_text()

    def answers(self, path: str, port: int) -> bool:
        """Whether a probe of the kubelet succeeds."""
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self.ports[port]}{path}", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def require() -> None:
    """ControllerError where a program cannot have namespaces of its own."""
    done = subprocess.run([*NAMESPACES, "true"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise programs.ControllerError(f"a container needs user namespaces: {done.stderr.strip()}")


def pod_of(cluster: Cluster, namespace: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """A pod with these labels, as the API server has completed it."""
    selector = ",".join(f"{name}%3D{value}" for name, value in labels.items())
    path = f"/api/v1/namespaces/{namespace}/pods?labelSelector={selector}"
    return until(lambda: cluster.kubernetes.items(path), what=f"a pod of {namespace} has {selector}")[0]


@contextlib.contextmanager
def started(
    cluster: Cluster, program: Path, pod: Object, name: str, log: Path, ports: Sequence[int] = (), image: Mapping[str, str] | None = None
) -> Iterator[Started]:
    """The container of this name, as long as it is needed. ports: on which it is reached. image: variables of its image."""
    (container,) = (entry for entry in pod["spec"]["containers"] if entry["name"] == name)
    api_port = urlsplit(cluster.options["endpoint"]).port
    assert api_port is not None
    reached = {port: reserve_port() for port in ports}
    with TemporaryDirectory(prefix="opta-") as directory, contextlib.ExitStack() as stack:
        sockets = {port: f"{directory}/{port}" for port in ports}
        stack.enter_context(relay.served(relay.listen_at(f"{directory}/api"), lambda: relay.connect_on(api_port)))
        for port in ports:
            stack.enter_context(relay.served(relay.listen_on(reached[port]), lambda path=sockets[port]: relay.connect_to(path)))  # type: ignore[misc]
        plan = {"mounts": mounted(cluster, pod, container), "inward": sockets, "outward": {api_port: f"{directory}/api"}}
        (Path(directory) / "plan.json").write_text(json.dumps(plan))
        given = {**(image or {}), "HOSTNAME": pod["metadata"].get("name", name), **environment(pod, container)}
        given |= {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(api_port)}
        command = [*NAMESPACES[1:], sys.executable, "-m", "tests.controllers.inside", directory, str(program), *container["args"]]
        given["PYTHONPATH"] = str(Path(__file__).parents[2])
        with running.process(Path(NAMESPACES[0]), command, given, log) as process:
            yield Started(process, reached, log, lambda: mounted(cluster, pod, container))
    for port in reached.values():
        release_port(port)


def environment(pod: Object, container: Object) -> dict[str, str]:
    """The container's variables."""
    return {entry["name"]: entry.get("value") or _field(pod, entry) for entry in container.get("env") or []}


def _field(pod: Object, entry: Object) -> str:
    path = entry["valueFrom"]["fieldRef"]["fieldPath"]
    if path.startswith("metadata.labels['"):
        return str(pod["metadata"]["labels"][path.split("'")[1]])
    section, name = path.split(".")
    return str(pod[section][name])


def mounted(cluster: Cluster, pod: Object, container: Object) -> dict[str, dict[str, str]]:
    """What the mounted directories hold: base64 by file."""
    volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes") or []}
    found = {mount["mountPath"].rstrip("/"): volumes[mount["name"]] for mount in container.get("volumeMounts") or []}
    if SERVICE_ACCOUNT not in found and pod["spec"].get("automountServiceAccountToken") is not False:
        token, authority = {"path": "token"}, {"name": "kube-root-ca.crt"}
        found[SERVICE_ACCOUNT] = {"projected": {"sources": [{"serviceAccountToken": token}, {"configMap": authority}]}}
    return {path: _held(cluster, pod, volume) for path, volume in found.items()}


def _held(cluster: Cluster, pod: Object, volume: Object) -> dict[str, str]:
    sources = volume["projected"]["sources"] if "projected" in volume else [volume]
    return {name: content for source in sources for name, content in _content(cluster, pod, source).items()}


def _content(cluster: Cluster, pod: Object, source: Object) -> dict[str, str]:
    namespace = pod["metadata"]["namespace"]
    if "secret" in source:
        name = source["secret"].get("secretName") or source["secret"]["name"]
        secret: dict[str, str] = cluster.kubernetes.get(f"/api/v1/namespaces/{namespace}/secrets/{name}")["data"]
        return secret
    if "configMap" in source:
        held = cluster.kubernetes.get(f"/api/v1/namespaces/{namespace}/configmaps/{source['configMap']['name']}")["data"]
        return {name: _encoded(text) for name, text in held.items()}
    if "serviceAccountToken" in source:
        desired = source["serviceAccountToken"]
        audience = [f"--audience={desired['audience']}"] if desired.get("audience") else []
        account = pod["spec"]["serviceAccountName"]
        token = running.kubectl(cluster, "create", "token", account, "--namespace", namespace, *audience)
        return {desired["path"]: _encoded(token.strip())}
    if "downwardAPI" in source:
        return {item["path"]: _encoded(_field(pod, {"valueFrom": item})) for item in source["downwardAPI"]["items"]}
    return {}


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
