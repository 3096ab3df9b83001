#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: dns_delegation_info
short_description: Check whether a domain is delegated to the name servers of its zone
version_added: 1.0.0
description:
  - Checks in the public DNS whether the parent of a domain delegates it to the name servers of its zone, and to no others. The check
    takes seconds.
  - The module queries a resolver first. If the resolver does not return the name servers of the zone, the module queries the name
    servers of the parent, because a resolver caches for some time that a domain does not exist. If these cannot be reached, the answer
    of the resolver is used.
  - The module also reports CAA records that prevent Amazon from issuing a certificate.
options:
  name:
    description: Domain, for example V(staging.example.com).
    type: str
    required: true
  name_servers:
    description:
      - Name servers of the zone of the domain. Any value other than a list, such as V((known after apply\)) in check mode, means that
        the zone does not exist yet.
    type: raw
    required: true
  certificate_names:
    description: Names of a certificate, with or without wildcard, for which CAA records are checked.
    type: list
    elements: str
    default: []
  resolver:
    description:
      - Address of the resolver, for example V(192.0.2.53), with a port if it is not 53. By default, the resolvers of the machine are
        used.
      - If a port is set, all name servers are queried at this port.
    type: str
  timeout_seconds:
    description: Timeout of one query to one server, in seconds.
    type: float
    default: 3
requirements:
  - python >= 3.11
  - dnspython >= 2.6
notes:
  - Used by the role P(opta.platform.dns_cert#role).
seealso:
  - module: opta.platform.route53_zone
  - module: opta.platform.acm_certificate
  - name: Troubleshooting Certification Authority Authorization (CAA) problems
    description: AWS Certificate Manager User Guide.
    link: https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-caa.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes.info
"""

EXAMPLES = r"""
- name: Check whether the domain is delegated
  opta.platform.dns_delegation_info:
    name: staging.example.com
    name_servers: "{{ made.zone.name_servers }}"
    certificate_names: [staging.example.com, "*.staging.example.com"]
  register: dns

- name: Show why the domain is not delegated
  ansible.builtin.debug:
    msg: "{{ dns.reason }}"
  when: not dns.delegated
"""

RETURN = r"""
delegated:
  description: Whether the DNS returns the name servers of the zone, and no others.
  returned: success
  type: bool
  sample: true
name_servers:
  description: Name servers that the DNS returns, sorted.
  returned: success
  type: list
  elements: str
  sample: [ns-1.awsdns-1.com]
reason:
  description: Reason why the domain is not delegated. Empty if it is delegated.
  returned: success
  type: str
  sample: "the DNS has no NS records of staging.example.com (asked: the name servers of example.com)"
caa_problems:
  description: One sentence for each name in O(certificate_names) for which CAA records prevent Amazon from issuing a certificate.
  returned: success
  type: list
  elements: str
  sample: ['Amazon may not issue a certificate for example.com: example.com has the CAA records issue "ca.example.net".']
validation_possible:
  description: Whether ACM can validate and issue a certificate, according to the DNS.
  returned: success
  type: bool
  sample: true
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
NOT_MADE = "the hosted zone does not exist yet, so its name servers are unknown"


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
