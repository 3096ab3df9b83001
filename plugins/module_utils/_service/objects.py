# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build the objects beside the release of a service: namespace, Secret and ConfigMap. Pure.

Secret values never pass through Helm, which keeps the values of every release. The ConfigMap does not either, because each revision would
hold it twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .inputs import CERTIFICATES_FILE, Inputs, as_text
from .link_values import plain_values
from .links import Stores
from .mesh import inject_annotation, is_meshed

#: an id that changes with the data of a Secret; see the option of kubernetes_objects
GENERATION_ANNOTATION = "opta.platform/generation"
POD_SECURITY = "pod-security.kubernetes.io"


def service_objects(
    given: Mapping[str, Any], certificates: str, stores: Stores | None = None, addons: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return the namespace, the Secret and the ConfigMap of a service.

    certificates: PEM text of the certificate authorities of Amazon's databases. stores: the outputs that links may name.
    addons: the outputs of the environment's role k8s_addons.
    """
    inputs = Inputs(given)
    level = inputs.get("pod_security") or "restricted"
    namespace: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": inputs.text("layer"), "labels": {f"{POD_SECURITY}/{mode}": level for mode in ("enforce", "warn", "audit")}},
    }
    if is_meshed(addons):
        namespace["metadata"]["annotations"] = inject_annotation(addons)
    bundle = inputs.text("database_ca_bundle") or certificates
    own = {str(name): as_text(value) for name, value in inputs.pairs("secrets").items()}
    secrets = {**plain_values(inputs, stores or {}), **own}
    return [
        namespace,
        {"apiVersion": "v1", "kind": "Secret", "metadata": _metadata(inputs), "type": "Opaque", "stringData": secrets},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(inputs), "data": {CERTIFICATES_FILE: bundle.strip() + "\n"}},
    ]


def secret_generation(applied: Sequence[Mapping[str, Any]]) -> str:
    """Return the generation of the Secret in the result of kubernetes_objects."""
    for obj in applied:
        if obj["kind"] == "Secret":
            return str(obj["metadata"]["annotations"][GENERATION_ANNOTATION])
    raise ValueError("there is no Secret among the objects")


def _metadata(inputs: Inputs) -> dict[str, Any]:
    name, namespace = inputs.text("name"), inputs.text("layer")
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": name, "app.kubernetes.io/part-of": namespace}
    return {"name": name, "namespace": namespace, "labels": labels}
