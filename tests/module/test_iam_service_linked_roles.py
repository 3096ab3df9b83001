"""The module iam_service_linked_roles through Ansible, asked of IAM."""

from __future__ import annotations

SERVICES = ["autoscaling.amazonaws.com", "eks.amazonaws.com", "elasticloadbalancing.amazonaws.com"]


def paths(standin):
    pages = standin.client("iam").get_paginator("list_roles").paginate(PathPrefix="/aws-service-role/")
    return sorted(role["Path"] for page in pages for role in page["Roles"])


def test_missing_roles_are_planned_created_and_retained(standin, run_module):
    before = paths(standin)
    missing = [service for service in SERVICES if f"/aws-service-role/{service}/" not in before]
    mark = standin.mark()
    planned = run_module("iam_service_linked_roles", check_mode=True, services=SERVICES)
    assert standin.mutating(mark) == []
    assert [action["resource"] for action in planned["actions"]] == [f"service-linked role {service}" for service in missing]
    done = run_module("iam_service_linked_roles", services=SERVICES)
    assert done["actions"] == planned["actions"]
    assert paths(standin) == sorted({*before, *(f"/aws-service-role/{service}/" for service in SERVICES)})
    assert [role["service"] for role in done["service_linked_roles"]] == SERVICES
    for role in done["service_linked_roles"]:
        name = role["arn"].rsplit("/", 1)[1]
        assert standin.client("iam").get_role(RoleName=name)["Role"]["Arn"] == role["arn"]
    mark = standin.mark()
    again = run_module("iam_service_linked_roles", services=SERVICES)
    assert (again["changed"], again["service_linked_roles"]) == (False, done["service_linked_roles"])
    assert standin.mutating(mark) == []


def test_invalid_service_names_are_refused_before_the_first_call(standin, run_module):
    mark = standin.mark()
    refused = run_module("iam_service_linked_roles", expect_failure=True, services=["eks"])
    assert "services has 'eks': it must be a service principal" in refused["msg"]
    assert standin.requests(mark) == []
