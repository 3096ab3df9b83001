#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_cluster_info
short_description: Gather information about an Amazon EKS cluster
version_added: 1.0.0
description:
  - Returns one Amazon EKS cluster with the names of its node groups and add-ons.
options:
  name:
    description: Name of the cluster.
    type: str
    required: true
  tags:
    description:
      - Ownership tags that the cluster must have. A cluster without them is reported as absent, together with its node groups and
        add-ons, and a warning names it.
    type: dict
    default: {}
notes:
  - Used by the roles P(opta.platform.eks#role), P(opta.platform.k8s_addons#role) and P(opta.platform.opta_service#role).
seealso:
  - module: opta.platform.eks_cluster
  - name: DescribeCluster
    description: Amazon EKS API Reference.
    link: https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.attributes.info
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Gather information about the cluster
  opta.platform.eks_cluster_info:
    name: opta-staging
    tags:
      opta:environment: staging
      opta:prefix: opta
      opta:region: eu-west-1
  register: found

- name: Show its version
  ansible.builtin.debug:
    msg: "{{ found.cluster.version if found.cluster else 'the cluster does not exist' }}"
"""

RETURN = r"""
cluster:
  description:
    - The cluster as C(DescribeCluster) of EKS returns it, with keys in snake_case. V(null) if it does not exist or does not have the
      tags in O(tags).
  returned: success
  type: dict
  sample: {name: opta-staging, version: "1.35", status: ACTIVE}
node_group_names:
  description: Names of the managed node groups, including those of which only the launch template exists.
  returned: success
  type: list
  elements: str
  sample: [default]
addon_names:
  description: Names of the add-ons.
  returned: success
  type: list
  elements: str
  sample: [coredns, kube-proxy, vpc-cni]
oidc_provider_arn:
  description: ARN of the IAM OIDC provider of the cluster, whether the provider exists or not. V(null) without a cluster.
  returned: success
  type: str
  sample: arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF
"""

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict

from ..module_utils import _tags
from ..module_utils._eks import api
from ..module_utils._eks.launch_template import names_of_lost_groups
from ..module_utils._module import PlatformModule

ARGUMENTS = {"name": {"required": True}, "tags": {"type": "dict", "default": {}}}


def oidc_provider_arn(cluster):
    """The ARN that IAM gives a provider of this issuer: made of account, partition and the URL without its scheme."""
    issuer = ((cluster.get("identity") or {}).get("oidc") or {}).get("issuer")
    if not issuer:
        return None
    partition, account = cluster["arn"].split(":")[1], cluster["arn"].split(":")[4]
    return f"arn:{partition}:iam::{account}:oidc-provider/{issuer.removeprefix('https://')}"


def read(module):
    client, name, tags = module.client("eks"), module.params["name"], module.params["tags"]
    cluster = api.describe_cluster(client, name)
    reason = _tags.not_ours(cluster.get("tags"), tags) if cluster else None
    if reason:
        module.warn(f"EKS cluster {name} and its contents are not changed: {reason}.")
        cluster = None
    groups = api.list_nodegroups(client, name) if cluster else []
    return {
        "cluster": camel_dict_to_snake_dict(cluster, ignore_list=["tags"]) if cluster else None,
        "node_group_names": [*groups, *names_of_lost_groups(module.client("ec2"), name, groups, _tags.marks(tags))],
        "addon_names": api.list_addons(client, name) if cluster else [],
        "oidc_provider_arn": oidc_provider_arn(cluster) if cluster else None,
    }


def main():
    PlatformModule(ARGUMENTS, common=False).report(read)


if __name__ == "__main__":
    main()
