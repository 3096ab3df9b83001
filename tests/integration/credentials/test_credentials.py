"""Secrets in moto: what is made, restored, rotated; what a killed run leaves for the next."""

from __future__ import annotations

import contextlib
import itertools
import json
import pickle

import boto3
import pytest
from ansible_collections.opta.platform.plugins.module_utils import _eventual_consistency
from ansible_collections.opta.platform.plugins.module_utils._credentials.credentials import Credentials, applied_tag, applied_version
from ansible_collections.opta.platform.plugins.module_utils._credentials.options import check_options, secret_name
from ansible_collections.opta.platform.plugins.module_utils._credentials.password import Password, of_secret_string
from ansible_collections.opta.platform.plugins.module_utils._credentials.store_secrets import store_secrets
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError, Refused
from ansible_collections.opta.platform.plugins.module_utils._resource import KNOWN_AFTER_APPLY
from moto import mock_aws

from tests.support.identities import identity_of, marks

NAME = "opta/staging/cache/main"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
OTHER_KEY = "arn:aws:kms:eu-west-1:123456789012:key/22222222-2222-2222-2222-222222222222"
TAGS = {**marks(), "opta:role": "elasticache", "opta:name": "opta-staging-cache-main"}
READING = ("Describe", "Get", "List")


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


class Manager:
    """Secrets Manager, which notes the calls and can be made to die."""

    def __init__(self):
        self.client = boto3.client("secretsmanager", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
        self.calls: list[str] = []
        self.dies_after = None
        self.client.meta.events.register("before-call", lambda model, **_context: self.calls.append(model.name))
        self.client.meta.events.register("after-call", self._after)

    def _after(self, model, **_context):
        if self.dies_after is not None and len(self.changing()) > self.dies_after:
            raise Killed(model.name)

    def changing(self):
        return [name for name in self.calls if not name.startswith(READING)]

    def credentials(self, key=KEY, tags=None, **options):
        return Credentials(self.client, NAME, username="default", kms_key_arn=key, tags=tags or TAGS, **options)

    def labels(self):
        found = self.client.describe_secret(SecretId=NAME)["VersionIdsToStages"]
        return {label: version_id for version_id, labels in found.items() for label in labels}

    def value(self, label="AWSCURRENT"):
        return json.loads(self.client.get_secret_value(SecretId=NAME, VersionStage=label)["SecretString"])


@pytest.fixture
def manager(monkeypatch):
    monkeypatch.setattr(_eventual_consistency, "LONGEST_DELAY_SECONDS", 0.0)
    with mock_aws():
        yield Manager()


class Store:
    """Stands for a database: a password, and tags."""

    def __init__(self):
        self.password, self.tags = None, {}


def reconcile(credentials, store, rotate=False):
    """As a store's module does it."""
    outcome = credentials.reconcile(check_mode=False)
    target = credentials.prepare(credentials.target(rotate=rotate))
    if applied_version(store.tags) != target.version_id:
        store.password = credentials.password(target.version_id).reveal()
        store.tags.update(applied_tag(target.version_id))
    credentials.promote(target)
    return outcome


def test_a_secret_is_created_once(manager):
    outcome = manager.credentials(description="of a cache").reconcile(check_mode=False)
    assert (outcome.action, outcome.name) == ("create", NAME)
    found = manager.client.describe_secret(SecretId=NAME)
    assert (found["KmsKeyId"], found["Description"]) == (KEY, "of a cache")
    first = manager.value()
    manager.calls.clear()
    assert manager.credentials(description="of a cache").reconcile(check_mode=False).action is None
    assert manager.changing() == []
    assert manager.value() == first


def test_passwords_are_of_letters_and_digits(manager):
    manager.credentials().reconcile(check_mode=False)
    value = manager.value()
    assert value["username"] == "default"
    assert len(value["password"]) == 32
    assert value["password"].isascii()
    assert value["password"].isalnum()


def test_tags_are_in_the_creating_call(manager):
    manager.credentials().reconcile(check_mode=False)
    assert manager.changing() == ["CreateSecret"]
    assert {tag["Key"]: tag["Value"] for tag in manager.client.describe_secret(SecretId=NAME)["Tags"]} == TAGS


def test_a_plan_makes_read_only_calls(manager):
    credentials = manager.credentials()
    outcome, target = credentials.reconcile(check_mode=True), credentials.target(rotate=True)
    assert (outcome.action, outcome.as_action()["resource"]) == ("create", f"secret {NAME}")
    assert (outcome.resource["arn"], target.version_id) == (KNOWN_AFTER_APPLY, KNOWN_AFTER_APPLY)
    assert manager.calls == ["DescribeSecret", "DescribeSecret"]


def test_description_key_and_tags_are_changed_in_place(manager):
    manager.credentials().reconcile(check_mode=False)
    before = manager.value()
    changed = manager.credentials(key=OTHER_KEY, tags={**TAGS, "team": "blue"}, description="of another")
    planned = changed.reconcile(check_mode=True)
    assert planned.attributes == ["description", "kms_key_arn", "tags"]
    assert changed.reconcile(check_mode=False).as_action() == planned.as_action()
    assert manager.client.describe_secret(SecretId=NAME)["KmsKeyId"] == OTHER_KEY
    assert manager.value() == before
    assert changed.reconcile(check_mode=False).action is None


def test_a_secret_scheduled_for_deletion_is_restored(manager):
    credentials = manager.credentials(recovery_window_in_days=7)
    credentials.reconcile(check_mode=False)
    before = manager.value()
    assert credentials.remove(check_mode=False).action == "delete"
    assert credentials.remove(check_mode=False).action is None
    planned = credentials.reconcile(check_mode=True)
    assert (planned.action, planned.attributes) == ("update", ["scheduled_for_deletion"])
    assert credentials.reconcile(check_mode=False).attributes == ["scheduled_for_deletion"]
    assert manager.value() == before


def test_a_secret_whose_key_was_deleted_is_replaced(manager):
    """A rebuilt environment has a new key: what the old one encrypts cannot be read any more."""
    manager.credentials().reconcile(check_mode=False)
    before = manager.value()
    manager.credentials().remove(check_mode=False)
    rebuilt = manager.credentials(key=OTHER_KEY)
    assert rebuilt.reconcile(check_mode=True).action == "create"
    assert rebuilt.reconcile(check_mode=False).action == "create"
    assert manager.client.describe_secret(SecretId=NAME)["KmsKeyId"] == OTHER_KEY
    assert manager.value() != before


def test_a_secret_of_another_environment_is_neither_changed_nor_removed(manager):
    manager.credentials().reconcile(check_mode=False)
    others = manager.credentials(tags={**TAGS, "opta:environment": "production"})
    with pytest.raises(Refused, match="belongs to the environment staging"):
        others.reconcile(check_mode=False)
    left = others.remove(check_mode=False)
    assert left.left_alone and "belongs to the environment staging" in left.notes[0]
    assert "DeletedDate" not in manager.client.describe_secret(SecretId=NAME)


def test_a_store_without_the_password_tag_gets_its_password(manager):
    store, restored = Store(), Store()
    reconcile(manager.credentials(), store)
    restored.password = "of the snapshot"
    reconcile(manager.credentials(), restored)
    assert restored.password == store.password == manager.value()["password"]


def test_a_rotation_is_planned_applied_and_completed(manager):
    store = Store()
    reconcile(manager.credentials(), store)
    first, label = store.password, manager.labels()["AWSCURRENT"]
    planned = manager.credentials().target(rotate=True)
    assert (planned.version_id, planned.rotating, planned.current_id) == (KNOWN_AFTER_APPLY, True, label)
    assert manager.credentials().rotation(planned).as_action()["attributes"] == ["password"]
    reconcile(manager.credentials(), store, rotate=True)
    assert store.password == manager.value()["password"] != first
    assert manager.labels()["AWSPREVIOUS"] == label
    reconcile(manager.credentials(), store, rotate=True)
    assert manager.credentials().target().rotating is False
    assert manager.credentials().rotation(manager.credentials().target()).action is None
    assert store.password == manager.value()["password"]


def test_a_rotation_that_was_abandoned_can_be_started_again(manager):
    store, credentials = Store(), manager.credentials()
    reconcile(credentials, store)
    begun = credentials.prepare(credentials.target(rotate=True))
    manager.client.update_secret_version_stage(SecretId=NAME, VersionStage="AWSPENDING", RemoveFromVersionId=begun.version_id)
    assert credentials.target().rotating is False
    again = credentials.prepare(credentials.target(rotate=True))
    assert again.rotating
    assert again.version_id != begun.version_id


def test_two_runs_start_one_rotation(manager):
    credentials = manager.credentials()
    reconcile(credentials, Store())
    planned = credentials.target(rotate=True)
    assert credentials.prepare(planned) == credentials.prepare(planned)


def test_a_run_interrupted_after_any_call_is_completed(manager):
    """Creation, rotation and removal die after each of their changing calls; the next run completes them."""
    cut = 0
    for number in itertools.count():
        store, died = Store(), False
        for rotate in (False, True):
            manager.calls.clear()
            manager.dies_after = number
            try:
                reconcile(manager.credentials(), store, rotate)
            except Killed:
                died, cut = True, cut + 1
            manager.dies_after = None
            reconcile(manager.credentials(), store)
            assert store.password == manager.value()["password"]
            assert applied_version(store.tags) == manager.labels()["AWSCURRENT"]
            assert manager.labels().get("AWSPENDING") in (None, manager.labels()["AWSCURRENT"])
        manager.credentials().remove(check_mode=False)
        assert "DeletedDate" in manager.client.describe_secret(SecretId=NAME)
        manager.client.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
        if not died:
            break
    assert cut == 3  # CreateSecret; PutSecretValue and UpdateSecretVersionStage


def test_an_interrupted_restore_or_recreation_is_completed(manager):
    for number, key in itertools.product(range(3), (KEY, OTHER_KEY)):
        manager.credentials().reconcile(check_mode=False)
        manager.credentials().remove(check_mode=False)
        manager.calls.clear()
        manager.dies_after = number
        desired = manager.credentials(key=key, tags={**TAGS, "again": "true"})
        with contextlib.suppress(Killed):
            desired.reconcile(check_mode=False)
        manager.dies_after = None
        desired.reconcile(check_mode=False)
        assert desired.reconcile(check_mode=True).action is None
        assert len(manager.value()["password"]) == 32
        manager.client.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)


def test_a_password_object_does_not_print_its_value():
    password = Password("abc")
    shown = [repr(password), str(password), f"{password}", repr([password])]
    assert not [text for text in shown if "abc" in text]
    with pytest.raises(TypeError):
        pickle.dumps(password)
    for wrong in ("abc", '"abc"', '{"pass": "abc"}', '{"password": ["abc"]}'):
        with pytest.raises(PlatformError) as reported:
            of_secret_string("a", wrong)
        assert "abc" not in str(reported.value)


def test_secret_options_are_validated():
    assert secret_name("opta", "staging", "cache", "main") == NAME
    good = {"secret_recovery_window_in_days": 30, "secret_name": NAME}
    check_options(good)
    with pytest.raises(Refused, match="between 7 and 30"):
        check_options({**good, "secret_recovery_window_in_days": 3})
    with pytest.raises(Refused, match="secret_name is 'a b'"):
        check_options({**good, "secret_name": "a b"})


def test_stores_are_found_by_their_secrets(manager):
    manager.credentials().reconcile(check_mode=False)
    for name, tags in (("opta/staging/cache/foreign", {}), ("opta/staging/caches/x", TAGS), ("opta/staging/cache/gone", TAGS)):
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        manager.client.create_secret(Name=name, SecretString="x", Tags=listed)
    manager.client.delete_secret(SecretId="opta/staging/cache/gone")
    arn = manager.client.describe_secret(SecretId=NAME)["ARN"]
    assert store_secrets(manager.client, identity_of(), "cache") == [{"name": "main", "secret_name": NAME, "secret_arn": arn}]
    assert store_secrets(manager.client, identity_of(), "aurora") == []
