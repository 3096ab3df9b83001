"""What the modules around the add-ons read: manifests, load balancers, records, the order of releases."""

from __future__ import annotations

import hashlib
from urllib.error import URLError

import pytest
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError, WaitTimeout
from ansible_collections.opta.platform.plugins.module_utils._external_dns import records
from ansible_collections.opta.platform.plugins.module_utils._helm import several
from ansible_collections.opta.platform.plugins.module_utils._kubernetes import definitions
from ansible_collections.opta.platform.plugins.module_utils._load_balancers import api, balancers

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
def test_a_manifest_stands_when_all_its_definitions_do(items, expected):
    assert definitions.stands(FakeCluster(items), "it", CHECKSUM) is expected


def test_a_manifest_that_stands_is_not_fetched():
    def fetch(url):
        raise AssertionError(url)

    assert definitions.bring(FakeCluster([definition()]), None, "it", CHECKSUM, "https://x.example", fetch) == []


def test_another_file_is_refused():
    with pytest.raises(PlatformError, match="it is another file"):
        definitions.read(MANIFEST + b"#", "https://x.example/m.yaml", CHECKSUM)
    assert [obj["kind"] for obj in definitions.read(MANIFEST, "https://x.example/m.yaml", CHECKSUM)] == ["CustomResourceDefinition"]


def test_a_place_that_does_not_answer_is_named(monkeypatch):
    def refuse(url, timeout):
        raise URLError("Connection refused")

    monkeypatch.setattr(definitions, "open_url", refuse)
    with pytest.raises(PlatformError, match="The manifest https://x.example/m.yaml cannot be had: .*Connection refused"):
        definitions.fetch("https://x.example/m.yaml")


def test_releases_go_before_others_come_and_the_last_come_last():
    entries = [{"state": "present", "last": True}, {"state": "absent"}, {"state": "present"}]
    assert several._stages(entries) == [[1], [2], [0]]


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
    with pytest.raises(WaitTimeout, match="b44 still there"):
        balancers.wait_until_none(None, {"k": "44"}, 0)


def test_t21_the_records_of_an_owner(monkeypatch):
    def text(name, owner):
        return {"Name": f"{name}.", "Type": "TXT", "ResourceRecords": [{"Value": f'"heritage=external-dns,external-dns/owner={owner}"'}]}

    found = [text("a-extdns.app.example.com", "opta-staging"), text("other", "opta-staging-2"), {"Name": "app.", "Type": "A"}]
    monkeypatch.setattr(records, "list_resource_record_sets", lambda client, zone_id: found)
    assert records.owned(None, "Z1", "opta-staging") == ["a-extdns.app.example.com"]
    with pytest.raises(WaitTimeout, match="a-extdns.app.example.com still there"):
        records.wait_until_none(None, "Z1", "opta-staging", 0)
