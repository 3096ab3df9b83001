"""Elastic Load Balancing: a TLS listener of a network load balancer takes other certificates, which moto leaves out."""

from __future__ import annotations

from typing import Any

from moto.acm.models import acm_backends
from moto.elbv2.models import elbv2_backends

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers


@answers("elbv2", "ModifyListener")
def modify_listener(call: Call) -> dict[str, Any]:
    backend = elbv2_backends[call.account][call.region]
    listener = backend.describe_listeners(load_balancer_arn=None, listener_arns=[call.get("ListenerArn")])[0]
    wanted = [each["CertificateArn"] for each in call.get("Certificates", [])]
    for arn in wanted:
        certificate = acm_backends[call.account][call.region]._certificates.get(arn)
        if ":acm:" in arn and certificate is None:
            raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found", 400)
        if certificate is not None and certificate.status != "ISSUED":
            reason = "The certificate must have a fully-qualified domain name, a supported signature, and a supported key size."
            raise AwsError("UnsupportedCertificate", f"The certificate '{arn}' is not supported: {reason}", 400)
    if listener.protocol == "TLS" and wanted:
        listener.certificate, listener.certificates = wanted[0], wanted
    return call.moto()
