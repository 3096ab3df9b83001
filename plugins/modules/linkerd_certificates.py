#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: linkerd_certificates
version_added: 1.0.0
short_description: Make and renew the certificates of a Linkerd mesh
description:
  - Makes what Linkerd's control plane needs before it is installed, and renews it ahead of time whenever it runs. That is the trust anchor,
    the issuer of the proxies' identities, and the certificates of Linkerd's webhooks (proxy injector, policy validator, profile validator).
    All are ECDSA P-256.
  - The key of the trust anchor is kept in AWS Secrets Manager, and nowhere else. Issuer and webhook certificates are Kubernetes Secrets of
    the type C(kubernetes.io/tls). They can be created again from the anchor at any time.
  - A trust anchor is renewed in steps, one a run. The new one is trusted beside the old one. Once every proxy was started with it,
    the issuer and the webhooks' certificates are made from it. Once no identity of the old issuer can be valid, the old one is dropped.
    What must be restarted in between is reported.
  - What has ended, is broken, or was made by another anchor, is created again at once.
  - No key is in a result, a diff or a log. In check mode it says which certificate would be made and why.
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.11
  - cryptography >= 44
options:
  cluster_name:
    description: Name of the EKS cluster. Needed unless O(state=absent).
    type: str
  endpoint:
    description:
      - URL of the cluster's API server, as EKS's C(DescribeCluster) answers it. Needed unless O(state=absent).
      - In check mode it may be V((known after apply\)). The module then predicts that all is made.
    type: str
  certificate_authority_data:
    description: The cluster's certificate authority, base64-encoded PEM. Needed unless O(state=absent).
    type: str
  environment:
    description: Name of the environment that owns what is made. What has the same name and is not marked so is refused.
    type: str
  adopt:
    description: Whether secrets of the same names that are not marked as ours are taken over.
    type: bool
    default: false
  state:
    description:
      - Whether they are to exist. V(absent) deletes the Kubernetes Secrets, if the cluster is given, and schedules the secret of the
        trust anchor for deletion.
    type: str
    choices: [present, absent]
    default: present
  wait:
    description: Without effect, as nothing here takes time.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait at the most for a Kubernetes Secret to be deleted.
    type: int
    default: 300
  namespace:
    description: Namespace of Linkerd's control plane. It must exist.
    type: str
    default: linkerd
  trust_domain:
    description: Linkerd's trust domain, the end of every identity. Another one makes a new issuer.
    type: str
    default: cluster.local
  secret_name:
    description: Name of the secret in AWS Secrets Manager that keeps the trust anchor. Another name is another trust anchor.
    type: str
    required: true
  kms_key_arn:
    description: ARN of the KMS key that encrypts the secret. Changed in place.
    type: str
  tags:
    description: Tags of the secret. Those of others are left. Changed in place.
    type: dict
  secret_recovery_window_in_days:
    description: Days from O(state=absent) until the trust anchor's secret is lost; from 7 to 30.
    type: int
    default: 30
  trust_anchor_days:
    description: Days that a new trust anchor is valid.
    type: int
    default: 1095
  trust_anchor_renewal_days:
    description: Days before the end of a trust anchor when a new one is made beside it. Pods must be replaced once within that time.
    type: int
    default: 180
  issuer_days:
    description: Days that a new issuer is valid; it ends with its trust anchor at the latest.
    type: int
    default: 180
  issuer_renewal_days:
    description: Days before its end when the issuer is renewed.
    type: int
    default: 30
  webhook_days:
    description: Days that a new certificate of a webhook is valid; it ends with the trust anchor at the latest.
    type: int
    default: 365
  webhook_renewal_days:
    description: Days before its end when the certificate of a webhook is renewed.
    type: int
    default: 30
  renew:
    description:
      - What is renewed now, although its time has not come, for example because a key may be known to others.
        Each run with it does so again. Of a trust anchor it begins the steps; a renewal that is under way is carried on.
    type: list
    elements: str
    choices: [trust_anchor, issuer, webhooks]
    default: []
  restart_workloads:
    description:
      - Whether Deployments, StatefulSets and DaemonSets are restarted whose proxies do not trust the newest trust anchor, once Linkerd
        would give it to them. Without it they are reported, for they trust it as soon as their pods are replaced for any other reason.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode and says exactly what it would do.
    support: full
  diff_mode:
    description: Returns what changes and why, without any key.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Make or renew the certificates of the mesh
  opta.platform.linkerd_certificates:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    environment: staging
    secret_name: opta/staging/linkerd/trust-anchor
    kms_key_arn: "{{ network_outputs.kms_key_arn }}"
  register: mesh

- name: Begin to renew the trust anchor now, and restart what does not know it yet
  opta.platform.linkerd_certificates:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    environment: staging
    secret_name: opta/staging/linkerd/trust-anchor
    renew: [trust_anchor]
    restart_workloads: true
"""

RETURN = r"""
certificates:
  description: What is public of the certificates; null after O(state=absent).
  returned: success
  type: dict
  contains:
    secret_arn: {description: ARN of the secret that keeps the trust anchor., type: str}
    trust_anchors_pem:
      description:
        - All trusted anchors as PEM, the oldest first, without a line break at the end. Linkerd's C(identityTrustAnchorsPEM) and its
          webhooks' C(caBundle). In the plan of a new one it holds V((known after apply\)).
      type: str
    trust_anchors_not_after:
      description: The days on which the anchor that signs, and the one that follows it, end.
      type: list
      elements: str
    issuer: {description: "The issuer: C(not_after), its last day, and C(fingerprint), the SHA-256 of its certificate.", type: dict}
    webhooks:
      description: "The same of C(proxy_injector), C(policy_validator) and C(profile_validator)."
      type: dict
    workloads_to_restart:
      description: Workloads with proxies that do not trust the newest anchor yet.
      type: list
      elements: str
      sample: [Deployment shop/hello]
actions:
  description: What was done or, in check mode, would be done.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update) or C(delete).", type: str}
    resource: {description: The secret or workload., type: str, sample: Secret linkerd/linkerd-identity-issuer}
    attributes: {description: What changes of it., type: list, elements: str}
    allowed: {description: Always true., type: bool}
diff:
  description: What changes, and C(why). Keys are masked.
  returned: success
  type: dict
"""

from ..module_utils._errors import Refused
from ..module_utils._kubernetes.apply import ApplyOptions
from ..module_utils._kubernetes.module import CONNECTION_ARGUMENTS, ClusterModule
from ..module_utils._linkerd.anchors import Validity
from ..module_utils._linkerd.mesh import MeshCertificates
from ..module_utils._linkerd.secret import AnchorSecret
from ..module_utils._linkerd.validity_rules import RENEWABLE, TERM_ARGUMENTS, refusal

ARGUMENTS = {
    **{name: {} for name in CONNECTION_ARGUMENTS},
    "namespace": {"default": "linkerd"},
    "trust_domain": {"default": "cluster.local"},
    "secret_name": {"required": True, "no_log": False},
    "kms_key_arn": {"no_log": False},
    "tags": {"type": "dict"},
    "secret_recovery_window_in_days": {"type": "int", "default": 30, "no_log": False},
    **TERM_ARGUMENTS,
    "renew": {"type": "list", "elements": "str", "choices": RENEWABLE, "default": []},
    "restart_workloads": {"type": "bool", "default": False},
}


def mesh_of(module):
    given, absent = module.params, module.params["state"] == "absent"
    secret = AnchorSecret(
        module.client("secretsmanager"),
        given["secret_name"],
        kms_key_arn=given["kms_key_arn"],
        restore=not absent,
        recovery_window_in_days=given["secret_recovery_window_in_days"],
    )
    options = ApplyOptions(module.check_mode, given["environment"], given["adopt"], True, timeout_seconds=given["wait_timeout"])
    return MeshCertificates(
        module.cluster() if given["endpoint"] else None,
        secret,
        options,
        Validity(**{name: given[name] for name in TERM_ARGUMENTS}, asked=tuple(given["renew"])),
        namespace=given["namespace"],
        trust_domain=given["trust_domain"],
        restart_workloads=given["restart_workloads"],
        hide=module.hide,
    )


def reconcile(module):
    given = module.params
    wrong = refusal(given)
    if wrong:
        raise Refused(wrong)
    desired = {"scheduled_for_deletion": False, "description": f"Trust anchor of the mesh of {given['cluster_name']}"}
    desired.update({name: given[name] for name in ("kms_key_arn", "tags") if given[name] is not None})
    mesh = mesh_of(module)
    done = mesh.absent(given["tags"], given["adopt"]) if given["state"] == "absent" else mesh.present(desired, given["adopt"])
    return done.outcomes, {"certificates": done.certificates or None}


def main():
    ClusterModule(ARGUMENTS, required_if=[("state", "present", list(CONNECTION_ARGUMENTS))]).run(reconcile, key="certificates")


if __name__ == "__main__":
    main()
