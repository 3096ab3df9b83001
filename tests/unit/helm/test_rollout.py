"""Going back to an earlier revision, with a helm that fails as the real one does."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils._helm import rollout
from ansible_collections.opta.platform.plugins.module_utils._helm.binary import HelmError
from ansible_collections.opta.platform.plugins.module_utils._helm.plan import DesiredRelease
from ansible_collections.opta.platform.plugins.module_utils._helm.release_storage import Revision, StoredReleases

HELM3 = 'no ConfigMap with the name "before" found'
HELM4 = 'original object ConfigMap with the name "before" not found'
OWNER = {"meta.helm.sh/release-name": "app", "meta.helm.sh/release-namespace": "shop"}


def configmap(name, **annotations):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop", "annotations": annotations}}


class Helm:
    """Fails with these errors, one at each call, and then succeeds."""

    def __init__(self, *errors):
        self.errors, self.calls, self.client_side = list(errors), 0, []

    def run(self, *command, changes):
        assert command[:3] == ("rollback", "app", "1")
        self.calls += 1
        if self.errors:
            raise HelmError(self.errors.pop(0))


class Store:
    """The failed revision 2, which brought `after`, until helm has been called."""

    def __init__(self, helm):
        self._helm = helm

    def revisions(self):
        return [Revision(2 + self._helm.calls, "failed", {}, datetime.now(timezone.utc))]

    def read(self, number):
        names = ["after", "kept", "of-others"] if number == 2 else ["before"]
        manifest = "\n---\n".join(json.dumps(configmap(name)) for name in names)
        return StoredReleases(number, "failed", "plain", "1.0.0", "", {}, manifest)


class Cluster:
    """What is in the cluster after the upgrade that failed."""

    def __init__(self):
        self.found = {
            "before": configmap("before", **OWNER),
            "after": configmap("after", **OWNER),
            "kept": configmap("kept", **OWNER, **{"helm.sh/resource-policy": "keep"}),
            "of-others": configmap("of-others"),
        }

    def get(self, path, *_accept, **_query):
        if path == "/api/v1":
            return {"resources": [{"kind": "ConfigMap", "name": "configmaps", "namespaced": True}]}
        found = self.found.get(path.rpartition("/")[2])
        return found and {**found, "metadata": {**found["metadata"], "uid": "1"}}

    def delete(self, path, uid, propagation):
        del self.found[path.rpartition("/")[2]]


def roll_back(*errors):
    helm: Any = Helm(*errors)
    cluster: Any = Cluster()
    store: Any = Store(helm)
    rollout.Rollout(cluster, helm, store, DesiredRelease("app", "shop"))._rollback(1)
    return helm, cluster


def test_one_attempt_suffices_when_helm_deletes_the_objects():
    helm, cluster = roll_back()
    assert (helm.calls, set(cluster.found)) == (1, {"before", "after", "kept", "of-others"})


@pytest.mark.parametrize("words", [HELM3, HELM4])
def test_an_object_unknown_to_helm_requires_a_second_rollback_attempt(words):
    helm, cluster = roll_back(words)
    assert (helm.calls, set(cluster.found)) == (2, {"before", "kept", "of-others"}), (
        "what the release brought goes, unless it is to be kept"
    )


def test_other_errors_are_reported_without_a_second_attempt():
    with pytest.raises(HelmError, match="forbidden"):
        roll_back("forbidden")


def test_a_second_error_is_reported():
    with pytest.raises(HelmError, match="before"):
        roll_back(HELM3, HELM3)
