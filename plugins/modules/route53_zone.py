#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: route53_zone
short_description: Manage public hosted zones of Amazon Route 53
version_added: 1.0.0
description:
  - Creates, updates or deletes one public hosted zone. The domain identifies the zone. Private hosted zones of the same domain are
    ignored.
  - In contrast to M(amazon.aws.route53_zone), the module refuses a zone with the ownership tags of another environment, does not change
    DNSSEC, and names the records that prevent a deletion. A zone that an interrupted run created without tags is found and completed.
options:
  name:
    description: Domain of the zone, for example V(staging.example.com). A different domain selects a different zone.
    type: str
    required: true
  comment:
    description: Comment of the zone. Changed in place.
    type: str
  delegation_set_id:
    description:
      - ID of a reusable delegation set of the account. Its four name servers are known before the zone is created, so the parent zone
        can delegate to them in advance. They stay the same when the zone is created again.
      - "Cannot be changed: Route 53 assigns the name servers when the zone is created."
    type: str
  external_dns_owner_id:
    description: Owner ID of an ExternalDNS whose records are deleted with the zone. Other records prevent a deletion.
    type: str
    default: ""
  delete_records:
    description: Whether O(state=absent) deletes all records of the zone, regardless of who created them.
    type: bool
    default: false
  deleted_records:
    description:
      - Names of records that other tasks of the same run delete before the zone. Check mode, in which these records still exist,
        ignores them.
    type: list
    elements: str
    default: []
notes:
  - Used by the role P(opta.platform.dns_cert#role).
seealso:
  - module: amazon.aws.route53_zone
  - module: opta.platform.external_dns_records
  - module: opta.platform.dns_delegation_info
  - name: CreateHostedZone
    description: Amazon Route 53 API Reference.
    link: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
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
- name: Create or update the hosted zone of the environment
  opta.platform.route53_zone:
    name: staging.example.com
    comment: Environment staging
    tags:
      opta:environment: staging
      opta:role: dns_cert
      opta:name: staging.example.com
  register: made

- name: Show the NS records that example.com needs
  ansible.builtin.debug:
    msg: "{{ made.zone.name }} NS {{ made.zone.name_servers | join(', ') }}"

- name: Delete the zone with the records of an ExternalDNS
  opta.platform.route53_zone:
    name: staging.example.com
    external_dns_owner_id: opta-staging
    state: absent
"""

RETURN = r"""
zone:
  description:
    - The hosted zone, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Domain of the zone.
      returned: always
      type: str
      sample: staging.example.com
    zone_id:
      description: ID of the zone.
      returned: always
      type: str
      sample: Z0123456789ABCDEFGHIJ
    arn:
      description: ARN of the zone.
      returned: always
      type: str
      sample: "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"
    name_servers:
      description: Name servers of the zone, sorted.
      returned: always
      type: list
      elements: str
      sample: [ns-1.awsdns-1.com, ns-2.awsdns-2.net, ns-3.awsdns-3.org, ns-4.awsdns-4.co.uk]
    comment:
      description: Comment of the zone.
      returned: always
      type: str
      sample: Environment staging
    delegation_set_id:
      description: ID of the reusable delegation set. Empty without one.
      returned: always
      type: str
      sample: N0123456789ABCDEFGHIJ
    tags:
      description: Tags of the zone.
      returned: always
      type: dict
      sample: {opta:environment: staging}
parent:
  description: Nearest hosted zone of the account that contains the domain, with C(name) and C(zone_id). Empty strings if there is none.
  returned: success
  type: dict
  sample: {name: example.com, zone_id: Z0123456789ABCDEFGHIJ}
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
from ..module_utils._module import PlatformModule
from ..module_utils._route53.records import name_problem
from ..module_utils._route53.zone import HostedZone

ARGUMENTS = {
    "name": {"required": True},
    "comment": {},
    "delegation_set_id": {},
    "external_dns_owner_id": {"default": ""},
    "delete_records": {"type": "bool", "default": False},
    "deleted_records": {"type": "list", "elements": "str", "default": []},
}


def reconcile(module):
    given = module.params
    problem = name_problem(given["name"])
    if problem:
        raise Refused(f"name is {given['name']!r}, which is not a valid domain name: {problem}. For example staging.example.com.")
    options = {name: given[name] for name in ("tags", "purge_tags", *ARGUMENTS) if name not in {"name", "comment"}}
    zone = HostedZone(module.client("route53"), given["name"], **options)
    return module.reconcile(zone), {"parent": zone.parent_zone()}


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="zone")


if __name__ == "__main__":
    main()
