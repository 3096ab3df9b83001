#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_cluster
short_description: Manage Amazon EKS clusters
version_added: 1.0.0
description:
  - Creates, updates or deletes the control plane of one Amazon EKS cluster and waits until it is active.
  - EKS accepts one update at a time. Several changes are made one after another, and the module waits for each update.
options:
  name:
    description: Name of the cluster, 1 to 100 letters, digits, C(-) and C(_), unique in account and region.
    type: str
    required: true
  role_arn:
    description:
      - ARN of the IAM role of the control plane. Required to create a cluster.
      - "Cannot be changed: EKS sets it when the cluster is created."
    type: str
  version:
    description:
      - Kubernetes version, as major and minor version in quotes, for example V("1.35").
      - Upgraded in place, one minor version at a time. A larger step is refused. An existing cluster with a higher version is reported
        and not changed.
      - If not set, a new cluster gets O(default_version), and an existing cluster keeps its version.
    type: str
  default_version:
    description:
      - Kubernetes version of a cluster that is created without O(version). If not set either, EKS selects its current default version.
    type: str
  default_role_arn:
    description: ARN of the IAM role of a cluster that is created without O(role_arn). An existing cluster keeps its role.
    type: str
  force_update:
    description: Whether to upgrade O(version) even if upgrade insights of EKS report errors.
    type: bool
    default: false
  subnet_ids:
    description:
      - Subnets of the network interfaces of the control plane, in at least two availability zones. Required to create a cluster.
        Changed in place.
    type: list
    elements: str
  security_group_ids:
    description:
      - Security groups of these network interfaces, in addition to the cluster security group that EKS creates. Changed in place.
    type: list
    elements: str
  endpoint_public_access:
    description: Whether the API server endpoint can be reached from the internet. The default of EKS is V(true). Changed in place.
    type: bool
  endpoint_private_access:
    description: Whether the API server endpoint can be reached from inside the VPC. The default of EKS is V(false). Changed in place.
    type: bool
  public_access_cidrs:
    description:
      - CIDR blocks that may connect to the public endpoint. Changed in place.
      - Ignored while public access is disabled.
    type: list
    elements: str
  api_client_cidr_blocks:
    description:
      - CIDR blocks, of the VPC or of connected networks, that may connect to the Kubernetes API through the private endpoint, on port
        443. Changed in place.
      - They are added as rules to the cluster security group that EKS creates. Other rules of the security group are kept.
      - With O(wait=false) they are left to a run that waits, because the security group is created with the cluster.
    type: list
    elements: str
  api_client_security_group_ids:
    description: Security groups that may connect to the Kubernetes API in the same way as O(api_client_cidr_blocks). Changed in place.
    type: list
    elements: str
  log_types:
    description: Control plane logs to send to CloudWatch Logs. Other logs are disabled. A new cluster sends all logs. Changed in place.
    type: list
    elements: str
    choices: [api, audit, authenticator, controllerManager, scheduler]
  kms_key_arn:
    description:
      - ARN of the KMS key that encrypts Kubernetes secrets. Can be added in place to a cluster without a key.
      - "Cannot be changed: EKS neither changes nor removes a key."
    type: str
  authentication_mode:
    description:
      - Sources from which the cluster authenticates IAM principals. A new cluster gets V(API).
      - "Changed in place in one direction: from V(CONFIG_MAP) to V(API_AND_CONFIG_MAP), and from there to V(API)."
    type: str
    choices: [API, API_AND_CONFIG_MAP, CONFIG_MAP]
  bootstrap_cluster_creator_admin_permissions:
    description: Whether EKS makes the principal that creates the cluster an administrator. Used at creation only.
    type: bool
    default: false
  bootstrap_self_managed_addons:
    description:
      - Whether EKS installs its self-managed vpc-cni, kube-proxy and coredns. Used at creation only.
      - They conflict with the add-ons that M(opta.platform.eks_addon) manages.
    type: bool
    default: false
  upgrade_support_type:
    description:
      - What happens at the end of standard support. With V(STANDARD), EKS upgrades the cluster automatically. With V(EXTENDED), the
        cluster enters extended support at an additional charge. Changed in place.
    type: str
    choices: [STANDARD, EXTENDED]
  deletion_protection:
    description:
      - Whether deletion protection is enabled. Changed in place.
      - O(state=absent) is refused for a protected cluster, unless V(false) is set in the same task.
    type: bool
  service_ipv4_cidr:
    description:
      - IPv4 CIDR block of Kubernetes services. It must not overlap a block of the VPC.
      - If not set, EKS selects V(172.20.0.0/16) in a VPC with a block in 10.0.0.0/8, and V(10.100.0.0/16) otherwise.
      - "Cannot be changed: EKS sets it when the cluster is created."
    type: str
notes:
  - Used by the role P(opta.platform.eks#role).
seealso:
  - module: opta.platform.eks_cluster_info
  - module: opta.platform.eks_node_group
  - module: opta.platform.eks_addons
  - module: opta.platform.eks_administrators
  - name: CreateCluster
    description: Amazon EKS API Reference.
    link: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
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
- name: Create an encrypted cluster with an endpoint that one office may reach
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

- name: Start creating a cluster without waiting for it
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
  description: The cluster, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the cluster.
      returned: always
      type: str
      sample: opta-staging
    arn:
      description: ARN of the cluster.
      returned: always
      type: str
      sample: arn:aws:eks:eu-west-1:123456789012:cluster/opta-staging
    endpoint:
      description: URL of the Kubernetes API server.
      returned: always
      type: str
      sample: https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com
    certificate_authority_data:
      description: Certificate authority of the cluster (PEM, base64-encoded).
      returned: always
      type: str
      sample: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t
    oidc_issuer:
      description: URL of the OpenID Connect issuer of service account tokens.
      returned: always
      type: str
      sample: https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF
    cluster_security_group_id:
      description: ID of the cluster security group that EKS created.
      returned: always
      type: str
      sample: sg-0123456789abcdef0
    vpc_id:
      description: ID of the VPC of the subnets.
      returned: always
      type: str
      sample: vpc-0123456789abcdef0
    status:
      description: Status of the cluster, as EKS reports it.
      returned: always
      type: str
      sample: ACTIVE
    platform_version:
      description: Platform version of EKS.
      returned: always
      type: str
      sample: eks.7
    role_arn:
      description: ARN of the IAM role of the control plane.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/opta-staging-eks-cluster
    version:
      description: Kubernetes version.
      returned: always
      type: str
      sample: "1.35"
    subnet_ids:
      description: Subnets of the network interfaces of the control plane.
      returned: always
      type: list
      elements: str
      sample: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
    security_group_ids:
      description: Additional security groups of these network interfaces.
      returned: always
      type: list
      elements: str
      sample: [sg-0123456789abcdef1]
    endpoint_public_access:
      description: Whether public access to the endpoint is enabled.
      returned: always
      type: bool
      sample: true
    endpoint_private_access:
      description: Whether private access to the endpoint is enabled.
      returned: always
      type: bool
      sample: true
    public_access_cidrs:
      description: CIDR blocks that may connect to the public endpoint.
      returned: always
      type: list
      elements: str
      sample: [203.0.113.0/24]
    log_types:
      description: Control plane logs that are sent to CloudWatch Logs.
      returned: always
      type: list
      elements: str
      sample: [api, audit, authenticator, controllerManager, scheduler]
    kms_key_arn:
      description: ARN of the KMS key that encrypts Kubernetes secrets.
      returned: always
      type: str
      sample: arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    authentication_mode:
      description: Sources from which the cluster authenticates IAM principals.
      returned: always
      type: str
      sample: API
    upgrade_support_type:
      description: Support policy of the cluster.
      returned: always
      type: str
      sample: STANDARD
    deletion_protection:
      description: Whether deletion protection is enabled.
      returned: always
      type: bool
      sample: true
    service_ipv4_cidr:
      description: CIDR block of Kubernetes services.
      returned: always
      type: str
      sample: 172.20.0.0/16
    tags:
      description: Tags of the cluster.
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

from ..module_utils._creation_defaults import CLUSTER_LOG_TYPES
from ..module_utils._eks.api_clients import ApiClients
from ..module_utils._eks.cluster import EksCluster
from ..module_utils._eks.identity import cluster_arn
from ..module_utils._eks.options import check_cluster
from ..module_utils._iam.api import get_caller_identity
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
    "log_types": {"type": "list", "elements": "str", "choices": list(CLUSTER_LOG_TYPES)},
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


def reconcile(module):
    given = module.params
    check_cluster(given)
    eks = module.client("eks")
    cluster = EksCluster(
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
    brought = module.reconcile(cluster)
    clients = {name: given[name] for name in CLIENTS if given[name] is not None}
    group_id = (brought.resource or {}).get("cluster_security_group_id")
    if given["state"] == "absent" or not clients or not group_id:
        return [brought]
    return [brought, module.reconcile(ApiClients(module.client("ec2"), given["name"], group_id, given["tags"]), clients)]


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="cluster")


if __name__ == "__main__":
    main()
