"""Values that Secrets Manager keeps, put into Secrets: nothing else may ever hold them."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.opta.platform.plugins.module_utils._credentials.current_value import current_value
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.secret_values import SecretValues

PASSWORD = "correct/horse battery:staple"
ENCODED = "correct%2Fhorse%20battery%3Astaple"
HELD = {"username": "opta", "password": PASSWORD}
UNKNOWN = "(known after apply)"


def secret(namespace="shop", **data):
    obj = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hello", "namespace": namespace}}
    return {**obj, "data": data} if data else obj


def entry(key="PASSWORD", secret_id="one", **more):
    way = more if {"url", "json_key"} & set(more) else {"json_key": "password", **more}
    return {"name": "hello", "namespace": "shop", "key": key, "secret_id": secret_id, **way}


@pytest.fixture
def put():
    """Put the entries into objects; answers the plain text of the first Secret's data, and what is hidden."""

    def run(objects, entries, check_mode=False, read=lambda _id: HELD, namespace="default"):
        hidden: set[str] = set()
        filled = SecretValues(read, hidden.add, check_mode).put_into(objects, entries, namespace)
        return {key: base64.b64decode(value).decode() for key, value in filled[0].get("data", {}).items()}, hidden

    return run


def test_a_part_of_the_secret_becomes_a_key(put):
    data, hidden = put([secret(a="Yg==")], [entry(), entry("USER", json_key="username")])
    assert data == {"a": "b", "PASSWORD": PASSWORD, "USER": "opta"}
    assert {PASSWORD, base64.b64encode(PASSWORD.encode()).decode()} <= hidden
    assert "opta" not in hidden, "hiding it would hide half of every output"


def test_parts_are_percent_encoded_in_a_url(put):
    data, hidden = put([secret()], [entry("URL", url="postgresql://{username}:{password}@host:5432/app?a=b")])
    assert data == {"URL": f"postgresql://opta:{ENCODED}@host:5432/app?a=b"}
    assert ENCODED in hidden


def test_each_secret_is_read_once(put):
    read = []

    def held(name):
        read.append(name)
        return HELD

    put([secret()], [entry("A"), entry("B", url="{password}"), entry("C", "two")], read=held)
    assert read == ["one", "two"]


@pytest.mark.parametrize("read", [None, lambda _id: None], ids=["nothing can be asked", "no such secret"])
def test_a_missing_secret_is_known_after_apply_in_a_plan(put, read):
    assert put([secret()], [entry(), entry("URL", url="x://{password}@y")], True, read)[0] == {"PASSWORD": UNKNOWN, "URL": UNKNOWN}


def test_a_secret_that_a_plan_creates_is_not_read(put):
    asked: list[str] = []
    assert put([secret()], [entry(secret_id=UNKNOWN)], True, asked.append)[0] == {"PASSWORD": UNKNOWN}
    assert asked == []


BAD = {
    "no such secret": ([secret()], entry(), lambda _id: None, "The secret one does not exist or is empty"),
    "no such part": (
        [secret()],
        entry(json_key="token"),
        lambda _id: HELD,
        "has no key token, which PASSWORD requires (keys: password, username)",
    ),
    "no such part of a url": ([secret()], entry(url="{user}"), lambda _id: HELD, "has no key user"),
    "no such Secret": ([secret("jobs")], entry(), lambda _id: HELD, "the Secret shop/hello, which is not in objects"),
    "given already": ([secret(PASSWORD="eA==")], entry(), lambda _id: HELD, "already has PASSWORD: set it once"),
}


@pytest.mark.parametrize(("objects", "wrong", "read", "sentence"), BAD.values(), ids=BAD)
def test_invalid_entries_are_reported_without_the_value(put, objects, wrong, read, sentence):
    with pytest.raises(PlatformError) as error:
        put(objects, [wrong], read=read)
    assert sentence in str(error.value) and PASSWORD not in str(error.value)


def test_the_default_namespace_is_used_for_objects_and_entries(put):
    assert put([secret(None)], [{**entry(), "namespace": None}], namespace="jobs")[0] == {"PASSWORD": PASSWORD}


# ---------------------------------------------------------------- reading


class Client:
    """Answers as Secrets Manager's client does."""

    def __init__(self, text):
        self.text, self.asked = text, {}

    def get_secret_value(self, **request):
        self.asked = request
        return {"SecretString": self.text} if self.text is not None else {"SecretBinary": b"x"}


def test_the_current_secret_version_is_read():
    client = Client(json.dumps({"username": "opta", "password": "x", "port": 5432}))
    assert current_value(client, "one") == {"username": "opta", "password": "x", "port": "5432"}
    assert client.asked == {"SecretId": "one", "VersionStage": "AWSCURRENT"}


@pytest.mark.parametrize("text", ["correct horse", '["correct horse"]', '"correct horse"', None])
def test_a_secret_of_another_form_is_reported_without_its_text(text):
    with pytest.raises(PlatformError, match="must hold a JSON object") as error:
        current_value(Client(text), "one")
    assert "correct horse" not in str(error.value)
    assert error.value.__cause__ is None and error.value.__context__ is None
