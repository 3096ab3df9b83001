"""Releases as helm stores them, and what follows from their state."""

from __future__ import annotations

import base64
import gzip
import json
import os
import shutil
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _controller
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._helm import pending
from ansible_collections.opta.platform.plugins.module_utils._helm.chart import Chart, chart_name, digest, find_chart, read_metadata
from ansible_collections.opta.platform.plugins.module_utils._helm.plan import DesiredRelease, base_of, labels, not_ours, reasons_for_change
from ansible_collections.opta.platform.plugins.module_utils._helm.release_storage import (
    RUN,
    Revision,
    StoredReleases,
    decode,
    rollback_target,
)


def ago(seconds):
    return datetime.now(timezone.utc) - timedelta(seconds=seconds)


def revision(number, status="deployed", age=0, **more):
    return Revision(number, status, {f"opta.platform/{key}": value for key, value in more.items()}, ago(age))


def stored(**more):
    given = {"number": 1, "status": "deployed", "chart": "a", "chart_version": "1.0.0", "app_version": "", "values": {}, "manifest": ""}
    return StoredReleases(**{**given, **more})


def secret(content):
    packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(content).encode()))).decode()
    return {"metadata": {"name": "sh.helm.release.v1.a.v3", "labels": {"status": "deployed"}}, "data": {"release": packed}}


def test_release_is_decoded():
    content = {
        "version": 3,
        "info": {"status": "deployed"},
        "chart": {"metadata": {"name": "a", "version": "1.0.0"}},
        "config": {"x": 1},
        "manifest": "---\n",
        "hooks": [{"manifest": "kind: Job"}],
    }
    found = decode(secret(content))
    assert (found.number, found.chart, found.chart_version, found.app_version) == (3, "a", "1.0.0", "")
    assert (found.values, found.hooks) == ({"x": 1}, "kind: Job")


def test_a_secret_without_a_release_is_reported():
    with pytest.raises(PlatformError, match=r"sh\.helm\.release\.v1\.a\.v3 does not hold a release"):
        decode({**secret({}), "data": {"release": "bm90aGluZw=="}})


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [
        ([], None),
        ([revision(1)], 1),
        ([revision(2, "failed"), revision(1)], 1),
        ([revision(1, "failed")], None),
        ([revision(1, "pending-install")], None),
        ([revision(2, "pending-upgrade"), revision(1)], 1),
        # killed between the old revision's and the new one's last word
        ([revision(3, "pending-upgrade"), revision(2, "superseded"), revision(1, "superseded")], 2),
        ([revision(2, "uninstalling"), revision(1, "superseded")], None),
    ],
)
def test_the_base_revision_is_the_deployed_one(revisions, expected):
    assert base_of(revisions) == expected


def test_the_rollback_target_is_the_last_ready_revision():
    revisions = [
        revision(4, rollout="started"),
        revision(3, "superseded", rollout="started"),
        revision(2, "superseded", rollout="finished"),
    ]
    assert rollback_target(revisions, 4) == 2
    assert rollback_target(revisions, 2) is None
    assert rollback_target([revision(2, "failed"), revision(1)], 2) == 1  # of another tool: no label


def reasons(found, chart=None, values=None, newest=None, name="a"):
    return reasons_for_change(found, newest or revision(1), chart or Chart("a", "https://x", "1.0.0"), name, values or {})


def test_an_unchanged_release_has_no_differences():
    assert reasons(stored()) == {}
    assert reasons(stored(values={"a": 1.0, "b": None}), values={"a": 1, "b": None}) == {}
    assert reasons(stored(chart_version="1.0.0"), Chart("a", "https://x", "v1.0.0")) == {}


def test_differences_of_a_release_are_named():
    assert reasons(stored(values={"a": {"b": 1}}), values={"a": {"b": 2}}) == {"values.a.b": (1, 2)}
    other = Chart("oci://x/b", None, "2.0.0")
    assert reasons(stored(), other, name="b") == {"chart": ("a", "b"), "chart_version": ("1.0.0", "2.0.0")}
    assert reasons(stored(), newest=revision(2, "failed")) == {"status": ("failed", "deployed")}
    local = stored(labels={"opta.platform/chart-digest": "old"})
    assert reasons(local, Chart("/a", digest="new")) == {"chart_digest": ("old", "new")}
    assert reasons(local, Chart("/a", digest="old")) == {}


@pytest.mark.parametrize("reference", ["web", "oci://registry.example.com/charts/web", "team/web/"])
def test_the_chart_name_is_the_last_part_of_its_reference(reference):
    assert chart_name(reference) == "web"


def test_the_name_of_a_local_chart_is_read_from_chart_yaml(tmp_path):
    (tmp_path / "Chart.yaml").write_text("{name: web, version: 1.0.0}")
    assert chart_name(str(tmp_path)) == "web"


def test_ownership_is_read_from_labels():
    assert not_ours(revision(1, environment="staging"), "staging") is None
    assert not_ours(revision(1, environment="staging"), None) is None
    assert not_ours(revision(1, environment="staging"), "production") == "it belongs to the environment staging"
    assert not_ours(revision(1), "staging") == "it was not created by this collection"


def test_labels_of_a_new_revision():
    desired = DesiredRelease("a", "shop", Chart("/a", digest="d1"), environment="staging")
    assert labels(desired, "m.1.2") == (
        "opta.platform/rollout=started,opta.platform/chart-digest=d1,opta.platform/environment=staging,opta.platform/run=m.1.2"
    )


def test_a_pending_release_is_abandoned_only_if_its_run_ended():
    living = pending.run_label()
    machine = living.split(".", maxsplit=1)[0]
    assert not pending.is_abandoned(revision(1, "pending-upgrade", age=9999, run=living), 10)
    assert pending.is_abandoned(revision(1, "pending-upgrade", run=f"{machine}.{os.getpid()}.1"), 10)  # the pid was given again
    parent = _controller.identity(os.getppid()).replace(" ", ".")
    assert not pending.is_abandoned(revision(1, "pending-upgrade", run=f"{machine}.{parent}"), 10)


def test_a_pending_release_of_another_machine_is_abandoned_after_the_timeout():
    assert not pending.is_abandoned(revision(1, "pending-upgrade", age=5, run="other.1.1"), 60)
    assert pending.is_abandoned(revision(1, "pending-upgrade", age=61, run="other.1.1"), 60)
    assert pending.is_abandoned(Revision(1, "pending-upgrade", {}, ago(61)), 60)
    assert RUN in revision(1, run="x").labels


def test_the_age_is_formatted_as_text():
    assert pending.age_text(revision(1, age=30)).endswith(" seconds")
    assert pending.age_text(revision(1, age=615)) == "10 minutes"


@pytest.fixture
def chart(tmp_path):
    (tmp_path / "a" / "templates").mkdir(parents=True)
    (tmp_path / "a" / "Chart.yaml").write_text("apiVersion: v2\nname: a\nversion: 1.0.0\n")
    (tmp_path / "a" / "templates" / "x.yaml").write_text("x: 1\n")
    return tmp_path / "a"


def test_digest_follows_names_and_contents(chart, tmp_path):
    before = digest(chart)
    assert digest(chart) == before
    assert digest(shutil.copytree(chart, tmp_path / "copy")) == before
    (chart / "templates" / "x.yaml").write_text("x: 2\n")
    changed = digest(chart)
    (chart / "templates" / "x.yaml").rename(chart / "templates" / "y.yaml")
    assert len({before, changed, digest(chart)}) == 3
    assert len(before) <= 63  # a label


def test_metadata_of_directory_and_archive(chart, tmp_path):
    expected = {"name": "a", "version": "1.0.0", "appVersion": ""}
    assert read_metadata(chart) == expected
    archive = shutil.make_archive(str(tmp_path / "a-1.0.0"), "gztar", tmp_path, "a")
    assert read_metadata(tmp_path / "a-1.0.0.tar.gz") == expected, archive


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nginx", None, None), "set repository"),
        (("relative/chart", None, None), "not the absolute path"),
        (("nginx", "https://x", None), "version is required"),
        (("oci://x/nginx", None, None), "version is required"),
        (("oci://x/nginx", "https://x", "1"), "repository must not be set"),
        (("/", None, None), "contains no Chart.yaml"),
    ],
)
def test_a_reference_without_a_chart_is_refused(arguments, words):
    with pytest.raises(PlatformError, match=words):
        find_chart(*arguments)


def test_a_version_is_refused_for_a_local_chart(chart):
    assert find_chart(str(chart), None, None).local
    with pytest.raises(PlatformError, match="version is only for charts in a repository"):
        find_chart(str(chart), None, "1.0.0")
