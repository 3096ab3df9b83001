"""Registers all handlers."""

from tests.standin.aws import (  # noqa: F401
    autoscaling,
    eks_access,
    eks_addon_catalogue,
    eks_addons,
    eks_cluster_updates,
    eks_clusters,
    eks_node_group_updates,
    eks_node_groups,
    eks_pod_identity,
    eks_tags,
    eks_versions,
    sts,
)
