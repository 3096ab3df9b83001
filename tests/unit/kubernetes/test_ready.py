"""When objects are ready."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.explain import container_text, event_text
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.ready import readiness


def made(api_version, kind, spec=None, status=None, generation=1):
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": "a", "generation": generation},
        "spec": spec or {},
        "status": status or {},
    }


def deployment(replicas=2, **status):
    return made("apps/v1", "Deployment", {"replicas": replicas}, {"observedGeneration": 1, **status})


def condition(kind, status="True", **more):
    return {"conditions": [{"type": kind, "status": status, **more}]}


@pytest.mark.parametrize(
    ("obj", "done", "failed"),
    [
        (deployment(), False, False),
        (deployment(replicas=0), True, False),
        (deployment(replicas=2, updatedReplicas=2, availableReplicas=2, replicasX=2), True, False),
        ({**deployment(updatedReplicas=2, availableReplicas=2), "metadata": {"name": "a", "generation": 2}}, False, False),
        (made("apps/v1", "Deployment", {"replicas": 1, "paused": True}), True, False),
        (
            made(
                "apps/v1",
                "Deployment",
                {"replicas": 1},
                {"observedGeneration": 1, **condition("Progressing", "False", reason="ProgressDeadlineExceeded")},
            ),
            False,
            True,
        ),
        (
            made(
                "apps/v1",
                "StatefulSet",
                {"replicas": 1},
                {"observedGeneration": 1, "readyReplicas": 1, "updateRevision": "b", "currentRevision": "b"},
            ),
            True,
            False,
        ),
        (
            made(
                "apps/v1",
                "StatefulSet",
                {"replicas": 2},
                {"observedGeneration": 1, "readyReplicas": 2, "updatedReplicas": 1, "updateRevision": "c", "currentRevision": "b"},
            ),
            False,
            False,
        ),
        (
            made(
                "apps/v1",
                "DaemonSet",
                {},
                {"observedGeneration": 1, "desiredNumberScheduled": 2, "numberReady": 1, "updatedNumberScheduled": 2},
            ),
            False,
            False,
        ),
        (
            made(
                "apps/v1",
                "DaemonSet",
                {},
                {"observedGeneration": 1, "desiredNumberScheduled": 2, "numberReady": 2, "updatedNumberScheduled": 2},
            ),
            True,
            False,
        ),
        (made("batch/v1", "Job"), False, False),
        (made("batch/v1", "Job", status=condition("Complete")), True, False),
        (made("batch/v1", "Job", status=condition("Failed", reason="BackoffLimitExceeded")), False, True),
        (made("v1", "Pod", status={"phase": "Running", **condition("Ready")}), True, False),
        (made("v1", "Pod", status={"phase": "Running", **condition("Ready", "False")}), False, False),
        (made("v1", "Pod", status={"phase": "Failed"}), False, True),
        (made("v1", "PersistentVolumeClaim", status={"phase": "Pending"}), False, False),
        (made("v1", "PersistentVolumeClaim", status={"phase": "Bound"}), True, False),
        (made("v1", "Service", {"type": "ClusterIP"}), True, False),
        (made("v1", "Service", {"type": "LoadBalancer"}), False, False),
        (made("v1", "Service", {"type": "LoadBalancer"}, {"loadBalancer": {"ingress": [{"hostname": "x"}]}}), True, False),
        (made("apiextensions.k8s.io/v1", "CustomResourceDefinition", status=condition("Established")), True, False),
        (made("apiextensions.k8s.io/v1", "CustomResourceDefinition", status=condition("NamesAccepted", "False")), False, True),
        (made("example.com/v1", "Deployment"), True, False),
        (made("v1", "ConfigMap"), True, False),
    ],
)
def test_readiness_of_each_kind(obj, done, failed):
    found = readiness(obj)
    assert (found.done, found.failed) == (done, failed)
    assert found.words


PARENT = {"name": "public", "namespace": "gateways", "sectionName": "https"}
MESH = {"group": "core", "kind": "Service", "name": "a"}


def route(kind="HTTPRoute", parents=(PARENT,), reported=(PARENT,), generation=1, **conditions):
    words = {"Accepted": "True", "ResolvedRefs": "True", **conditions}
    listed = [{"type": name, "status": status, "reason": "Why", "observedGeneration": 1} for name, status in words.items()]
    status = {"parents": [{"parentRef": parent, "conditions": listed} for parent in reported]}
    return made("gateway.networking.k8s.io/v1", kind, {"parentRefs": list(parents)}, status, generation)


@pytest.mark.parametrize(
    ("obj", "words"),
    [
        (route(), "ready"),
        (route("GRPCRoute"), "ready"),
        (route(parents=[MESH], reported=[]), "ready"),
        (route(reported=[]), "for Gateway public, Accepted is not set yet"),
        (route(reported=[{**PARENT, "sectionName": "http"}]), "for Gateway public, Accepted is not set yet"),
        (route(generation=2), "for Gateway public, Accepted is not set yet"),
        (route(Accepted="False"), "for Gateway public, Accepted is False: Why"),
        (route(ResolvedRefs="False"), "for Gateway public, ResolvedRefs is False: Why"),
    ],
)
def test_a_route_is_ready_when_its_gateway_accepted_it(obj, words):
    found = readiness(obj)
    assert (found.done, found.failed, found.words) == (words == "ready", False, words)


WHOLE = {"name": "public", "namespace": "gateways"}
FULL = {"group": "gateway.networking.k8s.io", "kind": "Gateway", **WHOLE}


@pytest.mark.parametrize(
    ("parents", "reported", "done"),
    [
        ([WHOLE], [FULL], True),
        ([WHOLE], [{**FULL, "sectionName": "http"}], True),  # NGINX Gateway Fabric, with one listener
        ([{**PARENT, "port": 443}], [{**FULL, "sectionName": "https"}], True),  # which never repeats a port
        ([PARENT, {**PARENT, "sectionName": "http"}], [{**FULL, "sectionName": "https"}], False),
        ([PARENT], [FULL], False),
        ([WHOLE], [{**FULL, "namespace": "other"}], False),
        ([{"name": "public"}], [FULL], False),  # a Gateway beside the route, in the namespace default
    ],
)
def test_a_route_status_is_matched_to_its_parent(parents, reported, done):
    assert readiness(route(parents=parents, reported=reported)).done is done


def test_the_best_status_of_a_gateway_counts():
    obj = route(parents=[WHOLE], reported=[{**FULL, "sectionName": "http"}, {**FULL, "sectionName": "https"}])
    obj["status"]["parents"][0]["conditions"] = []
    assert readiness(obj).done


@pytest.mark.parametrize(
    ("conditions", "generation", "words"),
    [
        ({"Accepted": "True", "Programmed": "True"}, 1, "ready"),
        ({"Accepted": "True"}, 1, "Programmed is not set yet"),
        ({"Accepted": "True", "Programmed": "False"}, 1, "Programmed is False: Why"),
        ({"Accepted": "True", "Programmed": "True"}, 2, "Accepted is not set yet"),
    ],
)
def test_a_gateway_is_ready_when_it_is_programmed(conditions, generation, words):
    listed = [{"type": name, "status": status, "reason": "Why", "observedGeneration": 1} for name, status in conditions.items()]
    obj = made("gateway.networking.k8s.io/v1", "Gateway", status={"conditions": listed}, generation=generation)
    found = readiness(obj)
    assert (found.done, found.words) == (words == "ready", words)


@pytest.mark.parametrize("kind", ["ClientSettingsPolicy", "ProxySettingsPolicy", "UpstreamSettingsPolicy"])
@pytest.mark.parametrize(
    ("reported", "generation", "words"),
    [
        ([], 1, "ready"),
        ([("True", "Accepted", "The Policy is accepted")], 1, "ready"),
        ([("False", "Conflicted", "Conflicts with another policy")], 1, "Accepted is False: Conflicted: Conflicts with another policy"),
        ([("False", "Conflicted", "Conflicts with another policy")], 2, "ready"),
        (
            [("True", "Accepted", "The Policy is accepted"), ("False", "TargetConflict", "Shared")],
            1,
            "Accepted is False: TargetConflict: Shared",
        ),
    ],
)
def test_a_policy_is_ready_unless_a_controller_refuses_it(kind, reported, generation, words):
    conditions = [
        {"type": "Accepted", "status": status, "reason": reason, "message": message, "observedGeneration": 1}
        for status, reason, message in reported
    ]
    status = {"ancestors": [{"ancestorRef": WHOLE, "conditions": [each]} for each in conditions]}
    found = readiness(made("gateway.nginx.org/v1alpha1", kind, status=status, generation=generation))
    assert (found.done, found.failed, found.words) == (words == "ready", False, words)


def test_old_pods_must_be_gone():
    assert not readiness(
        deployment(replicas=3, updatedReplicas=2, availableReplicas=2)
        | {"spec": {"replicas": 2}, "status": {"observedGeneration": 1, "replicas": 3, "updatedReplicas": 2, "availableReplicas": 2}}
    ).done


def test_configured_conditions_are_required_for_readiness():
    obj = made("example.com/v1", "Boat", status=condition("Afloat", "False", reason="Leak", message="a hole"))
    found = readiness(obj, [{"kind": "Boat", "type": "Afloat", "status": "True"}])
    assert (found.done, found.words) == (False, "condition Afloat is False: Leak: a hole, not True")
    assert readiness(obj, [{"kind": "Ship", "type": "Afloat", "status": "True"}]).done


@pytest.mark.parametrize(
    ("container", "words"),
    [
        ({"name": "a", "state": {"running": {}}, "ready": True}, ""),
        ({"name": "a", "state": {"waiting": {"reason": "ContainerCreating"}}}, ""),
        (
            {"name": "a", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}},
            "container a is waiting: ImagePullBackOff: no such image",
        ),
        (
            {
                "name": "a",
                "restartCount": 3,
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}},
            },
            "container a is waiting: CrashLoopBackOff, 3 restarts, last ended with exit code 1 (Error)",
        ),
        (
            {"name": "a", "state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}},
            "container a ended with exit code 137 (OOMKilled)",
        ),
        (
            {"name": "a", "state": {"running": {}}, "ready": False},
            "container a runs but is not ready (its readiness probe fails)",
        ),
    ],
)
def test_the_container_state_is_formatted_as_text(container, words):
    assert container_text(container) == words


def test_the_newest_warning_events_are_listed_once():
    def event(reason, time, kind="Warning"):
        return {"type": kind, "reason": reason, "message": "m", "lastTimestamp": time}

    events = [event("Old", "2026-01-01T00:00:00Z"), event("New", "2026-01-02T00:00:00Z"), event("New", "2026-01-02T00:00:01Z")]
    assert event_text([*events, event("Fine", "2026-01-03T00:00:00Z", "Normal")]) == ["New: m", "Old: m"]
