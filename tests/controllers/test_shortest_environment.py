"""The environment and the service of the README, with a public address, whose records the real external-dns keeps."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import re
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import external_dns

from tests.controllers import programs, running
from tests.environment.observed import left_in_aws, union
from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.processes import release_port, reserve_port
from tests.support.standin import ROOT
from tests.support.until import until

DOMAIN, HOST = "staging.example.com", "hello.staging.example.com"
FILE = re.compile(r"^```yaml\n# inventories/mine/(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
DEPLOYMENTS = "/apis/apps/v1/deployments?labelSelector=app.kubernetes.io%2Fname%3Dexternal-dns"
#: what the stand-in has in place of the world, and what a public service needs beside the README's files
INPUTS = {
    "dns_cert_domain": DOMAIN,
    "dns_cert_delegation_set_id": "N0STANDINDEMO",
    "dns_cert_resolver": "{{ lookup('ansible.builtin.env', 'STANDIN_DNS') }}",
    "k8s_addons_repository_mirror": "{{ lookup('ansible.builtin.env', 'OPTA_REPOSITORY_MIRROR') }}",
}
PUBLIC = {"opta_service_public_addresses": [HOST]}
DESTROYED = {"opta_destroy_confirm": "staging", "opta_deletion_protection": False, "opta_delete_retained": True}


class RealExternalDns:
    """The real program, from when its Deployment is in the cluster to when it is not: in place of its pod."""

    def __init__(self, standin, program, chart, directory):
        self._standin, self._program, self._chart, self._directory = standin, program, chart, directory
        place = standin.directory / "clusters" / standin.region / "opta-staging"
        endpoint = standin.client("eks").describe_cluster(name="opta-staging")["cluster"]["endpoint"]
        self._cluster: Any = SimpleNamespace(directory=place, options={"endpoint": endpoint})
        self._kubernetes = KubernetesClient(endpoint, place)

    def _is_there(self):
        return any(not each["metadata"].get("deletionTimestamp") for each in self._kubernetes.items(DEPLOYMENTS))

    def _values(self):
        """Those of the release that the run has installed."""
        listed = "/api/v1/namespaces/external-dns/secrets?labelSelector=owner=helm,name=external-dns,status=deployed"
        (secret,) = self._kubernetes.items(listed)
        return json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))["config"]

    @contextlib.contextmanager
    def running(self):
        assert self._is_there()
        objects = running.rendered(self._chart, external_dns.NAME, "external-dns", self._values(), self._directory)
        container = running.container(objects, external_dns.NAME)
        kubeconfig = running.as_service_account(self._cluster, self._directory, objects, "external-dns")
        arguments = [argument for argument in container["args"] if not argument.startswith("--interval")]
        port = reserve_port()
        flags = ["--interval=1s", "--min-event-sync-interval=1s", f"--kubeconfig={kubeconfig}", f"--metrics-address=127.0.0.1:{port}"]
        environment = {name: value for name, value in self._standin.environment.items() if name.startswith("AWS_")}
        environment |= {entry["name"]: entry["value"] for entry in container["env"]}
        over = threading.Event()
        with running.process(self._program, [*arguments, *flags], environment, self._directory / "external-dns.log") as program:
            watcher = threading.Thread(target=self._end_with_its_deployment, args=(program, over))
            watcher.start()
            try:
                yield program
            finally:
                over.set()
                watcher.join()
                release_port(port)

    def _end_with_its_deployment(self, program, over):
        while not over.wait(0.2):
            with contextlib.suppress(OSError):
                if not self._is_there():
                    program.terminate()
                    return


@pytest.fixture(scope="module")
def play(empty, ansible, tmp_path_factory):
    """Run a playbook on the README's inventory; keyword arguments are extra vars."""
    directory = tmp_path_factory.mktemp("mine")
    for name, content in FILE.findall((ROOT / "README.md").read_text()):
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(content)
    assert sorted(str(path.relative_to(directory)) for path in directory.rglob("*.yml")) == [
        "host_vars/hello.yml",
        "host_vars/staging.yml",
        "hosts.yml",
    ]

    def run(playbook, *arguments, **variables):
        inventory = ["-i", str(directory / "hosts.yml")]
        done = ansible.run(f"opta.platform.{playbook}", *inventory, *arguments, variables={**INPUTS, **variables})
        assert done.returncode == 0, done.failure() or done.output[-3000:]
        return done

    return run


def addresses(standin):
    """The names of the zone that lead to a load balancer."""
    route53 = standin.client("route53")
    zones = [zone for zone in route53.list_hosted_zones()["HostedZones"] if zone["Name"] == f"{DOMAIN}."]
    records = route53.list_resource_record_sets(HostedZoneId=zones[0]["Id"])["ResourceRecordSets"] if zones else []
    return {(record["Name"], record["Type"]): record["AliasTarget"]["DNSName"] for record in records if "AliasTarget" in record}


@pytest.fixture
def real(empty, obtain, tmp_path):
    """Begins with the real external-dns once there is a cluster; the stand-in does not imitate it."""
    program, chart = obtain(programs.provide, programs.EXTERNAL_DNS), obtain(programs.chart, programs.EXTERNAL_DNS)
    with empty.real_controllers(external_dns.NAME):
        yield lambda: RealExternalDns(empty, program, chart, tmp_path)


def test_the_shortest_environment_is_created_and_destroyed_with_external_dns(empty, play, real):
    planned, done = play("env", "--check", "--diff"), play("env")
    assert union(planned) == union(done)
    with real().running() as process:
        play("service", **PUBLIC)
        balancer = empty.client("elbv2").describe_load_balancers()["LoadBalancers"][0]["DNSName"]
        until(lambda: addresses(empty) == {(f"{HOST}.", kind): f"{balancer}." for kind in ("A", "AAAA")})

        mark = empty.mark()
        assert play("env").changed() == []
        assert play("service", **PUBLIC).changed() == []
        assert empty.mutating(mark) == []
        assert process.poll() is None

        play("destroy", **DESTROYED)
        assert process.wait(10) is not None, "it ends with its Deployment"
    left = left_in_aws(empty, "staging")
    assert not any(left.values()), left
