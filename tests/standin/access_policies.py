"""EKS access policies as RBAC: each policy scope is a (Cluster)RoleBinding for a group that the token webhook hands out.

EKS decides with an authorizer of its own, whose rules kubectl cannot see; here they are visible objects named `eks-access-policy-...`.
"""

from __future__ import annotations

from typing import Any

from tests.standin.kubernetes_client import KubernetesClient

RBAC = "/apis/rbac.authorization.k8s.io/v1"
PREFIX = "eks-access-policy"
ADMIN_VIEW = f"{PREFIX}-admin-view"
# The policies' permissions: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
CLUSTER_ROLES = {
    "AmazonEKSClusterAdminPolicy": "cluster-admin",
    "AmazonEKSAdminPolicy": "admin",
    "AmazonEKSAdminViewPolicy": ADMIN_VIEW,
    "AmazonEKSEditPolicy": "edit",
    "AmazonEKSViewPolicy": "view",
}


def policy_group(role: str, namespace: str | None = None) -> str:
    """The group that has a cluster role in one namespace, or everywhere."""
    return ":".join((PREFIX, role, *([namespace] if namespace else [])))


def bind_access_policies(client: KubernetesClient) -> None:
    """Makes the cluster-wide bindings of all policies."""
    client.apply(f"{RBAC}/clusterroles/{ADMIN_VIEW}", _admin_view())
    for role in CLUSTER_ROLES.values():
        bind(client, role)


def bind(client: KubernetesClient, role: str, namespace: str | None = None) -> None:
    """Makes the binding of one policy, in a namespace or everywhere. KubernetesError 404 when the namespace does not exist."""
    group = policy_group(role, namespace)
    name = f"{PREFIX}-{role}".replace(f"{PREFIX}-{PREFIX}", PREFIX)
    kind, place = ("RoleBinding", f"/namespaces/{namespace}/rolebindings") if namespace else ("ClusterRoleBinding", "/clusterrolebindings")
    body = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": group}],
    }
    client.apply(f"{RBAC}{place}/{name}", body)


def _admin_view() -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": ADMIN_VIEW},
        "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}],
    }
