#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_routes_info
version_added: 1.0.0
short_description: List the addresses that the routes of an EKS cluster hold
description:
  - Reads the HTTPRoutes and GRPCRoutes that are attached to a Gateway, and the Ingresses, of all namespaces.
  - Changes nothing. The caller must be allowed to list these kinds in the whole cluster.
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.11
extends_documentation_fragment:
  - opta.platform.cluster.connection
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: See what is public
  opta.platform.kubernetes_routes_info:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
  register: routes
"""

RETURN = r"""
addresses:
  description: The addresses; none while the cluster is still to be created.
  returned: success
  type: list
  elements: dict
  contains:
    host: {description: The host name; empty for any., type: str, sample: shop.example.com}
    path:
      description: Beginning of the path, without a slash at its end; empty for gRPC, which takes the whole host.
      type: str
      sample: /cart
    kind: {description: "C(HTTPRoute), C(GRPCRoute) or C(Ingress).", type: str}
    namespace: {description: Its namespace., type: str}
    name: {description: Its name., type: str}
    service:
      description: The value of its label C(app.kubernetes.io/instance), which is the service's name; empty without one.
      type: str
"""

from ..module_utils._kubernetes.module import ClusterModule
from ..module_utils._kubernetes.routes import held_addresses


def read(module):
    client = module.cluster()
    return {"addresses": [] if client is None else held_addresses(client)}


def main():
    ClusterModule({}, common=False).report(read)


if __name__ == "__main__":
    main()
