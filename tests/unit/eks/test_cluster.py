from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._creation_defaults import CLUSTER_LOG_TYPES
from ansible_collections.opta.platform.plugins.module_utils._eks import cluster as subject
from ansible_collections.opta.platform.plugins.module_utils._eks.cluster import EksCluster
from ansible_collections.opta.platform.plugins.module_utils._errors import Refused, ResourceFailed
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_absent, ensure_present
from ansible_collections.opta.platform.plugins.module_utils._resource import Change

ROLE = "arn:aws-cn:iam::111122223333:role/opta/staging/cluster"
KEY = "arn:aws-cn:kms:cn-north-1:111122223333:key/1"
TAGS = {"opta:environment": "staging"}
IN_PLACE = Change.IN_PLACE
DESIRED = {
    "role_arn": ROLE,
    "version": "1.34",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "endpoint_public_access": True,
    "endpoint_private_access": True,
    "public_access_cidrs": ["203.0.113.0/24"],
    "log_types": ["audit", "api"],
    "kms_key_arn": KEY,
    "authentication_mode": "API",
    "upgrade_support_type": "STANDARD",
    "deletion_protection": True,
    "tags": TAGS,
}


def described(status="ACTIVE", vpc=None, **values):
    cluster = {
        "name": "opta-staging",
        "arn": "arn:aws-cn:eks:cn-north-1:111122223333:cluster/opta-staging",
        "roleArn": ROLE,
        "version": "1.34",
        "status": status,
        "endpoint": "https://cluster",
        "certificateAuthority": {"data": "Q0E="},
        "identity": {"oidc": {"issuer": "https://issuer"}},
        "platformVersion": "eks.1",
        "resourcesVpcConfig": {
            "subnetIds": ["subnet-2", "subnet-1"],
            "securityGroupIds": [],
            "clusterSecurityGroupId": "sg-1",
            "vpcId": "vpc-1",
            "endpointPublicAccess": True,
            "endpointPrivateAccess": True,
            "publicAccessCidrs": ["203.0.113.0/24"],
            **(vpc or {}),
        },
        "logging": {"clusterLogging": [{"types": ["api", "audit"], "enabled": True}, {"types": ["scheduler"], "enabled": False}]},
        "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": KEY}}],
        "accessConfig": {"authenticationMode": "API"},
        "upgradePolicy": {"supportType": "STANDARD"},
        "deletionProtection": True,
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"},
        "health": {"issues": []},
        "tags": TAGS,
    }
    return {"cluster": {**cluster, **values}}


OFFERED = {"clusterVersions": [{"clusterVersion": version} for version in ("1.36", "1.35", "1.34", "1.33")]}


def update(update_type, status="InProgress", errors=()):
    return {"update": {"id": update_type, "type": update_type, "status": status, "errors": list(errors)}}


def present(eks, check_mode=False, desired=None, **options):
    cluster = EksCluster(eks.client, "opta-staging", **options)
    return ensure_present(cluster, DESIRED if desired is None else desired, check_mode=check_mode)


@pytest.mark.parametrize(
    ("before", "after", "meaning"),
    [
        ("1.33", "1.34", IN_PLACE),
        (None, "1.34", IN_PLACE),
        ("1.33", "1.35", 'upgrade to "1.34" first'),
        ("1.9", "1.34", "not a Kubernetes"),
    ],
)
def test_a_version_is_upgraded_one_minor_at_a_time(before, after, meaning):
    if before == "1.9":
        with pytest.raises(Exception, match=meaning):
            subject.version_change(before, after)
    elif isinstance(meaning, str):
        assert meaning in str(subject.version_change(before, after))
    else:
        assert subject.version_change(before, after) is meaning


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("CONFIG_MAP", "API_AND_CONFIG_MAP", True),
        ("CONFIG_MAP", "API", True),
        ("API_AND_CONFIG_MAP", "API", True),
        ("API", "API_AND_CONFIG_MAP", False),
        ("API", "CONFIG_MAP", False),
    ],
)
def test_the_authentication_mode_changes_in_one_direction_only(before, after, allowed):
    assert (subject.authentication_change(before, after) is IN_PLACE) == allowed


def test_an_encryption_key_cannot_be_replaced():
    assert subject.key_change(None, KEY) is IN_PLACE
    assert "cannot change" in str(subject.key_change(KEY, "other"))


def test_every_log_type_is_enabled_or_disabled_once():
    request = subject.logging_request(["audit"])["clusterLogging"]
    assert request[0] == {"types": ["audit"], "enabled": True}
    assert sorted(request[1]["types"]) == sorted(set(CLUSTER_LOG_TYPES) - {"audit"})
    assert subject.logging_request([])["clusterLogging"] == [{"types": list(CLUSTER_LOG_TYPES), "enabled": False}]


def test_an_unchanged_cluster_is_read_once_and_not_changed(eks):
    eks.answer("describe_cluster", described())
    outcome = present(eks)
    assert outcome.action is None
    assert outcome.resource["oidc_issuer"] == "https://issuer"
    assert outcome.resource["certificate_authority_data"] == "Q0E="
    assert outcome.resource["vpc_id"] == "vpc-1"
    assert outcome.resource["arn"].endswith("cluster/opta-staging")


def test_creation_sets_tags_and_no_self_managed_addons(eks):
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("describe_cluster_versions", OFFERED)
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("create_cluster", described("CREATING"))
    eks.answer("describe_cluster", described("CREATING"))
    eks.answer("describe_cluster", described())
    bootstrap = {"bootstrapClusterCreatorAdminPermissions": False, "bootstrapSelfManagedAddons": False}
    outcome = present(eks, bootstrap=bootstrap)
    assert outcome.action == "create"
    sent = eks.sent("CreateCluster")
    assert sent["tags"] == TAGS
    assert sent["bootstrapSelfManagedAddons"] is False
    assert sent["accessConfig"] == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    assert sent["encryptionConfig"] == [{"resources": ["secrets"], "provider": {"keyArn": KEY}}]
    assert sent["resourcesVpcConfig"]["publicAccessCidrs"] == ["203.0.113.0/24"]
    assert sent["deletionProtection"] is True


def test_a_role_that_is_not_yet_visible_to_eks_is_waited_for(eks):
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("describe_cluster_versions", OFFERED)
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.refuse("create_cluster", "InvalidParameterException", f"roleArn, {ROLE}, does not exist")
    eks.refuse("create_cluster", "InvalidParameterException", "Role could not be assumed because the trusted entity is not correct")
    eks.answer("create_cluster", described("CREATING"))
    eks.answer("describe_cluster", described())
    assert present(eks).action == "create"


def test_a_missing_subnet_is_reported_without_retries(eks):
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("describe_cluster_versions", OFFERED)
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.refuse("create_cluster", "InvalidParameterException", "The subnet ID 'subnet-1' does not exist")
    with pytest.raises(Exception, match="subnet-1"):
        present(eks)


def test_an_unset_version_is_chosen_at_creation(eks):
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("describe_cluster_versions", {"clusterVersions": [{"clusterVersion": "1.35"}]}, defaultOnly=True)
    desired = {name: value for name, value in DESIRED.items() if name != "version"}
    outcome = present(eks, check_mode=True, desired=desired, predict_arn=lambda: "arn:predicted")
    assert outcome.resource["version"] == "1.35"
    assert outcome.resource["arn"] == "arn:predicted"
    assert outcome.resource["endpoint"] == "(known after apply)"


def test_the_default_version_of_the_role_overrides_that_of_eks(eks):
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("describe_cluster_versions", OFFERED)
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("create_cluster", described(status="CREATING"))
    eks.answer("describe_cluster", described())
    present(eks, desired={name: value for name, value in DESIRED.items() if name != "version"}, default_version="1.35")
    assert eks.sent("CreateCluster")["version"] == "1.35"


def test_an_unsupported_default_version_is_refused(eks):
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("describe_cluster_versions", OFFERED)
    desired = {name: value for name, value in DESIRED.items() if name != "version"}
    with pytest.raises(Refused, match="EKS does not offer version 1.32; available versions are 1.33, 1.34, 1.35, 1.36"):
        present(eks, check_mode=True, desired=desired, default_version="1.32")


def test_an_unset_version_is_kept_and_a_newer_one_reported(eks):
    eks.answer("describe_cluster", described())
    eks.answer("describe_cluster_versions", {"clusterVersions": [{"clusterVersion": "1.35"}]})
    outcome = present(eks, desired={"tags": TAGS})
    assert outcome.action is None
    assert "the default for new clusters is 1.35" in outcome.notes[0]


def test_a_version_above_the_desired_one_is_reported_and_not_changed(eks):
    eks.answer("describe_cluster", described(version="1.35"))
    outcome = present(eks)
    assert outcome.action is None
    assert "1.35, higher than the requested 1.34" in outcome.notes[0]


def test_a_skipped_minor_is_refused_with_the_next_one(eks):
    eks.answer("describe_cluster", described(version="1.32"))
    eks.answer("describe_cluster_versions", OFFERED)
    with pytest.raises(Refused, match='upgrade to "1.33" first'):
        present(eks, check_mode=True)


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_version_that_eks_does_not_offer_is_refused(eks, check_mode):
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("describe_cluster_versions", OFFERED)
    with pytest.raises(Refused, match="does not offer version 1.99; available versions are 1.33, 1.34, 1.35, 1.36"):
        present(eks, check_mode=check_mode, desired={**DESIRED, "version": "1.99"})


def test_several_updates_are_started_sequentially_and_the_version_last(eks, anything):
    found = described(version="1.33", deletionProtection=False, encryptionConfig=[], logging={}, vpc={"publicAccessCidrs": ["0.0.0.0/0"]})
    eks.answer("describe_cluster", found)
    eks.answer("describe_cluster_versions", OFFERED)
    eks.answer("list_insights", {"insights": [{"name": "Deprecated APIs", "insightStatus": {"status": "ERROR", "reason": "in use"}}]})
    expected = [
        ("update_cluster_config", {"deletionProtection": True}),
        ("update_cluster_config", {"resourcesVpcConfig": anything}),
        ("update_cluster_config", {"logging": anything}),
        ("associate_encryption_config", {"encryptionConfig": anything}),
        ("update_cluster_version", {"version": "1.34", "force": False}),
    ]
    for number, (operation, params) in enumerate(expected):
        name = {"clusterName" if operation.startswith("associate") else "name": "opta-staging"}
        eks.answer(operation, update(f"Update{number}"), **name, **params)
        eks.answer("describe_update", update(f"Update{number}"), name="opta-staging", updateId=f"Update{number}")
        eks.answer("describe_update", update(f"Update{number}", "Successful"))
    eks.answer("describe_cluster", described("UPDATING"))
    eks.answer("describe_cluster", described())
    outcome = present(eks)
    assert outcome.action == "update"
    assert set(outcome.attributes) == {"version", "public_access_cidrs", "log_types", "kms_key_arn", "deletion_protection"}
    assert outcome.notes == ["EKS cluster opta-staging, upgrade to 1.34: ERROR: Deprecated APIs: in use"]


def test_an_upgrade_does_not_require_permission_to_read_insights(eks):
    eks.answer("describe_cluster", described(version="1.33"))
    eks.answer("describe_cluster_versions", OFFERED)
    eks.refuse("list_insights", "AccessDeniedException")
    assert "eks:ListInsights is not allowed" in present(eks, check_mode=True).notes[0]


def test_a_failed_update_reports_its_errors(eks):
    eks.answer("describe_cluster", described(logging={}))
    eks.answer("update_cluster_config", update("LoggingUpdate"))
    error = {"errorCode": "AccessDenied", "errorMessage": "no", "resourceIds": ["role/x"]}
    eks.answer("describe_update", update("LoggingUpdate", "Failed", [error]))
    with pytest.raises(ResourceFailed, match=r"LoggingUpdate failed: AccessDenied: no \(role/x\)"):
        present(eks)


def test_a_foreign_update_is_waited_for(eks):
    eks.answer("describe_cluster", described(deletionProtection=False))
    eks.refuse("update_cluster_config", "ResourceInUseException", "Cluster opta-staging currently has update in progress")
    eks.answer("update_cluster_config", update("DeletionProtectionUpdate"))
    eks.answer("describe_update", update("DeletionProtectionUpdate", "Successful"))
    eks.answer("describe_cluster", described())
    assert present(eks).action == "update"


def test_cidr_blocks_are_not_changed_while_the_public_endpoint_is_off(eks):
    eks.answer("describe_cluster", described(vpc={"endpointPublicAccess": False, "publicAccessCidrs": []}))
    assert present(eks, desired={**DESIRED, "endpoint_public_access": False}).action is None
    assert subject.endpoint_request({**DESIRED, "endpoint_public_access": False}) == {
        "endpointPublicAccess": False,
        "endpointPrivateAccess": True,
    }


def test_a_cidr_block_with_host_bits_is_compared_in_canonical_form(eks):
    desired = {**DESIRED, "public_access_cidrs": ["203.0.113.7/24", "203.0.113.0/24"]}
    eks.answer("describe_cluster", described())
    assert present(eks, desired=desired).action is None
    assert subject.endpoint_request(desired)["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_the_default_role_applies_only_to_a_new_cluster():
    cluster = EksCluster(None, "x", default_version="1.35", default_role_arn="new")
    assert cluster.complete(None, {"version": "1.35"})["role_arn"] == "new"
    assert cluster.complete(None, {"version": "1.35", "role_arn": "given"})["role_arn"] == "given"
    assert "role_arn" not in cluster.complete(described()["cluster"], {})


def test_tags_change_in_place(eks):
    eks.answer("describe_cluster", described(tags={**TAGS, "old": "x", "aws:y": "z"}))
    eks.answer("tag_resource", {}, resourceArn=described()["cluster"]["arn"], tags={"new": "1"})
    eks.answer("untag_resource", {}, resourceArn=described()["cluster"]["arn"], tagKeys=["old"])
    eks.answer("describe_cluster", described())
    outcome = present(eks, desired={**DESIRED, "tags": {**TAGS, "new": 1}}, purge_tags=True)
    assert outcome.attributes == ["tags"]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("role_arn", "arn:aws-cn:iam::111122223333:role/other", "cannot change the role"),
        ("service_ipv4_cidr", "10.100.0.0/16", "cannot change the service CIDR"),
        ("kms_key_arn", "other", "cannot change or remove the KMS key"),
        ("authentication_mode", "CONFIG_MAP", "one direction only"),
    ],
)
def test_immutable_attributes_are_refused_in_check_mode_too(eks, option, value, message):
    eks.answer("describe_cluster", described())
    with pytest.raises(Refused, match=message):
        present(eks, check_mode=True, desired={**DESIRED, option: value})


def test_a_cluster_of_another_environment_is_refused(eks):
    eks.answer("describe_cluster", described(tags={"opta:environment": "production"}))
    with pytest.raises(Refused, match="belongs to the environment production"):
        present(eks)


def test_a_failed_cluster_is_deleted_and_created_again(eks):
    eks.answer("describe_cluster", described("FAILED"))
    with pytest.raises(
        ResourceFailed, match="Delete it .state: absent; for an environment: the playbook destroy with --tags eks. and run again"
    ):
        present(eks)
    eks.answer("describe_cluster", described("FAILED", deletionProtection=False))
    eks.answer("delete_cluster", described("DELETING"))
    eks.answer("describe_cluster", described("FAILED", deletionProtection=False))  # shown for a while
    eks.refuse("describe_cluster", "ClientException", "No cluster found for name: opta-staging.")
    assert ensure_absent(EksCluster(eks.client, "opta-staging"), check_mode=False).action == "delete"
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("describe_cluster_versions", OFFERED)
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("create_cluster", described("CREATING"))
    eks.answer("describe_cluster", described())
    assert present(eks).action == "create"


def test_a_failed_cluster_reports_its_health_issues(eks):
    issue = {"code": "KmsKeyDisabled", "message": "key is off", "resourceIds": [KEY]}
    eks.answer("describe_cluster", described("FAILED", health={"issues": [issue]}))
    with pytest.raises(ResourceFailed, match="KmsKeyDisabled: key is off"):
        present(eks)


def test_deletion_is_refused_while_protected(eks):
    eks.answer("describe_cluster", described())
    with pytest.raises(Refused, match="set deletion_protection: false"):
        ensure_absent(EksCluster(eks.client, "opta-staging"), check_mode=True)


def test_deletion_disables_the_protection_if_allowed(eks):
    eks.answer("describe_cluster", described())
    eks.answer("update_cluster_config", update("DeletionProtectionUpdate"), name="opta-staging", deletionProtection=False)
    eks.answer("describe_update", update("DeletionProtectionUpdate", "Successful"))
    eks.answer("delete_cluster", described("DELETING"))
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    assert ensure_absent(EksCluster(eks.client, "opta-staging", lift_protection=True), check_mode=False).action == "delete"


def test_deletion_waits_until_the_cluster_is_gone(eks):
    eks.answer("describe_cluster", described(deletionProtection=False))
    eks.answer("delete_cluster", described("DELETING"), name="opta-staging")
    eks.answer("describe_cluster", described("DELETING"))
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    assert ensure_absent(EksCluster(eks.client, "opta-staging"), check_mode=False).action == "delete"


def test_creation_without_role_and_subnets_reports_missing_options(eks):
    eks.refuse("describe_cluster", "ResourceNotFoundException")
    with pytest.raises(Refused, match="to create it, set role_arn and subnet_ids"):
        present(eks, desired={"version": "1.34"})


def test_a_new_cluster_gets_defaults_and_an_existing_one_keeps_unset_options(eks):
    given = {name: DESIRED[name] for name in ("role_arn", "version", "subnet_ids", "tags")}

    def planned():
        return ensure_present(EksCluster(eks.client, "opta-staging", predict_arn=lambda: "arn"), given, check_mode=True)

    eks.refuse("describe_cluster", "ResourceNotFoundException")
    eks.answer("describe_cluster_versions", OFFERED)
    new = planned().after
    assert (new["upgrade_support_type"], len(new["log_types"])) == ("STANDARD", 5)
    assert "service_ipv4_cidr" not in new
    other = described(upgradePolicy={"supportType": "EXTENDED"}, kubernetesNetworkConfig={"serviceIpv4Cidr": "10.100.0.0/16"}, logging={})
    eks.answer("describe_cluster", other)
    assert planned().action is None
