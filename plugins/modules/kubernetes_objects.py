#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_objects
short_description: Manage Kubernetes objects in an Amazon EKS cluster
version_added: 1.0.0
description:
  - Creates, updates or deletes any number of Kubernetes objects of any kind in one call, by server-side apply with the field manager
    C(opta.platform).
  - The order of O(objects) has no effect. Namespaces and CustomResourceDefinitions are applied first, and webhooks last. Objects are
    deleted in the opposite order.
  - Nothing is changed before all objects were read and the API server accepted a dry run of each. An object without differences is not
    written.
  - Fields that O(objects) does not set belong to others, for example C(replicas) to an autoscaler, and are not changed. A field that a
    previous run set and that O(objects) no longer sets is removed.
  - The data of Secrets is masked in results, diffs and logs.
options:
  objects:
    description:
      - Objects, each with C(apiVersion), C(kind) and C(metadata.name). O(state=absent) requires nothing else.
      - C(stringData) of a Secret is sent as C(data), so that keys that are no longer listed are removed.
      - Changed in place. A change that Kubernetes cannot make in place, for example of the template of a Job or the parameters of a
        StorageClass, replaces the object and requires O(allow_replacement=true).
    type: list
    elements: dict
    required: true
  stored_values:
    description:
      - Values for Secrets in O(objects) that the module reads from AWS Secrets Manager, so that they appear in no variable, argument,
        result, diff or log. Check mode reads them too, to report which keys change.
      - The module reads the version C(AWSCURRENT) of a secret whose value is a JSON object.
      - If a secret does not exist or has no value, check mode predicts V((known after apply\)), and a run fails.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the Kubernetes Secret.
        type: str
        required: true
      namespace:
        description: Namespace of the Kubernetes Secret. The default is O(namespace).
        type: str
      key:
        description: Key of the Kubernetes Secret that gets the value. O(objects) must not set the same key.
        type: str
        required: true
      secret_id:
        description: ARN or name of the secret in Secrets Manager. In check mode, V((known after apply\)) is allowed.
        type: str
        required: true
      json_key:
        description:
          - Key of the JSON object whose value is used. Mutually exclusive with O(stored_values[].url). One of them is required.
        type: str
      url:
        description:
          - URL with placeholders for the keys of the JSON object, for example C({username}). The values are inserted percent-encoded.
        type: str
  namespace:
    description: Namespace of namespaced objects that set none.
    type: str
    default: default
  force_conflicts:
    description:
      - Whether to take ownership of fields that another field manager owns with a different value.
      - If V(false), such a conflict fails with the name of the field and its manager. If V(true), manual changes are reverted.
    type: bool
    default: false
  allow_replacement:
    description:
      - Whether to allow changes that Kubernetes cannot make in place. For such a change, the object is deleted and created again.
      - If V(false), such a change fails before anything is changed. In check mode, a warning reports it.
    type: bool
    default: false
  wait_conditions:
    description:
      - Additional conditions to wait for.
      - Readiness of Deployments, StatefulSets, DaemonSets, Jobs, Pods, PersistentVolumeClaims, Namespaces, Services of type
        LoadBalancer, CustomResourceDefinitions and APIServices is always checked.
    type: list
    elements: dict
    default: []
    suboptions:
      kind:
        description: Kind of the objects.
        type: str
        required: true
      type:
        description: Type of the condition in the status of the object.
        type: str
        required: true
      status:
        description: Required status of the condition.
        type: str
        default: "True"
  generation_annotation:
    description:
      - Name of an annotation for each Secret in O(objects). Its value is a random ID that changes whenever the data of the Secret
        changes. It reveals nothing about the data.
      - If the pod template of a workload carries the same ID, its pods are replaced when the Secret changes.
    type: str
  keep_namespaces_used_by_others_than:
    description:
      - Labels of the objects of the caller. O(state=absent) keeps a Namespace in O(objects) as long as it contains an object without
        these labels, including custom resources of any kind.
      - If not set, a Namespace is deleted with all objects in it.
    type: dict
  keep_namespaces_in_use:
    description:
      - Whether O(state=absent) keeps a Namespace in O(objects) as long as it contains an uncompleted workload, a Service, an Ingress, a
        PersistentVolumeClaim, a custom resource or a Helm release. A warning names them.
    type: bool
    default: false
  uninstalled_releases:
    description:
      - Helm releases, as C(namespace/name), that earlier tasks uninstall. In check mode, where they still exist,
        O(keep_namespaces_in_use) ignores them and their objects.
    type: list
    elements: str
    default: []
  propagation_policy:
    description: How the dependents of a deleted object are deleted. V(Foreground) deletes them first.
    type: str
    default: Foreground
    choices: [Foreground, Background, Orphan]
attributes:
  check_mode:
    description: Reports the actions that a run would perform, based on a dry run of the API server, and changes nothing.
    support: full
notes:
  - In RV(actions), C(field ownership) means that only the record of the manager of a field changes.
  - Used by the roles P(opta.platform.eks#role), P(opta.platform.k8s_addons#role) and P(opta.platform.opta_service#role).
seealso:
  - module: kubernetes.core.k8s
  - module: opta.platform.helm_release
  - name: Server-Side Apply
    description: Kubernetes documentation.
    link: https://kubernetes.io/docs/reference/using-api/server-side-apply/
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.cluster.connection
  - opta.platform.cluster
  - opta.platform.attributes
  - opta.platform.requirements.kubernetes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Create a namespace and a Secret
  opta.platform.kubernetes_objects:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    environment: staging
    objects:
      - apiVersion: v1
        kind: Namespace
        metadata:
          name: shop
          labels:
            pod-security.kubernetes.io/enforce: restricted
      - apiVersion: v1
        kind: Secret
        metadata:
          name: hello
          namespace: shop
        stringData:
          API_KEY: "{{ hello_api_key }}"

- name: Create a Secret with the credentials of a database
  opta.platform.kubernetes_objects:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    environment: staging
    namespace: shop
    objects:
      - apiVersion: v1
        kind: Secret
        metadata:
          name: hello
        stringData:
          DATABASE_HOST: "{{ aurora_outputs.endpoints.main }}"
    stored_values:
      - name: hello
        key: DATABASE_PASSWORD
        secret_id: "{{ aurora_outputs.secret_arns.main }}"
        json_key: password
      - name: hello
        key: DATABASE_URL
        secret_id: "{{ aurora_outputs.secret_arns.main }}"
        url: "postgresql://{username}:{password}@{{ aurora_outputs.endpoints.main }}:5432/app?sslmode=verify-full"

- name: Create the default storage class and revert manual changes
  opta.platform.kubernetes_objects:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    force_conflicts: true
    objects:
      - apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata:
          name: gp3
          annotations:
            storageclass.kubernetes.io/is-default-class: "true"
        provisioner: ebs.csi.aws.com
        volumeBindingMode: WaitForFirstConsumer
        parameters:
          type: gp3
          encrypted: "true"

- name: Delete a namespace with all objects in it
  opta.platform.kubernetes_objects:
    cluster_name: "{{ eks_outputs.cluster_name }}"
    endpoint: "{{ eks_outputs.endpoint }}"
    certificate_authority_data: "{{ eks_outputs.certificate_authority_data }}"
    environment: staging
    state: absent
    objects:
      - apiVersion: v1
        kind: Namespace
        metadata:
          name: shop
"""

RETURN = r"""
objects:
  description:
    - Objects after the run, in the order in which they were applied. In check mode, as they would be. Empty with O(state=absent).
    - Without C(managedFields) and the schemas of CustomResourceDefinitions. Long texts are truncated, and the data of Secrets is
      masked.
  returned: success
  type: list
  elements: dict
  sample: [{apiVersion: v1, kind: Namespace, metadata: {name: shop}}]
actions:
  description:
    - Actions that were performed, in order. In check mode, the actions that a run would perform.
    - Each action has the keys C(action) (V(create), V(update), V(replace) or V(delete)), C(resource) (type and name of the resource),
      C(attributes) (names of the attributes that change) and C(allowed) (whether the options allow the action; false for a replacement
      that is not allowed).
  returned: success
  type: list
  elements: dict
  sample: [{action: update, resource: EKS cluster opta-staging, attributes: [version], allowed: true}]
diff:
  description: Values of the changed attributes before and after the actions, grouped by resource if there are several. Without secrets.
  returned: success
  type: dict
  sample: {before: {version: "1.34"}, after: {version: "1.35"}}
"""

from ..module_utils._kubernetes.apply import ApplyOptions, ObjectsReconciler
from ..module_utils._kubernetes.diff import shown
from ..module_utils._kubernetes.module import ClusterModule
from ..module_utils._kubernetes.result import mask_arguments

CONDITION = {"kind": {"required": True}, "type": {"required": True}, "status": {"default": "True"}}

#: secret_id is the name of a secret, and is none
STORED_VALUE = {
    "name": {"required": True},
    "namespace": {},
    "key": {"required": True, "no_log": False},
    "secret_id": {"required": True, "no_log": False},
    "json_key": {"no_log": False},
    "url": {},
}
ONE_WAY = {"mutually_exclusive": [("json_key", "url")], "required_one_of": [("json_key", "url")]}

ARGUMENTS = {
    "objects": {"type": "list", "elements": "dict", "required": True},
    "stored_values": {"type": "list", "elements": "dict", "default": [], "options": STORED_VALUE, **ONE_WAY},
    "namespace": {"default": "default"},
    "force_conflicts": {"type": "bool", "default": False},
    "allow_replacement": {"type": "bool", "default": False},
    "wait_conditions": {"type": "list", "elements": "dict", "default": [], "options": CONDITION},
    "generation_annotation": {},
    "keep_namespaces_used_by_others_than": {"type": "dict"},
    "keep_namespaces_in_use": {"type": "bool", "default": False},
    "uninstalled_releases": {"type": "list", "elements": "str", "default": []},
    "propagation_policy": {"choices": ["Foreground", "Background", "Orphan"], "default": "Foreground"},
}


def reconcile(module):
    given = mask_arguments(module.params)
    absent = module.params["state"] == "absent"
    options = ApplyOptions.from_parameters(module.params, module.check_mode)
    objects = ObjectsReconciler(module.cluster(), options, module.params["namespace"])
    plans = objects.delete(given()) if absent else objects.apply(module.with_stored_values(given()))
    return [plan.outcome for plan in plans], {"objects": [] if absent else [shown(plan.result) for plan in plans]}


def main():
    # no_log keeps the arguments out of the system log; the result is not touched by it
    ClusterModule(ARGUMENTS, no_log=True).run(reconcile, key="objects")


if __name__ == "__main__":
    main()
