"""Pods with Linkerd's policy controller: ready with a key that it reads, ended at once with another, waiting without the Secret.

Source: linkerd2 edge-26.6.3, policy-controller/runtime/src/args.rs: kubert loads the key of its server before it starts.
kwok leaves these pods alone (kwok/stages.yml).
"""

from __future__ import annotations

import base64

from tests.standin.loops.each import for_each
from tests.standin.loops.failing_pods import STEPS, FailingPods, Pod, ready_status
from tests.standin.webhooks.keys import POLICY_CONTROLLER, is_read


class PolicyControllers(FailingPods):
    """Argument: a client of the cluster."""

    def run(self) -> None:
        pods = self._client.items("/api/v1/pods?fieldSelector=spec.nodeName!=&labelSelector=linkerd.io%2Fcontrol-plane-component")
        for_each((pod for pod in pods if mounts_its_key(pod) and not pod["metadata"].get("deletionTimestamp")), self._follow)

    def _follow(self, pod: Pod) -> None:
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/secrets/{POLICY_CONTROLLER}"
        secret = self._client.get(path, accept=(404,))
        if secret.get("kind") == "Status":
            return
        if is_read(POLICY_CONTROLLER, base64.b64decode(secret["data"]["tls.key"]).decode()):
            if not any(container["ready"] for container in pod["status"].get("containerStatuses") or []):
                self._write(pod, ready_status(pod), [])
            return
        step = STEPS["crash"](pod)
        if step is not None:
            self._write(pod, *step)


def mounts_its_key(pod: Pod) -> bool:
    return any((volume.get("secret") or {}).get("secretName") == POLICY_CONTROLLER for volume in pod["spec"].get("volumes") or [])
