#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: external_dns_records
version_added: 1.0.0
short_description: List or remove the records that an external-dns keeps in a Route 53 zone
description:
  - Beside every record that external-dns makes stands a TXT record that names its owner id.
  - Records of other owners, and of nobody, are left alone.
  - End the external-dns before its records are removed, or it makes them again.
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.11
options:
  zone_id:
    description: Id of the zone. One that is gone has no records.
    type: str
    required: true
  owner_id:
    description: The owner id (C(txtOwnerId)) of the external-dns.
    type: str
    required: true
  state:
    description: V(present) only lists them, V(absent) removes them.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Remove the records of an external-dns that is no more
  opta.platform.external_dns_records:
    zone_id: Z0123456789ABCDEFGHIJ
    owner_id: opta-staging
    state: absent
"""

RETURN = r"""
names:
  description: Names and types of the record sets of this owner, as they were found.
  returned: success
  type: list
  elements: str
  sample: ["hello.staging.example.com A", "cname-extdns.hello.staging.example.com TXT"]
actions:
  description: What was removed, or would be.
  returned: success
  type: list
  elements: dict
diff:
  description: What was removed, or would be.
  returned: success
  type: dict
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
