#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_network
short_description: Manage the VPC of an environment with all its network resources
version_added: 1.0.0
description:
  - Creates, updates or deletes a VPC with one public and one private subnet in each of its availability zones, an internet gateway, NAT
    gateways, route tables, VPC endpoints and a flow log.
  - The default security group of the VPC has no rules. DNS support and DNS host names are enabled.
  - Each resource is found by its tags, so an interrupted run is completed by the next run without duplicates.
  - Settings that have no default and are not set are kept.
  - With O(wait=false), routes through NAT gateways that are not available yet, and the steps after them, are left to the next run. With
    O(wait=false) and O(state=absent), the deletion of the NAT gateways starts, and all other steps are left to the next run.
  - O(state=absent) also deletes the network interfaces and security groups that the EKS cluster with the name in O(name) and its load
    balancers left in the VPC. If the VPC contains other resources, including those of other clusters, the module names them and fails
    before anything is deleted.
  - NAT gateways are charged by the hour and by the gigabyte, interface endpoints also per availability zone. Gateway endpoints are
    free.
options:
  name:
    description:
      - Name of the VPC (tag C(Name)), and prefix of the names of all other resources.
      - The VPC is found by the ownership tags in O(tags) if C(opta:environment), C(opta:role) and C(opta:name) are set, and by its name
        otherwise.
    type: str
    required: true
  cidr_block:
    description:
      - IPv4 CIDR block of the VPC, from /16 to /28. Required to create a VPC.
      - "Cannot be changed: AWS sets the primary block when the VPC is created."
    type: str
  zone_count:
    description:
      - Number of availability zones.
      - A new network gets three, or fewer if the region has fewer availability zones that support EKS, or as many as the listed subnet
        blocks.
      - Availability zones that do not support EKS are excluded. The zones of an existing network are kept if AWS adds others.
      - Changed in place. A higher number requires free addresses in O(cidr_block). A lower number is refused while the subnets contain
        resources.
    type: int
  public_subnet_cidr_blocks:
    description:
      - CIDR blocks of the public subnets, one for each availability zone. If empty, they are derived from a quarter of O(cidr_block).
      - "Cannot be changed for existing subnets: AWS sets the block when the subnet is created."
    type: list
    elements: str
    default: []
  private_subnet_cidr_blocks:
    description:
      - CIDR blocks of the private subnets, one for each availability zone, at least a /27 each. If empty, they are derived from one
        half of O(cidr_block).
      - "Cannot be changed for existing subnets: AWS sets the block when the subnet is created."
    type: list
    elements: str
    default: []
  public_subnet_tags:
    description: Additional tags of the public subnets, besides C(kubernetes.io/role/elb). Changed in place.
    type: dict
    default: {}
  private_subnet_tags:
    description: Additional tags of the private subnets, besides C(kubernetes.io/role/internal-elb). Changed in place.
    type: dict
    default: {}
  nat_mode:
    description:
      - NAT gateways for the internet access of private subnets. V(none) creates none, V(single) creates one for all availability zones,
        and V(per_zone) creates one in each availability zone.
      - Changed in place. New NAT gateways are created, then routes are moved, then the old NAT gateways are deleted and their addresses
        released.
    type: str
    choices: [none, single, per_zone]
  gateway_endpoints:
    description:
      - Services that private subnets reach through a gateway endpoint. Gateway endpoints that are not listed are deleted. Changed in
        place.
    type: list
    elements: str
    choices: [s3, dynamodb]
  interface_endpoints:
    description:
      - Services that private subnets reach through an interface endpoint, for example V(ecr.api) or V(sts). The VPC may connect to the
        endpoints on port 443. Interface endpoints that are not listed are deleted. Changed in place.
      - Private DNS is enabled where the service supports it. For a service that is also listed in O(gateway_endpoints), only resolvers
        outside of the VPC get the addresses of the interfaces.
    type: list
    elements: str
  purge_rules:
    description:
      - Whether to revoke rules of the security group of the interface endpoints that this module did not create. If V(false), each run
        warns about them.
    type: bool
    default: false
  flow_logs:
    description:
      - Destination of the flow log of the VPC in CloudWatch Logs. An empty dictionary deletes the flow log.
      - Changed in place. The flow log is deleted and created again, and its events stay in their log group.
    type: dict
    suboptions:
      log_group_arn:
        description: ARN of the log group.
        type: str
      role_arn:
        description: ARN of the IAM role that may write to the log group. The module waits until a newly created role is usable.
        type: str
      traffic_type:
        description: Type of traffic to log.
        type: str
        default: ALL
        choices: [ALL, ACCEPT, REJECT]
      max_aggregation_interval:
        description: Maximum interval during which a flow is aggregated into one record, in seconds.
        type: int
        default: 600
        choices: [60, 600]
notes:
  - RV(actions) has one action for each resource.
  - Used by the role P(opta.platform.network#role).
seealso:
  - module: amazon.aws.ec2_vpc_net
  - module: amazon.aws.ec2_vpc_subnet
  - module: amazon.aws.ec2_vpc_nat_gateway
  - module: amazon.aws.ec2_vpc_endpoint
  - name: How Amazon VPC works
    description: Amazon VPC User Guide.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works.html
  - name: Amazon EKS VPC and subnet requirements
    description: Amazon EKS User Guide.
    link: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
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
- name: Create or update the network of the environment staging
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

- name: Create a NAT gateway in each availability zone
  opta.platform.vpc_network:
    name: opta-staging
    nat_mode: per_zone
    tags:
      opta:environment: staging

- name: Start deleting the NAT gateways without waiting for it
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
  description:
    - The network, or V(null) if it does not exist. Lists are sorted by the IDs of the availability zones. In check mode, values that
      only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the VPC.
      returned: always
      type: str
      sample: opta-staging
    vpc_id:
      description: ID of the VPC.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    cidr_block:
      description: Primary IPv4 CIDR block of the VPC.
      returned: always
      type: str
      sample: 10.0.0.0/16
    cidr_blocks:
      description: All IPv4 CIDR blocks of the VPC, including secondary blocks.
      returned: always
      type: list
      elements: str
      sample: [10.0.0.0/16]
    tags:
      description: Tags of the VPC.
      returned: always
      type: dict
      sample: {Name: opta-staging, opta:environment: staging}
    default_security_group_id:
      description: ID of the default security group, which has no rules.
      returned: always
      type: str
      sample: sg-0123456789abcdef0
    zone_ids:
      description: IDs of the availability zones.
      returned: always
      type: list
      elements: str
      sample: [euw1-az1, euw1-az2, euw1-az3]
    zone_names:
      description: Names of the availability zones in the account.
      returned: always
      type: list
      elements: str
      sample: [eu-west-1a, eu-west-1b, eu-west-1c]
    public_subnet_ids:
      description: IDs of the public subnets.
      returned: always
      type: list
      elements: str
      sample: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
    public_subnet_cidr_blocks:
      description: CIDR blocks of the public subnets.
      returned: always
      type: list
      elements: str
      sample: [10.0.0.0/20, 10.0.16.0/20]
    private_subnet_ids:
      description: IDs of the private subnets.
      returned: always
      type: list
      elements: str
      sample: [subnet-0123456789abcdef2, subnet-0123456789abcdef3]
    private_subnet_cidr_blocks:
      description: CIDR blocks of the private subnets.
      returned: always
      type: list
      elements: str
      sample: [10.0.128.0/19, 10.0.160.0/19]
    internet_gateway_id:
      description: ID of the internet gateway.
      returned: always
      type: str
      sample: igw-0123456789abcdef0
    nat_mode:
      description: NAT gateways for the internet access of private subnets.
      returned: always
      type: str
      sample: single
    nat_gateway_ids:
      description: IDs of the NAT gateways.
      returned: always
      type: list
      elements: str
      sample: [nat-0123456789abcdef0]
    nat_public_ips:
      description: Public IP addresses of the NAT gateways, from which private subnets reach the internet.
      returned: always
      type: list
      elements: str
      sample: [203.0.113.10]
    public_route_table_id:
      description: ID of the route table of the public subnets.
      returned: always
      type: str
      sample: rtb-0123456789abcdef0
    private_route_table_ids:
      description: IDs of the route tables of the private subnets.
      returned: always
      type: list
      elements: str
      sample: [rtb-0123456789abcdef1, rtb-0123456789abcdef2]
    gateway_endpoint_ids:
      description: IDs of the gateway endpoints, by service.
      returned: always
      type: dict
      sample: {s3: vpce-0123456789abcdef0}
    interface_endpoint_ids:
      description: IDs of the interface endpoints, by service.
      returned: always
      type: dict
      sample: {sts: vpce-0123456789abcdef1}
    flow_log_id:
      description: ID of the flow log, or V(null) if it does not exist.
      returned: always
      type: str
      sample: fl-0123456789abcdef0
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
