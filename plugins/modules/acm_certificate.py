#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_certificate
short_description: Manage a public certificate of ACM that DNS records validate
version_added: 1.0.0
description:
  - Requests one certificate of AWS Certificate Manager, makes its validation records in a zone of Route 53, and waits until it is issued.
    A record that somebody deleted is made again.
  - The certificate is known by its domain and the ownership tags in O(tags). One that failed or ran out is replaced.
  - Other names, or another kind of key, are another certificate, because ACM cannot change one. The new one is issued first. The old one
    is then deleted if nothing uses it; otherwise it gets the tag C(opta:superseded), and a later run deletes it once nothing uses it.
    Without ownership tags no other certificate of the domain is touched.
  - A validation record is the same for every certificate of a name in an account. It is made once, and deleted only when no other
    certificate of the account lists it, in this region or in us-east-1, where CloudFront's are.
  - A renewal that does not succeed is reported in a warning.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  domain_name:
    description: The certificate's first name, for example C(staging.example.com). Another domain is another certificate.
    type: str
    required: true
  subject_alternative_names:
    description:
      - Further names, also with a wildcard, for example C(*.staging.example.com).
      - A change replaces the certificate, without a gap.
    type: list
    elements: str
  key_algorithm:
    description: The kind of key; RSA with 2048 bits when it is never given. A change replaces the certificate, without a gap.
    type: str
    choices: [RSA_2048, RSA_3072, RSA_4096, EC_prime256v1, EC_secp384r1, EC_secp521r1]
  hosted_zone_id:
    description: Id of the zone in which the validation records are made. Without it somebody else must make them.
    type: str
  validation_possible:
    description:
      - Whether DNS can validate the names now. V(false), for a domain that is not delegated yet, requests nothing and waits for nothing;
        what stands is kept, and its records are made.
    type: bool
    default: true
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Have the environment's certificate
  opta.platform.acm_certificate:
    domain_name: staging.example.com
    subject_alternative_names: ["*.staging.example.com"]
    hosted_zone_id: Z0123456789ABCDEFGHIJ
    tags:
      opta:environment: staging
      opta:role: dns_cert
      opta:name: staging.example.com

- name: Delete it, with its validation records
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
  description: The certificate as it is, or would be; null when it is deleted, not requested yet, or was never there.
  returned: always
  type: dict
  contains:
    name: {description: The domain., type: str, sample: staging.example.com}
    arn: {description: ARN of the certificate., type: str}
    status: {description: "Status that ACM reports, C(PENDING_VALIDATION) or C(ISSUED).", type: str, sample: ISSUED}
    subject_alternative_names: {description: "Its names besides the domain, in order.", type: list, elements: str}
    key_algorithm: {description: The kind of key., type: str, sample: RSA_2048}
    validation_records:
      description: Those of its validation records that the zone has, with name, type and value.
      type: list
      elements: dict
    in_use_by: {description: ARNs of what uses it., type: list, elements: str}
    not_after: {description: "When it ends, ISO 8601.", type: str}
    renewal_status: {description: "How ACM's renewal went; null before the first one.", type: str, sample: SUCCESS}
    tags: {description: All tags., type: dict}
removed_records:
  description: With O(state=absent), names of the validation records that are deleted with the certificate.
  returned: always
  type: list
  elements: str
actions:
  description:
    - What was done, or in check mode would be done. The first one is about the certificate, the others about those that it replaced.
  returned: always
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update), C(replace) or C(delete).", type: str}
    resource: {description: Kind and name., type: str, sample: ACM certificate staging.example.com}
    attributes: {description: The attributes that are set., type: list, elements: str}
    allowed: {description: Whether the run may do it., type: bool}
diff:
  description: The changed attributes before and after.
  returned: always
  type: dict
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
