#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_cluster_info
short_description: Read an EKS cluster, and what hangs on it
version_added: 1.0.0
author: [opta.platform contributors (@opta-platform)]
description:
  - Reads one cluster of Amazon EKS with the names of its node groups and add-ons. Changes nothing.
options:
  name:
    description: Name of the cluster.
    type: str
    required: true
  tags:
    description:
      - Ownership tags that the cluster must carry. One that does not counts as absent, with a warning,
        and so do its node groups and add-ons.
    type: dict
    default: {}
extends_documentation_fragment:
  - opta.platform.resource.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Read the cluster
  opta.platform.eks_cluster_info:
    name: opta-staging
    tags:
      opta:environment: staging
      opta:prefix: opta
      opta:region: eu-west-1
  register: found

- name: Show its version
  ansible.builtin.debug:
    msg: "{{ found.cluster.version if found.cluster else 'there is no such cluster' }}"
"""

RETURN = r"""
cluster:
  description: What DescribeCluster answers, in snake_case; null when there is no such cluster, or another's.
  returned: always
  type: dict
  sample: {name: opta-staging, version: "1.35", status: ACTIVE}
node_group_names:
  description: Names of the managed node groups, also of those of which only the launch template is left.
  returned: always
  type: list
  elements: str
addon_names:
  description: Names of the managed add-ons.
  returned: always
  type: list
  elements: str
oidc_provider_arn:
  description: ARN that the IAM OIDC provider of the cluster has, whether it exists or not; null without a cluster.
  returned: always
  type: str
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
        module.warn(f"EKS cluster {name} is left alone, with all that is in it: {reason}.")
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
