# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define the network load balancer of an ingress, as annotations of its Service. Pure."""

from __future__ import annotations

from .definition import Inputs, owner_tags

CLASS = "service.k8s.aws/nlb"
PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"
SECURITY_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
LOG_PREFIX = "load-balancer"
#: AWS sends connections to a deregistered target for minutes (aws-load-balancer-controller#1834, #2131)
DRAIN_SECONDS = 180
#: for the remaining connections of nginx
QUIT_SECONDS = 60
#: label of a namespace: a pod is ready when its target is healthy (docs/deploy/pod_readiness_gate.md of 3.5.0)
READINESS_GATE = {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}


def certificate_arn(inputs: Inputs) -> str:
    """Return the ARN of the environment's certificate; empty without one, and then nothing listens on port 443."""
    return (inputs["zone"] or {}).get("certificate_arn") or ""


def service_annotations(inputs: Inputs, name: str) -> dict[str, str]:
    """Return the annotations for the load-balancer controller. Client addresses use the proxy protocol, which the ingress must read."""
    attributes = {"load_balancing.cross_zone.enabled": "true"}
    if inputs["log_bucket_name"]:
        attributes |= {
            "access_logs.s3.enabled": "true",
            "access_logs.s3.bucket": inputs["log_bucket_name"],
            "access_logs.s3.prefix": LOG_PREFIX,
        }
    reported = {
        "scheme": "internet-facing",
        "nlb-target-type": "ip",
        "subnets": ",".join(inputs["public_subnet_ids"]),
        "attributes": _joined(attributes),
        "target-group-attributes": "deregistration_delay.timeout_seconds=30",
        "proxy-protocol": "*",
        # a TCP connection is the same with and without the proxy protocol
        "healthcheck-protocol": "TCP",
        "healthcheck-port": "traffic-port",
        "additional-resource-tags": _joined(owner_tags(inputs, name)),
    }
    if certificate_arn(inputs):
        reported |= {
            "ssl-cert": certificate_arn(inputs),
            "ssl-ports": "443",
            "ssl-negotiation-policy": SECURITY_POLICY,
            "alpn-policy": "HTTP2Preferred",
        }
    return {f"{PREFIX}{key}": value for key, value in reported.items()}


def _joined(pairs: dict[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in pairs.items())
