"""A cluster with nodes for the tests of what is inside one, and its administrator's view of it."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from tests.module.eks_foundation import Foundation
from tests.standin.kubernetes_client import KubernetesClient
from tests.support.identities import identity_of
from tests.support.standin import KUBERNETES as NAME
from tests.support.standin import Standin
from tests.support.until import until

_PREFIX, _ENVIRONMENT = NAME.split("-")
#: of the cluster
TAGS = identity_of(_ENVIRONMENT, _PREFIX).tags("eks", NAME)


class Cluster:
    """An ACTIVE cluster with two nodes, made once for each stand-in."""

    def __init__(self, standin: Standin) -> None:
        foundation = Foundation(standin)
        foundation.cluster(NAME, accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}, tags=TAGS)
        eks = foundation.eks
        if "vpc-cni" not in eks.list_addons(clusterName=NAME)["addons"]:
            eks.create_addon(clusterName=NAME, addonName="vpc-cni")  # no node gets ready without it
        if NAME not in eks.list_nodegroups(clusterName=NAME)["nodegroups"]:
            size = {"minSize": 1, "maxSize": 3, "desiredSize": 2}
            request = {"clusterName": NAME, "nodegroupName": NAME, "nodeRole": foundation.node_role_arn, "scalingConfig": size}
            eks.create_nodegroup(**request, subnets=foundation.subnet_ids, instanceTypes=["m7i.large"])
        found = eks.describe_cluster(name=NAME)["cluster"]
        #: how the modules reach it
        self.options = {
            "cluster_name": NAME,
            "endpoint": found["endpoint"],
            "certificate_authority_data": found["certificateAuthority"]["data"],
            "wait_timeout": 60,
        }
        #: where the stand-in keeps the control plane's files
        self.directory = next((standin.directory / "clusters").rglob(f"{NAME}/ca.crt")).parent
        self.kubernetes = KubernetesClient(found["endpoint"], self.directory)
        until(lambda: len(self.kubernetes.items("/api/v1/nodes")) >= 2)

    def get(self, path: str) -> dict[str, Any] | None:
        """The object at this path, None when there is none."""
        answer = self.kubernetes.get(path, accept=(404,))
        return None if answer.get("kind") == "Status" else answer

    def namespace(self, name: str) -> str:
        self.kubernetes.create("/api/v1/namespaces", {"metadata": {"name": name}})
        return name

    def revisions(self, namespace: str, release: str) -> list[tuple[int, str]]:
        """(number, status) of the revisions of a helm release, the oldest first."""
        secrets = self.kubernetes.items(f"/api/v1/namespaces/{namespace}/secrets?labelSelector=owner=helm,name={release}")
        return sorted((int(item["metadata"]["labels"]["version"]), item["metadata"]["labels"]["status"]) for item in secrets)

    def set_status(self, namespace: str, release: str, number: int, status: str, labels: dict[str, Any]) -> None:
        """Make a revision look as a helm that was killed leaves it."""
        path = f"/api/v1/namespaces/{namespace}/secrets/sh.helm.release.v1.{release}.v{number}"
        secret = self.kubernetes.get(path)
        content = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))
        content["info"]["status"] = status
        packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(content).encode()))).decode()
        self.kubernetes.merge(path, {"data": {"release": packed}, "metadata": {"labels": {"status": status, **labels}}})

    def writes(self, path: str) -> str:
        """What changes with each write of an object."""
        found = self.get(path)
        assert found is not None
        return str(found["metadata"]["resourceVersion"])
