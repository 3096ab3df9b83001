#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_oidc_provider
short_description: Manage an OpenID Connect provider of IAM
version_added: 1.0.0
description:
  - Creates, changes or deletes the provider by which IAM trusts the tokens of an issuer, such as the service accounts of an EKS cluster.
  - No thumbprint is given. IAM trusts the authority of the issuer's certificate, as it does for EKS.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  url:
    description:
      - The issuer's URL, beginning with C(https://). Another URL is another provider.
      - Needed with O(state=present).
      - With O(state=absent) and without it, every provider that carries the ownership tags of O(tags) is deleted,
        so that a provider goes even when its cluster, and the URL with it, is gone.
      - C((known after apply)) in check mode predicts a new provider.
    type: str
  client_id_list:
    description: Audiences that tokens may name. Changed in place. V(sts.amazonaws.com) alone when the provider is made without.
    type: list
    elements: str
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Trust the service accounts of a cluster
  opta.platform.iam_oidc_provider:
    url: "{{ cluster.oidc_issuer }}"
    tags:
      opta:environment: staging

- name: Trust them no more
  opta.platform.iam_oidc_provider:
    state: absent
    tags:
      opta:environment: staging
      opta:role: eks
"""

RETURN = r"""
oidc_provider:
  description: The provider; null when it is gone.
  returned: always
  type: dict
  contains:
    name: {description: The URL without C(https://)., type: str}
    arn: {description: Its ARN., type: str}
    url: {description: The issuer's URL., type: str}
    client_id_list: {description: Audiences that tokens may name., type: list, elements: str, sample: [sts.amazonaws.com]}
    tags: {description: All tags., type: dict}
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update) or C(delete).", type: str}
    resource: {description: Kind and name., type: str}
    attributes: {description: The attributes that are set., type: list, elements: str}
    allowed: {description: Whether the run may do it., type: bool}
diff:
  description: The changed attributes before and after.
  returned: always
  type: dict
"""

from ..module_utils._iam.reconcile import oidc_provider_outcomes
from ..module_utils._module import PlatformModule

ARGUMENTS = {
    "url": {},
    "client_id_list": {"type": "list", "elements": "str"},
}


def main():
    PlatformModule(ARGUMENTS, required_if=[("state", "present", ["url"])]).run(oidc_provider_outcomes, key="oidc_provider")


if __name__ == "__main__":
    main()
