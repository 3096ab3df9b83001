"""What AWS's controllers, kubelets and the CSI driver do in a cluster: imitated by loops that look, compare and act, and keep nothing."""

from tests.standin.loops.cluster_loops import ClusterLoops

__all__ = ["ClusterLoops"]
