#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: kubernetes_objects
version_added: 1.0.0
short_description: Apply Kubernetes objects to an EKS cluster
description:
  - Brings any number of Kubernetes objects of any kinds to the wanted state in one call, by server-side apply under the field
    manager C(opta.platform).
  - The order in O(objects) does not matter. Namespaces and CustomResourceDefinitions are applied first, webhooks last.
    Deletion goes the other way.
  - Nothing is changed before all objects were read and the API server has answered a dry run of each. An object that is as wanted
    is not written.
  - Fields that O(objects) does not give belong to others (an autoscaler's C(replicas)) and are left alone. A field that was given
    once and no longer is, is removed.
  - The data of Secrets is masked in the result, in the diff and in the log. Nothing from which a value could be guessed is shown.
author: [opta.platform contributors (@opta-platform)]
requirements:
  - python >= 3.11
options:
  objects:
    description:
      - The objects, each with C(apiVersion), C(kind) and C(metadata.name). For O(state=absent) nothing else is needed.
      - A Secret's C(stringData) is sent as C(data), so that keys that are no longer given are removed.
      - Changed in place. What Kubernetes cannot change in place (a Job's template, a StorageClass's parameters) replaces the
        object and needs O(allow_replacement=true).
    type: list
    elements: dict
    required: true
  stored_values:
    description:
      - Values of Secrets among O(objects) that AWS Secrets Manager keeps. The module reads them itself, so that they are in no variable,
        argument, result, diff or log. In check mode they are read too, to report which keys change.
      - What is read is the version C(AWSCURRENT) of a secret whose value is a JSON object.
      - Where a secret does not exist, or holds nothing yet, check mode predicts V((known after apply\)), and a run fails.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the Kubernetes Secret.
        type: str
        required: true
      namespace:
        description: Namespace of the Kubernetes Secret, O(namespace) by default.
        type: str
      key:
        description: Key of the Kubernetes Secret that gets the value. It must not be in O(objects) as well.
        type: str
        required: true
      secret_id:
        description: ARN or name of the secret in Secrets Manager, or V((known after apply\)) in check mode.
        type: str
        required: true
      json_key:
        description: The part of the JSON object that is the value. Exactly one of this and O(stored_values[].url) is needed.
        type: str
      url:
        description: A URL in which C({username}) stands for that part of the JSON object, percent-encoded, and so on.
        type: str
  namespace:
    description: Namespace of the objects that name none and whose kind lives in one.
    type: str
    default: default
  force_conflicts:
    description:
      - Whether a given field that another field manager owns with another value is taken over.
        Without it such a conflict fails and names the field and its manager.
      - With it, what somebody changed by hand is set back.
    type: bool
    default: false
  allow_replacement:
    description:
      - Whether a change that Kubernetes can only make by deleting the object and making it anew may be done.
        Without it such a change fails before anything is done; in check mode it is reported with a warning.
    type: bool
    default: false
  wait_conditions:
    description:
      - Conditions to wait for besides what is known of Deployments, StatefulSets, DaemonSets, Jobs, Pods, PersistentVolumeClaims,
        Namespaces, LoadBalancer Services, CustomResourceDefinitions and APIServices.
    type: list
    elements: dict
    default: []
    suboptions:
      kind:
        description: Kind of the objects to which it applies.
        type: str
        required: true
      type:
        description: Type of the condition in the object's status.
        type: str
        required: true
      status:
        description: The status that the condition must have.
        type: str
        default: "True"
  generation_annotation:
    description:
      - Name of an annotation that each Secret among O(objects) gets, with a random id that is another one whenever the Secret's data
        changes. Nothing of the data can be guessed from it. A Secret that is as wanted keeps its id.
      - A pod template that carries the id as well has its pods replaced when the Secret changes.
    type: str
  keep_namespaces_used_by_others_than:
    description:
      - Labels of what belongs to the caller. With O(state=absent) a Namespace among O(objects) stays as long as it holds anything
        without these labels, custom resources of every kind included. Not given, a Namespace goes with all that is in it.
    type: dict
  keep_namespaces_in_use:
    description:
      - Whether, with O(state=absent), a Namespace among O(objects) stays as long as it holds a workload that has not come to its end, a
        Service, an Ingress, a PersistentVolumeClaim, a custom resource or a helm release. A warning names them.
    type: bool
    default: false
  releases_gone:
    description:
      - Releases, as C(namespace/name), that earlier tasks uninstall. In check mode, where they are still there,
        O(keep_namespaces_in_use) does not count them and what goes with them.
    type: list
    elements: str
    default: []
  propagation_policy:
    description: What becomes of the objects that belong to a deleted one. With V(Foreground) they go first.
    type: str
    choices: [Foreground, Background, Orphan]
    default: Foreground
extends_documentation_fragment:
  - opta.platform.cluster
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Make a namespace and a Secret in it
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

- name: Hand a database's user and password to an application
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

- name: Make the default storage class, and set back what somebody changed
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

- name: Delete a namespace with all that is in it
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
    - The objects as they are now (in check mode, as they would be), in the order in which they were applied.
      C(managedFields) and the schemas of CustomResourceDefinitions are left out, long texts are cut, the data of Secrets is masked.
    - Empty after O(state=absent).
  returned: success
  type: list
  elements: dict
actions:
  description: What was done or, in check mode, would be done, one entry for each object that is not as wanted.
  returned: success
  type: list
  elements: dict
  contains:
    action:
      description: C(create), C(update), C(replace) or C(delete).
      type: str
    resource:
      description: Kind, namespace and name.
      type: str
      sample: Secret shop/hello
    attributes:
      description: The fields that change. C(field ownership) means that only the record of who manages a field changes.
      type: list
      elements: str
    allowed:
      description: Whether the run itself would do it; false for a replacement without O(allow_replacement=true).
      type: bool
diff:
  description: The changed fields of each object, C(before) and C(after).
  returned: success
  type: dict
"""

from ansible_collections.opta.platform.plugins.module_utils._kubernetes.apply import Objects, Options
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.module import ClusterModule
from ansible_collections.opta.platform.plugins.module_utils._kubernetes.result import as_result, mask_arguments

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
    "releases_gone": {"type": "list", "elements": "str", "default": []},
    "propagation_policy": {"choices": ["Foreground", "Background", "Orphan"], "default": "Foreground"},
}


def main():
    # no_log keeps the arguments out of the system log; the result is not touched by it
    module = ClusterModule(argument_spec=ARGUMENTS, no_log=True)
    given = mask_arguments(module.params)
    options = Options.from_parameters(module.params, module.check_mode)
    absent = module.params["state"] == "absent"

    def work():
        objects = Objects(module.cluster(), options, module.params["namespace"])
        return objects.delete(given()) if absent else objects.apply(module.with_stored_values(given()))

    plans = module.attempt(work)
    for plan in plans:
        for note in plan.outcome.notes:
            module.warn(note)
    module.exit_json(**as_result(plans, absent))


if __name__ == "__main__":
    main()
