#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: environment_info
short_description: Gather information about an environment in AWS
version_added: 1.0.0
description:
  - Returns the account, the existing resources of an environment, and the outputs of each role whose resources are complete, in the
    format in which the role publishes them. Each playbook of the collection runs the module at its start.
  - Existing resources are evaluated independently of inputs and defaults. Problems that a role refuses are warnings here.
  - Only resources with the ownership tags of the environment belong to it. A warning names each VPC, key or cluster that has only the
    name. If the environment does not exist, a warning also names an environment of the same name in another region or with another
    prefix.
  - As the first module that calls AWS, it fails with one sentence if credentials are missing, AWS cannot be reached, or the account is
    wrong.
options:
  environment:
    description: Name of the environment.
    type: str
    required: true
  name_prefix:
    description: Prefix of the names of all resources.
    type: str
    default: opta
  account_id:
    description: ID of the required account. The module fails in any other account.
    type: str
  vpc_id:
    description: ID of the existing VPC of an environment without a managed VPC.
    type: str
  public_subnet_ids:
    description: IDs of the public subnets of O(vpc_id).
    type: list
    elements: str
    default: []
  private_subnet_ids:
    description: IDs of the private subnets of O(vpc_id).
    type: list
    elements: str
    default: []
  stores:
    description:
      - Entries of the input lists of stores, by the name of the variable (for example C(aurora_clusters)), with C(name), C(engine_version)
        and C(instance_class).
      - RV(found) contains versions and classes of stores to create that AWS does not offer.
    type: dict
    default: {}
  node_groups:
    description:
      - Node groups with C(name), C(ami_type) and C(instance_types).
      - RV(found) contains instance types that EC2 does not offer in the region or that cannot run the image.
    type: list
    elements: dict
    default: []
  domain:
    description: Domain of the environment, which is compared with the hosted zones of the account.
    type: str
    default: ""
notes:
  - Used by the role P(opta.platform.common#role).
seealso:
  - module: opta.platform.preflight
  - module: amazon.aws.aws_caller_info
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes.info
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Gather information about the environment
  opta.platform.environment_info:
    environment: staging
    region: eu-west-1
  register: found

- name: Show the name of the cluster
  ansible.builtin.debug:
    msg: "{{ found.outputs.eks.cluster_name | default('the cluster does not exist') }}"
"""

RETURN = r"""
account:
  description: ID and partition of the account, the region, and the ARN of the caller.
  returned: success
  type: dict
  sample: {account_id: "123456789012", partition: aws, region: eu-west-1, caller_arn: "arn:aws:iam::123456789012:user/me"}
found:
  description:
    - Values with which M(opta.platform.preflight) compares the inputs, for example the number of availability zones, the version of the
      cluster, the CIDR blocks of the VPC, the owner of the hosted zone of the domain, settings of stores and node groups that AWS does
      not offer, and resources that have only the name of the environment.
  returned: success
  type: dict
  sample: {region: eu-west-1, zone_count: 3, cluster_version: "1.35", vpc_cidr_blocks: [10.0.0.0/16], refusals: [], strangers: []}
outputs:
  description: Outputs of each role whose resources are complete, by role. The README of each role describes its outputs.
  returned: success
  type: dict
  sample: {network: {vpc_id: vpc-0123456789abcdef0}}
"""

from ..module_utils._environment.account import read_account
from ..module_utils._environment.outputs import Environment
from ..module_utils._module import FIRST_CALL_RETRIES, PlatformModule

ARGUMENTS = {
    "environment": {"required": True},
    "name_prefix": {"default": "opta"},
    "account_id": {},
    "vpc_id": {},
    "public_subnet_ids": {"type": "list", "elements": "str", "default": []},
    "private_subnet_ids": {"type": "list", "elements": "str", "default": []},
    "stores": {"type": "dict", "default": {}},
    "node_groups": {"type": "list", "elements": "dict", "default": []},
    "domain": {"default": ""},
}


def read(module):
    given = module.params
    existing = {name: given[name] for name in ("vpc_id", "public_subnet_ids", "private_subnet_ids")}
    account = read_account(module.client("sts", FIRST_CALL_RETRIES), module.region, given["account_id"])
    identity = module.identity(account["account_id"], account["partition"])
    environment = Environment(module.client, identity, existing, given["domain"], given["node_groups"])
    found, outputs = environment.found(given["stores"]), environment.outputs()
    for warning in (*environment.warnings(), *environment.notes):
        module.warn(warning)
    return {"account": account, "found": found, "outputs": outputs}


def main():
    PlatformModule(ARGUMENTS, common=False).report(read)


if __name__ == "__main__":
    main()
