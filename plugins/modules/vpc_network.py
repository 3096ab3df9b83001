#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_network
short_description: Manage a whole network for an environment
version_added: 1.0.0
description:
  - Creates, changes or deletes a VPC with one public and one private subnet in each of its availability zones, internet gateway,
    NAT gateways, route tables, VPC endpoints and flow log.
  - The default security group of the VPC is emptied, DNS support and DNS host names are on.
  - Every part is found by its tags, so that a run that ended anywhere is finished by the next one without a duplicate.
  - What is neither given nor has a default is left as it is found.
  - With O(wait=false) the routes through NAT gateways that are not ready yet, and what follows them, are left to the next run.
    Together with O(state=absent), the deletion of the NAT gateways begins and everything else is left to the next run.
  - O(state=absent) also deletes the network interfaces and security groups that the EKS cluster of the network's name and its load
    balancers have left in the VPC. Whatever else lives in the VPC, also what belongs to another cluster, is named and refused before
    anything is deleted.
  - NAT gateways cost money by the hour and by the gigabyte; so do interface endpoints, for each zone. Gateway endpoints are free.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  name:
    description:
      - Name of the VPC, its tag C(Name), and the beginning of the names of all parts.
      - The VPC is found by the ownership tags in O(tags) when C(opta:environment), C(opta:role) and C(opta:name) are given,
        and by its name otherwise.
    type: str
    required: true
  cidr_block:
    description: "Block of IPv4 addresses of the VPC, from /16 to /28; needed when it is created. Cannot be changed: a VPC keeps its block."
    type: str
  zone_count:
    description:
      - Number of availability zones. A new network has three when it is not given, or as many as the region has where EKS runs when these
        are fewer, or as many as there are blocks of subnets.
      - Zones where EKS cannot run are left out, and the zones that the network has stay, whatever zones AWS adds.
      - Changed in place. More zones need room in O(cidr_block); fewer are refused while something lives in their subnets.
    type: int
  public_subnet_cidr_blocks:
    description:
      - Blocks of the public subnets, one a zone. Derived from O(cidr_block) when empty, a quarter of it for all of them.
      - "Cannot be changed for subnets that exist: a subnet keeps its block."
    type: list
    elements: str
    default: []
  private_subnet_cidr_blocks:
    description:
      - Blocks of the private subnets, one a zone, none smaller than /27. Derived from O(cidr_block) when empty,
        one half of it for all of them.
      - "Cannot be changed for subnets that exist: a subnet keeps its block."
    type: list
    elements: str
    default: []
  public_subnet_tags:
    description: More tags of the public subnets, besides C(kubernetes.io/role/elb). Changed in place.
    type: dict
    default: {}
  private_subnet_tags:
    description: More tags of the private subnets, besides C(kubernetes.io/role/internal-elb). Changed in place.
    type: dict
    default: {}
  nat_mode:
    description:
      - How private subnets reach the internet. V(none) does not let them, V(single) has one NAT gateway for all zones,
        V(per_zone) one in each.
      - Changed in place. New gateways are made, then the routes are moved, then the old ones are deleted and their addresses released.
    type: str
    choices: [none, single, per_zone]
  gateway_endpoints:
    description: Services that private subnets reach by a gateway endpoint. Changed in place; those that are not named are removed.
    type: list
    elements: str
    choices: [s3, dynamodb]
  interface_endpoints:
    description:
      - Services that private subnets reach by an interface endpoint, such as V(ecr.api) or V(sts), open to the VPC on port 443.
        Changed in place; those that are not named are removed.
      - They are found by the services' own names, where a service offers that. Of a service that O(gateway_endpoints) names too,
        only resolvers outside of the VPC are told the interfaces' addresses.
    type: list
    elements: str
  purge_rules:
    description:
      - Whether rules of the interface endpoints' security group that this module did not make are revoked.
        Otherwise they stay, and each run warns of them.
    type: bool
    default: false
  flow_logs:
    description:
      - Where the VPC's flow log goes in CloudWatch Logs. An empty dict removes it.
      - Changed in place. The flow log is deleted and created again, its events stay in their log group.
    type: dict
    suboptions:
      log_group_arn:
        description: ARN of the log group.
        type: str
      role_arn:
        description: ARN of the role that may write to it. A role that IAM has made a moment ago is waited for.
        type: str
      traffic_type:
        description: The traffic that is logged.
        type: str
        choices: [ALL, ACCEPT, REJECT]
        default: ALL
      max_aggregation_interval:
        description: Seconds for which a flow is gathered into one record.
        type: int
        choices: [60, 600]
        default: 600
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Bring the network of the environment staging
  opta.platform.vpc_network:
    name: opta-staging
    cidr_block: 10.0.0.0/16
    zone_count: 3
    nat_mode: single
    gateway_endpoints: [s3, dynamodb]
    flow_logs:
      log_group_arn: "{{ log_group.arn }}"
      role_arn: "{{ flow_log_role.arn }}"
    tags:
      opta:environment: staging
      opta:role: network
      opta:name: staging

- name: Give every zone its own way out
  opta.platform.vpc_network:
    name: opta-staging
    nat_mode: per_zone
    tags:
      opta:environment: staging

- name: Begin to delete the NAT gateways, which takes minutes
  opta.platform.vpc_network:
    name: opta-staging
    state: absent
    wait: false
    tags:
      opta:environment: staging

- name: Delete the network
  opta.platform.vpc_network:
    name: opta-staging
    state: absent
    tags:
      opta:environment: staging
"""

RETURN = r"""
network:
  description: The network; null when it is gone. Lists are ordered by the ids of the zones.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str, sample: opta-staging}
    vpc_id: {description: Id of the VPC., type: str, sample: vpc-0123456789abcdef0}
    cidr_block: {description: Its first block., type: str, sample: 10.0.0.0/16}
    cidr_blocks: {description: "All its blocks of IPv4 addresses, also those that were added later.", type: list, elements: str}
    tags: {description: Tags of the VPC., type: dict}
    default_security_group_id: {description: "Id of the emptied default security group.", type: str}
    zone_ids: {description: Ids of its zones., type: list, elements: str, sample: [euw1-az1, euw1-az2, euw1-az3]}
    zone_names: {description: Names of its zones in this account., type: list, elements: str}
    public_subnet_ids: {description: The public subnets., type: list, elements: str}
    public_subnet_cidr_blocks: {description: Their blocks., type: list, elements: str}
    private_subnet_ids: {description: The private subnets., type: list, elements: str}
    private_subnet_cidr_blocks: {description: Their blocks., type: list, elements: str}
    internet_gateway_id: {description: The internet gateway., type: str}
    nat_mode: {description: As the option., type: str, sample: single}
    nat_gateway_ids: {description: The NAT gateways., type: list, elements: str}
    nat_public_ips: {description: The addresses from which private subnets reach the internet., type: list, elements: str}
    public_route_table_id: {description: The route table of the public subnets., type: str}
    private_route_table_ids: {description: The route tables of the private subnets., type: list, elements: str}
    gateway_endpoint_ids: {description: Ids of the gateway endpoints by service., type: dict}
    interface_endpoint_ids: {description: Ids of the interface endpoints by service., type: dict}
    flow_log_id: {description: "Id of the flow log, or null.", type: str}
actions:
  description: What was done, or in check mode would be done, one entry for each part.
  returned: always
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update) or C(delete).", type: str}
    resource: {description: Kind and name., type: str, sample: subnet opta-staging-private-euw1-az1}
    attributes: {description: The attributes that are set., type: list, elements: str}
    allowed: {description: Whether the run may do it., type: bool}
diff:
  description: The changed attributes of each part before and after.
  returned: always
  type: dict
"""

from ..module_utils._module import PlatformModule
from ..module_utils._vpc.endpoints import GATEWAY_SERVICES
from ..module_utils._vpc.flow_log import INTERVALS, TRAFFIC_TYPES
from ..module_utils._vpc.layout import NAT_MODES
from ..module_utils._vpc.reconcile import network_outcomes

STRINGS = {"type": "list", "elements": "str"}
FLOW_LOGS = {
    "log_group_arn": {},
    "role_arn": {},
    "traffic_type": {"choices": list(TRAFFIC_TYPES), "default": "ALL"},
    "max_aggregation_interval": {"type": "int", "choices": list(INTERVALS), "default": 600},
}
ARGUMENTS = {
    "name": {"required": True},
    "cidr_block": {},
    "zone_count": {"type": "int"},
    "public_subnet_cidr_blocks": {**STRINGS, "default": []},
    "private_subnet_cidr_blocks": {**STRINGS, "default": []},
    "public_subnet_tags": {"type": "dict", "default": {}},
    "private_subnet_tags": {"type": "dict", "default": {}},
    "nat_mode": {"choices": list(NAT_MODES)},
    "gateway_endpoints": {**STRINGS, "choices": list(GATEWAY_SERVICES)},
    "interface_endpoints": STRINGS,
    "purge_rules": {"type": "bool", "default": False},
    "flow_logs": {"type": "dict", "options": FLOW_LOGS, "required_together": [("log_group_arn", "role_arn")]},
}


def main():
    PlatformModule(ARGUMENTS).run(network_outcomes, key="network")


if __name__ == "__main__":
    main()
