#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: store_secrets_info
short_description: List the stores of an environment by their secrets
version_added: 1.0.0
description:
  - A store's secret is the first thing of it that is made and the last that goes, so every store is found, also one that is half made or
    half removed. What the secrets hold is not read.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  environment:
    description: The environment, as in the names of the secrets and, with O(name_prefix) and O(region), in their ownership tags.
    type: str
    required: true
  name_prefix:
    description: Beginning of every name.
    type: str
    default: opta
  kind:
    description: The kind of store.
    type: str
    required: true
    choices: [aurora, docdb, cache]
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: See which caches the environment staging has
  opta.platform.store_secrets_info:
    environment: staging
    kind: cache
  register: caches
"""

RETURN = r"""
stores:
  description: The stores by name.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Its name in the description of the environment., type: str, sample: main}
    secret_name: {description: Name of its secret., type: str, sample: opta/staging/cache/main}
    secret_arn: {description: ARN of its secret., type: str}
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
