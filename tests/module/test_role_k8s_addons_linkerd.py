"""The mesh as the role k8s_addons brings it, from a chart repository, asked of AWS's and the cluster's own answers."""

from __future__ import annotations

import functools
import http.server
import json
import subprocess
import sys
import threading

import pytest

from tests.module import mesh_foundation
from tests.module.kubernetes_foundation import Cluster
from tests.module.mesh_foundation import CHARTS, SECRET
from tests.module.service_foundation import actions
from tests.standin.binaries import BINARIES, build, find

RELEASES = {("linkerd", "linkerd-crds"), ("linkerd-cni", "linkerd-cni"), ("linkerd", "linkerd-control-plane")}


@pytest.fixture(scope="module", autouse=True)
def _removed(standin):
    yield
    mesh_foundation.remove(Cluster(standin).kubernetes)


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    """A chart repository at the place that a mirror has for Linkerd's."""
    (binary,) = (binary for binary in BINARIES if binary.name == "helm")
    found = find(binary)
    helm = str(found[0] if found else build(binary, print))
    root = tmp_path_factory.mktemp("mirror")
    folder = root / "helm.linkerd.io" / "edge"
    folder.mkdir(parents=True)
    handler = functools.partial(_Quiet, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    url = f"http://127.0.0.1:{server.server_port}"
    for chart in CHARTS.glob("linkerd*"):
        subprocess.run([helm, "package", str(chart), "--destination", str(folder)], check=True, capture_output=True)
    subprocess.run([helm, "repo", "index", str(folder), "--url", f"{url}/helm.linkerd.io/edge"], check=True, capture_output=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield url
    server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        """Nothing is worth a line."""


@pytest.fixture
def run(standin, playbooks, mirror):
    """Linkerd's tasks of the role with these inputs."""
    cluster = Cluster(standin)
    key = standin.client("kms").create_key()["KeyMetadata"]["Arn"]
    reached = {key: cluster.options[key] for key in ("cluster_name", "endpoint", "certificate_authority_data")}
    known = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "opta_environment": "staging",
        "opta_region": "eu-west-1",
        "opta_account": {"account_id": "123456789012", "partition": "aws"},
        "eks_outputs": {**reached, "oidc_provider_arn": "arn:x", "version": "1.35"},
        "network_outputs": {
            "vpc_id": "vpc-1",
            "vpc_cidr_block": "10.0.0.0/16",
            "public_subnet_ids": [],
            "kms_key_arn": key,
            "log_bucket_name": "",
        },
        "k8s_addons_repository_mirror": mirror,
        "k8s_addons_wait_timeout_seconds": 60,
    }

    def tasks(*arguments, **inputs):
        groups = {
            "group/opta.platform.aws": {"region": "eu-west-1"},
            "group/opta.platform.kubernetes": {**reached, "environment": "staging"},
        }
        role = {"name": "Linkerd", "ansible.builtin.include_role": {"name": "opta.platform.k8s_addons", "tasks_from": "linkerd"}}
        variables = {**known, **{f"k8s_addons_linkerd_{name}": value for name, value in inputs.items()}}
        play = {"hosts": "all", "gather_facts": False, "vars": variables, "module_defaults": groups, "tasks": [role]}
        return playbooks.play(play, "--diff", *arguments)

    tasks.cluster = cluster
    return tasks


def releases(cluster):
    found = cluster.kubernetes.items("/api/v1/secrets?labelSelector=owner=helm,status=deployed")
    return {(one["metadata"]["namespace"], one["metadata"]["labels"]["name"]) for one in found}


def test_k3_the_mesh_comes_stays_and_goes(standin, run):
    mark = standin.mark()
    planned = run("--check")
    assert standin.mutating(mark) == []
    done = run()
    assert actions(planned) == actions(done)
    assert releases(run.cluster) >= RELEASES
    assert "PRIVATE KEY" not in planned.output + done.output
    described = standin.client("secretsmanager").describe_secret(SecretId=SECRET)
    tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
    assert (tags["opta:environment"], tags["opta:role"], tags["opta:name"]) == ("staging", "k8s_addons", "linkerd")
    mark = standin.mark()
    again = run()
    assert (actions(again), standin.mutating(mark)) == ([], [])

    planned, changed = run("--check", values={"proxy": {"logLevel": "debug"}}), run(values={"proxy": {"logLevel": "debug"}})
    assert actions(planned) == actions(changed)
    assert "values.proxy.logLevel" in json.dumps(actions(changed))

    planned, renewed = run("--check", renew=["issuer"]), run(renew=["issuer"])
    assert actions(planned) == actions(renewed)
    assert "Secret linkerd/linkerd-identity-issuer" in json.dumps(actions(renewed))
    assert "values.identity.podAnnotations" in json.dumps(actions(renewed))

    planned, gone = run("--check", enabled=False), run(enabled=False)
    assert actions(planned) == actions(gone)
    assert releases(run.cluster) & RELEASES == {("linkerd", "linkerd-crds")}, "the kinds stay, for releases that hold objects of them"
    assert "DeletedDate" in standin.client("secretsmanager").describe_secret(SecretId=SECRET)
    assert actions(run(enabled=False)) == []
