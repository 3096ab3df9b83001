"""The real AWS Load Balancer Controller makes the ingress's load balancer, with what the collection gives both."""

from __future__ import annotations

import base64

import pytest
import yaml
from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import aws_load_balancer_controller, load_balancer

from tests.controllers import authorization, programs, running
from tests.module.eks_foundation import Foundation
from tests.module.kubernetes_foundation import NAME, Cluster
from tests.standin.loops.load_balancers import CLASS
from tests.standin.processes import release_port, reserve_port
from tests.standin.webhooks.service_network import SERVED_BY
from tests.support import load_balancers
from tests.support.recorded_behaviour import changes, recorded
from tests.support.until import until

NAMESPACE = aws_load_balancer_controller.NAME
RUNS = ("Deployment", "PodDisruptionBudget")
WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
WEBHOOK = f"/api/v1/namespaces/{NAMESPACE}/services/aws-load-balancer-webhook-service"
AGENT = f"elbv2.k8s.aws/v{programs.LOAD_BALANCER_CONTROLLER.version}"
#: where the ingress is, and its Service
PLACE, INGRESS = "nginx-gateway", "public-nginx"
SERVICE = f"/api/v1/namespaces/{PLACE}/services/{INGRESS}"
DEPLOYMENT = f"/apis/apps/v1/namespaces/{PLACE}/deployments/nginx"
BINDINGS = f"/apis/elbv2.k8s.aws/v1beta1/namespaces/{PLACE}/targetgroupbindings"
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
        "cluster_name": NAME,
        "name_prefix": "opta",
        "environment": "staging",
        "region": standin.region,
        "account_id": "123456789012",
        "partition": "aws",
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
    with running.process(program, flags, environment, tmp_path / "log") as process:
        yield process
    running.kubectl(cluster, "delete", "-f", "-", text=yaml.safe_dump_all([obj for obj in objects if obj["kind"] in WEBHOOKS]))
    for port in (webhooks, metrics, health):
        release_port(port)


class Ingress:
    """The Service of NGINX Gateway Fabric and pods behind it, as far as the controller looks at them."""

    def __init__(self, cluster, inputs):
        self.cluster = cluster
        ports = [{"name": f"port-{port}", "port": port, "targetPort": port, "protocol": "TCP"} for port in PORTS]
        annotations = {**load_balancer.service_annotations(inputs, "nginx_gateway_fabric"), SERVED_BY: CLASS}
        spec = {"type": "LoadBalancer", "loadBalancerClass": CLASS, "externalTrafficPolicy": "Cluster", "selector": {"app": "nginx"}}
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": INGRESS, "namespace": PLACE, "annotations": annotations}}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": PLACE, "labels": load_balancer.READINESS_GATE}}
        running.apply(cluster, [namespace, {**service, "spec": {**spec, "ports": ports}}])

    @property
    def service(self):
        return self.cluster.get(SERVICE)

    def scale(self, replicas):
        container = {"name": "nginx", "image": "example/nginx:1", "ports": [{"containerPort": port} for port in PORTS]}
        spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
        template = {"metadata": {"labels": {"app": "nginx"}}, "spec": spec}
        body = {"replicas": replicas, "selector": {"matchLabels": {"app": "nginx"}}, "template": template}
        self.cluster.kubernetes.apply(
            DEPLOYMENT, {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "nginx"}, "spec": body}
        )
        until(lambda: [_is_ready(pod) for pod in self.pods()] == [True] * replicas, what="the pods are ready by their targets' health")

    def pods(self):
        return sorted(self.cluster.kubernetes.items(f"/api/v1/namespaces/{PLACE}/pods"), key=lambda pod: pod["status"].get("podIP", ""))


def _is_ready(pod):
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", []))


def test_the_chart_is_the_pinned_one_and_the_program_the_charts(obtain):
    described = yaml.safe_load((obtain(programs.chart, programs.LOAD_BALANCER_CONTROLLER) / "Chart.yaml").read_text())
    assert described["version"] == programs.pinned_charts()["aws_load_balancer_controller"]["version"]
    assert described["appVersion"] == f"v{programs.LOAD_BALANCER_CONTROLLER.version}"


def test_the_service_gets_its_load_balancer_and_loses_it(standin, cluster, inputs, controller, tmp_path):
    log, follower, calls = tmp_path / "log", standin.follow(standin.mark()), []
    until(lambda: "Starting workers" in log.read_text(), what="it has become the leader")
    ingress = Ingress(cluster, inputs)

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

    until(lambda: ingress.service["status"]["loadBalancer"].get("ingress"), what="the Service has an address")
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

    cluster.kubernetes.merge(SERVICE, {"metadata": {"annotations": {f"{load_balancer.PREFIX}ssl-cert": here["other_certificate"]}}})
    until(lambda: certificates_of_listener() == [(here["other_certificate"], True), (here["other_certificate"], False)])
    done["certified"] = sent()

    cluster.kubernetes.delete(SERVICE)
    until(lambda: ingress.service is None)
    done |= {"deleted": sent(), "rules_at_the_end": load_balancers.rules_between(standin, here["nodes"], here["backend"])}
    assert load_balancers.in_order(done) == load_balancers.in_order(recorded(NAMESPACE, **here))
    statements = aws_load_balancer_controller.statements(inputs)
    running.assert_permitted(statements, calls)
    assert authorization.refused(statements, calls, tags) == []
    assert authorization.refused(statements[:1], calls, tags) != []
    assert [line for line in log.read_text().splitlines() if "forbidden" in line] == []


def _is_rule_of_nodes(call, here):
    return call["operation"] in RULES and call["parameters"]["GroupId"] == here["nodes"]
