"""One EKS cluster's real control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, and kwok for nodes and pods."""

from __future__ import annotations

import ipaddress
import shutil
import signal
from pathlib import Path

from tests.standin import kubeconfig
from tests.standin.access_policies import bind_access_policies
from tests.standin.certificates import make_certificates
from tests.standin.kubernetes_client import KubernetesClient, KubernetesError
from tests.standin.processes import HOST, ProcessTable, release_port, reserve_port

KWOK_STAGES = Path(__file__).parent / "kwok" / "stages.yml"
# Those that need a cloud, a kubelet or certificates of nodes are left out.
CONTROLLERS = (
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "root-ca-certificate-publisher-controller",
    "namespace-controller",
    "deployment-controller",
    "replicaset-controller",
    "statefulset-controller",
    "daemonset-controller",
    "job-controller",
    "cronjob-controller",
    "ttl-after-finished-controller",
    "endpoints-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "pod-garbage-collector-controller",
    "disruption-controller",
    "resourcequota-controller",
    "clusterrole-aggregation-controller",
    "persistentvolume-binder-controller",
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "ephemeral-volume-controller",
    "horizontal-pod-autoscaler-controller",
)
# Collecting garbage takes the API server a fifth of its time otherwise.
RARE_COLLECTION: dict[str, str | None] = {"GOGC": "400"}
# EKS makes this class; it has not been the default one since version 1.30.
GP2_STORAGE_CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "gp2"},
    "provisioner": "kubernetes.io/aws-ebs",
    "parameters": {"type": "gp2", "fsType": "ext4"},
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "WaitForFirstConsumer",
}

# How the API server reaches Services and kubelets: see tests/standin/webhooks.
EGRESS = """apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
  - name: cluster
    connection:
      proxyProtocol: HTTPConnect
      transport:
        uds:
          udsName: "@{socket}"
"""


class ControlPlane:
    """Arguments: a directory of its own (made here); the cluster's name and EKS version; the OIDC issuer that DescribeCluster reports;
    the URL that the API server asks who a bearer token is; the directory of the binaries; the services' address range (CIDR).

    Attributes: `endpoint` and `etcd_url` (URLs), `certificate_authority` (PEM), `kubelet_port` (where the nodes' kubelets are said to
    listen), `egress_socket` (abstract Unix socket by which the API server reaches Services and kubelets), `service_cidr`.
    The version is for the nodes only: the API server reports the version of its binary.
    """

    def __init__(
        self,
        directory: Path,
        name: str,
        version: str,
        oidc_issuer: str,
        token_review_url: str,
        binaries: Path,
        service_cidr: str = "172.20.0.0/16",
    ) -> None:
        self.directory, self.name, self.version = directory.resolve(), name, version
        self._issuer, self._binaries, self.service_cidr = oidc_issuer, binaries, service_cidr
        self.directory.mkdir(parents=True, exist_ok=True)
        make_certificates(self.directory, HOST, str(ipaddress.ip_network(service_cidr)[1]))
        self.certificate_authority = (self.directory / "ca.crt").read_bytes()
        self._ports = {part: reserve_port() for part in ("etcd", "peer", "apiserver", "controller-manager", "scheduler", "kubelet")}
        self.endpoint = f"https://{HOST}:{self._ports['apiserver']}"
        self.etcd_url = f"http://{HOST}:{self._ports['etcd']}"
        self.kubelet_port = self._ports["kubelet"]
        self.egress_socket = f"opta-platform-stand-in-egress-{self._ports['apiserver']}"
        self._egress = self.directory / "egress.yml"
        self._egress.write_text(EGRESS.format(socket=self.egress_socket))
        self._administrator = self.directory / "administrator.kubeconfig"
        kubeconfig.write_administrator(self._administrator, self.endpoint, self.directory)
        self._webhook = self.directory / "webhook.kubeconfig"
        kubeconfig.write_webhook(self._webhook, token_review_url)
        self._processes = ProcessTable(self.directory / "processes.json", self.directory)

    def client(self) -> KubernetesClient:
        """A new client with the administrator's certificate; one per thread."""
        return KubernetesClient(self.endpoint, self.directory)

    def start(self) -> None:
        """Starts everything and returns when the API answers and the default service account exists (about 3 seconds).

        Raises RuntimeError with the end of the log of the process that failed; nothing is left running then.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Kills the processes, etcd last, and drops etcd's data: no cluster is started twice. The logs stay."""
        self._processes.end_all(((signal.SIGKILL, 5),))
        shutil.rmtree(self.directory / "etcd", ignore_errors=True)
        for port in self._ports.values():
            release_port(port)

    def _start(self) -> None:
        client = self.client()
        self._processes.start("etcd", self._etcd(), RARE_COLLECTION)
        self._processes.start("kube-apiserver", self._apiserver(), RARE_COLLECTION)
        self._processes.wait_until("kube-apiserver", lambda: self._answer(client, "/readyz"))
        self._processes.start("kube-controller-manager", self._controller_manager(), RARE_COLLECTION)
        self._processes.start("kube-scheduler", self._scheduler(), RARE_COLLECTION)
        self._processes.start("kwok", self._kwok(), {"HOME": str(self.directory)})
        bind_access_policies(client)
        client.apply("/apis/storage.k8s.io/v1/storageclasses/gp2", GP2_STORAGE_CLASS)
        self._processes.wait_until(
            "kube-controller-manager", lambda: self._answer(client, "/api/v1/namespaces/default/serviceaccounts/default")
        )

    @staticmethod
    def _answer(client: KubernetesClient, path: str) -> None:
        try:
            client.get(path)
        except KubernetesError as error:  # 403, 404 and 500 while the start is under way
            raise ConnectionError(str(error)) from error

    def _etcd(self) -> list[object]:
        peers = f"http://{HOST}:{self._ports['peer']}"
        return [
            self._binaries / "etcd",
            f"--data-dir={self.directory / 'etcd'}",
            "--unsafe-no-fsync",
            "--backend-batch-interval=1s",  # its pages are written a tenth as often
            "--heartbeat-interval=200",  # nobody follows
            "--election-timeout=2000",
            "--log-level=warn",
            f"--listen-client-urls={self.etcd_url}",
            f"--advertise-client-urls={self.etcd_url}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
        ]

    def _apiserver(self) -> list[object]:
        return [
            self._binaries / "kube-apiserver",
            f"--etcd-servers={self.etcd_url}",
            f"--bind-address={HOST}",
            f"--secure-port={self._ports['apiserver']}",
            f"--advertise-address={HOST}",
            "--endpoint-reconciler-type=none",  # a loopback address is no valid endpoint
            f"--service-cluster-ip-range={self.service_cidr}",
            f"--tls-cert-file={self.directory}/apiserver.crt",
            f"--tls-private-key-file={self.directory}/apiserver.key",
            f"--client-ca-file={self.directory}/ca.crt",
            f"--requestheader-client-ca-file={self.directory}/front-proxy-ca.crt",  # how served APIs know who asks
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={self.directory}/front-proxy.crt",
            f"--proxy-client-key-file={self.directory}/front-proxy.key",
            f"--service-account-issuer={self._issuer}",
            f"--service-account-key-file={self.directory}/service-account.pub",
            f"--service-account-signing-key-file={self.directory}/service-account.key",
            "--authorization-mode=RBAC",
            f"--authentication-token-webhook-config-file={self._webhook}",
            "--authentication-token-webhook-version=v1",
            "--authentication-token-webhook-cache-ttl=1s",  # the default of two minutes would hide a removed access entry
            "--disable-admission-plugins=TaintNodesByCondition",  # nobody would take its not-ready taint away again
            "--kubelet-preferred-address-types=ExternalIP",  # the nodes' internal addresses are imitated
            f"--egress-selector-config-file={self._egress}",
            "--allow-privileged=true",
            "--enable-priority-and-fairness=false",
            "--profiling=false",
            "--feature-gates=APIServerIdentity=false",  # a lease that is renewed all the time
            "--etcd-count-metric-poll-period=0",
            "--etcd-db-metric-poll-interval=0",
        ]

    def _controller_manager(self) -> list[object]:
        return [
            self._binaries / "kube-controller-manager",
            f"--kubeconfig={self._administrator}",
            "--leader-elect=false",
            f"--bind-address={HOST}",
            f"--secure-port={self._ports['controller-manager']}",
            f"--cert-dir={self.directory}",
            f"--controllers={','.join(CONTROLLERS)}",
            f"--service-account-private-key-file={self.directory}/service-account.key",
            f"--root-ca-file={self.directory}/ca.crt",
            "--horizontal-pod-autoscaler-sync-period=2s",  # not 15: a service gets its smallest number of pods soon
            "--kube-api-qps=200",
            "--kube-api-burst=300",
        ]

    def _scheduler(self) -> list[object]:
        return [
            self._binaries / "kube-scheduler",
            f"--kubeconfig={self._administrator}",
            "--leader-elect=false",
            f"--bind-address={HOST}",
            f"--secure-port={self._ports['scheduler']}",
            f"--cert-dir={self.directory}",
            "--kube-api-qps=200",
            "--kube-api-burst=300",
        ]

    def _kwok(self) -> list[object]:
        return [
            self._binaries / "kwok",
            f"--kubeconfig={self._administrator}",
            f"--config={KWOK_STAGES}",
            "--manage-all-nodes",
        ]
