"""Volumes of claims that go while their release stays."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.claims import Claims

OWNER = {"meta.helm.sh/release-name": "store", "meta.helm.sh/release-namespace": "shop"}
CLAIMS = "/api/v1/namespaces/{}/persistentvolumeclaims"
OTHERS = {"meta.helm.sh/release-name": "store", "meta.helm.sh/release-namespace": "elsewhere"}


class Cluster:
    """Claims of the release store, one of them in another namespace, and one of another release, bound to a volume each.

    One that is being deleted is gone at the second look.
    """

    def __init__(self):
        self.changed: list[str] = []
        self.claims = {name: self._claim(name) for name in ("data", "logs")}
        self.claims["index"] = self._claim("index", "search")
        self.claims["theirs"] = self._claim("theirs", "elsewhere", OTHERS)

    def _claim(self, name, namespace="shop", annotations=OWNER):
        metadata = {"name": name, "namespace": namespace, "uid": f"uid-{name}", "annotations": annotations}
        return {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": metadata, "spec": {"volumeName": f"pv-{name}"}}

    def _volume(self, name):
        owner = {"namespace": "search" if name == "index" else "shop", "name": name, "uid": f"uid-{name}"}
        spec = {
            "persistentVolumeReclaimPolicy": "Delete",
            "claimRef": owner,
            "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": f"vol-{name}"},
        }
        return {"metadata": {"name": f"pv-{name}"}, "spec": spec}

    def get(self, path, **query):
        place, _, name = path.rpartition("/")
        if path == "/api/v1/persistentvolumeclaims":
            return copy.deepcopy({"items": list(self.claims.values())})
        if path.endswith("/persistentvolumes"):
            assert query["labelSelector"] == "opta.platform/claim-release=store,opta.platform/claim-namespace=shop"
            return {"items": [self._volume("data"), self._volume("logs"), self._volume("index")]}
        if place == CLAIMS.format("search" if name == "index" else "shop"):
            found = self.claims.get(name)
            if found and found["metadata"].get("deletionTimestamp"):
                return self.claims.pop(name)
            return found
        return self._volume(name.removeprefix("pv-"))

    def merge(self, path, _patch):
        self.changed.append(path.rpartition("/")[2])


def claims(cluster, only, check_mode=False):
    return Claims(cluster, None, "shop", {}, {}, "store", True, check_mode, 5, "store", only)


@pytest.mark.parametrize(
    ("only", "held"),
    [
        (["data"], ["pv-data"]),
        (["search/index"], ["pv-index"]),
        (["index"], []),
        ([], []),
        (None, ["pv-data", "pv-index", "pv-logs"]),
    ],
)
def test_only_volumes_of_deleted_claims_are_retained(only, held):
    cluster = Cluster()
    outcomes = claims(cluster, only).hold()
    assert [outcome.name for outcome in outcomes] == cluster.changed == held


def removing(removed):
    def remove_volume(_self, volume):
        removed.append(volume["metadata"]["name"])
        return []

    return remove_volume


def test_a_volume_is_removed_once_its_claim_is_gone(monkeypatch):
    cluster = Cluster()
    removed: list[str] = []
    monkeypatch.setattr(Claims, "_remove_volume", removing(removed))
    claims(cluster, []).remove()
    assert removed == [], "its claim is there"
    cluster.claims["data"]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    claims(cluster, ["data"]).remove()
    assert removed == ["pv-data"]
    del cluster.claims["index"], removed[0]
    claims(cluster, None).remove()
    assert removed == ["pv-data", "pv-index"]


def test_a_claim_of_the_same_name_does_not_hide_the_volume_of_an_earlier_one(monkeypatch):
    cluster = Cluster()
    removed: list[str] = []
    monkeypatch.setattr(Claims, "_remove_volume", removing(removed))
    cluster.claims["data"]["metadata"]["uid"] = "another"
    claims(cluster, []).remove()
    assert removed == ["pv-data"]
