#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: environment_info
short_description: Read what an environment has in AWS
version_added: 1.0.0
author: [opta.platform contributors (@opta-platform)]
description:
  - Opens every playbook of the collection. From names and tags it reads what stands, and returns the outputs of each role that
    stands completely, in the same shapes in which the role itself publishes them. Changes nothing.
  - What stands is judged by itself, never by the inputs or their defaults. What a role would refuse is a warning here.
  - Only what carries the environment's ownership tags is read as its own. A VPC, a key or a cluster that only has its name is reported in a
    warning. So is, when nothing of the environment exists, an environment of the same name in another region or under another prefix.
  - It is the first to ask AWS, so it says in one sentence when there are no credentials, nobody answers, or it is another account.
options:
  environment:
    description: Name of the environment.
    type: str
    required: true
  name_prefix:
    description: Beginning of every name.
    type: str
    default: opta
  account_id:
    description: The account that the environment lives in; another one fails.
    type: str
  vpc_id:
    description: The existing VPC that the environment was given, when it has none of its own.
    type: str
  public_subnet_ids:
    description: Public subnets of O(vpc_id).
    type: list
    elements: str
    default: []
  private_subnet_ids:
    description: Private subnets of O(vpc_id).
    type: list
    elements: str
    default: []
  stores:
    description:
      - Entries of the lists of stores, by the names of these variables (for example C(aurora_clusters)), as M(opta.platform.preflight)
        returns them.
      - Of those that are not there yet, versions and classes that AWS does not offer are reported in RV(found).
    type: dict
    default: {}
  node_groups:
    description:
      - Node groups with C(name), C(ami_type) and C(instance_types).
      - Instance types that EC2 does not offer in the region, or that cannot run the images, are reported in RV(found).
    type: list
    elements: dict
    default: []
  domain:
    description: The domain that the environment is to have, to be held against the account's zones.
    type: str
    default: ""
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Read the environment
  opta.platform.environment_info:
    environment: staging
    region: eu-west-1
  register: found

- name: Show its cluster
  ansible.builtin.debug:
    msg: "{{ found.outputs.eks.cluster_name | default('there is no cluster yet') }}"
"""

RETURN = r"""
account:
  description: The account, its partition, the region, and who calls.
  returned: success
  type: dict
  sample: {account_id: "123456789012", partition: aws, region: eu-west-1, caller_arn: "arn:aws:iam::123456789012:user/me"}
found:
  description:
    - What inputs are held against, as the number of zones, the version of the cluster, the blocks of the VPC, whose zone of Route 53 the
      domain has, what of the stores and node groups AWS does not offer, and what bears the environment's names without being its own.
  returned: success
  type: dict
  sample: {region: eu-west-1, zone_count: 3, cluster_version: "1.35", vpc_cidr_blocks: [10.0.0.0/16], refusals: [], strangers: []}
outputs:
  description: Outputs by role, of the roles that stand completely; see each role's outputs.
  returned: success
  type: dict
  sample: {network: {vpc_id: vpc-0123456789abcdef0}}
"""

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError

from ..module_utils._environment.account import read_account
from ..module_utils._environment.outputs import Environment
from ..module_utils._errors import PlatformError
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


def main():
    module = PlatformModule(argument_spec=ARGUMENTS, common=False)
    given = module.params
    brought = {name: given[name] for name in ("vpc_id", "public_subnet_ids", "private_subnet_ids")}
    try:
        account = read_account(module.client("sts", FIRST_CALL_RETRIES), module.region, given["account_id"])
        identity = module.identity(account["account_id"], account["partition"])
        environment = Environment(module.client, identity, brought, given["domain"], given["node_groups"])
        found, outputs = environment.found(given["stores"]), environment.outputs()
        for warning in (*environment.warnings(), *environment.notes):
            module.warn(warning)
        module.exit_json(changed=False, account=account, found=found, outputs=outputs)
    except PlatformError as error:
        module.fail_json(msg=str(error))
    except AnsibleAWSError as error:
        module.fail_json_aws_error(error)


if __name__ == "__main__":
    main()
