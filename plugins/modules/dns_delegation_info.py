#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_delegation_info
short_description: Look whether a domain is delegated to its zone's name servers
version_added: 1.0.0
description:
  - Asks the public DNS, in seconds, whether the parent of a domain names the name servers of the domain's zone, and no others.
    Changes nothing.
  - A resolver is asked first. If it does not know the zone's name servers, the parent's own name servers are asked, because a resolver
    remembers for a while that a domain was not there. Where these cannot be reached, the resolver's answer holds.
  - Also reports the CAA records that would keep Amazon from issuing a certificate.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
  - dnspython >= 2.6
options:
  name:
    description: The domain, for example C(staging.example.com).
    type: str
    required: true
  name_servers:
    description: The name servers of its zone. Anything but a list, as C((known after apply)) in a plan, is a zone that is not made yet.
    type: raw
    required: true
  certificate_names:
    description: Names of a certificate, also with a wildcard, whose CAA records are looked at.
    type: list
    elements: str
    default: []
  resolver:
    description:
      - Address of the resolver, for example C(192.0.2.53), with a port if it is not 53. This machine's own resolvers are asked without it.
      - With a port of its own, all name servers are asked at that port.
    type: str
  timeout_seconds:
    description: Seconds that one question to one server may take.
    type: float
    default: 3
attributes:
  check_mode:
    description: Changes nothing.
    support: full
  diff_mode:
    description: Changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Look whether the domain is delegated
  opta.platform.dns_delegation_info:
    name: staging.example.com
    name_servers: "{{ made.zone.name_servers }}"
    certificate_names: [staging.example.com, "*.staging.example.com"]
  register: dns

- name: Say what must be set
  ansible.builtin.debug:
    msg: "{{ dns.reason }}"
  when: not dns.delegated
"""

RETURN = r"""
delegated:
  description: Whether the DNS names the zone's name servers, and no others.
  returned: success
  type: bool
name_servers:
  description: The name servers that the DNS names, in order.
  returned: success
  type: list
  elements: str
  sample: [ns-1.awsdns-1.com]
reason:
  description: Why it is not delegated; empty when it is.
  returned: success
  type: str
  sample: "the DNS has no NS records of staging.example.com (asked: the name servers of example.com)"
caa_problems:
  description: A sentence for each of O(certificate_names) that CAA records keep from Amazon.
  returned: success
  type: list
  elements: str
validation_possible:
  description: Whether ACM can validate and issue, as far as the DNS says.
  returned: success
  type: bool
"""

import traceback

try:
    import dns.message  # noqa: F401  pylint: disable=unused-import

    HAS_DNSPYTHON, IMPORT_ERROR = True, None
except ImportError:
    HAS_DNSPYTHON, IMPORT_ERROR = False, traceback.format_exc()

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ..module_utils._dns import caa, delegation
from ..module_utils._dns.resolver import Resolver
from ..module_utils._errors import PlatformError

ARGUMENTS = {
    "name": {"required": True},
    "name_servers": {"type": "raw", "required": True},
    "certificate_names": {"type": "list", "elements": "str", "default": []},
    "resolver": {},
    "timeout_seconds": {"type": "float", "default": 3},
}
NOT_MADE = "the zone is not made yet, so that nobody can know its name servers"


def look(given):
    """The module's result."""
    asked = Resolver(given["resolver"], given["timeout_seconds"])
    known = isinstance(given["name_servers"], list)
    seen = delegation.check_delegation(asked, given["name"], given["name_servers"]) if known else delegation.Delegation(False, [], NOT_MADE)
    problems = caa.problems(asked, given["certificate_names"])
    return {
        "delegated": seen.delegated,
        "name_servers": seen.found,
        "reason": seen.reason,
        "caa_problems": problems,
        "validation_possible": seen.delegated and not problems,
    }


def main():
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    if not HAS_DNSPYTHON:
        module.fail_json(msg=missing_required_lib("dnspython"), exception=IMPORT_ERROR)
    try:
        result = look(module.params)
    except PlatformError as error:
        module.fail_json(msg=str(error))
    for problem in result["caa_problems"]:
        module.warn(problem)
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()
