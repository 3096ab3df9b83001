#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: external_dns_records
short_description: List or delete the records of an ExternalDNS in a Route 53 hosted zone
version_added: 1.0.0
description:
  - Lists or deletes the records that an ExternalDNS created. A TXT record beside each record contains the owner ID.
  - Records without owner ID, and records with a different owner ID, are never deleted.
  - Uninstall the ExternalDNS first. Otherwise it creates the records again.
options:
  zone_id:
    description: ID of the hosted zone. A zone that does not exist has no records.
    type: str
    required: true
  owner_id:
    description: Owner ID of the ExternalDNS (C(txtOwnerId) of its chart).
    type: str
    required: true
  state:
    description: V(present) lists the records. V(absent) deletes them.
    type: str
    default: present
    choices: [present, absent]
notes:
  - Used by the role P(opta.platform.k8s_addons#role).
seealso:
  - module: opta.platform.route53_zone
  - module: amazon.aws.route53
  - name: ExternalDNS
    description: ExternalDNS documentation.
    link: https://kubernetes-sigs.github.io/external-dns/latest/
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Delete the records of an uninstalled ExternalDNS
  opta.platform.external_dns_records:
    zone_id: Z0123456789ABCDEFGHIJ
    owner_id: opta-staging
    state: absent
"""

RETURN = r"""
names:
  description: Names and types of the records of this owner, as they were found.
  returned: success
  type: list
  elements: str
  sample: ["hello.staging.example.com A", "cname-extdns.hello.staging.example.com TXT"]
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

from ..module_utils._external_dns import records
from ..module_utils._module import PlatformModule
from ..module_utils._route53.records import describe_record_sets

ARGUMENTS = {
    "zone_id": {"required": True},
    "owner_id": {"required": True},
    "state": {"choices": ["present", "absent"], "default": "present"},
}


def reconcile(module):
    given, client = module.params, module.client("route53")
    names = describe_record_sets(records.owned(client, given["zone_id"], given["owner_id"]))
    absent = given["state"] == "absent"
    return records.remove(client, given["zone_id"], given["owner_id"], module.check_mode) if absent else [], {"names": names}


def main():
    PlatformModule(ARGUMENTS, common=False).run(reconcile, key="names")


if __name__ == "__main__":
    main()
