#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: route53_zone
short_description: Manage a public hosted zone of Route 53
version_added: 1.0.0
description:
  - Creates, changes or deletes one public zone, which is known by its domain. Private zones of the same domain are left alone.
  - Unlike M(amazon.aws.route53_zone) it takes no zone for its own whose tags say that it belongs to another environment, leaves DNSSEC
    as it is, and names the records that hinder a removal. A zone whose run ended before it was tagged is found and finished.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  name:
    description: The zone's domain, for example C(staging.example.com). Another domain is another zone.
    type: str
    required: true
  comment:
    description: What the zone is for. Changed in place.
    type: str
  delegation_set_id:
    description:
      - Id of a reusable delegation set of the account. Its four name servers are known before the zone is made, so that the parent can name
        them ahead, and they are the same again when the zone is created again.
      - "It cannot be changed: Route 53 fixes a zone's name servers when it is made."
    type: str
  external_dns_owner_id:
    description: Records that external-dns made for this owner id do not hinder a removal; they are deleted with the zone.
    type: str
    default: ""
  delete_records:
    description: Whether, with O(state=absent), all records are deleted with the zone, whoever made them.
    type: bool
    default: false
  gone_records:
    description: Names of records that are deleted before the zone is, in the same run; a plan, which still sees them, does not count them.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Create or update the environment's zone
  opta.platform.route53_zone:
    name: staging.example.com
    comment: Environment staging
    tags:
      opta:environment: staging
      opta:role: dns_cert
      opta:name: staging.example.com
  register: made

- name: Show what the owner of example.com must set
  ansible.builtin.debug:
    msg: "{{ made.zone.name }} NS {{ made.zone.name_servers | join(', ') }}"

- name: Delete the zone, with what external-dns left in it
  opta.platform.route53_zone:
    name: staging.example.com
    external_dns_owner_id: opta-staging
    state: absent
"""

RETURN = r"""
zone:
  description: The zone as it is, or would be; null when it is deleted or was never there.
  returned: always
  type: dict
  contains:
    name: {description: The domain., type: str, sample: staging.example.com}
    zone_id: {description: "Route 53's id of the zone.", type: str, sample: Z0123456789ABCDEFGHIJ}
    arn: {description: ARN of the zone., type: str, sample: "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"}
    name_servers: {description: "Its name servers, in order.", type: list, elements: str, sample: [ns-1.awsdns-1.com]}
    comment: {description: What it is for., type: str}
    delegation_set_id: {description: Id of its reusable delegation set; empty without one., type: str}
    tags: {description: All tags., type: dict}
parent:
  description: The nearest zone of the same account that the domain lies in, by name and zone_id; empty strings when there is none.
  returned: always
  type: dict
  sample: {name: example.com, zone_id: Z0123456789ABCDEFGHIJ}
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update) or C(delete).", type: str}
    resource: {description: Kind and name., type: str, sample: hosted zone staging.example.com}
    attributes: {description: The attributes that are set., type: list, elements: str}
    allowed: {description: Whether the run may do it., type: bool}
diff:
  description: The changed attributes before and after.
  returned: always
  type: dict
"""

from ..module_utils._errors import Refused
from ..module_utils._module import PlatformModule
from ..module_utils._route53.records import name_problem
from ..module_utils._route53.zone import HostedZone

ARGUMENTS = {
    "name": {"required": True},
    "comment": {},
    "delegation_set_id": {},
    "external_dns_owner_id": {"default": ""},
    "delete_records": {"type": "bool", "default": False},
    "gone_records": {"type": "list", "elements": "str", "default": []},
}


def reconcile(module):
    given = module.params
    problem = name_problem(given["name"])
    if problem:
        raise Refused(f"name is {given['name']!r}, which is no domain: {problem}. For example staging.example.com.")
    options = {name: given[name] for name in ("tags", "purge_tags", *ARGUMENTS) if name not in {"name", "comment"}}
    zone = HostedZone(module.client("route53"), given["name"], **options)
    return module.reconcile(zone), {"parent": zone.parent_zone()}


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="zone")


if __name__ == "__main__":
    main()
