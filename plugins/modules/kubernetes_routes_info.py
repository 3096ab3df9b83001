#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_routes_info
short_description: Gather the host names and paths that routes of an Amazon EKS cluster use
version_added: 1.0.0
description:
  - Returns the host names and paths of all HTTPRoutes and GRPCRoutes that are attached to a Gateway, and of all Ingresses, in all
    namespaces.
  - The caller must be allowed to list these kinds in the whole cluster.
notes:
  - Used by the role P(opta.platform.opta_service#role).
seealso:
  - module: kubernetes.core.k8s_info
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.cluster.connection
  - opta.platform.attributes.info
  - opta.platform.requirements.kubernetes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: List the public host names and paths
  opta.platform.kubernetes_routes_info:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
  register: routes
"""

RETURN = r"""
addresses:
  description: Host names and paths. Empty while the cluster does not exist.
  returned: success
  type: list
  elements: dict
  contains:
    host:
      description: Host name. Empty for any host name.
      returned: always
      type: str
      sample: shop.example.com
    path:
      description: Path prefix, without a trailing slash. Empty for gRPC, which uses the whole host name.
      returned: always
      type: str
      sample: /cart
    kind:
      description: V(HTTPRoute), V(GRPCRoute) or V(Ingress).
      returned: always
      type: str
      sample: HTTPRoute
    namespace:
      description: Namespace of the route or Ingress.
      returned: always
      type: str
      sample: shop
    name:
      description: Name of the route or Ingress.
      returned: always
      type: str
      sample: hello
    service:
      description: Name of the service, from the label C(app.kubernetes.io/instance) of the route or Ingress. Empty without this label.
      returned: always
      type: str
      sample: hello
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
