"""The role opta_service through ansible-playbook, asked of Kubernetes's and AWS's own answers."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.module.service_foundation import ENVIRONMENT, IAM_PATH, IMAGE, Service, actions, brought, cluster_for_services
from tests.support.until import until

SECRET_VALUE = "correct-horse-battery"


@pytest.fixture
def cluster(standin):
    return cluster_for_services(standin)


@pytest.fixture
def service(playbooks, cluster, unique):
    return Service(playbooks, cluster, "hello", unique("layer"))


def test_a_service_is_created(standin, service):
    done = brought(standin, service, secrets={"TOKEN": SECRET_VALUE}, cron_jobs=[{"name": "clean", "schedule": "@daily", "command": ["x"]}])
    assert SECRET_VALUE not in done.output
    assert service.deployment()["status"]["readyReplicas"] == 1
    assert base64.b64decode(service.secret()["data"]["TOKEN"]).decode() == SECRET_VALUE
    namespace = service.get("/api/v1/namespaces/{layer}")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert service.get("/api/v1/namespaces/{layer}/services/{name}")["spec"]["ports"][0]["port"] == 80
    assert service.get("/apis/batch/v1/namespaces/{layer}/cronjobs/hello-clean")
    bundle = service.get("/api/v1/namespaces/{layer}/configmaps/{name}")["data"]["rds_ca.pem"]
    assert bundle.count("BEGIN CERTIFICATE") > 3
    account = service.get("/api/v1/namespaces/{layer}/serviceaccounts/{name}")
    role_arn = account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    role = standin.client("iam").get_role(RoleName=role_arn.rpartition("/")[2])["Role"]
    assert role["Arn"] == role_arn
    assert role["Path"] == IAM_PATH
    conditions = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"]
    assert set(conditions.values()) == {"sts.amazonaws.com", f"system:serviceaccount:{service.layer}:hello"}
    releases = service.cluster.kubernetes.items(f"/api/v1/namespaces/{service.layer}/secrets?labelSelector=owner=helm")
    assert releases and all(SECRET_VALUE not in json.dumps(release) for release in releases)


#: inputs, and what the plan must name of each
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "image": ({"image": f"{IMAGE}:2"}, "image"),
    "environment variable": ({"environment_variables": {"LEVEL": "debug"}}, "LEVEL"),
    "replicas": ({"minimum_replicas": 2}, "minReplicas"),
    "permissions": ({"iam_statements": [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}]}, "inline_policies"),
    "cron job": ({"cron_jobs": [{"name": "clean", "schedule": "@hourly", "command": ["x"]}]}, "CronJob"),
    "port": ({"ports": [{"port": 9090}]}, "9090"),
}


def test_changes_are_planned_and_applied_without_reverting_the_autoscaler(standin, service):
    assert service.run(secrets={"TOKEN": SECRET_VALUE}).returncode == 0
    deployment = f"/apis/apps/v1/namespaces/{service.layer}/deployments/hello"
    service.cluster.kubernetes.merge(deployment, {"spec": {"replicas": 3}})
    assert service.run().changed(service.name) == []
    assert service.deployment()["spec"]["replicas"] == 3, "the autoscaler decides"

    path = f"/api/v1/namespaces/{service.layer}/secrets/hello"
    service.cluster.kubernetes.merge(path, {"data": {"TOKEN": base64.b64encode(b"by hand").decode()}})
    assert actions(service.run())
    assert base64.b64decode(service.secret()["data"]["TOKEN"]).decode() == SECRET_VALUE

    before = service.pods()
    planned, done = service.plan(secrets={"TOKEN": "another-value"}), service.run("-vv")
    assert actions(planned) == actions(done)
    until(lambda: service.pods() and not service.pods() & before)
    for shown in (planned.output, done.output):
        assert "another-value" not in shown and SECRET_VALUE not in shown
        assert base64.b64encode(b"another-value").decode() not in shown

    inputs = {name: value for given, _named in CHANGES.values() for name, value in given.items()}
    planned, done = service.plan(**inputs), service.run()
    assert actions(planned) == actions(done)
    named = json.dumps(planned.tasks)
    assert [name for name, (_inputs, word) in CHANGES.items() if word not in named] == []
    mark = standin.mark()
    assert (service.run().changed(service.name), standin.mutating(mark)) == ([], [])


def test_a_run_interrupted_after_the_secret_still_replaces_the_pods(standin, service):
    assert service.run(secrets={"TOKEN": SECRET_VALUE}).returncode == 0
    before = service.pods()
    statement = {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}
    standin.fault("PutRolePolicy", kind="error", code="AccessDenied", message="stopped here")
    stopped = service.run(secrets={"TOKEN": "another"}, iam_statements=[statement])
    assert "stopped here" in stopped.failure()
    assert service.pods() == before
    standin.clear_faults()
    assert service.run().returncode == 0
    until(lambda: service.pods() and not service.pods() & before)


def test_a_failed_rollout_is_rolled_back_and_explained(service):
    assert service.run().returncode == 0
    failed = service.run(image=f"{IMAGE}:2", pod_annotations={"standin/fail": "crash"}, timeout_seconds=10)
    assert "CrashLoopBackOff" in failed.failure() and "rolled back" in failed.failure()
    assert service.deployment()["spec"]["template"]["spec"]["containers"][0]["image"] == f"{IMAGE}:1"


def test_immutable_fields_are_refused_in_check_mode_too(standin, service):
    assert service.run(persistent_storage=[service.cluster.disk], maximum_replicas=1).returncode == 0
    for arguments in (["--check"], []):
        refused = service.run(*arguments, persistent_storage=[{**service.cluster.disk, "size_gib": 2}])
        assert "StatefulSet" in refused.failure() and "cannot change it in place" in refused.failure()


def test_bad_input_is_refused_before_the_first_call(standin, service):
    mark = standin.mark()
    refused = service.run(layer="Shop", minimum_replicas=4, probe={"path": "/", "command": ["x"]}).failure()
    for sentence in ("opta_service_layer is 'Shop'", "opta_service_minimum_replicas 4 is above", "has path and command"):
        assert sentence in refused
    assert standin.requests(mark) == []


def test_deletion_retains_data_and_a_shared_namespace(standin, playbooks, cluster, unique):
    layer = unique("layer")
    first, second = (Service(playbooks, cluster, name, layer) for name in ("hello", "store"))
    assert first.run().returncode == 0
    warned = second.run(persistent_storage=[cluster.disk], maximum_replicas=1)
    assert warned.returncode == 0 and "no node group per zone" in " ".join(warned.output.split())

    refused = second.run(entry="absent")
    assert f"opta_destroy_confirm={ENVIRONMENT}" in refused.failure()
    for service, leaves in ((second, False), (first, True)):
        planned = service.run("--check", entry="absent", confirm=ENVIRONMENT)
        done = service.run(entry="absent")
        assert actions(planned) == actions(done)
        assert (cluster.get(f"/api/v1/namespaces/{layer}") is None) is leaves
        mark = standin.mark()
        assert (actions(service.run(entry="absent")), standin.mutating(mark)) == ([], [])
    filters = [
        {"Name": "tag:kubernetes.io/created-for/pvc/namespace", "Values": [layer]},
        {"Name": "tag:opta:retained", "Values": ["true"]},
    ]
    (snapshot,) = standin.client("ec2").describe_snapshots(OwnerIds=["self"], Filters=filters)["Snapshots"]
    assert {tag["Key"]: tag["Value"] for tag in snapshot["Tags"]}["opta:name"] == f"{layer}/store"
    roles = standin.client("iam").list_roles(PathPrefix=IAM_PATH)["Roles"]
    assert not [role for role in roles if layer in role["RoleName"]]
