"""EKS pod identity associations: kept and listed; no credentials come of them."""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.utils import utcnow

from tests.standin.aws.eks_model import Cluster, Data, active_cluster_of, arn, cluster_of, in_use, invalid, not_found
from tests.standin.aws.iam_roles import visible_role
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.paging import page

SUMMARY = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId", "ownerArn")
OPTIONAL = ("disableSessionTags", "targetRoleArn", "policy")


@answers("eks", "CreatePodIdentityAssociation")
def create_pod_identity_association(call: Call) -> dict[str, Any]:
    cluster = active_cluster_of(call)
    given = {key: call.get(key) for key in OPTIONAL if call.get(key) is not None}
    association = _new(call, cluster, call.get("namespace"), call.get("serviceAccount"), call.get("roleArn"))
    association.update(given, tags=call.get("tags", {}))
    return {"association": association}


@answers("eks", "DescribePodIdentityAssociation")
def describe_pod_identity_association(call: Call) -> dict[str, Any]:
    return {"association": _association_of(call)}


@answers("eks", "ListPodIdentityAssociations")
def list_pod_identity_associations(call: Call) -> dict[str, Any]:
    found = []
    for association in cluster_of(call).associations.values():
        if all(call.get(key) in (None, association[key]) for key in ("namespace", "serviceAccount")):
            found.append({key: association[key] for key in SUMMARY if key in association})
    return page(call, "associations", found)


@answers("eks", "UpdatePodIdentityAssociation")
def update_pod_identity_association(call: Call) -> dict[str, Any]:
    association = _association_of(call)
    if call.get("roleArn"):
        _check_role(call, call.get("roleArn"))
    association.update({key: call.get(key) for key in ("roleArn", *OPTIONAL) if call.get(key) is not None}, modifiedAt=utcnow())
    return {"association": association}


@answers("eks", "DeletePodIdentityAssociation")
def delete_pod_identity_association(call: Call) -> dict[str, Any]:
    association = _association_of(call)
    del cluster_of(call).associations[association["associationId"]]
    return {"association": association}


def set_addon_associations(call: Call, cluster: Cluster, addon: str, owner: str) -> list[str]:
    """Makes an add-on's associations those of the call, and gives their ARNs."""
    for identifier in [key for key, value in cluster.associations.items() if value.get("ownerArn") == owner]:
        del cluster.associations[identifier]
    made = []
    for item in call.get("podIdentityAssociations"):
        association = _new(call, cluster, "kube-system", item["serviceAccount"], item["roleArn"])
        association["ownerArn"] = owner
        made.append(association["associationArn"])
    return made


def _new(call: Call, cluster: Cluster, namespace: str, service_account: str, role_arn: str) -> Data:
    for other in cluster.associations.values():
        if (other["namespace"], other["serviceAccount"]) == (namespace, service_account):
            raise in_use(f"Association already exists: {other['associationId']}", clusterName=cluster.name)
    _check_role(call, role_arn)
    identifier = f"a-{uuid.uuid4().hex[:17]}"
    association: Data = {
        "clusterName": cluster.name,
        "namespace": namespace,
        "serviceAccount": service_account,
        "roleArn": role_arn,
        "associationArn": arn(call, f"podidentityassociation/{cluster.name}/{identifier}"),
        "associationId": identifier,
        "tags": {},
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
    }
    cluster.associations[identifier] = association
    return association


def _association_of(call: Call) -> Data:
    association = cluster_of(call).associations.get(call.get("associationId"))
    if association is None:
        raise not_found(f"No association found with id: {call.get('associationId')}")
    return association


def _check_role(call: Call, role_arn: str) -> None:
    if visible_role(call, role_arn) is None:
        raise invalid(f"Role provided in the request does not exist: {role_arn}")
