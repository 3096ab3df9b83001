#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: linkerd_certificates
short_description: Manage the certificates of a Linkerd mesh
version_added: 1.0.0
description:
  - Creates and renews the certificates that the Linkerd control plane requires. These are the trust anchor, the identity issuer
    certificate, and the webhook certificates of the proxy injector, the policy validator and the profile validator. All keys are ECDSA
    P-256. Run the module before the control plane is installed, and regularly afterwards.
  - The key of the trust anchor is stored only in AWS Secrets Manager. The issuer and webhook certificates are Kubernetes Secrets of
    type C(kubernetes.io/tls). They can be created again from the trust anchor at any time.
  - A trust anchor is renewed in steps, one step per run. First, the new trust anchor is trusted in addition to the old one. After each
    proxy was started with both, the issuer and webhook certificates are signed by the new trust anchor. After the last certificate of
    the old issuer expired, the old trust anchor is removed. The module reports the workloads that must be restarted in between.
  - A certificate that expired, is invalid, or was signed by another trust anchor is created again immediately.
  - Keys are never part of results, diffs or logs.
options:
  cluster_name:
    description: Name of the EKS cluster. Required with O(state=present).
    type: str
  endpoint:
    description:
      - URL of the cluster's API server, as C(DescribeCluster) of EKS returns it. Required with O(state=present).
      - In check mode, V((known after apply\)) is allowed. The module then reports that everything will be created.
    type: str
  certificate_authority_data:
    description: Certificate authority of the cluster (PEM, base64-encoded). Required with O(state=present).
    type: str
  environment:
    description: Name of the environment that owns the secrets. A secret of the same name that does not carry it is refused.
    type: str
  adopt:
    description: Whether to manage existing secrets of the same names that do not carry the name in O(environment).
    type: bool
    default: false
  state:
    description:
      - Whether the certificates exist after the run. V(absent) deletes the Kubernetes Secrets, if the cluster is set, and schedules the
        secret of the trust anchor for deletion.
    type: str
    default: present
    choices: [present, absent]
  wait:
    description: Has no effect, because no operation of the module takes time.
    type: bool
    default: true
  wait_timeout:
    description: Maximum time to wait for the deletion of a Kubernetes Secret, in seconds.
    type: int
    default: 300
  namespace:
    description: Namespace of the Linkerd control plane. It must exist.
    type: str
    default: linkerd
  trust_domain:
    description: Trust domain of Linkerd, which is the suffix of each identity. A change creates a new issuer certificate.
    type: str
    default: cluster.local
  secret_name:
    description:
      - Name of the secret in AWS Secrets Manager that stores the trust anchor. A different name selects a different trust anchor.
    type: str
    required: true
  kms_key_arn:
    description: ARN of the KMS key that encrypts the secret. Changed in place.
    type: str
  tags:
    description: Tags of the secret. Other tags are kept. Changed in place.
    type: dict
  secret_recovery_window_in_days:
    description:
      - Number of days after O(state=absent) during which the secret of the trust anchor can be restored, from 7 to 30. Afterwards,
        Secrets Manager deletes it.
    type: int
    default: 30
  trust_anchor_days:
    description: Validity of a new trust anchor, in days.
    type: int
    default: 1095
  trust_anchor_renewal_days:
    description:
      - Number of days before the expiration of a trust anchor when a new one is created. All pods must be replaced once within this
        time.
    type: int
    default: 180
  issuer_days:
    description: Validity of a new issuer certificate, in days. It never exceeds the validity of the trust anchor.
    type: int
    default: 180
  issuer_renewal_days:
    description: Number of days before its expiration when the issuer certificate is renewed.
    type: int
    default: 30
  webhook_days:
    description: Validity of a new webhook certificate, in days. It never exceeds the validity of the trust anchor.
    type: int
    default: 365
  webhook_renewal_days:
    description: Number of days before its expiration when a webhook certificate is renewed.
    type: int
    default: 30
  renew:
    description:
      - Certificates to renew now, before they are due, for example because a key may be compromised.
      - Each run with this option renews them again. For V(trust_anchor), the run starts the steps of the renewal, or continues a
        renewal in progress.
    type: list
    elements: str
    default: []
    choices: [trust_anchor, issuer, webhooks]
  restart_workloads:
    description:
      - Whether to restart Deployments, StatefulSets and DaemonSets with proxies that do not trust the newest trust anchor, as soon as
        Linkerd distributes it.
      - If V(false), they are reported. They trust the new trust anchor after their pods are replaced for any reason.
    type: bool
    default: false
attributes:
  diff_mode:
    description: Returns the changes and their reasons, without any key.
    support: full
requirements:
  - cryptography >= 44
notes:
  - In RV(diff), C(why) is the reason of a change.
  - Used by the role P(opta.platform.k8s_addons#role).
seealso:
  - module: opta.platform.helm_releases
  - name: Automatically Rotating Control Plane TLS Credentials
    description: Linkerd documentation.
    link: https://linkerd.io/2/tasks/automatically-rotating-control-plane-tls-credentials/
  - name: Manually Rotating Control Plane TLS Credentials
    description: Linkerd documentation.
    link: https://linkerd.io/2/tasks/manually-rotating-control-plane-tls-credentials/
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes
  - opta.platform.requirements.kubernetes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Create or renew the certificates of the mesh
  opta.platform.linkerd_certificates:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    environment: staging
    secret_name: opta/staging/linkerd/trust-anchor
    kms_key_arn: "{{ network_outputs.kms_key_arn }}"
  register: mesh

- name: Start the renewal of the trust anchor and restart workloads that do not trust it
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
  description: Public data of the certificates. V(null) with O(state=absent).
  returned: success
  type: dict
  contains:
    secret_arn:
      description: ARN of the secret that stores the trust anchor.
      returned: always
      type: str
      sample: arn:aws:secretsmanager:eu-west-1:123456789012:secret:opta/staging/linkerd/trust-anchor-0a1b2c
    trust_anchors_pem:
      description:
        - All trusted trust anchors in PEM format, the oldest first, without a trailing line break. It is the value of
          C(identityTrustAnchorsPEM) of Linkerd and of C(caBundle) of its webhooks. In check mode, it contains V((known after apply\))
          for a new trust anchor.
      returned: always
      type: str
      sample: "-----BEGIN CERTIFICATE-----…"
    trust_anchors_not_after:
      description: Expiration dates of the trust anchor that signs, and of the trust anchor that follows it.
      returned: always
      type: list
      elements: str
      sample: ["2028-11-29"]
    issuer:
      description: Expiration date and SHA-256 fingerprint of the issuer certificate.
      returned: always
      type: dict
      sample: {not_after: "2027-05-28", fingerprint: 0a1b2c3d}
    webhooks:
      description:
        - Expiration date and SHA-256 fingerprint of the certificates of C(proxy_injector), C(policy_validator) and
          C(profile_validator).
      returned: always
      type: dict
      sample: {proxy_injector: {not_after: "2027-11-29", fingerprint: 0a1b2c3d}}
    workloads_to_restart:
      description: Workloads with proxies that do not trust the newest trust anchor.
      returned: always
      type: list
      elements: str
      sample: [Deployment shop/hello]
actions:
  description:
    - Actions that were performed, in order. In check mode, the actions that a run would perform.
    - Each action has the keys C(action) (V(create), V(update), V(replace) or V(delete)), C(resource) (type and name of the resource),
      C(attributes) (names of the attributes that change) and C(allowed) (whether the options allow the action; false for a replacement
      that is not allowed).
  returned: success
  type: list
  elements: dict
  sample: [{action: update, resource: EKS cluster opta-staging, attributes: [version], allowed: true}]
diff:
  description: Values of the changed attributes before and after the actions, grouped by resource if there are several. Without secrets.
  returned: success
  type: dict
  sample: {before: {version: "1.34"}, after: {version: "1.35"}}
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
