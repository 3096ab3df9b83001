from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _policy

BASE: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws-cn:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": ["kms:B", "kms:A"], "Resource": ["*"]},
    ],
}


def changed(**values):
    first, second = BASE["Statement"]
    return {**BASE, "Statement": [first, {**second, **values}]}


SAME = {
    "order of statements": {**BASE, "Statement": BASE["Statement"][::-1]},
    "order of actions": changed(Action=["kms:A", "kms:B"]),
    "a list of one": changed(Resource="*", Principal={"Service": ["x.amazonaws.com"]}),
    "account number": {**BASE, "Statement": [{**BASE["Statement"][0], "Principal": {"AWS": ["123456789012"]}}, BASE["Statement"][1]]},
    "an id": {**BASE, "Id": "key-default-1"},
}
DIFFERENT = {
    "an action more": changed(Action=["kms:A", "kms:B", "kms:C"]),
    "effect": changed(Effect="Deny"),
    "a condition": changed(Condition={"Bool": {"aws:SecureTransport": False}}),
    "another principal": changed(Principal={"Service": "y.amazonaws.com"}),
    "a statement less": {**BASE, "Statement": BASE["Statement"][:1]},
}


@pytest.mark.parametrize("policy", SAME.values(), ids=SAME.keys())
def test_equivalent_policies_are_equal(policy):
    assert _policy.same(BASE, policy)


@pytest.mark.parametrize("policy", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_policies_with_another_meaning_differ(policy):
    assert not _policy.same(BASE, policy)


def test_policies_are_compared_as_text_dict_or_none():
    assert _policy.same(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow"}}', {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}
    )
    assert _policy.same(None, {})
    assert not _policy.same(None, BASE)


def test_conditions_are_compared_as_strings():
    one = changed(Condition={"Bool": {"aws:SecureTransport": False}})
    other = changed(Condition={"Bool": {"aws:SecureTransport": ["false"]}})
    assert _policy.same(one, other)
