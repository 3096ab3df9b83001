"""The module kubernetes_volume_claims through Ansible, asked of EC2 and of the cluster's own API server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.module.kubernetes_foundation import Cluster
from tests.support.standin import KUBERNETES as NAME
from tests.support.until import until

MODULE = "kubernetes_volume_claims"
CHART = Path(__file__).parent / "charts" / "plain"
LABELS = {"app": "store"}
CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "claims-tests"},
    "provisioner": "ebs.csi.aws.com",
    "volumeBindingMode": "Immediate",
    "reclaimPolicy": "Delete",
    "parameters": {"type": "gp3"},
}


@pytest.fixture
def ec2(standin):
    return standin.client("ec2")


@pytest.fixture
def cluster(standin):
    made = Cluster(standin)
    eks = standin.client("eks")
    if "aws-ebs-csi-driver" not in eks.list_addons(clusterName=NAME)["addons"]:
        eks.create_addon(clusterName=NAME, addonName="aws-ebs-csi-driver")
    until(lambda: eks.describe_addon(clusterName=NAME, addonName="aws-ebs-csi-driver")["addon"]["status"] == "ACTIVE")
    made.kubernetes.apply("/apis/storage.k8s.io/v1/storageclasses/claims-tests", CLASS)
    return made


@pytest.fixture
def namespace(cluster, unique):
    return cluster.namespace(unique("claims"))


@pytest.fixture
def claim(cluster, namespace, ec2):
    """Make a bound claim of the service and give its EBS volume's id."""

    def make(name="data-store-0", labels=LABELS, **metadata):
        spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "claims-tests", "resources": {"requests": {"storage": "1Gi"}}}
        path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
        cluster.kubernetes.create(path, {"metadata": {"name": name, "labels": labels, **metadata}, "spec": spec})
        until(lambda: cluster.get(f"{path}/{name}")["status"]["phase"] == "Bound")
        volume = cluster.get(f"/api/v1/persistentvolumes/{cluster.get(f'{path}/{name}')['spec']['volumeName']}")
        return volume["spec"]["csi"]["volumeHandle"]

    return make


@pytest.fixture
def remove(cluster, namespace, run_module):
    def run(**more):
        tags = {"opta:environment": "staging", "opta:name": "shop/store"}
        options = {**cluster.options, "namespace": namespace, "match_labels": LABELS, "tags": tags}
        return run_module(MODULE, **{name: value for name, value in {**options, **more}.items() if value is not None})

    return run


def claims(cluster, namespace):
    return [item["metadata"]["name"] for item in cluster.kubernetes.items(f"/api/v1/namespaces/{namespace}/persistentvolumeclaims")]


def snapshots(ec2, volume_id):
    filters = [{"Name": "tag:opta:volume-id", "Values": [volume_id]}]
    return ec2.describe_snapshots(OwnerIds=["self"], Filters=filters)["Snapshots"]


def volumes(ec2, *volume_ids):
    found = ec2.describe_volumes(Filters=[{"Name": "volume-id", "Values": list(volume_ids)}])["Volumes"]
    return {volume["VolumeId"] for volume in found}


def test_volumes_are_retained_as_snapshots_and_deleted_by_the_csi_driver(standin, cluster, namespace, claim, remove, ec2):
    first, second = claim("data-store-0"), claim("data-store-1")
    others = claim("data-other-0", {"app": "other"})
    before = standin.mark()
    planned = remove(check_mode=True)
    assert standin.mutating(before) == []
    assert len(claims(cluster, namespace)) == 3
    done = remove()
    assert planned["actions"] == done["actions"]
    assert [action["action"] for action in done["actions"]] == ["delete", "delete", "create", "delete", "create", "delete"]
    assert claims(cluster, namespace) == ["data-other-0"]
    assert volumes(ec2, first, second, others) == {others}
    for volume_id in (first, second):
        (snapshot,) = snapshots(ec2, volume_id)
        tags = {tag["Key"]: tag["Value"] for tag in snapshot["Tags"]}
        assert tags["opta:retained"] == "true"
        assert tags["opta:environment"] == "staging"
        assert tags["kubernetes.io/created-for/pvc/namespace"] == namespace
    for check_mode in (True, False):
        again = remove(check_mode=check_mode)
        assert (again["changed"], again["actions"]) == (False, [])


def test_volumes_are_deleted_without_snapshots_if_configured(namespace, claim, remove, ec2):
    volume_id = claim()
    planned = remove(check_mode=True, delete_volumes=True)
    done = remove(delete_volumes=True)
    assert planned["actions"] == done["actions"]
    assert [action["action"] for action in done["actions"]] == ["delete", "delete"]
    assert (volumes(ec2, volume_id), snapshots(ec2, volume_id)) == (set(), [])


def test_a_run_interrupted_after_the_claim_is_completed_without_data_loss(standin, cluster, namespace, claim, remove, ec2):
    volume_id = claim()
    standin.fault("CreateSnapshot", kind="error", code="UnauthorizedOperation", message="stopped here")
    assert "stopped here" in remove(expect_failure=True)["msg"]
    assert claims(cluster, namespace) == []
    assert volumes(ec2, volume_id) == {volume_id}, "nothing keeps its data yet"
    standin.clear_faults()
    done = remove()
    assert [action["action"] for action in done["actions"]] == ["create", "delete"]
    assert len(snapshots(ec2, volume_id)) == 1
    assert volumes(ec2, volume_id) == set()


def test_a_recreated_claim_is_not_confused_with_the_old_claim(standin, cluster, namespace, claim, remove, ec2):
    old = claim()
    standin.fault("CreateSnapshot", kind="error", code="UnauthorizedOperation", message="stopped here")
    remove(expect_failure=True)
    standin.clear_faults()
    new = claim()
    assert new != old, "the service was made again, with an empty volume"
    remove()
    assert len(snapshots(ec2, old)) == len(snapshots(ec2, new)) == 1


def test_a_volume_without_snapshot_support_is_refused_before_any_change(cluster, namespace, remove):
    claim_name, volume_name = "files", f"{namespace}-files"
    spec = {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "",
        "volumeName": volume_name,
        "resources": {"requests": {"storage": "1Gi"}},
    }
    volume = {
        "metadata": {"name": volume_name},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteMany"],
            "csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-0123456789abcdef0"},
            "claimRef": {"namespace": namespace, "name": claim_name},
        },
    }
    cluster.kubernetes.create("/api/v1/persistentvolumes", volume)
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    cluster.kubernetes.create(path, {"metadata": {"name": claim_name, "labels": LABELS}, "spec": spec})
    until(lambda: cluster.get(f"{path}/{claim_name}")["status"]["phase"] == "Bound")
    for check_mode in (True, False):
        assert "is not an EBS volume" in remove(check_mode=check_mode, expect_failure=True)["msg"]
    assert claims(cluster, namespace) == [claim_name]


def test_volumes_of_claims_deleted_with_a_release_are_retained(cluster, namespace, claim, remove, ec2):
    """Helm deletes the claims that it made, and Kubernetes their volumes, unless these are held before."""
    owner = {"meta.helm.sh/release-name": "store", "meta.helm.sh/release-namespace": namespace}
    held, kept = claim("data", annotations=owner), claim("kept", annotations={**owner, "helm.sh/resource-policy": "keep"})
    others = claim("others")
    of_release = {"match_labels": None, "release": "store"}
    planned = [remove(check_mode=True, **of_release, state=state) for state in ("held", "absent")]
    done = [remove(**of_release, state="held")]
    assert remove(**of_release, state="absent")["actions"] == [], "its claim is there still"
    cluster.kubernetes.delete(f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/data")
    until(lambda: claims(cluster, namespace) == ["kept", "others"])
    assert volumes(ec2, held) == {held}
    done.append(remove(**of_release, state="absent"))
    assert [result["actions"] for result in planned] == [result["actions"] for result in done]
    assert (len(snapshots(ec2, held)), volumes(ec2, held, kept, others)) == (1, {kept, others})
    assert remove(**of_release, state="absent")["actions"] == []


def test_volumes_of_claims_dropped_by_an_upgrade_are_retained(cluster, namespace, remove, run_module, ec2):
    values = {"image": "registry.example.com/app:1"}
    options = {**cluster.options, "environment": "staging", "name": "store", "namespace": namespace, "chart": str(CHART)}
    run_module("helm_release", **options, values={**values, "storageClass": "claims-tests"})
    name = cluster.get(f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/data")["spec"]["volumeName"]
    volume_id = cluster.get(f"/api/v1/persistentvolumes/{name}")["spec"]["csi"]["volumeHandle"]

    def drop(check_mode=False):
        release = run_module("helm_release", **options, values=values, check_mode=check_mode)["release"]
        kept = remove(match_labels=None, release="store", dropped_claims=release["dropped_claims"], check_mode=check_mode)
        return release["dropped_claims"], [(action["action"], action["resource"]) for action in kept["actions"]]

    planned = drop(check_mode=True)
    assert volumes(ec2, volume_id) == {volume_id}
    assert drop() == planned == (["data"], [("create", f"EBS snapshot of {volume_id}"), ("delete", f"PersistentVolume {name}")])
    assert (claims(cluster, namespace), volumes(ec2, volume_id), len(snapshots(ec2, volume_id))) == ([], set(), 1)
    assert drop() == ([], [])


def test_empty_labels_are_refused(remove):
    assert "match_labels is empty" in remove(match_labels={}, expect_failure=True)["msg"]
