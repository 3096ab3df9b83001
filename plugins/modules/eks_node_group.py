#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_node_group
short_description: Manage managed node groups of Amazon EKS clusters
version_added: 1.0.0
description:
  - Creates, updates or deletes one managed node group and its launch template, and waits until its nodes are ready.
  - The module manages the launch template. It requires IMDSv2 with a hop limit of 1, encrypts the volumes (gp3), and tags instances,
    volumes and network interfaces. A change of the launch template creates a version and replaces the nodes. The newest five versions
    are kept.
  - A change of O(tags) alone replaces no node. The Auto Scaling group of the node group gives the new tags to new instances. The launch
    template, and with it volumes and network interfaces, follows when the nodes are replaced for another reason.
  - A node group whose creation failed before any node joined is deleted and created again, which the plan reports. A failed node group
    that may have nodes, because some joined or because its deletion failed, is deleted and created again only with
    O(allow_replacement=true).
options:
  cluster_name:
    description: Name of the cluster.
    type: str
    required: true
  name:
    description: Name of the node group, 1 to 63 letters, digits, C(-) and C(_), unique in the cluster.
    type: str
    required: true
  node_role_arn:
    description:
      - ARN of the IAM role of the nodes. Required to create a node group.
      - A change replaces the node group.
    type: str
  default_node_role_arn:
    description:
      - ARN of the IAM role of the nodes of a node group that is created without O(node_role_arn). An existing node group keeps its
        role.
    type: str
  subnet_ids:
    description:
      - Subnets of the nodes. Required to create a node group.
      - A change replaces the node group.
    type: list
    elements: str
  ami_type:
    description:
      - Type of the image of the nodes. V(CUSTOM) requires O(image_id).
      - A change replaces the node group.
    type: str
    default: AL2023_x86_64_STANDARD
    choices:
      - AL2023_x86_64_STANDARD
      - AL2023_ARM_64_STANDARD
      - AL2023_x86_64_NEURON
      - AL2023_x86_64_NVIDIA
      - AL2023_ARM_64_NVIDIA
      - AL2_x86_64
      - AL2_x86_64_GPU
      - AL2_ARM_64
      - BOTTLEROCKET_ARM_64
      - BOTTLEROCKET_x86_64
      - BOTTLEROCKET_ARM_64_FIPS
      - BOTTLEROCKET_x86_64_FIPS
      - BOTTLEROCKET_ARM_64_NVIDIA
      - BOTTLEROCKET_x86_64_NVIDIA
      - BOTTLEROCKET_ARM_64_NVIDIA_FIPS
      - BOTTLEROCKET_x86_64_NVIDIA_FIPS
      - WINDOWS_CORE_2019_x86_64
      - WINDOWS_FULL_2019_x86_64
      - WINDOWS_CORE_2022_x86_64
      - WINDOWS_FULL_2022_x86_64
      - WINDOWS_CORE_2025_x86_64
      - WINDOWS_FULL_2025_x86_64
      - CUSTOM
  image_id:
    description:
      - ID of the image of the nodes, with O(ami_type=CUSTOM).
      - Changed in place; the nodes are replaced in a rolling update.
    type: str
  capacity_type:
    description:
      - Purchase option of the instances. The default of EKS is V(ON_DEMAND).
      - A change replaces the node group.
    type: str
    choices: [ON_DEMAND, SPOT, CAPACITY_BLOCK]
  instance_types:
    description:
      - Instance types in order of preference.
      - A new node group gets V([t3.large]), or V([t4g.large]) with an ARM image. With O(ami_type=CUSTOM), the architecture of
        O(image_id) decides. A node group with a GPU, NVIDIA or Neuron image must set them.
      - Instance types that EC2 does not offer in the region, that have another architecture than the image, or that lack the
        accelerator for which the image is built, are refused before anything is changed.
      - A change replaces the node group.
    type: list
    elements: str
  min_size:
    description: Minimum number of nodes. A new node group gets O(default_min_size). Changed in place.
    type: int
  max_size:
    description:
      - Maximum number of nodes. A new node group gets O(default_max_size), or its minimum number if that is higher or
        O(default_max_size) is not set. Changed in place.
    type: int
  default_min_size:
    description: Minimum number of nodes of a node group that is created without O(min_size). If not set, V(1) is used.
    type: int
  default_max_size:
    description: Maximum number of nodes of a node group that is created without O(max_size).
    type: int
  desired_size:
    description:
      - Number of nodes at creation. The default is O(min_size).
      - Afterwards the autoscaler owns it. The module changes it only if it is outside of O(min_size) and O(max_size), to the nearer of
        them. A replacement keeps it.
    type: int
  labels:
    description: Kubernetes labels of the nodes. Changed in place.
    type: dict
  purge_labels:
    description: Whether to remove labels of the node group that O(labels) does not list.
    type: bool
    default: true
  taints:
    description: Kubernetes taints of the nodes. Taints that are not listed are removed. Changed in place.
    type: list
    elements: dict
    suboptions:
      key:
        description: Key of the taint.
        type: str
        required: true
      value:
        description: Value of the taint.
        type: str
        default: ""
      effect:
        description: Effect on pods that do not tolerate the taint.
        type: str
        required: true
        choices: [NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE]
  update_config:
    description: Settings of rolling updates of the nodes. Changed in place.
    type: dict
    suboptions:
      max_unavailable:
        description:
          - Maximum number of nodes that are unavailable at the same time, from 1 to 100. Mutually exclusive with
            O(update_config.max_unavailable_percentage).
        type: int
      max_unavailable_percentage:
        description: Maximum percentage of nodes that are unavailable at the same time, from 1 to 100.
        type: int
      update_strategy:
        description: V(DEFAULT) launches new nodes before old nodes are terminated. V(MINIMAL) terminates old nodes first.
        type: str
        choices: [DEFAULT, MINIMAL]
  node_repair:
    description: Whether EKS replaces unhealthy nodes automatically. Changed in place.
    type: bool
  version:
    description:
      - Kubernetes version of the nodes, as major and minor version in quotes, for example V("1.35"). It must not be higher than the
        version of the cluster.
      - Upgraded in place; the nodes are replaced in a rolling update. An existing node group with a higher version is reported and not
        changed.
      - A new node group always starts with the version of the cluster. If not set, an existing node group keeps its version.
    type: str
  release_version:
    description:
      - Version of the image that EKS provides.
      - Changed in place; the nodes are replaced in a rolling update. EKS does not support a downgrade.
      - If not set, the newest version is used at creation and with a new O(version), and kept otherwise.
    type: str
  force_update:
    description: Whether to continue a rolling update if pods cannot be drained, for example because of a PodDisruptionBudget.
    type: bool
    default: false
  volume_size_gib:
    description:
      - Size of the volume for images and pods, in GiB. A new node group gets V(50).
      - Changed in place; the nodes are replaced in a rolling update.
    type: int
  volume_kms_key_arn:
    description:
      - ARN of the KMS key that encrypts the volumes. If not set, the default key of the account for EBS is used.
      - The key policy must allow the service-linked role of EC2 Auto Scaling to use the key. Otherwise no instance starts.
      - Changed in place; the nodes are replaced in a rolling update.
    type: str
  user_data:
    description:
      - "User data of the instances, in the format of the image: MIME multi-part with a C(NodeConfig) of nodeadm for Amazon Linux 2023,
        TOML for Bottlerocket."
      - Changed in place; the nodes are replaced in a rolling update. V("") removes the user data.
    type: str
notes:
  - In RV(actions), the attributes of the launch template are C(volume_size_gib), C(volume_kms_key_arn), C(user_data), C(image_id),
    C(volume_devices) (the device names, which depend on O(ami_type)), C(metadata_options) (IMDSv2), C(node_tags) (tags of instances,
    volumes and network interfaces) and C(tags). C(node_tags) of the node group are the tags that its Auto Scaling group gives to new
    instances.
  - Used by the role P(opta.platform.eks#role).
seealso:
  - module: opta.platform.eks_cluster
  - name: CreateNodegroup
    description: Amazon EKS API Reference.
    link: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
  - name: Customize managed nodes with launch templates
    description: Amazon EKS User Guide.
    link: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
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
- name: Create a node group in all private subnets
  opta.platform.eks_node_group:
    cluster_name: opta-staging
    name: default
    node_role_arn: "{{ node_role.iam_role.arn }}"
    subnet_ids: "{{ network_outputs.private_subnet_ids }}"
    instance_types: [m7i.large]
    min_size: 3
    max_size: 6
    volume_size_gib: 50
    volume_kms_key_arn: "{{ network_outputs.kms_key_arn }}"
    tags:
      opta:environment: staging

- name: Upgrade the nodes to the version of the cluster
  opta.platform.eks_node_group:
    cluster_name: opta-staging
    name: default
    version: "1.35"

- name: Delete a node group
  opta.platform.eks_node_group:
    cluster_name: opta-staging
    name: default
    state: absent
"""

RETURN = r"""
node_group:
  description: The node group, or V(null) if it does not exist. In check mode, values that only AWS assigns are V((known after apply\)).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the node group.
      returned: always
      type: str
      sample: default
    cluster_name:
      description: Name of the cluster.
      returned: always
      type: str
      sample: opta-staging
    arn:
      description: ARN of the node group.
      returned: always
      type: str
      sample: arn:aws:eks:eu-west-1:123456789012:nodegroup/opta-staging/default/0a1b2c3d
    status:
      description: Status of the node group, as EKS reports it.
      returned: always
      type: str
      sample: ACTIVE
    auto_scaling_group_names:
      description: Names of the Auto Scaling groups that EKS created.
      returned: always
      type: list
      elements: str
      sample: [eks-default-0a1b2c3d]
    launch_template_id:
      description: ID of the launch template.
      returned: always
      type: str
      sample: lt-0123456789abcdef0
    launch_template_version:
      description: Version of the launch template that is used.
      returned: always
      type: str
      sample: "1"
    node_role_arn:
      description: ARN of the IAM role of the nodes.
      returned: always
      type: str
      sample: arn:aws:iam::123456789012:role/opta-staging-eks-node
    subnet_ids:
      description: Subnets of the nodes.
      returned: always
      type: list
      elements: str
      sample: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
    ami_type:
      description: Type of the image of the nodes.
      returned: always
      type: str
      sample: AL2023_x86_64_STANDARD
    capacity_type:
      description: Purchase option of the instances.
      returned: always
      type: str
      sample: ON_DEMAND
    instance_types:
      description: Instance types in order of preference.
      returned: always
      type: list
      elements: str
      sample: [t3.large]
    min_size:
      description: Minimum number of nodes.
      returned: always
      type: int
      sample: 3
    max_size:
      description: Maximum number of nodes.
      returned: always
      type: int
      sample: 6
    desired_size:
      description: Current desired number of nodes.
      returned: always
      type: int
      sample: 3
    labels:
      description: Kubernetes labels of the nodes.
      returned: always
      type: dict
      sample: {team: platform}
    taints:
      description: Kubernetes taints of the nodes.
      returned: always
      type: list
      elements: dict
      sample: [{key: dedicated, value: gpu, effect: NO_SCHEDULE}]
    update_config:
      description: Settings of rolling updates.
      returned: always
      type: dict
      sample: {max_unavailable: 1}
    node_repair:
      description: Whether EKS replaces unhealthy nodes automatically.
      returned: always
      type: bool
      sample: false
    version:
      description: Kubernetes version of the nodes.
      returned: always
      type: str
      sample: "1.35"
    release_version:
      description: Version of the image.
      returned: always
      type: str
      sample: 1.35.0-20260101
    node_tags:
      description: Tags of instances that will be launched.
      returned: always
      type: dict
      sample: {opta:environment: staging}
    tags:
      description: Tags of the node group.
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

from ..module_utils._eks.hardware import Hardware
from ..module_utils._eks.images import DEFAULT_AMI_TYPE
from ..module_utils._eks.launch_template import LaunchTemplate, template_name
from ..module_utils._eks.node_group import AMI_TYPES, NodeGroup
from ..module_utils._eks.node_group_steps import node_tags, reconcile_absent, reconcile_present
from ..module_utils._eks.options import check_node_group
from ..module_utils._module import PlatformModule
from ..module_utils._response_cache import prefetch

TAINT = {
    "key": {"required": True, "no_log": False},
    "value": {"default": ""},
    "effect": {"required": True, "choices": ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]},
}
UPDATE_CONFIG = {
    "max_unavailable": {"type": "int"},
    "max_unavailable_percentage": {"type": "int"},
    "update_strategy": {"choices": ["DEFAULT", "MINIMAL"]},
}
ARGUMENTS = {
    "cluster_name": {"required": True},
    "name": {"required": True},
    "node_role_arn": {},
    "default_node_role_arn": {},
    "subnet_ids": {"type": "list", "elements": "str"},
    "ami_type": {"choices": list(AMI_TYPES), "default": DEFAULT_AMI_TYPE},
    "image_id": {},
    "capacity_type": {"choices": ["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"]},
    "instance_types": {"type": "list", "elements": "str"},
    "min_size": {"type": "int"},
    "max_size": {"type": "int"},
    "default_min_size": {"type": "int"},
    "default_max_size": {"type": "int"},
    "desired_size": {"type": "int"},
    "labels": {"type": "dict"},
    "purge_labels": {"type": "bool", "default": True},
    "taints": {"type": "list", "elements": "dict", "options": TAINT},
    "update_config": {
        "type": "dict",
        "options": UPDATE_CONFIG,
        "mutually_exclusive": [("max_unavailable", "max_unavailable_percentage")],
    },
    "node_repair": {"type": "bool"},
    "version": {},
    "release_version": {},
    "force_update": {"type": "bool", "default": False},
    "volume_size_gib": {"type": "int"},
    "volume_kms_key_arn": {"no_log": False},
    "user_data": {},
}


def reconcile(module):
    given = module.params
    check_node_group(given)
    cluster, name = given["cluster_name"], given["name"]
    group = NodeGroup(
        module.client("eks"),
        cluster,
        name,
        hardware=Hardware(lambda: module.client("ec2"), given["image_id"]),
        scaling=lambda: module.client("autoscaling"),
        new_sizes={"min_size": given["default_min_size"], "max_size": given["default_max_size"]},
        default_role_arn=given["default_node_role_arn"],
        force_update=given["force_update"],
        purge_labels=given["purge_labels"],
        purge_tags=given["purge_tags"],
        wait=given["wait"],
        timeout_seconds=given["wait_timeout"],
    )
    template = LaunchTemplate(
        module.client("ec2"), template_name(cluster, name), ami_type=given["ami_type"], purge_tags=given["purge_tags"]
    )
    prefetch([template.find, group.find])
    if given["state"] == "absent":
        return reconcile_absent(module, group, template)
    of_template = module.desired(template)
    tags = node_tags(cluster, name, given["tags"])
    return reconcile_present(module, group, template, module.desired(group), {**of_template, "node_tags": tags} if tags else of_template)


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="node_group")


if __name__ == "__main__":
    main()
