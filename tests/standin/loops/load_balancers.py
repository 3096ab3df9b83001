"""What the load-balancer controller does: a network load balancer in the emulated AWS for each Service of type LoadBalancer."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

from tests.standin.aws_calls import aws_client
from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.loops.each import for_each
from tests.standin.loops.listeners import Annotations, Listeners

if TYPE_CHECKING:
    from tests.standin.loops.cluster_loops import View

FINALIZER = "service.kubernetes.io/load-balancer-cleanup"
RETRY_SECONDS = 2  # between looks for a tagged subnet
Service = dict[str, Any]


class LoadBalancers:
    """Arguments: a client; the cluster's name; the view of AWS."""

    def __init__(self, client: KubernetesClient, cluster: str, view: View) -> None:
        self._client, self._cluster, self._view = client, cluster, view
        self._look_again: dict[str, float] = {}
        self._done: dict[str, str] = {}
        self._targets: dict[str, dict[int, list[tuple[str, int]]]] = {}

    def run(self) -> None:
        for_each(self._client.items("/api/v1/services"), self._follow)

    def _follow(self, service: Service) -> None:
        wanted = service["spec"]["type"] == "LoadBalancer" and not service["metadata"].get("deletionTimestamp")
        if wanted and (not service["status"].get("loadBalancer", {}).get("ingress") or self._changed(service)):
            self._provide(service)
        elif wanted:
            self._register(service)
        elif FINALIZER in (service["metadata"].get("finalizers") or []):
            self._remove(service)

    def _changed(self, service: Service) -> bool:
        return self._done.get(service["metadata"]["uid"]) != _wish(service)

    def _provide(self, service: Service) -> None:
        metadata, path = service["metadata"], _path(service)
        if time.monotonic() < self._look_again.get(metadata["uid"], 0):
            return
        annotations = Annotations(metadata.get("annotations") or {})
        internal = annotations.text("scheme", "internal") != "internet-facing"
        subnets = annotations.listed("subnets") or self._subnets(
            "kubernetes.io/role/internal-elb" if internal else "kubernetes.io/role/elb"
        )
        if not subnets:  # on AWS too nothing happens until a subnet has the tag
            self._look_again[metadata["uid"]] = time.monotonic() + RETRY_SECONDS
            return
        finalizers = metadata.get("finalizers") or []
        if FINALIZER not in finalizers:
            patch = {"finalizers": [*finalizers, FINALIZER], "resourceVersion": metadata["resourceVersion"]}
            self._client.merge(path, {"metadata": patch}, accept=(404, 409))
        load_balancing = aws_client("elbv2", self._view)
        tags = [{"Key": key, "Value": value} for key, value in self._tags(service, annotations).items()]
        balancer = load_balancing.create_load_balancer(  # the same name again gives the one that exists
            Name=_name(service), Type="network", Scheme="internal" if internal else "internet-facing", Subnets=subnets, Tags=tags
        )["LoadBalancers"][0]
        load_balancing.add_tags(ResourceArns=[balancer["LoadBalancerArn"]], Tags=tags)
        Listeners(load_balancing, balancer).bring(service, annotations, tags)
        self._client.merge(f"{path}/status", {"status": {"loadBalancer": {"ingress": [{"hostname": balancer["DNSName"]}]}}}, accept=(404,))
        self._done[metadata["uid"]] = _wish(service)

    def _register(self, service: Service) -> None:
        """The ready pods of the Service as targets, healthy at once (aws-load-balancer-controller 3.5.0, pkg/targetgroupbinding)."""
        addresses, uid = self._addresses(service), service["metadata"]["uid"]
        if self._targets.get(uid) == addresses:
            return
        load_balancing = aws_client("elbv2", self._view)
        for balancer in load_balancing.describe_load_balancers()["LoadBalancers"]:
            if balancer["LoadBalancerName"] == _name(service):
                Listeners(load_balancing, balancer).register(addresses)
                self._targets[uid] = addresses

    def _addresses(self, service: Service) -> dict[int, list[tuple[str, int]]]:
        metadata = service["metadata"]
        ports = {port.get("name", ""): port["port"] for port in service["spec"]["ports"]}
        addresses: dict[int, list[tuple[str, int]]] = {number: [] for number in ports.values()}
        path = f"/apis/discovery.k8s.io/v1/namespaces/{metadata['namespace']}/endpointslices"
        for part in self._client.items(f"{path}?labelSelector=kubernetes.io/service-name={metadata['name']}"):
            ready = [endpoint["addresses"][0] for endpoint in part.get("endpoints") or [] if endpoint["conditions"].get("ready")]
            for port in part.get("ports") or []:
                addresses[ports[port.get("name", "")]] += [(address, port["port"]) for address in sorted(ready)]
        return addresses

    def _remove(self, service: Service) -> None:
        load_balancing = aws_client("elbv2", self._view)
        for balancer in load_balancing.describe_load_balancers()["LoadBalancers"]:
            described = load_balancing.describe_tags(ResourceArns=[balancer["LoadBalancerArn"]])["TagDescriptions"][0]["Tags"]
            tags = {tag["Key"]: tag["Value"] for tag in described}
            if self._own_tags(service).items() <= tags.items():
                Listeners(load_balancing, balancer).remove()
                load_balancing.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
        metadata = service["metadata"]
        remaining = [finalizer for finalizer in metadata["finalizers"] if finalizer != FINALIZER]
        patch: dict[str, Any] = {"metadata": {"finalizers": remaining, "resourceVersion": metadata["resourceVersion"]}}
        self._client.merge(_path(service), patch, accept=(404, 409))

    def _subnets(self, role: str) -> list[str]:
        """One subnet of the cluster's VPC in each zone, among those that have the role's tag."""
        cluster = aws_client("eks", self._view).describe_cluster(name=self._cluster)["cluster"]
        filters = [{"Name": "vpc-id", "Values": [cluster["resourcesVpcConfig"]["vpcId"]]}, {"Name": "tag-key", "Values": [role]}]
        found = aws_client("ec2", self._view).describe_subnets(Filters=filters)["Subnets"]
        by_zone = {
            subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in sorted(found, key=lambda subnet: subnet["SubnetId"], reverse=True)
        }
        return [by_zone[zone] for zone in sorted(by_zone)]

    def _own_tags(self, service: Service) -> dict[str, str]:
        owner = f"{service['metadata']['namespace']}/{service['metadata']['name']}"
        return {"elbv2.k8s.aws/cluster": self._cluster, "service.k8s.aws/stack": owner}

    def _tags(self, service: Service, annotations: Annotations) -> dict[str, str]:
        return {**annotations.pairs("additional-resource-tags"), "service.k8s.aws/resource": "LoadBalancer", **self._own_tags(service)}


def _wish(service: Service) -> str:
    return repr((service["metadata"].get("annotations"), service["spec"]["ports"]))


def _path(service: Service) -> str:
    return f"/api/v1/namespaces/{service['metadata']['namespace']}/services/{service['metadata']['name']}"


def _name(service: Service) -> str:
    """The controller's pattern: k8s-NAMESPACE-NAME-DIGEST, at most 32 characters."""
    metadata = service["metadata"]
    namespace, name = (metadata[key].replace(".", "")[:8].strip("-") for key in ("namespace", "name"))
    return f"k8s-{namespace}-{name}-{hashlib.sha256(metadata['uid'].encode()).hexdigest()[:10]}"
