"""The chart, rendered by helm: every defect that Opta's chart had is absent, by its number in the list of them."""

from __future__ import annotations

import subprocess

import pytest

from tests.support import collection
from tests.support.service_chart import ROLE_ARN

PORT = {"port": 8080}
DISK = {"name": "data", "path": "/data", "size_gib": 10}
JOB = {"name": "clean", "schedule": "30 2 * * *", "command": ["clean-up"]}
WORKLOADS = {"Deployment": {}, "StatefulSet": {"persistent_storage": [DISK]}}


def container(workload):
    (found,) = pod(workload)["containers"]
    return found


def pod(workload):
    if workload["kind"] == "CronJob":
        return workload["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return workload["spec"]["template"]["spec"]


def kinds(objects):
    return sorted(f"{kind} {name}" for kind, name in objects)


def test_helm_lint_passes(helm):
    chart = collection.ROLES / "opta_service" / "files" / "chart"
    done = subprocess.run([str(helm), "lint", "--strict", str(chart)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_objects_of_a_web_service(render):
    assert kinds(render(ports=[PORT])) == [
        "Deployment hello",
        "HorizontalPodAutoscaler hello",
        "PodDisruptionBudget hello",
        "Service hello",
        "ServiceAccount hello",
    ]


def test_a_service_needs_no_port(render):
    objects = render()
    assert not [name for kind, name in objects if kind == "Service"]
    assert "ports" not in container(objects["Deployment", "hello"])
    assert "lifecycle" not in container(objects["Deployment", "hello"]), "who serves nobody has nothing to wait for"


def test_objects_of_a_service_with_only_cron_jobs(render):
    objects = render(minimum_replicas=0, maximum_replicas=0, cron_jobs=[JOB], ports=[PORT])
    assert kinds(objects) == ["CronJob hello-clean", "ServiceAccount hello"]


def test_objects_with_storage(render):
    assert kinds(render(ports=[PORT], persistent_storage=[DISK])) == [
        "HorizontalPodAutoscaler hello",
        "PodDisruptionBudget hello",
        "Service hello",
        "Service hello-headless",
        "ServiceAccount hello",
        "StatefulSet hello",
    ]


def test_every_workload_has_a_service_under_its_name(render):
    """Opta had a headless Service only, under another name."""
    for more in WORKLOADS.values():
        service = render(ports=[PORT], **more)["Service", "hello"]
        assert service["metadata"]["namespace"] == "shop"
        assert service["spec"]["ports"] == [{"name": "main", "port": 80, "targetPort": "main", "protocol": "TCP", "appProtocol": "http"}]


def test_a_worker_with_storage_has_a_headless_service_without_ports(render):
    headless = render(persistent_storage=[DISK])["Service", "hello-headless"]["spec"]
    assert (headless["clusterIP"], headless.get("ports")) == ("None", None)


@pytest.mark.parametrize(
    ("port", "protocol"),
    [
        ({"port": 1}, "http"),
        ({"port": 1, "protocol": "grpc"}, "kubernetes.io/h2c"),
        ({"port": 1, "protocol": "websocket"}, "kubernetes.io/ws"),
        ({"port": 1, "type": "tcp"}, None),
    ],
)
def test_ports_have_the_configured_type_and_protocol(render, port, protocol):
    (made,) = render(ports=[port])["Service", "hello"]["spec"]["ports"]
    assert made.get("appProtocol") == protocol
    assert made["port"] == (1 if port.get("type") == "tcp" else 80)


@pytest.mark.parametrize("kind", WORKLOADS)
def test_configured_probes_are_rendered(render, kind):
    ports = [{"port": 8080}, {"name": "rpc", "port": 9000, "service_port": 9000, "protocol": "grpc"}]
    probes = {
        "liveness_probe": {"command": ["alive"], "period_seconds": 7},
        "readiness_probe": {"path": "/ready", "initial_delay_seconds": 3},
        "startup_probe": {"grpc": True, "port": "rpc", "failure_threshold": 30},
    }
    made = container(render(ports=ports, **probes, **WORKLOADS[kind])[kind, "hello"])
    assert made["livenessProbe"] == {"exec": {"command": ["alive"]}, "periodSeconds": 7}
    assert made["readinessProbe"] == {"httpGet": {"path": "/ready", "port": "main"}, "initialDelaySeconds": 3}
    assert made["startupProbe"] == {"grpc": {"port": 9000}, "failureThreshold": 30}


@pytest.mark.parametrize("kind", WORKLOADS)
def test_command_and_arguments_are_in_both_workloads(render, kind):
    made = container(render(command=["run"], args=["--fast", 2], **WORKLOADS[kind])[kind, "hello"])
    assert (made["command"], made["args"]) == (["run"], ["--fast", "2"])


def test_no_probe_is_rendered_unless_configured(render):
    made = container(render(ports=[PORT])["Deployment", "hello"])
    assert not [key for key in made if key.endswith("Probe")]


def test_cron_jobs_have_identity_variables_secrets_and_certificates(render):
    objects = render(cron_jobs=[JOB], environment_variables={"A": "1"}, ports=[PORT], liveness_probe={"path": "/"})
    job, service = objects["CronJob", "hello-clean"], objects["Deployment", "hello"]
    assert pod(job)["serviceAccountName"] == "hello" == pod(service)["serviceAccountName"]
    for key in ("image", "env", "envFrom", "volumeMounts", "resources", "securityContext"):
        assert container(job)[key] == container(service)[key], key
    assert pod(job)["volumes"] == pod(service)["volumes"]
    assert pod(job)["restartPolicy"] == "Never"
    assert container(job)["command"] == ["clean-up"]
    assert not {"ports", "livenessProbe", "lifecycle"} & set(container(job))


def test_cron_job_pods_are_not_selected_by_the_service(render):
    objects = render(cron_jobs=[JOB], ports=[PORT])
    labels = objects["CronJob", "hello-clean"]["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
    selectors = [
        objects["Service", "hello"]["spec"]["selector"],
        objects["PodDisruptionBudget", "hello"]["spec"]["selector"]["matchLabels"],
        objects["Deployment", "hello"]["spec"]["selector"]["matchLabels"],
    ]
    for selector in selectors:
        assert any(labels.get(name) != value for name, value in selector.items())
        assert selector.items() <= objects["Deployment", "hello"]["spec"]["template"]["metadata"]["labels"].items()


def test_cron_jobs_have_settings(render):
    job = {**JOB, "time_zone": "Europe/Berlin", "concurrency_policy": "Replace", "backoff_limit": 0, "active_deadline_seconds": 60}
    job |= {"enabled": "false", "starting_deadline_seconds": 100, "successful_jobs_history": 0, "failed_jobs_history": 5}
    spec = render(cron_jobs=[job])["CronJob", "hello-clean"]["spec"]
    template = spec.pop("jobTemplate")["spec"]
    assert spec == {
        "schedule": "30 2 * * *",
        "timeZone": "Europe/Berlin",
        "concurrencyPolicy": "Replace",
        "suspend": True,
        "startingDeadlineSeconds": 100,
        "successfulJobsHistoryLimit": 0,
        "failedJobsHistoryLimit": 5,
    }
    assert (template["backoffLimit"], template["activeDeadlineSeconds"]) == (0, 60)


@pytest.mark.parametrize("kind", WORKLOADS)
def test_certificates_are_mounted_and_named(render, kind):
    made = render(**WORKLOADS[kind])[kind, "hello"]
    assert {"name": "RDS_CA_PATH", "value": "/config/rds_ca.pem"} in container(made)["env"]
    assert {"name": "certificates", "mountPath": "/config", "readOnly": True} in container(made)["volumeMounts"]
    assert {"name": "certificates", "configMap": {"name": "hello"}} in pod(made)["volumes"]


@pytest.mark.parametrize("kind", WORKLOADS)
def test_a_new_secret_rolls_the_pods_of_both_workloads(render, kind):
    made = render(**WORKLOADS[kind])[kind, "hello"]
    annotations = made["spec"]["template"]["metadata"]["annotations"]
    assert annotations["opta.platform/secret-generation"] == "5af87dad-0d84-483e-8c87-2cfdbd736876"
    assert container(made)["envFrom"] == [{"secretRef": {"name": "hello"}}]


@pytest.mark.parametrize("kind", WORKLOADS)
def test_pods_are_spread_and_a_budget_protects_them(render, kind):
    objects = render(**WORKLOADS[kind])
    constraints = pod(objects[kind, "hello"])["topologySpreadConstraints"]
    assert [constraint["topologyKey"] for constraint in constraints] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    assert objects["PodDisruptionBudget", "hello"]["spec"]["maxUnavailable"] == 1


def test_one_pod_needs_neither_spread_nor_budget(render):
    objects = render(maximum_replicas=1)
    assert "topologySpreadConstraints" not in pod(objects["Deployment", "hello"])
    assert ("PodDisruptionBudget", "hello") not in objects


@pytest.mark.parametrize("kind", [*WORKLOADS, "CronJob"])
def test_containers_fulfil_the_restricted_pod_security_standard(render, kind):
    objects = render(cron_jobs=[JOB], **WORKLOADS.get(kind, {}))
    (made,) = [obj for (found, _name), obj in objects.items() if found == kind]
    assert pod(made)["securityContext"].items() >= {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}.items()
    assert container(made)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": False,
    }
    assert pod(made)["automountServiceAccountToken"] is False


def test_the_security_context_sets_user_and_group(render):
    made = render(run_as_user=1000700000, run_as_group="20", file_system_group=30)["Deployment", "hello"]
    context = pod(made)["securityContext"]
    assert repr([context["runAsUser"], context["runAsGroup"], context["fsGroup"]]) == "[1000700000, 20, 30]"
    assert pod(render(persistent_storage=[DISK])["StatefulSet", "hello"])["securityContext"]["fsGroup"] == 1000


def test_root_containers_drop_only_the_net_raw_capability(render):
    made = render(run_as_non_root_enabled=False)["Deployment", "hello"]
    assert pod(made)["securityContext"]["runAsNonRoot"] is False
    assert container(made)["securityContext"]["capabilities"] == {"drop": ["NET_RAW"]}


def test_a_read_only_root_has_a_place_for_temporary_files(render):
    made = render(read_only_root_filesystem_enabled=True)["Deployment", "hello"]
    assert container(made)["securityContext"]["readOnlyRootFilesystem"] is True
    assert {"name": "temporary", "mountPath": "/tmp"} in container(made)["volumeMounts"]
    assert {"name": "temporary", "emptyDir": {}} in pod(made)["volumes"]


def test_rendered_api_versions_are_current(render):
    objects = render(ports=[PORT], cron_jobs=[JOB]) | render(persistent_storage=[DISK])
    assert {kind: obj["apiVersion"] for (kind, _name), obj in objects.items()} == {
        "CronJob": "batch/v1",
        "Deployment": "apps/v1",
        "HorizontalPodAutoscaler": "autoscaling/v2",
        "PodDisruptionBudget": "policy/v1",
        "Service": "v1",
        "ServiceAccount": "v1",
        "StatefulSet": "apps/v1",
    }


@pytest.mark.parametrize("kind", WORKLOADS)
def test_the_deployment_sets_no_replicas(render, kind):
    objects = render(minimum_replicas=2, maximum_replicas=7, target_cpu_percent=60, target_memory_percent=70, **WORKLOADS[kind])
    assert "replicas" not in objects[kind, "hello"]["spec"]
    spec = objects["HorizontalPodAutoscaler", "hello"]["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": kind, "name": "hello"}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 7)
    assert [(m["resource"]["name"], m["resource"]["target"]["averageUtilization"]) for m in spec["metrics"]] == [
        ("cpu", 60),
        ("memory", 70),
    ]


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [
        ({}, {"cpu": 80}),
        ({"memory_request_mib": 512}, {"cpu": 80, "memory": 80}),
        ({"memory_request_mib": "512"}, {"cpu": 80, "memory": 80}),
        ({"target_memory_percent": 70}, {"cpu": 80, "memory": 70}),
        ({"memory_request_mib": 512, "target_memory_percent": 0}, {"cpu": 80}),
        ({"memory_request_mib": "", "target_memory_percent": ""}, {"cpu": 80}),
    ],
)
def test_memory_counts_only_for_a_service_that_states_it(render, inputs, targets):
    metrics = render(**inputs)["HorizontalPodAutoscaler", "hello"]["spec"]["metrics"]
    found = {each["resource"]["name"]: each["resource"]["target"] for each in metrics}
    assert found == {name: {"type": "Utilization", "averageUtilization": percent} for name, percent in targets.items()}


def test_resource_requests_and_limits_are_rendered(render):
    made = container(render(cpu_request_millicores=250, memory_request_mib=300)["Deployment", "hello"])["resources"]
    assert made == {"requests": {"cpu": "250m", "memory": "300Mi"}, "limits": {"memory": "600Mi"}}, "there is no CPU limit unasked"
    assert container(render()["Deployment", "hello"])["resources"]["requests"]["memory"] == "128Mi"
    made = container(render(cpu_limit_millicores=500, memory_limit_mib=128)["Deployment", "hello"])["resources"]
    assert made["limits"] == {"cpu": "500m", "memory": "128Mi"}


def test_persistent_storage_is_rendered_as_volume_claim_templates(render):
    spec = render(persistent_storage=[DISK, {"name": "logs", "path": "/logs", "size_gib": "2", "storage_class_name": "slow"}])[
        "StatefulSet", "hello"
    ]["spec"]
    claims = {claim["metadata"]["name"]: claim["spec"] for claim in spec["volumeClaimTemplates"]}
    assert claims["data"] == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
    assert claims["logs"]["storageClassName"] == "slow"
    mounted = {mount["name"]: mount["mountPath"] for mount in spec["template"]["spec"]["containers"][0]["volumeMounts"]}
    assert mounted.items() >= {"data": "/data", "logs": "/logs"}.items()
    assert spec["serviceName"] == "hello-headless"


def test_deleting_or_scaling_retains_the_volumes(render):
    spec = render(persistent_storage=[DISK])["StatefulSet", "hello"]["spec"]
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}


def test_node_selectors_tolerations_and_labels_are_rendered(render):
    tolerations = [{"key": "dedicated", "value": "web"}, {"key": "spot", "operator": "Exists", "effect": "NoExecute"}]
    made = render(tolerations=tolerations, node_selector={"disk": "fast"}, pod_labels={"team": "a"}, pod_annotations={"scrape": True})
    template = made["Deployment", "hello"]["spec"]["template"]
    assert template["spec"]["tolerations"] == [
        {"key": "dedicated", "operator": "Equal", "value": "web", "effect": "NoSchedule"},
        {"key": "spot", "operator": "Exists", "effect": "NoExecute"},
    ]
    assert template["spec"]["nodeSelector"] == {"disk": "fast"}
    assert template["metadata"]["labels"]["team"] == "a"
    assert (
        template["metadata"]["annotations"].items() >= {"scrape": "true", "cluster-autoscaler.kubernetes.io/safe-to-evict": "true"}.items()
    )


def test_grace_period_and_pre_stop_sleep_are_rendered(render):
    made = render(ports=[PORT], termination_grace_seconds=60, pre_stop_sleep_seconds=10)["Deployment", "hello"]
    assert pod(made)["terminationGracePeriodSeconds"] == 60
    assert container(made)["lifecycle"] == {"preStop": {"sleep": {"seconds": 10}}}
    assert made["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_the_service_account_has_the_iam_role_and_no_rbac_role(render):
    objects = render(ports=[PORT], cron_jobs=[JOB], persistent_storage=[DISK])
    account = objects["ServiceAccount", "hello"]
    assert account["metadata"]["annotations"] == {"eks.amazonaws.com/role-arn": ROLE_ARN}
    assert not [kind for kind, _name in objects if "Role" in kind]


def test_every_object_has_the_namespace_and_labels(render):
    for obj in render(ports=[PORT], cron_jobs=[JOB], persistent_storage=[DISK]).values():
        assert obj["metadata"]["namespace"] == "shop"
        assert obj["metadata"]["labels"]["app.kubernetes.io/instance"] == "hello"
        assert obj["metadata"]["labels"]["opta.platform/environment"] == "staging"


def test_names_that_look_like_yaml_scalars_are_quoted(render):
    objects = render(
        name="on", layer="1234", environment="null", ports=[{"name": "1e5", "port": 1}], persistent_storage=[{**DISK, "name": "0x1"}]
    )
    made = objects["StatefulSet", "on"]
    assert made["metadata"]["namespace"] == "1234"
    assert container(made)["ports"][0]["name"] == "1e5"
    assert made["spec"]["volumeClaimTemplates"][0]["metadata"]["name"] == "0x1"
    assert made["metadata"]["labels"]["opta.platform/environment"] == "null"
