"""The module helm_release through Ansible with the real helm, asked of the cluster's own API server."""

from __future__ import annotations

import base64
import json
import shutil
import time
from pathlib import Path

import pytest

from tests.module.kubernetes_foundation import Cluster
from tests.support.steps import plan_and_do, twelve_steps

MODULE = "helm_release"
CHART = Path(__file__).parent / "charts" / "plain"
GONE = {"opta.platform/run": None}


@pytest.fixture
def cluster(standin):
    return Cluster(standin)


@pytest.fixture
def options(cluster, unique):
    name = unique("app")
    return {
        **cluster.options,
        "environment": "staging",
        "name": name,
        "namespace": cluster.namespace(name),
        "chart": str(CHART),
        "values": {"image": "registry.example.com/app:1"},
    }


@pytest.fixture
def release(run_module, options):
    """Run the module with the options, and others."""

    def run(expect_failure=False, check_mode=False, **more):
        return run_module(MODULE, expect_failure=expect_failure, check_mode=check_mode, **{**options, **more})

    return run


@pytest.fixture
def deployment(cluster, options):
    return f"/apis/apps/v1/namespaces/{options['namespace']}/deployments/{options['name']}"


def image(found):
    return found and found["spec"]["template"]["spec"]["containers"][0]["image"]


def test_create_update_and_delete_with_plans_and_repeated_runs(standin, run_module, cluster, options, deployment):
    changed = {**options, "values": {"image": "registry.example.com/app:2"}}
    seen = twelve_steps(standin, run_module, MODULE, options, changed, lambda: image(cluster.get(deployment)))
    assert seen == ["registry.example.com/app:1", "registry.example.com/app:2", None]
    assert cluster.revisions(options["namespace"], options["name"]) == []


def test_plan_names_objects_and_fields_and_masks_secrets(release, options):
    assert release()["release"] == {
        "name": options["name"],
        "namespace": options["namespace"],
        "revision": 1,
        "status": "deployed",
        "chart": "plain",
        "chart_version": "1.0.0",
        "app_version": "7",
        "dropped_claims": [],
    }
    values = {"image": "registry.example.com/app:2", "token": "another-value"}
    planned = release(values=values, check_mode=True)
    place = f"{options['namespace']}/{options['name']}"
    assert planned["actions"][0]["attributes"] == [
        "values.image",
        "values.token",
        f"Secret {place}",
        f"ConfigMap {place}",
        f"Deployment {place}",
    ]
    before, after = planned["diff"]["before"], planned["diff"]["after"]
    assert before[f"ConfigMap {place}"] == {"data.image": "registry.example.com/app:1"}
    assert after[f"Deployment {place}"] == {"spec.template.spec.containers[app].image": "registry.example.com/app:2"}
    assert after[f"Secret {place}"] == {"stringData.token": "(secret, changed)"}


def test_an_unchanged_release_does_not_start_helm(release, cluster, options, monkeypatch, standin, tmp_path):
    release()
    # a PATH without helm: only a run that needs helm fails
    path = tmp_path / "python-only"
    path.mkdir()
    for program in ("python3", "env", "sh", "bash", "ansible-playbook"):
        found = shutil.which(program, path=standin.environment["PATH"])
        if found:
            (path / program).symlink_to(found)
    monkeypatch.setitem(standin.environment, "PATH", str(path))
    assert not release()["changed"]
    needed = release(values={"image": "registry.example.com/app:2"}, expect_failure=True)
    assert "helm 3 or 4 is required" in needed["msg"]
    assert cluster.revisions(options["namespace"], options["name"]) == [(1, "deployed")]


def test_changed_local_chart_is_noticed(release, cluster, options, tmp_path):
    chart = shutil.copytree(CHART, tmp_path / "chart")
    release(chart=str(chart))
    template = chart / "templates" / "all.yaml"
    template.write_text(template.read_text().replace("kind: ConfigMap", "kind: ConfigMap\nimmutable: false"))
    done = release(chart=str(chart))
    assert done["actions"][0]["attributes"] == ["chart_digest", f"ConfigMap {options['namespace']}/{options['name']}"]
    assert not release(chart=str(chart))["changed"]


def test_drift_is_detected_and_reverted(standin, run_module, cluster, options, deployment):
    run_module(MODULE, **options)
    path = f"/api/v1/namespaces/{options['namespace']}/configmaps/{options['name']}"
    cluster.kubernetes.delete(path)
    container = {"name": "app", "image": "registry.example.com/app:hand"}
    body = {"spec": {"template": {"spec": {"containers": [container]}}}}
    cluster.kubernetes.call("PATCH", deployment, body, "application/strategic-merge-patch+json")
    done = plan_and_do(standin, run_module, MODULE, "update", **options)
    place = f"{options['namespace']}/{options['name']}"
    assert done["actions"][0]["attributes"] == [f"ConfigMap {place}", f"Deployment {place}"]
    assert image(cluster.get(deployment)) == "registry.example.com/app:1"
    assert cluster.get(path) is not None


def test_replicas_set_by_an_autoscaler_are_kept(release, cluster, deployment):
    release()
    cluster.kubernetes.merge(f"{deployment}/scale", {"spec": {"replicas": 2}})
    assert not release()["changed"]
    assert cluster.get(deployment)["spec"]["replicas"] == 2


def test_randomly_generated_fields_are_not_a_difference(release, cluster, options):
    values = {"image": "registry.example.com/app:1", "random": True}
    release(values=values)
    assert not release(values=values)["changed"]
    planned = release(values={**values, "image": "registry.example.com/app:2"}, check_mode=True)
    assert f"Secret {options['namespace']}/{options['name']}" not in planned["actions"][0]["attributes"]
    reported = " ".join(planned["warnings"])
    assert "generates at random" in reported
    assert "stringData.random" in reported


def test_token_is_in_helms_environment_only(release, options, tmp_path, monkeypatch, standin):
    """A helm that tells how it was called: arguments, environment and the files that it could read."""
    real = shutil.which("helm", path=standin.environment["PATH"])
    seen = tmp_path / "seen"
    seen.mkdir()
    script = f"""#!/bin/bash
[ "$1" != version ] || exec {real} "$@" # reaches no cluster
printf '%s\\n' "$@" >> {seen}/arguments
env | grep -c ^HELM_KUBETOKEN=k8s-aws-v1 >> {seen}/tokens
echo "$KUBECONFIG" >> {seen}/kubeconfig
grep -rl k8s-aws-v1 "$HELM_CACHE_HOME" >> {seen}/files
exec {real} "$@"
"""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "helm").write_text(script)
    (folder / "helm").chmod(0o755)
    monkeypatch.setitem(standin.environment, "PATH", f"{folder}:{standin.environment['PATH']}")
    done = release()
    assert "k8s-aws-v1" not in json.dumps(done)
    assert "k8s-aws-v1" not in (seen / "arguments").read_text()
    assert (seen / "files").read_text() == ""
    assert not [line for line in (seen / "kubeconfig").read_text().split() if Path(line).exists()]
    assert "1" in (seen / "tokens").read_text().split()


def test_failed_roll_out_is_rolled_back_and_explained(release, cluster, options, deployment):
    release()
    values = {"image": "registry.example.com/app:2", "fail": "crash", "logs": "no database at 10.0.0.9"}
    failed = release(values=values, wait_timeout=8, expect_failure=True)
    assert "CrashLoopBackOff" in failed["msg"]
    assert "no database at 10.0.0.9" in failed["msg"]
    assert "rolled back to revision 1" in failed["msg"]
    assert image(cluster.get(deployment)) == "registry.example.com/app:1"
    assert cluster.revisions(options["namespace"], options["name"])[-1] == (3, "deployed")
    assert not release()["changed"]


def test_a_partially_refused_rollout_leaves_no_objects(release, cluster, options, deployment, tmp_path):
    """helm has created and changed objects by then, and deleted none: its first rollback fails, its second forgets what was created."""
    chart = shutil.copytree(CHART, tmp_path / "chart")
    further = chart / "templates" / "further.yaml"
    further.write_text(configmap("before"))
    release(chart=str(chart))
    ingress = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "wrong"}}
    ingress["spec"] = {"rules": [{"host": "Not_A_Host"}]}
    further.write_text(f"{configmap('after')}\n---\n{json.dumps(ingress)}")
    failed = release(chart=str(chart), values={"image": "registry.example.com/app:2"}, expect_failure=True)
    assert "Not_A_Host" in failed["msg"]
    assert "The release was rolled back to revision 1" in failed["msg"]
    assert image(cluster.get(deployment)) == "registry.example.com/app:1"
    held = cluster.kubernetes.items(f"/api/v1/namespaces/{options['namespace']}/configmaps")
    assert {item["metadata"]["name"] for item in held} == {"kube-root-ca.crt", options["name"], "before"}
    further.write_text(configmap("before"))
    assert not release(chart=str(chart))["changed"]


def configmap(name):
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}})


def test_failed_first_installation_is_uninstalled_and_explained(release, cluster, options, deployment):
    failed = release(values={"image": "nowhere.invalid/app:1"}, wait_timeout=8, expect_failure=True)
    assert "ErrImagePull" in failed["msg"] or "ImagePullBackOff" in failed["msg"]
    assert "The release was uninstalled, because it had no earlier revision" in failed["msg"]
    assert cluster.get(deployment) is None
    assert release()["release"]["revision"] == 1


def test_failed_hook_is_explained(release, cluster, options):
    release()
    failed = release(values={"hook": "crash"}, wait_timeout=8, expect_failure=True)
    assert "migration has no database" in failed["msg"]
    assert "rolled back to revision 1" in failed["msg"]


@pytest.mark.parametrize("status", ["pending-install", "uninstalling"])
def test_a_pending_installation_of_an_interrupted_run_is_repaired(release, cluster, options, status):
    release()
    cluster.set_status(options["namespace"], options["name"], 1, status, {"opta.platform/run": "unknown.1.1"})
    time.sleep(2)  # a run of another machine counts as killed after wait_timeout
    for check_mode in (True, False):
        refused = release(wait_timeout=1, check_mode=check_mode, expect_failure=True)
        assert f"is {status} for" in refused["msg"]
        assert "repair_pending: true" in refused["msg"]
    planned = release(wait_timeout=1, repair_pending=True, check_mode=True)
    done = release(wait_timeout=10, repair_pending=True)
    assert planned["actions"] == done["actions"]
    assert done["actions"][0]["action"] == "create"
    assert cluster.revisions(options["namespace"], options["name"]) == [(1, "deployed")]


def test_a_pending_upgrade_of_an_interrupted_run_is_repaired_immediately(standin, release, cluster, options, deployment):
    release()
    release(values={"image": "registry.example.com/app:2"})
    label = release_run_label(cluster, options, 2)
    gone = label.rsplit(".", 2)[0] + ".999999.1"  # a process of this machine that is no more
    cluster.set_status(options["namespace"], options["name"], 2, "pending-upgrade", {"opta.platform/run": gone})
    cluster.set_status(options["namespace"], options["name"], 1, "deployed", {})
    desired = {"values": {"image": "registry.example.com/app:3"}, "repair_pending": True}
    planned = release(**desired, check_mode=True)
    done = release(**desired)
    assert planned["actions"] == done["actions"]
    assert done["diff"]["before"]["status"] == "pending-upgrade"
    assert image(cluster.get(deployment)) == "registry.example.com/app:3"
    assert cluster.revisions(options["namespace"], options["name"])[-1] == (4, "deployed")


def release_run_label(cluster, options, number):
    path = f"/api/v1/namespaces/{options['namespace']}/secrets/sh.helm.release.v1.{options['name']}.v{number}"
    return cluster.get(path)["metadata"]["labels"]["opta.platform/run"]


def test_a_rollout_of_an_interrupted_run_is_completed(release, cluster, options):
    release(wait=False)
    path = f"/api/v1/namespaces/{options['namespace']}/secrets/sh.helm.release.v1.{options['name']}.v1"
    assert cluster.get(path)["metadata"]["labels"]["opta.platform/rollout"] == "started"
    assert not release()["changed"]
    assert cluster.get(path)["metadata"]["labels"]["opta.platform/rollout"] == "finished"


def test_the_operation_of_another_run_is_waited_for(release, cluster, options):
    release()
    label = f"{release_run_label(cluster, options, 1).split('.')[0]}.1."  # the first process lives
    started = Path("/proc/1/stat").read_text().rsplit(")", 1)[1].split()[19]
    cluster.set_status(options["namespace"], options["name"], 1, "pending-upgrade", {"opta.platform/run": f"{label}{started}"})
    failed = release(wait_timeout=2, expect_failure=True)
    assert "another run's work" in failed["msg"]


def test_releases_of_another_environment_are_refused(release, cluster, options):
    release()
    for more in ({}, {"state": "absent"}):
        refused = release(environment="production", expect_failure=True, **more)
        assert "it belongs to the environment staging" in refused["msg"]
    cluster.set_status(options["namespace"], options["name"], 1, "deployed", {"opta.platform/environment": None})
    assert "was not created by this collection" in release(expect_failure=True)["msg"]
    adopted = release(adopt=True, values={"image": "registry.example.com/app:2"})
    assert adopted["release"]["revision"] == 2
    assert not release(values={"image": "registry.example.com/app:2"})["changed"]


def test_a_release_of_another_chart_is_refused(release, cluster, options, deployment, tmp_path):
    release()
    chart = shutil.copytree(CHART, tmp_path / "chart")
    metadata = chart / "Chart.yaml"
    metadata.write_text(metadata.read_text().replace("name: plain", "name: other"))
    refused = release(chart=str(chart), expect_failure=True)
    assert "is a release of the chart plain, not of other" in refused["msg"]
    for check_mode in (True, False):
        kept = release(chart=str(chart), state="absent", check_mode=check_mode)
        assert (kept["changed"], kept["actions"]) == (False, [])
        assert "is a release of the chart plain, not of other: it is not changed." in str(kept["warnings"])
    assert cluster.get(deployment) is not None
    assert release(chart=str(chart), adopt=True)["release"]["chart"] == "other"
    assert release(chart=str(chart), state="absent")["changed"]


def test_the_namespace_is_created_if_configured(standin, run_module, cluster, options, unique):
    name = unique("made")
    desired = {**options, "namespace": name, "create_namespace": True}
    done = plan_and_do(standin, run_module, MODULE, "create", **desired)
    assert done["actions"][1]["resource"] == f"Namespace {name}"
    assert cluster.get(f"/api/v1/namespaces/{name}")["metadata"]["annotations"]["opta.platform/environment"] == "staging"


def test_a_plan_without_a_cluster_is_rendered_from_the_chart(standin, release, options):
    before = standin.mark()
    unknown = {"endpoint": "(known after apply)", "certificate_authority_data": "(known after apply)"}
    planned = release(check_mode=True, create_namespace=True, **unknown)
    assert standin.requests(before) == []
    done = release()
    assert planned["actions"][0] == done["actions"][0]
    assert planned["release"] == done["release"]
    assert planned["actions"][1]["resource"] == f"Namespace {options['namespace']}"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "Not_A_Name"}, "is not a valid release name"),
        ({"namespace": "Not_A_Name"}, "is not a valid namespace name"),
        ({"chart": "nginx"}, "set repository"),
        ({"chart": "nginx", "repository": "https://charts.example.com"}, "version is required"),
        ({"chart": "/"}, "contains no Chart.yaml"),
        ({"history_max": -1}, "history_max must be 0"),
        ({"values": {"replicas": "many"}}, "replicas"),
    ],
)
def test_bad_input_is_reported_in_one_sentence(release, cluster, options, wrong, words):
    refused = release(expect_failure=True, **wrong)
    assert words in refused["msg"]
    assert "Traceback" not in refused["msg"]
    assert cluster.get(f"/apis/apps/v1/namespaces/{options['namespace']}/deployments/{options['name']}") is None


def test_secret_is_not_in_helms_error(release, options):
    secret = base64.b64encode(b"correct-horse").decode()
    release(values={"token": "correct-horse"})
    failed = release(values={"token": "correct-horse", "replicas": "many"}, expect_failure=True)
    assert "correct-horse" not in failed["msg"]
    assert secret not in failed["msg"]
