#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_cluster
short_description: Manage the control plane of an Amazon EKS cluster
version_added: 1.0.0
description:
  - Creates, changes or deletes the control plane of one Amazon EKS cluster and waits until it is ready.
  - EKS takes one kind of change at a time. Several changes are made one after another, each waited for by its update.
  - In check mode it says what it would do, attribute by attribute.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
  - boto3 >= 1.38.0
  - botocore >= 1.38.0
options:
  name:
    description: Name of the cluster, 1 to 100 letters, digits, C(-) and C(_), unique in account and region.
    type: str
    required: true
  role_arn:
    description:
      - ARN of the IAM role of the control plane. Required to make a cluster.
      - "Cannot be changed: EKS fixes it when the cluster is made."
    type: str
  version:
    description:
      - Kubernetes version, major and minor in quotes, e.g. V("1.35").
      - Upgraded in place, one minor version at a time; more than one is refused. A found version above this one is reported and left.
      - When not given, a new cluster gets O(default_version), and an existing one keeps its version.
    type: str
  default_version:
    description: Version of a cluster that is made without O(version); the one that EKS now makes the default when not given.
    type: str
  default_role_arn:
    description: ARN of the IAM role of a cluster that is made without O(role_arn). One that exists keeps its own.
    type: str
  force_update:
    description: Whether an upgrade of O(version) goes on when EKS's upgrade insights show errors.
    type: bool
    default: false
  subnet_ids:
    description: Subnets of the control plane's network interfaces, in at least two zones. Required to make a cluster. Changed in place.
    type: list
    elements: str
  security_group_ids:
    description: Security groups of those network interfaces, beside the one that EKS makes. Changed in place.
    type: list
    elements: str
  endpoint_public_access:
    description: Whether the endpoint is reached from the internet. EKS's default is V(true). Changed in place.
    type: bool
  endpoint_private_access:
    description: Whether the endpoint is reached from inside the VPC. EKS's default is V(false). Changed in place.
    type: bool
  public_access_cidrs:
    description:
      - CIDR blocks that may reach the public endpoint. Changed in place.
      - Not looked at while the public endpoint is off.
    type: list
    elements: str
  api_client_cidr_blocks:
    description:
      - CIDR blocks, of the VPC or of connected networks, that may reach the Kubernetes API by the private endpoint, on port 443.
        They are let in by rules of the security group that EKS made for the cluster; its other rules stay. Changed in place.
      - With O(wait=false) they are left to a run that waits, as the group comes with the cluster.
    type: list
    elements: str
  api_client_security_group_ids:
    description: Security groups that may do the same. Changed in place.
    type: list
    elements: str
  log_types:
    description: Control-plane logs that are sent to CloudWatch Logs; the others are turned off. A new cluster sends all. Changed in place.
    type: list
    elements: str
    choices: [api, audit, authenticator, controllerManager, scheduler]
  kms_key_arn:
    description:
      - ARN of the KMS key that encrypts Kubernetes secrets. Set in place where there is none.
      - "Cannot be changed: EKS neither changes nor removes a key."
    type: str
  authentication_mode:
    description:
      - How IAM principals are let in. A new cluster gets V(API) when not given.
      - "Changed in place, one way only: V(CONFIG_MAP) to V(API_AND_CONFIG_MAP) to V(API)."
    type: str
    choices: [API, API_AND_CONFIG_MAP, CONFIG_MAP]
  bootstrap_cluster_creator_admin_permissions:
    description: Whether EKS makes the principal that creates the cluster its administrator. Used at creation only.
    type: bool
    default: false
  bootstrap_self_managed_addons:
    description:
      - Whether EKS installs its self-managed vpc-cni, kube-proxy and coredns. Used at creation only.
        They conflict with the add-ons that M(opta.platform.eks_addon) makes.
    type: bool
    default: false
  upgrade_support_type:
    description:
      - What happens at the end of standard support. With V(STANDARD) EKS upgrades the cluster by itself,
        with V(EXTENDED) extended support is paid for. Changed in place.
    type: str
    choices: [STANDARD, EXTENDED]
  deletion_protection:
    description:
      - Whether the cluster is protected from deletion. Changed in place.
      - O(state=absent) is refused while it is, unless V(false) is given together with it.
    type: bool
  service_ipv4_cidr:
    description:
      - CIDR block of the addresses of Kubernetes services, which overlaps no block of the VPC.
      - When not given, EKS takes V(172.20.0.0/16) in a VPC with a block in 10.0.0.0/8, and V(10.100.0.0/16) in any other.
      - "Cannot be changed: EKS fixes it when the cluster is made."
    type: str
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: opta.platform.eks_node_group
  - module: opta.platform.eks_addon
  - module: opta.platform.eks_access_entry
"""

EXAMPLES = r"""
- name: Make an encrypted cluster whose endpoint is reached from one office
  opta.platform.eks_cluster:
    name: opta-staging
    version: "1.35"
    role_arn: "{{ cluster_role.iam_role.arn }}"
    subnet_ids: "{{ network_outputs.private_subnet_ids }}"
    endpoint_public_access: true
    endpoint_private_access: true
    public_access_cidrs: [203.0.113.0/24]
    log_types: [api, audit, authenticator, controllerManager, scheduler]
    kms_key_arn: "{{ network_outputs.kms_key_arn }}"
    authentication_mode: API
    tags:
      opta:environment: staging

- name: Begin to make a cluster and do other things meanwhile
  opta.platform.eks_cluster:
    name: opta-staging
    role_arn: "{{ cluster_role.iam_role.arn }}"
    subnet_ids: "{{ network_outputs.private_subnet_ids }}"
    wait: false

- name: Delete a cluster
  opta.platform.eks_cluster:
    name: opta-staging
    state: absent
"""

RETURN = r"""
cluster:
  description:
    - The cluster; null when there is none. In check mode, what only AWS decides is V((known after apply)).
  returned: success
  type: dict
  contains:
    name: {description: Name., type: str, returned: always, sample: opta-staging}
    arn: {description: ARN., type: str, returned: always}
    endpoint: {description: URL of the Kubernetes API server., type: str, returned: always}
    certificate_authority_data: {description: The certificate authority in Base64., type: str, returned: always}
    oidc_issuer: {description: URL of the issuer of service-account tokens., type: str, returned: always}
    cluster_security_group_id: {description: The security group that EKS made., type: str, returned: always}
    vpc_id: {description: The VPC of the subnets., type: str, returned: always}
    status: {description: EKS's status., type: str, returned: always, sample: ACTIVE}
    platform_version: {description: EKS's platform version., type: str, returned: always, sample: eks.7}
    role_arn: {description: As the option., type: str, returned: always}
    version: {description: Kubernetes version., type: str, returned: always, sample: "1.35"}
    subnet_ids: {description: As the option., type: list, elements: str, returned: always}
    security_group_ids: {description: As the option., type: list, elements: str, returned: always}
    endpoint_public_access: {description: As the option., type: bool, returned: always}
    endpoint_private_access: {description: As the option., type: bool, returned: always}
    public_access_cidrs: {description: As the option., type: list, elements: str, returned: always}
    log_types: {description: As the option., type: list, elements: str, returned: always}
    kms_key_arn: {description: As the option., type: str, returned: always}
    authentication_mode: {description: As the option., type: str, returned: always}
    upgrade_support_type: {description: As the option., type: str, returned: always}
    deletion_protection: {description: As the option., type: bool, returned: always}
    service_ipv4_cidr: {description: As the option., type: str, returned: always}
    tags: {description: Tags., type: dict, returned: always}
actions:
  description: What was done, or would be done in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: "V(create), V(update), V(replace) or V(delete).", type: str, returned: always}
    resource: {description: Kind and name., type: str, returned: always, sample: EKS cluster opta-staging}
    attributes: {description: Attributes that change., type: list, elements: str, returned: always}
    allowed: {description: Whether a run does it without another option., type: bool, returned: always}
diff:
  description: The changed attributes before and after.
  returned: success
  type: dict
"""

from ..module_utils._eks.api_clients import ApiClients
from ..module_utils._eks.cluster import LOG_TYPES, Cluster
from ..module_utils._eks.identity import cluster_arn, get_caller_identity
from ..module_utils._eks.options import check_cluster
from ..module_utils._module import PlatformModule

CLIENTS = ("api_client_cidr_blocks", "api_client_security_group_ids")
ARGUMENTS = {
    "name": {"required": True},
    "role_arn": {},
    "version": {},
    "default_version": {},
    "default_role_arn": {},
    "force_update": {"type": "bool", "default": False},
    "subnet_ids": {"type": "list", "elements": "str"},
    "security_group_ids": {"type": "list", "elements": "str"},
    "endpoint_public_access": {"type": "bool"},
    "endpoint_private_access": {"type": "bool"},
    "public_access_cidrs": {"type": "list", "elements": "str"},
    "api_client_cidr_blocks": {"type": "list", "elements": "str"},
    "api_client_security_group_ids": {"type": "list", "elements": "str"},
    "log_types": {"type": "list", "elements": "str", "choices": list(LOG_TYPES)},
    "kms_key_arn": {"no_log": False},
    "authentication_mode": {"choices": ["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"]},
    "bootstrap_cluster_creator_admin_permissions": {"type": "bool", "default": False},
    "bootstrap_self_managed_addons": {"type": "bool", "default": False},
    "upgrade_support_type": {"choices": ["STANDARD", "EXTENDED"]},
    "deletion_protection": {"type": "bool"},
    "service_ipv4_cidr": {},
}


def predicted_arn(module, eks):
    identity = get_caller_identity(module.client("sts"))
    return cluster_arn(identity["Arn"], identity["Account"], eks.meta.region_name, module.params["name"])


def bring(module):
    given = module.params
    check_cluster(given)
    eks = module.client("eks")
    cluster = Cluster(
        eks,
        given["name"],
        bootstrap={
            "bootstrapClusterCreatorAdminPermissions": given["bootstrap_cluster_creator_admin_permissions"],
            "bootstrapSelfManagedAddons": given["bootstrap_self_managed_addons"],
        },
        default_version=given["default_version"],
        default_role_arn=given["default_role_arn"],
        force_update=given["force_update"],
        lift_protection=given["deletion_protection"] is False,
        purge_tags=given["purge_tags"],
        predict_arn=lambda: predicted_arn(module, eks),
        wait=given["wait"],
        timeout_seconds=given["wait_timeout"],
    )
    brought = module.bring(cluster)
    clients = {name: given[name] for name in CLIENTS if given[name] is not None}
    group_id = (brought.resource or {}).get("cluster_security_group_id")
    if given["state"] == "absent" or not clients or not group_id:
        return [brought]
    return [brought, module.bring(ApiClients(module.client("ec2"), given["name"], group_id, given["tags"]), clients)]


def main():
    module = PlatformModule(argument_spec=ARGUMENTS)
    module.run("cluster", lambda: bring(module))


if __name__ == "__main__":
    main()
