#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_oidc_provider
short_description: Manage OpenID Connect providers of IAM
version_added: 1.0.0
description:
  - Creates, updates or deletes the IAM OIDC provider with which IAM trusts the tokens of an issuer, for example of the service accounts
    of an EKS cluster.
  - No thumbprint is set. IAM trusts the certificate authority of the issuer, as it does for EKS.
options:
  url:
    description:
      - URL of the issuer, which starts with C(https://). Required with O(state=present). A different URL selects a different provider.
      - If not set with O(state=absent), all providers with the ownership tags in O(tags) are deleted, so that a provider is also
        deleted after its cluster.
      - In check mode, V((known after apply\)) is allowed and predicts a new provider.
    type: str
  client_id_list:
    description: Client IDs, also known as audiences, of the provider. A new provider gets V(sts.amazonaws.com). Changed in place.
    type: list
    elements: str
notes:
  - Used by the role P(opta.platform.eks#role).
seealso:
  - module: opta.platform.irsa_role
  - name: CreateOpenIDConnectProvider
    description: IAM API Reference.
    link: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
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
- name: Create the provider of a cluster
  opta.platform.iam_oidc_provider:
    url: "{{ cluster.oidc_issuer }}"
    tags:
      opta:environment: staging

- name: Delete the provider of a deleted cluster
  opta.platform.iam_oidc_provider:
    state: absent
    tags:
      opta:environment: staging
      opta:role: eks
"""

RETURN = r"""
oidc_provider:
  description: The provider, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: URL of the issuer without C(https://).
      returned: always
      type: str
      sample: oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF
    arn:
      description: ARN of the provider.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF
    url:
      description: URL of the issuer.
      returned: always
      type: str
      sample: https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF
    client_id_list:
      description: Client IDs of the provider.
      returned: always
      type: list
      elements: str
      sample: [sts.amazonaws.com]
    tags:
      description: Tags of the provider.
      returned: always
      type: dict
      sample: {opta:environment: staging}
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
