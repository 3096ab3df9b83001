"""The rotation of a store's password: clients keep access all the time, and a killed one is finished."""

from __future__ import annotations

import pytest

from .conftest import actions, died

AUTHENTICATIONS = pytest.mark.parametrize("authentication", ["user_group", "auth_token"])


@AUTHENTICATIONS
def test_rotation_is_planned_and_done(cache, authentication):
    cache.reconcile(authentication=authentication)
    before = cache.password()
    planned = cache.reconcile(check_mode=True, authentication=authentication, rotate_password=True)
    assert cache.changing() == []
    assert cache.accepted() == [before]
    subject = "cache user" if authentication == "user_group" else "cache replication group"
    assert actions(planned) == [("update", f"{subject} {cache.name}", ("password",)), ("update", f"secret {cache.secret}", ("password",))]
    assert actions(cache.reconcile(authentication=authentication, rotate_password=True)) == actions(planned)
    assert cache.accepted() == [cache.password()] != [before]
    assert actions(cache.reconcile(authentication=authentication)) == []
    assert cache.changing() == []


@AUTHENTICATIONS
def test_the_previous_password_is_valid_until_it_is_removed(cache, authentication):
    options = {"authentication": authentication}
    cache.reconcile(**options)
    before = cache.password()
    keeping = {**options, "keep_previous_password": True}
    cache.reconcile(**keeping, rotate_password=True)
    assert cache.accepted() == [before, cache.password()]
    assert actions(cache.reconcile(**keeping)) == []
    assert cache.accepted() == [before, cache.password()]
    planned = cache.reconcile(check_mode=True, **options)
    assert [attributes for _action, _what, attributes in actions(planned)] == [("password",)]
    assert actions(cache.reconcile(**options)) == actions(planned)
    assert cache.accepted() == [cache.password()]


@AUTHENTICATIONS
def test_the_oldest_password_is_removed_before_a_third_is_added(cache, authentication):
    keeping = {"authentication": authentication, "keep_previous_password": True}
    cache.reconcile(authentication=authentication)
    first = cache.password()
    cache.reconcile(**keeping, rotate_password=True)
    second = cache.password()
    for check_mode in (True, False):
        assert actions(cache.reconcile(check_mode=check_mode, **keeping, rotate_password=True)) == []
    assert cache.accepted() == [first, second]
    cache.reconcile(authentication=authentication)
    cache.reconcile(**keeping, rotate_password=True)
    assert cache.accepted() == [second, cache.password()]


@AUTHENTICATIONS
@pytest.mark.parametrize("keep", [False, True])
def test_clients_keep_access_when_a_rotation_is_interrupted(cache, authentication, keep):
    """After each call: the current password gets in, and the next run finishes the rotation, although it does not ask for one."""
    options = {"authentication": authentication, "keep_previous_password": keep}
    cache.reconcile(**options)
    cut = 0
    for number in range(12):
        before = cache.password()
        dead = died(cache, number, lambda: cache.reconcile(**options, rotate_password=True))
        assert cache.password() in cache.accepted()
        cache.aws.pass_time()
        cache.group()
        assert cache.password() in cache.accepted()
        planned = cache.reconcile(check_mode=True, **options)
        assert actions(cache.reconcile(**options)) == actions(planned)
        assert cache.password() in cache.accepted()
        assert cache.password() != before
        if keep:
            assert cache.accepted() == [before, cache.password()]
        assert actions(cache.reconcile(**options)) == []
        cache.reconcile(**{**options, "keep_previous_password": False})
        assert cache.accepted() == [cache.password()]
        cut += dead
        if not dead:
            break
    assert cut >= (4 if keep else 6)


@AUTHENTICATIONS
def test_a_store_without_the_password_tag_gets_its_password(cache, authentication):
    options = {"authentication": authentication}
    cache.reconcile(**options)
    group = cache.account.groups[cache.name]
    if authentication == "user_group":
        cache.account.passwords[cache.name] = ["of the snapshot" * 2]
    else:
        group.tokens = ["ofthesnapshot" * 2]
    for tags in cache.account.tags.values():
        if tags.get("opta:environment") == cache.tags["opta:environment"]:
            tags.pop("opta:secret-version-id", None)
    planned = cache.reconcile(check_mode=True, **options)
    assert [attributes for _action, _what, attributes in actions(planned)] == [("password",)]
    cache.reconcile(**options)
    assert cache.accepted() == [cache.password()]


@AUTHENTICATIONS
def test_a_new_store_is_not_rotated(cache, authentication):
    planned = cache.reconcile(check_mode=True, authentication=authentication, rotate_password=True)
    assert actions(cache.reconcile(authentication=authentication, rotate_password=True)) == actions(planned)
    assert {action for action, _what, _attributes in actions(planned)} == {"create"}
    assert cache.accepted() == [cache.password()]


def test_no_password_is_shown(cache):
    shown = []
    for options in ({}, {"rotate_password": True}, {"node_type": "cache.t4g.small"}):
        shown += [str(vars(outcome)) for check_mode in (True, False) for outcome in cache.reconcile(check_mode=check_mode, **options)]
    assert not [text for text in shown if any(password in text for password in cache.accepted())]
