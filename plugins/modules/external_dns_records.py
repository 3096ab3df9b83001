#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: external_dns_records
version_added: 1.0.0
short_description: See which records an external-dns keeps in a Route 53 zone, or wait until it has removed them
description:
  - Beside every record that external-dns makes stands a TXT record that names its owner id. This module changes nothing.
  - In check mode it does not wait.
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.10
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
    description: V(present) only reads, V(absent) waits until there is none.
    type: str
    choices: [present, absent]
    default: present
  wait_timeout:
    description: Seconds to wait at the most.
    type: int
    default: 600
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Wait until external-dns has removed its records
  opta.platform.external_dns_records:
    zone_id: Z0123456789ABCDEFGHIJ
    owner_id: opta-staging
    state: absent
"""

RETURN = r"""
names:
  description: Names of the TXT records of this owner.
  returned: success
  type: list
  elements: str
actions:
  description: Always empty.
  returned: success
  type: list
  elements: dict
diff:
  description: Always empty.
  returned: success
  type: dict
"""

from ansible_collections.opta.platform.plugins.module_utils._external_dns import records
from ansible_collections.opta.platform.plugins.module_utils._module import PlatformModule

ARGUMENTS = {
    "zone_id": {"required": True},
    "owner_id": {"required": True},
    "state": {"choices": ["present", "absent"], "default": "present"},
    "wait_timeout": {"type": "int", "default": 600},
}


def main():
    module = PlatformModule(argument_spec=ARGUMENTS, common=False)
    given = module.params

    def work():
        client = module.client("route53")
        if given["state"] == "absent" and not module.check_mode:
            records.wait_until_none(client, given["zone_id"], given["owner_id"], given["wait_timeout"])
        return records.owned(client, given["zone_id"], given["owner_id"])

    module.exit_json(changed=False, names=module.attempt(work), actions=[], diff={"before": {}, "after": {}})


if __name__ == "__main__":
    main()
