#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: store_secrets_info
short_description: List the stores of an environment by their secrets
version_added: 1.0.0
description:
  - Returns the stores of an environment. The secret of a store is created before, and deleted after, all its other resources. Therefore
    stores that are partly created or partly deleted are listed too.
  - The module does not read the values of secrets.
options:
  environment:
    description:
      - Name of the environment, as in the names of the secrets and, with O(name_prefix) and O(region), in their ownership tags.
    type: str
    required: true
  name_prefix:
    description: Prefix of the names of all resources.
    type: str
    default: opta
  kind:
    description: Type of the stores.
    type: str
    required: true
    choices: [aurora, docdb, cache]
notes:
  - Used by the roles P(opta.platform.aurora#role), P(opta.platform.documentdb#role) and P(opta.platform.elasticache#role).
seealso:
  - module: opta.platform.aurora_cluster
  - module: opta.platform.documentdb_cluster
  - module: opta.platform.elasticache_replication_group
  - name: ListSecrets
    description: AWS Secrets Manager API Reference.
    link: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes.info
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: List the caches of the environment staging
  opta.platform.store_secrets_info:
    environment: staging
    kind: cache
  register: caches
"""

RETURN = r"""
stores:
  description: Stores, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the store in the inventory.
      returned: always
      type: str
      sample: main
    secret_name:
      description: Name of the secret.
      returned: always
      type: str
      sample: opta/staging/cache/main
    secret_arn:
      description: ARN of the secret.
      returned: always
      type: str
      sample: arn:aws:secretsmanager:eu-west-1:123456789012:secret:opta/staging/cache/main-0a1b2c
"""

from ..module_utils._credentials.store_secrets import store_secrets
from ..module_utils._module import PlatformModule

ARGUMENTS = {
    "environment": {"required": True},
    "name_prefix": {"default": "opta"},
    "kind": {"required": True, "choices": ["aurora", "docdb", "cache"]},
}


def read(module):
    return {"stores": store_secrets(module.client("secretsmanager"), module.identity(), module.params["kind"])}


def main():
    PlatformModule(ARGUMENTS, common=False).report(read)


if __name__ == "__main__":
    main()
