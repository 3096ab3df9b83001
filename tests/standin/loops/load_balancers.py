"""What the AWS Load Balancer Controller does: a network load balancer in the emulated AWS for each Service of type LoadBalancer.

Source: aws-load-balancer-controller 3.5.0, controllers/service, pkg/service and pkg/targetgroupbinding; what the real one did is in
tests/controllers/recorded. Its TargetGroupBindings, and with them the readiness gates of pods, are left out.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.standin.aws_calls import aws_client
from tests.standin.kubernetes_client import KubernetesClient
from tests.standin.loops import load_balancer_names as names
from tests.standin.loops.each import for_each
from tests.standin.loops.listeners import Annotations, Listeners, Tags
from tests.standin.loops.security_groups import SecurityGroups

if TYPE_CHECKING:
    from tests.standin.loops.cluster_loops import View

#: of Services: spec.loadBalancerClass
FINALIZER = "service.k8s.aws/resources"
DEPLOYMENTS = "/apis/apps/v1/deployments?labelSelector=app.kubernetes.io%2Fname%3Daws-load-balancer-controller"
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
        services = self._client.items("/api/v1/services")
        for_each(services, self._follow)

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
        scheme = _scheme(annotations)
        subnets = annotations.listed("subnets") or self._subnets(
            "kubernetes.io/role/elb" if scheme == "internet-facing" else "kubernetes.io/role/internal-elb"
        )
        if not subnets:  # on AWS too nothing happens until a subnet has the tag
            self._look_again[metadata["uid"]] = time.monotonic() + RETRY_SECONDS
            return
        finalizers = metadata.get("finalizers") or []
        if FINALIZER not in finalizers:
            patch = {"finalizers": [*finalizers, FINALIZER], "resourceVersion": metadata["resourceVersion"]}
            self._client.merge(path, {"metadata": patch}, accept=(404, 409))
        defaults = self._default_tags()
        tags = Tags(self._cluster, service, {**defaults, **annotations.pairs("additional-resource-tags")})
        groups = self._security_groups()
        security_groups = [groups.frontend(service, tags), groups.backend(defaults)]
        name = names.balancer(self._cluster, service, scheme)
        listeners = Listeners(aws_client("elbv2", self._view), self._cluster, service, name)
        balancer = listeners.provide(annotations, tags, scheme, subnets, security_groups, groups.vpc)
        ports = [{"port": port["port"], "protocol": port.get("protocol", "TCP")} for port in service["spec"]["ports"]]
        address = {"hostname": balancer["DNSName"].lower(), "ports": ports}
        self._client.merge(f"{path}/status", {"status": {"loadBalancer": {"ingress": [address]}}}, accept=(404,))
        self._done[metadata["uid"]] = _wish(service)

    def _register(self, service: Service) -> None:
        """The ready pods of the Service as targets, healthy at once."""
        addresses, uid = self._addresses(service), service["metadata"]["uid"]
        if self._targets.get(uid) == addresses:
            return
        annotations = Annotations(service["metadata"].get("annotations") or {})
        name = names.balancer(self._cluster, service, _scheme(annotations))
        self._open_nodes({**self._targets, uid: addresses})
        Listeners(aws_client("elbv2", self._view), self._cluster, service, name).register(addresses)
        self._targets[uid] = addresses

    def _open_nodes(self, targets: dict[str, dict[int, list[tuple[str, int]]]]) -> None:
        numbers = [port for by_port in targets.values() for those in by_port.values() for _, port in those]
        self._security_groups().open_nodes(numbers)

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
        metadata = service["metadata"]
        load_balancing = aws_client("elbv2", self._view)
        own = {"elbv2.k8s.aws/cluster": self._cluster, "service.k8s.aws/stack": f"{metadata['namespace']}/{metadata['name']}"}
        for balancer in load_balancing.describe_load_balancers()["LoadBalancers"]:
            described = load_balancing.describe_tags(ResourceArns=[balancer["LoadBalancerArn"]])["TagDescriptions"][0]["Tags"]
            if own.items() <= {tag["Key"]: tag["Value"] for tag in described}.items():
                Listeners(load_balancing, self._cluster, service, balancer["LoadBalancerName"]).remove()
        self._targets.pop(metadata["uid"], None)
        self._open_nodes(self._targets)
        others = [each for each in self._client.items("/api/v1/services") if each["metadata"]["uid"] != metadata["uid"]]
        shared = any(FINALIZER in (each["metadata"].get("finalizers") or []) for each in others)
        self._security_groups().remove(service, shared)
        remaining = [finalizer for finalizer in metadata["finalizers"] if finalizer != FINALIZER]
        patch: dict[str, Any] = {"metadata": {"finalizers": remaining, "resourceVersion": metadata["resourceVersion"]}}
        self._client.merge(_path(service), patch, accept=(404, 409))

    def _security_groups(self) -> SecurityGroups:
        network = aws_client("eks", self._view).describe_cluster(name=self._cluster)["cluster"]["resourcesVpcConfig"]
        return SecurityGroups(aws_client("ec2", self._view), self._cluster, network["vpcId"], network["clusterSecurityGroupId"])

    def _subnets(self, role: str) -> list[str]:
        """One subnet of the cluster's VPC in each zone, among those that have the role's tag."""
        cluster = aws_client("eks", self._view).describe_cluster(name=self._cluster)["cluster"]
        filters = [{"Name": "vpc-id", "Values": [cluster["resourcesVpcConfig"]["vpcId"]]}, {"Name": "tag-key", "Values": [role]}]
        found = aws_client("ec2", self._view).describe_subnets(Filters=filters)["Subnets"]
        by_zone = {
            subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in sorted(found, key=lambda subnet: subnet["SubnetId"], reverse=True)
        }
        return [by_zone[zone] for zone in sorted(by_zone)]

    def _default_tags(self) -> dict[str, str]:
        """Of the controller's arguments, each of which may have many; none where it is not installed."""
        arguments: list[str] = []
        for deployment in self._client.items(DEPLOYMENTS):
            arguments += deployment["spec"]["template"]["spec"]["containers"][0].get("args") or []
        given = [each.removeprefix("--default-tags=") for each in arguments if each.startswith("--default-tags=")]
        pairs = [pair.strip().split("=", 1) for text in given for pair in text.split(",") if "=" in pair]
        return {key: value for key, value in pairs}


def _scheme(annotations: Annotations) -> str:
    return annotations.text("scheme", "internal")


def _wish(service: Service) -> str:
    return repr((service["metadata"].get("annotations"), service["spec"]["ports"]))


def _path(service: Service) -> str:
    return f"/api/v1/namespaces/{service['metadata']['namespace']}/services/{service['metadata']['name']}"
