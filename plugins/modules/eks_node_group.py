#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_node_group
short_description: Manage a managed node group of an Amazon EKS cluster
version_added: 1.0.0
description:
  - Creates, changes or deletes one managed node group and its launch template, and waits until its nodes are ready.
  - The launch template is the module's own. It requires IMDSv2 with a hop limit of 1, encrypts the volumes (gp3),
    and tags instances, volumes and network interfaces. A change of it makes a new version and replaces the nodes.
    All but the newest five versions are deleted.
  - A change of O(tags) alone replaces no node. The group's Auto Scaling group gives the new tags to new instances; the launch template,
    and with it volumes and network interfaces, follows when the nodes are replaced for another reason.
  - A group that failed when it was made, before any of its nodes joined, is deleted and made again; the plan says so. One that may have
    nodes, because some joined or because its deletion failed, is deleted and made again with O(allow_replacement=true) only.
  - In check mode it says what it would do, attribute by attribute.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
  - boto3 >= 1.38.0
  - botocore >= 1.38.0
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
    description: ARN of the IAM role of the nodes. Required to make a node group. A change replaces the node group.
    type: str
  default_node_role_arn:
    description: ARN of the IAM role of the nodes of a group that is made without O(node_role_arn). One that exists keeps its own.
    type: str
  subnet_ids:
    description: Subnets of the nodes. Required to make a node group. A change replaces the node group.
    type: list
    elements: str
  ami_type:
    description: What the nodes' image is. V(CUSTOM) goes with O(image_id). A change replaces the node group.
    type: str
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
    default: AL2023_x86_64_STANDARD
  image_id:
    description: Image of the nodes, with O(ami_type=CUSTOM). Changed in place, rolling the nodes.
    type: str
  capacity_type:
    description: How the instances are paid for; EKS's default is V(ON_DEMAND). A change replaces the node group.
    type: str
    choices: [ON_DEMAND, SPOT, CAPACITY_BLOCK]
  instance_types:
    description:
      - Instance types in order of preference. A change replaces the node group.
      - A new node group gets V([t3.large]), with an image for ARM V([t4g.large]); with O(ami_type=CUSTOM) the architecture of O(image_id)
        decides. One for GPU, NVIDIA or Neuron must name them.
      - Types that EC2 does not offer in the region, that have another architecture than the image, or that lack the accelerator which
        the image is for, are refused before anything is changed.
    type: list
    elements: str
  min_size:
    description: Smallest number of nodes. A new node group gets O(default_min_size). Changed in place.
    type: int
  max_size:
    description: Largest number of nodes. A new node group gets O(default_max_size), or as many as its smallest number. Changed in place.
    type: int
  default_min_size:
    description: Smallest number of nodes of a node group that is made without O(min_size); 1 when not given either.
    type: int
  default_max_size:
    description: Largest number of nodes of a node group that is made without O(max_size).
    type: int
  desired_size:
    description:
      - Number of nodes at creation; O(min_size) when not given.
      - Afterwards it belongs to the autoscaler. It is changed only when it lies outside O(min_size) and O(max_size), to the nearer one.
        A replacement keeps it.
    type: int
  labels:
    description: Kubernetes labels of the nodes. Changed in place.
    type: dict
  purge_labels:
    description: Whether labels that O(labels) does not name are removed from the node group.
    type: bool
    default: true
  taints:
    description: Kubernetes taints of the nodes, all of them. Changed in place.
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
        description: What happens to pods that do not tolerate it.
        type: str
        required: true
        choices: [NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE]
  update_config:
    description: How nodes are rolled. Changed in place.
    type: dict
    suboptions:
      max_unavailable:
        description: Number of nodes, 1 to 100, that may be missing at once. Excludes O(update_config.max_unavailable_percentage).
        type: int
      max_unavailable_percentage:
        description: Percentage of the nodes, 1 to 100, that may be missing at once.
        type: int
      update_strategy:
        description: V(DEFAULT) starts new nodes before old ones end, V(MINIMAL) ends old ones first.
        type: str
        choices: [DEFAULT, MINIMAL]
  node_repair:
    description: Whether EKS replaces nodes that are not healthy. Changed in place.
    type: bool
  version:
    description:
      - Kubernetes version of the nodes, major and minor in quotes, e.g. V("1.35"), at most the cluster's.
      - Upgraded in place, rolling the nodes. A found version above this one is reported and left.
      - A new node group always begins with the cluster's version. When not given, an existing one keeps its version.
    type: str
  release_version:
    description:
      - Version of the image that EKS provides. Changed in place, rolling the nodes; EKS cannot go back.
      - When not given, it is the newest at creation and with a new O(version), and stays otherwise.
    type: str
  force_update:
    description: Whether a roll goes on when pods cannot be drained, because of a disruption budget for instance.
    type: bool
    default: false
  volume_size_gib:
    description:
      - Size in GiB of the volume that holds images and pods; 50 at creation when not given.
        Changed in place, rolling the nodes.
    type: int
  volume_kms_key_arn:
    description:
      - ARN of the KMS key that encrypts the volumes; the account's default key for EBS when not given. Changed in place, rolling the nodes.
      - The key's policy must let the service-linked role of Auto Scaling use it, or no instance starts.
    type: str
  user_data:
    description:
      - User data of the instances, in the form that the image wants (MIME multi-part with a NodeConfig of nodeadm for Amazon Linux 2023,
        TOML for Bottlerocket). Changed in place, rolling the nodes; V("") removes it.
    type: str
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
seealso:
  - module: opta.platform.eks_cluster
"""

EXAMPLES = r"""
- name: Make a node group over all private subnets
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

- name: Upgrade the nodes after the cluster
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
  description:
    - The node group; null when there is none. In check mode, what only AWS decides is V((known after apply)).
  returned: success
  type: dict
  contains:
    name: {description: Name., type: str, returned: always, sample: default}
    cluster_name: {description: Name of the cluster., type: str, returned: always}
    arn: {description: ARN., type: str, returned: always}
    status: {description: EKS's status., type: str, returned: always, sample: ACTIVE}
    auto_scaling_group_names: {description: Auto Scaling groups that EKS made., type: list, elements: str, returned: always}
    launch_template_id: {description: The launch template., type: str, returned: always}
    launch_template_version: {description: The version of it that is used., type: str, returned: always, sample: "1"}
    node_role_arn: {description: As the option., type: str, returned: always}
    subnet_ids: {description: As the option., type: list, elements: str, returned: always}
    ami_type: {description: As the option., type: str, returned: always}
    capacity_type: {description: As the option., type: str, returned: always}
    instance_types: {description: As the option., type: list, elements: str, returned: always}
    min_size: {description: As the option., type: int, returned: always}
    max_size: {description: As the option., type: int, returned: always}
    desired_size: {description: The number of nodes that is aimed at now., type: int, returned: always}
    labels: {description: As the option., type: dict, returned: always}
    taints: {description: As the option., type: list, elements: dict, returned: always}
    update_config: {description: As the option., type: dict, returned: always}
    node_repair: {description: As the option., type: bool, returned: always}
    version: {description: Kubernetes version., type: str, returned: always, sample: "1.35"}
    release_version: {description: Version of the image., type: str, returned: always}
    node_tags: {description: Tags of the instances that are launched from now on., type: dict, returned: always}
    tags: {description: Tags., type: dict, returned: always}
actions:
  description: What was done, or would be done in check mode, with the node group and its launch template.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: "V(create), V(update), V(replace) or V(delete).", type: str, returned: always}
    resource: {description: Kind and name., type: str, returned: always, sample: EKS node group opta-staging/default}
    attributes:
      description:
        - Attributes that change. Those of the launch template are C(volume_size_gib), C(volume_kms_key_arn), C(user_data), C(image_id),
          C(volume_devices) (the device names, by O(ami_type)), C(metadata_options) (IMDSv2 only),
          C(node_tags) (the tags of instances, volumes and network interfaces) and its own C(tags).
          C(node_tags) of the node group are those that its Auto Scaling group gives to new instances.
      type: list
      elements: str
      returned: always
    allowed: {description: Whether a run does it without another option., type: bool, returned: always}
diff:
  description: The changed attributes before and after, by resource.
  returned: success
  type: dict
"""

from ..module_utils._answers import ask_ahead
from ..module_utils._eks.hardware import Hardware
from ..module_utils._eks.images import DEFAULT_AMI_TYPE
from ..module_utils._eks.launch_template import LaunchTemplate, template_name
from ..module_utils._eks.node_group import AMI_TYPES, NodeGroup
from ..module_utils._eks.node_group_steps import bring_absent, bring_present, node_tags
from ..module_utils._eks.options import check_node_group
from ..module_utils._module import PlatformModule

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


def bring(module):
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
    ask_ahead([template.find, group.find])
    if given["state"] == "absent":
        return bring_absent(module, group, template)
    of_template = module.wanted(template)
    tags = node_tags(cluster, name, given["tags"])
    return bring_present(module, group, template, module.wanted(group), {**of_template, "node_tags": tags} if tags else of_template)


def main():
    module = PlatformModule(argument_spec=ARGUMENTS)
    module.run("node_group", lambda: bring(module))


if __name__ == "__main__":
    main()
