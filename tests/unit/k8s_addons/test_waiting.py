"""What the modules around the add-ons read: manifests, load balancers, records, the order of releases."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace
from typing import Any
from urllib.error import URLError

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError, WaitTimeout
from ansible_collections.opta.platform.plugins.module_utils._external_dns import records
from ansible_collections.opta.platform.plugins.module_utils._helm import releases
from ansible_collections.opta.platform.plugins.module_utils._kubernetes import definitions
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.apply import ApplyOptions
from ansible_collections.opta.platform.plugins.module_utils._load_balancers import api, balancers
from botocore.exceptions import ClientError

MANIFEST = b"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n---\n"
CHECKSUM = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"


class FakeCluster:
    def __init__(self, items):
        self.items = items

    def get(self, path, accept="", **query):
        assert query["labelSelector"] == "opta.platform/manifest=it"
        return {"items": self.items}


def definition(checksum=CHECKSUM, number="1"):
    return {"metadata": {"name": "things", "annotations": {definitions.CHECKSUM: checksum, definitions.NUMBER: number}}}


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], False),
        ([definition()], True),
        ([definition("sha256:other")], False),
        ([definition(number="2")], False),
        ([definition(number="2")] * 2, True),
    ],
)
def test_a_manifest_exists_when_all_its_definitions_do(items, expected):
    cluster: Any = FakeCluster(items)
    assert definitions.is_installed(cluster, "it", CHECKSUM) is expected


def test_a_manifest_that_exists_is_not_fetched():
    def fetch(url):
        raise AssertionError(url)

    cluster: Any = FakeCluster([definition()])
    assert definitions.reconcile(cluster, ApplyOptions(), "it", CHECKSUM, "https://x.example", fetch) == []


def test_a_manifest_with_another_checksum_is_refused():
    with pytest.raises(PlatformError, match="is expected"):
        definitions.read(MANIFEST + b"#", "https://x.example/m.yaml", CHECKSUM)
    assert [obj["kind"] for obj in definitions.read(MANIFEST, "https://x.example/m.yaml", CHECKSUM)] == ["CustomResourceDefinition"]


def test_an_unreachable_download_url_is_reported(monkeypatch):
    def refuse(url, timeout):
        raise URLError("Connection refused")

    monkeypatch.setattr(definitions, "open_url", refuse)
    with pytest.raises(PlatformError, match="The manifest https://x.example/m.yaml cannot be downloaded: .*Connection refused"):
        definitions.fetch("https://x.example/m.yaml")


def test_releases_are_uninstalled_first_and_last_entries_installed_last():
    entries: list[dict[str, Any]] = [{"state": "present", "last": True}, {"state": "absent"}, {"state": "present"}]
    assert releases._stages(entries) == [[1], [2], [0]]


def test_load_balancers_are_found_by_all_their_tags(monkeypatch):
    listed = [{"LoadBalancerArn": f"arn{n}", "LoadBalancerName": f"b{n}", "State": {"Code": "active"}} for n in range(45)]
    asked = []

    def describe_tags(client, arns):
        asked.append(len(arns))
        return [{"ResourceArn": arn, "Tags": [{"Key": "k", "Value": arn[3:]}]} for arn in arns]

    monkeypatch.setattr(api, "describe_load_balancers", lambda client: listed)
    monkeypatch.setattr(api, "describe_tags", describe_tags)
    assert [found["name"] for found in balancers.find(None, {"k": "44"})] == ["b44"]
    assert asked == [20, 20, 5]
    with pytest.raises(WaitTimeout, match="b44 still exists"):
        balancers.wait_until_none(None, {"k": "44"}, 0)


def test_a_load_balancer_that_is_deleted_in_the_meantime_hides_no_other(monkeypatch):
    listed = [{"LoadBalancerArn": f"arn{n}", "LoadBalancerName": f"b{n}", "State": {"Code": "active"}} for n in range(3)]
    monkeypatch.setattr(api, "describe_load_balancers", lambda client: listed)

    def describe_tags(client, arns):  # arn1 is gone: the error handler answers an empty list
        return [] if "arn1" in arns else [{"ResourceArn": arn, "Tags": [{"Key": "k", "Value": "v"}]} for arn in arns]

    monkeypatch.setattr(api, "describe_tags", describe_tags)
    assert [found["name"] for found in balancers.find(None, {"k": "v"})] == ["b0", "b2"]


class Balancing:
    """Answers as ELBv2's client does, for one load balancer. health: {target group: states}; None: the caller may not ask."""

    def __init__(self, state, health):
        self.state, self.health = state, health

    def get_paginator(self, operation):
        found = {
            "describe_load_balancers": {
                "LoadBalancers": [{"LoadBalancerArn": "arn", "LoadBalancerName": "b", "State": {"Code": self.state}}]
            },
            "describe_target_groups": {"TargetGroups": [{"TargetGroupArn": name, "TargetGroupName": name} for name in self.health or {}]},
        }[operation]
        if operation == "describe_target_groups" and self.health is None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeTargetGroups")
        answer = SimpleNamespace(build_full_result=lambda: found)
        return SimpleNamespace(paginate=lambda **_query: answer)

    def describe_tags(self, ResourceArns):
        return {"TagDescriptions": [{"ResourceArn": arn, "Tags": [{"Key": "k", "Value": "v"}]} for arn in ResourceArns]}

    def describe_target_health(self, TargetGroupArn):
        return {"TargetHealthDescriptions": [{"TargetHealth": {"State": state}} for state in self.health[TargetGroupArn]]}


@pytest.mark.parametrize(
    ("state", "health", "seen"),
    [
        ("provisioning", {}, "last seen: provisioning"),
        ("active", {}, "active; no target group yet"),
        ("active", {"http": []}, r"active; target group http has no healthy target \(no target is registered\)"),
        ("active", {"http": ["healthy"], "https": ["initial", "initial"]}, r"target group https has no healthy target \(2 initial\)"),
    ],
)
def test_a_load_balancer_without_healthy_targets_does_not_work_yet(state, health, seen):
    with pytest.raises(WaitTimeout, match=seen):
        balancers.wait_for_one(Balancing(state, health), {"k": "v"}, 0, pytest.fail)


def test_one_healthy_target_in_each_group_is_enough():
    found = balancers.wait_for_one(Balancing("active", {"http": ["unhealthy", "healthy"]}), {"k": "v"}, 0, pytest.fail)
    assert found["name"] == "b"


def test_missing_permission_to_read_target_health_is_reported():
    reported: list[str] = []
    assert balancers.wait_for_one(Balancing("active", None), {"k": "v"}, 0, reported.append)["state"] == "active"
    assert "elasticloadbalancing:DescribeTargetHealth" in reported[0]


def test_only_the_records_of_an_owner_are_removed(monkeypatch):
    def text(name, owner):
        return {"Name": f"{name}.", "Type": "TXT", "ResourceRecords": [{"Value": f'"heritage=external-dns,external-dns/owner={owner}"'}]}

    changed = []
    app = {"Name": "app.example.com.", "Type": "A", "ResourceRecords": [{"Value": "192.0.2.1"}]}
    found = [text("a-extdns.app.example.com", "opta-staging"), text("a-extdns.other.example.com", "opta-staging-2"), app]
    found += [{**app, "Name": "other.example.com."}, {**app, "Type": "MX"}]
    monkeypatch.setattr(records, "list_resource_record_sets", lambda client, zone_id: found)
    monkeypatch.setattr(records, "change_resource_record_sets", lambda client, zone_id, changes: changed.append(changes))
    names = [outcome.name for outcome in records.remove(None, "Z1", "opta-staging", check_mode=True)]
    assert (names, changed) == (["a-extdns.app.example.com TXT", "app.example.com A"], [])
    assert [outcome.name for outcome in records.remove(None, "Z1", "opta-staging", check_mode=False)] == names
    assert changed == [[{"Action": "DELETE", "ResourceRecordSet": each} for each in (found[0], app)]]
