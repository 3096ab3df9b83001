# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read the outputs of the role k8s_addons from AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _tags
from .._credentials import api as secrets
from .._credentials.options import secret_name
from .._k8s_addons.definition import ROLE
from .._k8s_addons.outputs import outputs
from .._load_balancers import balancers
from .._names import Identity

#: tag of the load-balancer controller: namespace and name of the Service
STACK = "service.k8s.aws/stack"


def k8s_addons_outputs(client: Callable[[str], Any], identity: Identity) -> dict[str, str] | None:
    """Return the outputs by the tags of the load balancer and of the mesh's secret; None without both. Another role adds the domain."""
    found = balancers.find(client("elbv2"), {"elbv2.k8s.aws/cluster": identity.cluster_name, **identity.marks(), _tags.ROLE: ROLE})
    balancer = next((entry for entry in found if entry["state"] == balancers.ACTIVE), None)
    anchor = _trust_anchor(client("secretsmanager"), identity)
    if balancer is None and not anchor:
        return None
    tags = (balancer or {}).get("tags") or {}
    namespace = tags.get(STACK, "").partition("/")[0] or "nginx-gateway"
    return outputs(tags.get(_tags.NAME, ""), balancer, "", anchor, namespace)


def _trust_anchor(client: Any, identity: Identity) -> str:
    secret = secrets.describe_secret(client, secret_name(identity.prefix, identity.environment, "linkerd", "trust-anchor"))
    if not secret or secret.get("DeletedDate") or not _tags.carries(_tags.as_dict(secret.get("Tags")), identity.marks()):
        return ""
    return str(secret["ARN"])
