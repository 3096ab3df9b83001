"""Users and user groups of ElastiCache."""

from __future__ import annotations

import re
from typing import Any

from tests.standin.aws.elasticache_model import Data, account, arn, combination, invalid, name_of, one_or_all, set_tags
from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call, answers

ENGINES = ("redis", "valkey")
IDENTIFIER = re.compile(r"[a-z][a-z0-9-]*")
LONGEST_IDENTIFIER = 40
SHORTEST_PASSWORD, LONGEST_PASSWORD, MOST_PASSWORDS = 16, 128, 2


def user_missing(name: str) -> AwsError:
    return AwsError("UserNotFound", f"User {name} not found.", 404)


def user_group_missing(name: str) -> AwsError:
    return AwsError("UserGroupNotFound", f"User group {name} not found.", 404)


@answers("elasticache", "CreateUser")
def create_user(call: Call) -> dict[str, Any]:
    known, name = account(call), name_of(call, "UserId")
    _check_identifier("UserId", name)
    if name in known.users or name == "default":
        raise AwsError("UserAlreadyExists", f"User {name} already exists.", 400)
    data: Data = {
        "UserId": name,
        "UserName": call.get("UserName"),
        "Status": "active",
        "Engine": _engine(call),
        "MinimumEngineVersion": "6.0",
        "AccessString": call.get("AccessString"),
        "UserGroupIds": [],
        "ARN": arn(call, "user", name),
    }
    passwords = _passwords(call)
    if not passwords and not call.get("NoPasswordRequired"):
        raise combination(
            "No password was provided. If you want to create/update the user without password, please use the NoPasswordRequired flag."
        )
    if not passwords and data["Engine"] == "valkey":
        raise combination("Users of the engine valkey must use a password or IAM.")
    known.users[name], known.passwords[name] = data, passwords
    set_tags(call, data["ARN"])
    return _shown(call, data)


@answers("elasticache", "DescribeUsers")
def describe_users(call: Call) -> dict[str, Any]:
    users = one_or_all(call, "UserId", account(call).users, user_missing(name_of(call, "UserId")))
    return {"Users": [_shown(call, user) for user in users]}


@answers("elasticache", "ModifyUser")
def modify_user(call: Call) -> dict[str, Any]:
    user = _user(call)
    if user["Status"] != "active":
        raise AwsError(
            "InvalidUserState", f"User {user['UserId']} must be in active state to modify. It is in {user['Status']} state.", 400
        )
    passwords = _passwords(call)
    user["Status"] = "modifying"

    def end() -> None:
        user["Status"] = "active"
        if passwords:
            account(call).passwords[user["UserId"]] = passwords
        if call.get("AccessString"):
            user["AccessString"] = call.get("AccessString")
        if call.get("Engine"):
            user["Engine"] = call.get("Engine").lower()

    call.world.clock.after("elasticache:user", end)
    return _shown(call, user)


@answers("elasticache", "DeleteUser")
def delete_user(call: Call) -> dict[str, Any]:
    known, user = account(call), _user(call)
    if user["Status"] != "active":
        raise AwsError("InvalidUserState", f"User {user['UserId']} is in {user['Status']} state.", 400)
    if user["UserName"] == "default" and user["UserGroupIds"]:
        raise AwsError("DefaultUserAssociatedToUserGroup", "The default user is associated to a user group.", 400)
    user["Status"] = "deleting"

    def gone() -> None:
        del known.users[user["UserId"]], known.passwords[user["UserId"]]
        known.tags.pop(user["ARN"], None)

    call.world.clock.after("elasticache:user", gone)
    return _shown(call, user)


@answers("elasticache", "CreateUserGroup")
def create_user_group(call: Call) -> dict[str, Any]:
    known, name = account(call), name_of(call, "UserGroupId")
    _check_identifier("UserGroupId", name)
    if name in known.user_groups:
        raise AwsError("UserGroupAlreadyExists", f"User group {name} already exists.", 400)
    engine, members = _engine(call), [each.lower() for each in call.get("UserIds", [])]
    _check_members(call, engine, members)
    data: Data = {
        "UserGroupId": name,
        "Status": "creating",
        "Engine": engine,
        "UserIds": members,
        "MinimumEngineVersion": "6.0",
        "ReplicationGroups": [],
        "ARN": arn(call, "usergroup", name),
    }
    known.user_groups[name] = data
    for member in members:
        known.users[member]["UserGroupIds"].append(name)
    set_tags(call, data["ARN"])
    call.world.clock.after("elasticache:user", lambda: data.update(Status="active"))
    return data


@answers("elasticache", "DescribeUserGroups")
def describe_user_groups(call: Call) -> dict[str, Any]:
    known = account(call)
    for data in known.user_groups.values():
        data["ReplicationGroups"] = [g.name for g in known.groups.values() if data["UserGroupId"] in g.settings.get("UserGroupIds", [])]
    return {"UserGroups": one_or_all(call, "UserGroupId", known.user_groups, user_group_missing(name_of(call, "UserGroupId")))}


@answers("elasticache", "ModifyUserGroup")
def modify_user_group(call: Call) -> dict[str, Any]:
    known, data = account(call), _user_group(call)
    if data["Status"] != "active":
        raise AwsError("InvalidUserGroupState", f"User group {data['UserGroupId']} is in {data['Status']} state.", 400)
    added, removed = call.get("UserIdsToAdd", []), call.get("UserIdsToRemove", [])
    members = [each for each in [*data["UserIds"], *added] if each not in removed]
    engine = call.get("Engine", data["Engine"]).lower()
    _check_members(call, engine, members)
    data["Status"] = "modifying"

    def end() -> None:
        data.update(Status="active", UserIds=members, Engine=engine)
        for name, user in known.users.items():
            user["UserGroupIds"] = [each for each in user["UserGroupIds"] if each != data["UserGroupId"]]
            user["UserGroupIds"] += [data["UserGroupId"]] if name in members else []

    call.world.clock.after("elasticache:user", end)
    return data


@answers("elasticache", "DeleteUserGroup")
def delete_user_group(call: Call) -> dict[str, Any]:
    known, data = account(call), _user_group(call)
    name = data["UserGroupId"]
    if data["Status"] != "active":
        raise AwsError("InvalidUserGroupState", f"User group {name} is in {data['Status']} state.", 400)
    if any(name in group.settings.get("UserGroupIds", []) for group in known.groups.values()):
        raise AwsError("InvalidUserGroupState", f"User group {name} is associated with a replication group.", 400)
    data["Status"] = "deleting"

    def gone() -> None:
        del known.user_groups[name]
        known.tags.pop(data["ARN"], None)
        for user in known.users.values():
            user["UserGroupIds"] = [each for each in user["UserGroupIds"] if each != name]

    call.world.clock.after("elasticache:user", gone)
    return data


def check_user_groups(call: Call, engine: str, names: list[str]) -> None:
    """Whether a replication group may take these user groups."""
    known = account(call)
    if len(names) > 1:
        raise invalid("Only one user group can be associated with a replication group.")
    for name in names:
        if name not in known.user_groups:
            raise user_group_missing(name)
        if known.user_groups[name]["Status"] != "active":
            raise AwsError("InvalidUserGroupState", f"User group {name} is in {known.user_groups[name]['Status']} state.", 400)
        if engine == "redis" and known.user_groups[name]["Engine"] == "valkey":
            raise invalid(f"User group {name} of the engine valkey cannot be used with the engine redis.")


def _check_identifier(parameter: str, name: str) -> None:
    if not IDENTIFIER.fullmatch(name) or len(name) > LONGEST_IDENTIFIER:
        raise invalid(f"{parameter} {name} is not valid: 1 to {LONGEST_IDENTIFIER} letters, digits and hyphens, beginning with a letter")


def _check_members(call: Call, engine: str, members: list[str]) -> None:
    """A user group of Redis has a user named default; one of Valkey has only users that authenticate."""
    known = account(call)
    for member in members:
        if member not in known.users:
            raise user_missing(member)
    names = [known.users[member]["UserName"] for member in members]
    if len(names) != len(set(names)):
        raise AwsError("DuplicateUserName", "Duplicate user names in the user group.", 400)
    if engine == "redis" and "default" not in names:
        raise AwsError("DefaultUserRequired", "User group needs to contain a user with the user name default.", 400)
    if engine == "redis" and any(known.users[member]["Engine"] == "valkey" for member in members):
        raise invalid("A user group of the engine redis cannot contain users of the engine valkey.")
    if engine == "valkey" and any(not known.passwords[member] for member in members):
        raise invalid("A user group of the engine valkey can only contain users that use an authentication mechanism.")


def _engine(call: Call) -> str:
    engine = str(call.get("Engine", "")).lower()
    if engine not in ENGINES:
        raise invalid(f"Engine {engine} is not valid: redis or valkey")
    return engine


def _passwords(call: Call) -> list[str]:
    passwords: list[str] = call.get("Passwords") or call.get("AuthenticationMode", {}).get("Passwords") or []
    if len(passwords) > MOST_PASSWORDS:
        raise invalid(f"A user can have at most {MOST_PASSWORDS} passwords.")
    if any(not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD for password in passwords):
        raise invalid(f"Passwords must be between {SHORTEST_PASSWORD} and {LONGEST_PASSWORD} characters.")
    return passwords


def _shown(call: Call, user: Data) -> Data:
    count = len(account(call).passwords.get(user["UserId"], []))
    return {**user, "Authentication": {"Type": "password" if count else "no-password", "PasswordCount": count}}


def _user(call: Call) -> Data:
    name = name_of(call, "UserId")
    if name not in account(call).users:
        raise user_missing(name)
    return account(call).users[name]


def _user_group(call: Call) -> Data:
    name = name_of(call, "UserGroupId")
    if name not in account(call).user_groups:
        raise user_group_missing(name)
    return account(call).user_groups[name]
