"""The real AWS Load Balancer Controller makes the ingress's load balancer, with what the collection gives both."""

from __future__ import annotations

import base64
from functools import partial

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import aws_load_balancer_controller, load_balancer

from tests.controllers import authorization, programs, running
from tests.module.eks_foundation import Foundation
from tests.module.kubernetes_foundation import Cluster
from tests.standin.processes import release_port, reserve_port
from tests.standin.webhooks.service_network import SERVED_BY
from tests.support import load_balancers
from tests.support.recorded_behaviour import changes, recorded
from tests.support.standin import KUBERNETES as NAME
from tests.support.until import until

NAMESPACE = aws_load_balancer_controller.NAME
RUNS = ("Deployment", "PodDisruptionBudget")
WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
WEBHOOK = f"/api/v1/namespaces/{NAMESPACE}/services/aws-load-balancer-webhook-service"
AGENT = f"elbv2.k8s.aws/v{programs.LOAD_BALANCER_CONTROLLER.version}"
PORTS = (80, 443)
#: which of them comes first depends on which binding does
RULES = ("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress")


@pytest.fixture
def cluster(standin):
    """Its nodes have a prefix of addresses for their pods, as the VPC CNI gives them."""
    found = Cluster(standin)
    for number, node in enumerate(found.kubernetes.items("/api/v1/nodes"), 1):
        address = next(each["address"] for each in node["status"]["addresses"] if each["type"] == "InternalIP")
        prefix = f"{address.rpartition('.')[0]}.{16 * number}/28"
        if not node["spec"].get("podCIDR"):
            found.kubernetes.merge(f"/api/v1/nodes/{node['metadata']['name']}", {"spec": {"podCIDR": prefix}})
    return found


@pytest.fixture
def inputs(standin, cluster):
    foundation = Foundation(standin)
    subnets = standin.client("ec2").describe_subnets(SubnetIds=foundation.subnet_ids)["Subnets"]
    return {
        **running.ENVIRONMENT,
        "tags": {"team": "web"},
        "vpc_id": subnets[0]["VpcId"],
        "public_subnet_ids": [subnet["SubnetId"] for subnet in subnets],
        "log_bucket_name": "logs",
        "zone": {"domain": "example.com", "certificate_arn": load_balancers.certificate(standin)},
    }


@pytest.fixture
def controller(standin, cluster, inputs, obtain, tmp_path):
    """The process, reached as its Service, while it runs."""
    chart = obtain(programs.chart, programs.LOAD_BALANCER_CONTROLLER)
    program = obtain(programs.provide, programs.LOAD_BALANCER_CONTROLLER)
    objects = running.rendered(chart, NAMESPACE, NAMESPACE, aws_load_balancer_controller.values(inputs), tmp_path)
    cluster.namespace(NAMESPACE)
    running.kubectl(cluster, "apply", "--server-side", "-f", str(chart / "crds" / "crds.yaml"))
    running.apply(cluster, [obj for obj in objects if obj["kind"] not in RUNS])
    (secret,) = [obj for obj in objects if obj["kind"] == "Secret"]
    for key in ("tls.crt", "tls.key"):
        (tmp_path / key).write_bytes(base64.b64decode(secret["data"][key]))
    kubeconfig = running.as_service_account(cluster, tmp_path, objects, NAMESPACE)
    webhooks, metrics, health = (reserve_port() for _ in range(3))
    cluster.kubernetes.merge(WEBHOOK, {"metadata": {"annotations": {SERVED_BY: f"127.0.0.1:{webhooks}"}}})
    flags = [*running.container(objects, NAMESPACE)["args"], f"--kubeconfig={kubeconfig}", f"--leader-election-namespace={NAMESPACE}"]
    flags += [f"--webhook-cert-dir={tmp_path}", f"--webhook-bind-port={webhooks}"]
    flags += [f"--metrics-bind-addr=127.0.0.1:{metrics}", f"--health-probe-bind-addr=127.0.0.1:{health}"]
    environment = {name: value for name, value in standin.environment.items() if name.startswith("AWS_")}
    log = tmp_path / "log"
    with standin.real_controllers(NAMESPACE), running.process(program, flags, environment, log) as process:
        until(lambda: "Starting workers" in log.read_text(), what="it has become the leader")
        yield process
    running.kubectl(cluster, "delete", "-f", "-", text=yaml.safe_dump_all([obj for obj in objects if obj["kind"] in WEBHOOKS]))
    for port in (webhooks, metrics, health):
        release_port(port)


class Ingress:
    """The Service of an ingress and pods behind it, as far as the controller looks at them. targets: by the port of the Service."""

    def __init__(self, cluster, inputs, namespace, name, addon, targets):
        self.cluster, self.namespace, self.name = cluster, namespace, name
        self.path = f"/api/v1/namespaces/{namespace}/services/{name}"
        self.deployment = f"/apis/apps/v1/namespaces/{namespace}/deployments/nginx"
        ports = [{"name": f"port-{port}", "port": port, "targetPort": target, "protocol": "TCP"} for port, target in targets.items()]
        annotations = load_balancer.service_annotations(inputs, addon)
        spec = {
            "type": "LoadBalancer",
            "loadBalancerClass": load_balancer.CLASS,
            "externalTrafficPolicy": "Cluster",
            "selector": {"app": "nginx"},
        }
        metadata = {"name": name, "namespace": namespace, "annotations": annotations}
        place = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": load_balancer.READINESS_GATE}}
        running.apply(cluster, [place, {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {**spec, "ports": ports}}])
        until(lambda: self.service["status"]["loadBalancer"].get("ingress"), what="the Service has an address")

    @property
    def service(self):
        return self.cluster.get(self.path)

    def scale(self, replicas):
        ports = [{"containerPort": port, "name": name} for port, name in zip(PORTS, ("http", "https"), strict=True)]
        container = {"name": "nginx", "image": "example/nginx:1", "ports": ports}
        spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
        template = {"metadata": {"labels": {"app": "nginx"}}, "spec": spec}
        body = {"replicas": replicas, "selector": {"matchLabels": {"app": "nginx"}}, "template": template}
        self.cluster.kubernetes.apply(
            self.deployment, {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "nginx"}, "spec": body}
        )
        until(lambda: [_is_ready(pod) for pod in self.pods()] == [True] * replicas, what="the pods are ready by their targets' health")

    def delete(self):
        self.cluster.kubernetes.delete(self.path)
        until(lambda: self.service is None)
        self.cluster.kubernetes.delete(self.deployment)

    def pods(self):
        return sorted(
            self.cluster.kubernetes.items(f"/api/v1/namespaces/{self.namespace}/pods"), key=lambda pod: pod["status"].get("podIP", "")
        )


def _is_ready(pod):
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", []))


def test_the_chart_is_the_pinned_one_and_the_program_the_charts(obtain):
    described = yaml.safe_load((obtain(programs.chart, programs.LOAD_BALANCER_CONTROLLER) / "Chart.yaml").read_text())
    assert described["version"] == programs.pinned_charts()["aws_load_balancer_controller"].version
    assert described["appVersion"] == f"v{programs.LOAD_BALANCER_CONTROLLER.version}"


def test_a_service_load_balancer_is_created_and_deleted(standin, cluster, inputs, controller, tmp_path):
    follower, calls = standin.follow(standin.mark()), []
    ingress = Ingress(cluster, inputs, "nginx-gateway", "public-nginx", "nginx_gateway_fabric", {port: port for port in PORTS})

    def sent():
        """What it has sent since the last time."""
        new = [call for call in follower.more() if call["user_agent"] == AGENT]
        calls.extend(new)
        return changes([call for call in new if not _is_rule_of_nodes(call, here)])

    def targets():
        found = [standin.client("elbv2").describe_target_health(TargetGroupArn=here[f"group_{port}"]) for port in PORTS]
        return [len(each["TargetHealthDescriptions"]) for each in found]

    def certificates_of_listener():
        found = standin.client("elbv2").describe_listener_certificates(ListenerArn=here["listener_443"])["Certificates"]
        return [(each["CertificateArn"], each["IsDefault"]) for each in found]

    here = load_balancers.made_for(standin, NAME, ingress.service)
    here |= {f"subnet_{number}": subnet for number, subnet in enumerate(inputs["public_subnet_ids"], 1)}
    here |= {"certificate": inputs["zone"]["certificate_arn"], "other_certificate": load_balancers.certificate(standin)}
    done = {"created": sent(), "status": ingress.service["status"], "finalizers": ingress.service["metadata"]["finalizers"]}

    tags = load_balancers.tags_of(standin, here)
    ingress.scale(2)
    until(lambda: targets() == [2, 2])
    pods = ingress.pods()
    here |= {f"pod_{number}": pod["status"]["podIP"] for number, pod in enumerate(pods, 1)}
    done |= {"registered": sent(), "rules": load_balancers.rules_between(standin, here["nodes"], here["backend"])}
    done["readiness_gates"] = [each["conditionType"] for each in pods[0]["spec"]["readinessGates"]]

    ingress.scale(1)
    until(lambda: targets() == [1, 1])
    here["stays"] = ingress.pods()[0]["status"]["podIP"]
    (here["gone"],) = {here["pod_1"], here["pod_2"]} - {here["stays"]}
    done["deregistered"] = sent()

    cluster.kubernetes.merge(ingress.path, {"metadata": {"annotations": {f"{load_balancer.PREFIX}ssl-cert": here["other_certificate"]}}})
    until(lambda: certificates_of_listener() == [(here["other_certificate"], True), (here["other_certificate"], False)])
    done["certified"] = sent()

    ingress.delete()
    done |= {"deleted": sent(), "rules_at_the_end": load_balancers.rules_between(standin, here["nodes"], here["backend"])}
    assert load_balancers.in_order(done) == load_balancers.in_order(recorded(NAMESPACE, **here))
    statements = aws_load_balancer_controller.statements(inputs)
    running.assert_permitted(statements, calls)
    assert authorization.refused(statements, calls, tags) == []
    assert authorization.refused(statements[:1], calls, tags) != []
    assert [line for line in (tmp_path / "log").read_text().splitlines() if "forbidden" in line] == []


def test_both_load_balancer_ports_of_ingress_nginx_forward_to_its_http_port(standin, cluster, inputs, controller):
    ingress = Ingress(cluster, inputs, "ingress-nginx", "ingress-nginx-controller", "ingress_nginx", dict.fromkeys(PORTS, "http"))
    here = load_balancers.made_for(standin, NAME, ingress.service)
    ingress.scale(1)
    elbv2 = standin.client("elbv2")

    def targets(group):
        return elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]

    for group in (here["group_80"], here["group_443"]):
        (target,) = until(partial(targets, group))
        assert target["Target"] == {"Id": ingress.pods()[0]["status"]["podIP"], "Port": 80}
    (rule,) = load_balancers.rules_between(standin, here["nodes"], here["backend"])
    assert (rule["FromPort"], rule["ToPort"]) == (80, 80)
    ingress.delete()


def _is_rule_of_nodes(call, here):
    return call["operation"] in RULES and call["parameters"]["GroupId"] == here["nodes"]
