#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_certificate
short_description: Manage public certificates of AWS Certificate Manager with DNS validation
version_added: 1.0.0
description:
  - Requests, updates or deletes one public certificate of AWS Certificate Manager, creates its validation records in a hosted zone of
    Route 53, and waits until it is issued. A validation record that was deleted is created again.
  - The domain and the ownership tags in O(tags) identify the certificate. A failed or expired certificate is replaced.
  - ACM cannot change the names or the key algorithm of a certificate. For such a change, a new certificate is requested and issued
    first. The old certificate is then deleted if it is not in use. Otherwise it gets the tag C(opta:superseded), and a later run
    deletes it after it is no longer in use. Without ownership tags, other certificates of the domain are never changed.
  - All certificates of an account that contain a name share one validation record. The module creates it once, and deletes it only if
    no other certificate of the account lists it, in the region or in us-east-1, where certificates of CloudFront are.
  - A failed renewal is reported by a warning.
options:
  domain_name:
    description: First name of the certificate, for example V(staging.example.com). A different domain selects a different certificate.
    type: str
    required: true
  subject_alternative_names:
    description:
      - Additional names, with or without wildcard, for example V(*.staging.example.com).
      - A change replaces the certificate without interruption.
    type: list
    elements: str
  key_algorithm:
    description:
      - Algorithm of the key. A new certificate gets V(RSA_2048).
      - A change replaces the certificate without interruption.
    type: str
    choices: [RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1]
  hosted_zone_id:
    description: ID of the hosted zone in which the validation records are created. If not set, they must be created otherwise.
    type: str
  validation_possible:
    description:
      - Whether the names can be validated by DNS now. With V(false), for a domain that is not delegated yet, the module requests no
        certificate and does not wait. Existing certificates are kept, and their validation records are created.
    type: bool
    default: true
notes:
  - In RV(actions), the certificate is listed first, then the certificates that it replaces.
  - Used by the role P(opta.platform.dns_cert#role).
seealso:
  - module: opta.platform.route53_zone
  - module: opta.platform.dns_delegation_info
  - name: RequestCertificate
    description: AWS Certificate Manager API Reference.
    link: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
  - name: DNS validation
    description: AWS Certificate Manager User Guide.
    link: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.resource
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Request the certificate of the environment
  opta.platform.acm_certificate:
    domain_name: staging.example.com
    subject_alternative_names: ["*.staging.example.com"]
    hosted_zone_id: Z0123456789ABCDEFGHIJ
    tags:
      opta:environment: staging
      opta:role: dns_cert
      opta:name: staging.example.com

- name: Delete the certificate with its validation records
  opta.platform.acm_certificate:
    domain_name: staging.example.com
    hosted_zone_id: Z0123456789ABCDEFGHIJ
    state: absent
    tags:
      opta:environment: staging
      opta:role: dns_cert
      opta:name: staging.example.com
"""

RETURN = r"""
certificate:
  description:
    - The certificate, or V(null) if it does not exist or is not requested yet. In check mode, values that only AWS assigns are V((known
      after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Domain of the certificate.
      returned: always
      type: str
      sample: staging.example.com
    arn:
      description: ARN of the certificate.
      returned: always
      type: str
      sample: arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab
    status:
      description: Status of the certificate, as ACM reports it, V(PENDING_VALIDATION) or V(ISSUED).
      returned: always
      type: str
      sample: ISSUED
    subject_alternative_names:
      description: Additional names, sorted.
      returned: always
      type: list
      elements: str
      sample: ["*.staging.example.com"]
    key_algorithm:
      description: Algorithm of the key.
      returned: always
      type: str
      sample: RSA_2048
    validation_records:
      description: Validation records of the certificate that exist in the hosted zone.
      returned: always
      type: list
      elements: dict
      sample: [{name: _0a1b2c.staging.example.com, type: CNAME, value: _3d4e5f.acm-validations.aws}]
    in_use_by:
      description: ARNs of the resources that use the certificate.
      returned: always
      type: list
      elements: str
      sample: ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/k8s/0123456789abcdef"]
    not_after:
      description: Expiration date, in ISO 8601 format.
      returned: always
      type: str
      sample: "2027-12-31T12:00:00+00:00"
    renewal_status:
      description: Status of the last renewal, as ACM reports it. V(null) before the first renewal.
      returned: always
      type: str
      sample: SUCCESS
    tags:
      description: Tags of the certificate.
      returned: always
      type: dict
      sample: {opta:environment: staging}
removed_records:
  description: Names of the validation records that O(state=absent) deletes with the certificate.
  returned: success
  type: list
  elements: str
  sample: [_0a1b2c.staging.example.com]
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

from ..module_utils._acm.certificate import Certificate
from ..module_utils._acm.names import names_problem
from ..module_utils._acm.reconcile import ensure_certificate, ensure_no_certificate
from ..module_utils._errors import Refused
from ..module_utils._module import PlatformModule

ARGUMENTS = {
    "domain_name": {"required": True},
    "subject_alternative_names": {"type": "list", "elements": "str"},
    "key_algorithm": {"choices": ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"], "no_log": False},
    "hosted_zone_id": {},
    "validation_possible": {"type": "bool", "default": True},
}


#: where certificates of CloudFront are; they share the validation records of all others
CLOUDFRONT_REGION = "us-east-1"


def elsewhere(module, acm):
    """ACM where other certificates of the same names may be."""
    here = acm.meta.region_name == CLOUDFRONT_REGION or acm.meta.partition != "aws"
    return [] if here else [module.client("acm", region_name=CLOUDFRONT_REGION)]


def certificate_of(module):
    given, acm = module.params, module.client("acm")
    return Certificate(
        acm,
        module.client("route53"),
        given["domain_name"],
        {name: given[name] for name in ("subject_alternative_names", "key_algorithm", "tags") if given[name] is not None},
        hosted_zone_id=given["hosted_zone_id"],
        waiting=given["wait"] and given["validation_possible"],
        adopt=given["adopt"],
        purge_tags=given["purge_tags"],
        elsewhere=lambda: elsewhere(module, acm),
    )


def reconcile(module):
    given = module.params
    problem = names_problem(given["domain_name"], given["subject_alternative_names"] or [])
    if problem:
        raise Refused(problem)
    certificate = certificate_of(module)
    if given["state"] == "absent":
        outcomes, names = ensure_no_certificate(certificate, module.client("elbv2"), module.check_mode, given["wait_timeout"])
        return outcomes, {"removed_records": names}
    outcomes = ensure_certificate(
        certificate, certificate.desired, given["validation_possible"], module.check_mode, given["wait"], given["wait_timeout"]
    )
    return outcomes, {"removed_records": []}


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="certificate")


if __name__ == "__main__":
    main()
