"""Add-ons, access entries and pod identity associations of the stand-in."""

from __future__ import annotations

import pytest

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


@pytest.fixture(scope="module")
def cluster(aws):
    return aws.cluster()


def addon(aws, cluster, name):
    return aws.eks.describe_addon(clusterName=cluster, addonName=name)["addon"]


def test_an_addon_is_created_changed_and_deleted(aws, cluster, refusal):
    of = {"clusterName": cluster, "addonName": "kube-proxy"}
    aws.eks.create_addon(**of, tags={"a": "b"})
    assert addon(aws, cluster, "kube-proxy")["status"] == "CREATING"
    assert "Addon already exists" in refusal(aws.eks.create_addon, **of)
    assert "cannot be updated" in refusal(aws.eks.update_addon, **of)
    aws.until(lambda: addon(aws, cluster, "kube-proxy")["status"] == "ACTIVE")
    update = aws.eks.update_addon(**of, addonVersion="v1.35.4-eksbuild.3", configurationValues='{"mode": "nftables"}')
    assert addon(aws, cluster, "kube-proxy")["status"] == "UPDATING"
    aws.update(cluster, update, addonName="kube-proxy")
    found = addon(aws, cluster, "kube-proxy")
    assert (found["addonVersion"], found["configurationValues"]) == ("v1.35.4-eksbuild.3", '{"mode": "nftables"}')
    aws.eks.delete_addon(**of)
    aws.until(lambda: "kube-proxy" not in aws.eks.list_addons(clusterName=cluster)["addons"])


def test_versions_fit_the_cluster(aws, cluster, refusal):
    found = aws.eks.describe_addon_versions(addonName="vpc-cni", kubernetesVersion="1.35")["addons"][0]["addonVersions"]
    defaults = [each["addonVersion"] for each in found if each["compatibilities"][0]["defaultVersion"]]
    assert len(found) >= 2
    assert len(defaults) == 1
    older = aws.eks.describe_addon_versions(addonName="vpc-cni", kubernetesVersion="1.33")["addons"][0]["addonVersions"]
    assert [each["addonVersion"] for each in older if each["compatibilities"][0]["defaultVersion"]] != defaults
    wrong = refusal(aws.eks.create_addon, clusterName=cluster, addonName="coredns", addonVersion="v1.11.4-eksbuild.33")
    assert "Addon version specified is not supported" in wrong
    assert "ResourceNotFoundException" in refusal(aws.eks.create_addon, clusterName=cluster, addonName="nothing")


@pytest.mark.parametrize("kubernetes", ["1.31", "1.32", "1.33", "1.34", "1.35", "1.36"])
def test_every_addon_has_one_default_for_every_version(aws, kubernetes):
    for each in aws.eks.describe_addon_versions(kubernetesVersion=kubernetes)["addons"]:
        defaults = [version for version in each["addonVersions"] if version["compatibilities"][0]["defaultVersion"]]
        assert len(defaults) == 1, each["addonName"]


def test_coredns_is_degraded_until_there_is_a_node(aws):
    cluster = aws.cluster()
    aws.eks.create_addon(clusterName=cluster, addonName="coredns")
    aws.until(lambda: addon(aws, cluster, "coredns")["status"] == "DEGRADED")
    assert addon(aws, cluster, "coredns")["health"]["issues"][0]["code"] == "InsufficientNumberOfReplicas"
    aws.node_group(cluster)
    assert addon(aws, cluster, "coredns")["status"] == "ACTIVE"


def test_self_managed_addons_conflict_unless_overwritten(aws):
    cluster = aws.cluster(bootstrapSelfManagedAddons=True)
    aws.eks.create_addon(clusterName=cluster, addonName="vpc-cni")
    aws.until(lambda: addon(aws, cluster, "vpc-cni")["status"] == "CREATE_FAILED")
    assert addon(aws, cluster, "vpc-cni")["health"]["issues"][0]["code"] == "ConfigurationConflict"
    aws.eks.create_addon(clusterName=cluster, addonName="kube-proxy", resolveConflicts="OVERWRITE")
    aws.until(lambda: addon(aws, cluster, "kube-proxy")["status"] == "ACTIVE")


def test_bad_settings_are_refused(aws, cluster, refusal):
    of = {"clusterName": cluster, "addonName": "aws-ebs-csi-driver"}
    role = refusal(aws.eks.create_addon, **of, serviceAccountRoleArn="arn:aws:iam::123456789012:role/none")
    assert "does not exist" in role
    assert "not in valid JSON or YAML" in refusal(aws.eks.create_addon, **of, configurationValues="[1")


def test_an_update_names_again_what_stays(aws, cluster):
    of = {"clusterName": cluster, "addonName": "metrics-server"}
    aws.eks.create_addon(**of, configurationValues='{"replicas": 1}', addonVersion="v0.8.0-eksbuild.6")
    aws.until(lambda: addon(aws, cluster, "metrics-server")["status"] != "CREATING")
    aws.update(cluster, aws.eks.update_addon(**of, addonVersion="v0.8.1-eksbuild.3"), addonName="metrics-server")
    assert "configurationValues" not in addon(aws, cluster, "metrics-server")


def test_access_entries_with_policies(aws, cluster, refusal):
    role = aws.role("ec2.amazonaws.com", path="/a/path/")
    of = {"clusterName": cluster, "principalArn": role}
    entry = aws.eks.create_access_entry(**of, kubernetesGroups=["viewers"], tags={"a": "b"})["accessEntry"]
    assert entry["username"] == f"arn:aws:sts::123456789012:assumed-role/{role.rsplit('/', maxsplit=1)[-1]}/{{{{SessionName}}}}"
    assert "already in use" in refusal(aws.eks.create_access_entry, **of)
    aws.eks.associate_access_policy(**of, policyArn=ADMIN, accessScope={"type": "cluster"})
    assert role in aws.eks.list_access_entries(clusterName=cluster, associatedPolicyArn=ADMIN)["accessEntries"]
    scopes = aws.eks.list_associated_access_policies(**of)["associatedAccessPolicies"]
    assert [(each["policyArn"], each["accessScope"]["type"]) for each in scopes] == [(ADMIN, "cluster")]
    aws.eks.update_access_entry(**of, kubernetesGroups=["editors"])
    assert aws.eks.describe_access_entry(**of)["accessEntry"]["kubernetesGroups"] == ["editors"]
    aws.eks.disassociate_access_policy(**of, policyArn=ADMIN)
    assert "could not be found" in refusal(aws.eks.disassociate_access_policy, **of, policyArn=ADMIN)
    aws.eks.delete_access_entry(**of)
    assert "ResourceNotFoundException" in refusal(aws.eks.describe_access_entry, **of)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"principalArn": "arn:aws:iam::123456789012:role/none"}, "The specified principalArn is invalid"),
        ({"principalArn": "arn:aws:sts::123456789012:assumed-role/a/b"}, "The specified principalArn is invalid"),
        ({"principalArn": "arn:aws:iam::123456789012:role/aws-service-role/a.com/b"}, "principalArn value of a Service Linked Role"),
        ({"kubernetesGroups": ["system:masters"]}, "cannot start with system:"),
        ({"type": "NONE"}, "type is invalid"),
        ({"type": "EC2_LINUX", "kubernetesGroups": ["x"]}, "cannot be set for an access entry of type EC2_LINUX"),
    ],
)
def test_bad_access_entries_are_refused(aws, cluster, refusal, options, message):
    given = {"clusterName": cluster, "principalArn": aws.role("ec2.amazonaws.com")}
    assert message in refusal(aws.eks.create_access_entry, **{**given, **options})


@pytest.mark.parametrize(
    ("policy", "scope", "message"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", {"type": "cluster"}, "policyArn parameter format is not valid"),
        (ADMIN, {"type": "namespace"}, "namespaces parameter must be set"),
        (ADMIN, {"type": "cluster", "namespaces": ["x"]}, "must not be set"),
    ],
)
def test_bad_policies_are_refused(aws, cluster, refusal, policy, scope, message):
    principal = aws.eks.list_access_entries(clusterName=cluster)["accessEntries"][0]
    answer = refusal(aws.eks.associate_access_policy, clusterName=cluster, principalArn=principal, policyArn=policy, accessScope=scope)
    assert message in answer


def test_the_creator_becomes_an_administrator_unless_reported_otherwise(aws):
    caller = aws.client("sts").get_caller_identity()["Arn"]
    asked = aws.cluster(accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False})
    assert aws.eks.list_access_entries(clusterName=asked)["accessEntries"] == []
    entries = aws.eks.list_access_entries(clusterName=aws.cluster())["accessEntries"]
    assert [entry.rsplit("/", 1)[-1] for entry in entries] == [caller.split("/")[1]]


def test_pod_identity_associations(aws, cluster, refusal):
    of = {"clusterName": cluster, "namespace": "default", "serviceAccount": "app"}
    role = aws.role("pods.eks.amazonaws.com")
    made = aws.eks.create_pod_identity_association(**of, roleArn=role, tags={"a": "b"})["association"]
    assert "Association already exists" in refusal(aws.eks.create_pod_identity_association, **of, roleArn=role)
    listed = aws.eks.list_pod_identity_associations(clusterName=cluster, namespace="default")["associations"]
    assert [each["associationId"] for each in listed] == [made["associationId"]]
    assert aws.eks.list_tags_for_resource(resourceArn=made["associationArn"])["tags"] == {"a": "b"}
    other = aws.role("pods.eks.amazonaws.com")
    by_id = {"clusterName": cluster, "associationId": made["associationId"]}
    assert aws.eks.update_pod_identity_association(**by_id, roleArn=other)["association"]["roleArn"] == other
    aws.eks.delete_pod_identity_association(**by_id)
    assert "ResourceNotFoundException" in refusal(aws.eks.describe_pod_identity_association, **by_id)
