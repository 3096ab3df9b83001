"""EKS clusters of the stand-in: states by the clock, and what AWS refuses."""

from __future__ import annotations

import pytest

ALL_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


@pytest.fixture(scope="module")
def standing(aws):
    """A cluster that tests only read or whose change they undo."""
    return aws.cluster()


def described(aws, name):
    return aws.eks.describe_cluster(name=name)["cluster"]


def test_a_cluster_is_created_by_the_clock_and_deleted(aws, refusal):
    name = aws.cluster(wait=False, tags={"a": "b"}, logging={"clusterLogging": [{"types": ["api"], "enabled": True}]})
    assert described(aws, name)["status"] == "CREATING"
    assert "endpoint" not in described(aws, name)
    aws.until(lambda: described(aws, name)["status"] == "ACTIVE")
    cluster = described(aws, name)
    assert cluster["endpoint"].startswith("https://")
    assert cluster["logging"]["clusterLogging"] == [{"types": ["api"], "enabled": True}, {"types": ALL_LOGS[1:], "enabled": False}]
    group = aws.ec2.describe_security_groups(GroupIds=[cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]])["SecurityGroups"][0]
    assert {"Key": "aws:eks:cluster-name", "Value": name} in group["Tags"]
    assert name in aws.eks.list_clusters()["clusters"]
    aws.eks.delete_cluster(name=name)
    assert described(aws, name)["status"] == "DELETING"
    aws.until(lambda: name not in aws.eks.list_clusters()["clusters"])
    assert "ResourceNotFoundException: No cluster found" in refusal(aws.eks.describe_cluster, name=name)
    assert "InvalidGroup.NotFound" in refusal(aws.ec2.describe_security_groups, GroupIds=[group["GroupId"]])


def test_every_cluster_has_its_own_oidc_issuer(aws, standing):
    other = aws.cluster()
    assert described(aws, standing)["identity"]["oidc"]["issuer"] != described(aws, other)["identity"]["oidc"]["issuer"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version": "1.20"}, "unsupported Kubernetes version 1.20"),
        ({"roleArn": "arn:aws:iam::123456789012:role/none"}, "could not be assumed because it does not exist"),
        ({"resourcesVpcConfig": {"subnetIds": ["subnet-0123456789abcdef0", "subnet-1"]}}, "does not exist"),
        ({"encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:eu-west-1:1:key/x"}}]}, "key does not exist"),
        ({"kubernetesNetworkConfig": {"serviceIpv4Cidr": "8.8.0.0/16"}}, "must be within"),
        ({"kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.0.128.0/17"}}, "must not overlap with the CIDR blocks of the VPC"),
    ],
)
def test_bad_clusters_are_refused(aws, refusal, options, message):
    given = {"name": aws.name("bad"), "roleArn": aws.role("eks.amazonaws.com", "AmazonEKSClusterPolicy")}
    given["resourcesVpcConfig"] = {"subnetIds": aws.network()[1]}
    answer = refusal(aws.eks.create_cluster, **{**given, **options})
    assert answer.startswith("InvalidParameterException: ")
    assert message in answer


@pytest.mark.parametrize(("block", "chosen"), [("10.20.0.0/16", "172.20.0.0/16"), ("172.20.0.0/16", "10.100.0.0/16")])
def test_the_chosen_service_cidr_does_not_overlap_the_vpc(aws, block, chosen):
    vpc = aws.ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
    start = block.removesuffix("0.0/16")
    zones = {f"{start}1.0/24": "eu-west-1a", f"{start}2.0/24": "eu-west-1b"}
    subnets = [
        aws.ec2.create_subnet(VpcId=vpc, CidrBlock=each, AvailabilityZone=zone)["Subnet"]["SubnetId"] for each, zone in zones.items()
    ]
    name = aws.cluster(wait=False, resourcesVpcConfig={"subnetIds": subnets, "endpointPrivateAccess": True})
    assert described(aws, name)["kubernetesNetworkConfig"]["serviceIpv4Cidr"] == chosen


def test_a_role_that_trusts_others_or_has_no_policy_is_refused(aws, refusal):
    place = {"subnetIds": aws.network()[1]}
    trusted = refusal(aws.eks.create_cluster, name="x", roleArn=aws.role("ec2.amazonaws.com"), resourcesVpcConfig=place)
    assert "trusted entity is not correct" in trusted
    bare = refusal(aws.eks.create_cluster, name="x", roleArn=aws.role("eks.amazonaws.com"), resourcesVpcConfig=place)
    assert "doesn't have the Amazon EKS Managed Policies" in bare


def test_a_new_role_is_invisible_for_a_moment(aws, refusal):
    place = {"subnetIds": aws.network()[1]}
    aws.world.clock.set_times({"iam:role-visible": 5})
    try:
        role = aws.role("eks.amazonaws.com", "AmazonEKSClusterPolicy")
        assert "does not exist" in refusal(aws.eks.create_cluster, name=aws.name("new"), roleArn=role, resourcesVpcConfig=place)
    finally:
        aws.world.clock.set_times({"iam:role-visible": 0})
    aws.eks.create_cluster(name=aws.name("new"), roleArn=role, resourcesVpcConfig=place)


def test_subnets_in_one_zone_are_refused(aws, refusal):
    role = aws.role("eks.amazonaws.com", "AmazonEKSClusterPolicy")
    answer = refusal(aws.eks.create_cluster, name="x", roleArn=role, resourcesVpcConfig={"subnetIds": aws.network("a")[1]})
    assert "at least two different AZs" in answer


@pytest.mark.parametrize(
    ("endpoint", "message"),
    [
        ({"endpointPublicAccess": False, "endpointPrivateAccess": False}, "cannot be false"),
        ({"publicAccessCidrs": ["10.0.0.0/8"]}, "not allowed in publicAccessCidrs"),
        ({"publicAccessCidrs": ["10.0.0.1/8"]}, "invalid in publicAccessCidrs"),
    ],
)
def test_invalid_endpoint_settings_are_refused(aws, refusal, standing, endpoint, message):
    assert message in refusal(aws.eks.update_cluster_config, name=standing, resourcesVpcConfig=endpoint)


def test_an_existing_name_is_refused_unless_the_token_is_the_same(aws, refusal):
    name = aws.cluster(clientRequestToken="once")
    cluster = described(aws, name)
    again = {"name": name, "roleArn": cluster["roleArn"], "resourcesVpcConfig": {"subnetIds": cluster["resourcesVpcConfig"]["subnetIds"]}}
    assert aws.eks.create_cluster(**again, clientRequestToken="once")["cluster"]["arn"] == cluster["arn"]
    assert "Cluster already exists with name" in refusal(aws.eks.create_cluster, **again, clientRequestToken="twice")


def test_one_kind_of_update_at_a_time(aws, refusal, standing):
    logging = {"clusterLogging": [{"types": ["audit"], "enabled": True}]}
    answer = refusal(aws.eks.update_cluster_config, name=standing, logging=logging, deletionProtection=True)
    assert answer == "InvalidParameterException: Only one type of update can be allowed."
    both = {"endpointPublicAccess": True, "subnetIds": described(aws, standing)["resourcesVpcConfig"]["subnetIds"]}
    assert "Only one type" in refusal(aws.eks.update_cluster_config, name=standing, resourcesVpcConfig=both)
    update = aws.eks.update_cluster_config(name=standing, logging=logging)
    assert described(aws, standing)["status"] == "UPDATING"
    assert "ResourceInUseException" in refusal(aws.eks.update_cluster_config, name=standing, deletionProtection=True)
    assert aws.update(standing, update)["status"] == "Successful"
    assert described(aws, standing)["status"] == "ACTIVE"
    assert described(aws, standing)["logging"]["clusterLogging"][0] == {"types": ["audit"], "enabled": True}
    assert "No changes needed" in refusal(aws.eks.update_cluster_config, name=standing, logging=logging)
    assert update["update"]["id"] in aws.eks.list_updates(name=standing)["updateIds"]


@pytest.mark.parametrize(
    ("change", "member", "after"),
    [
        ({"resourcesVpcConfig": {"publicAccessCidrs": ["203.0.113.0/24"]}}, "resourcesVpcConfig.publicAccessCidrs", ["203.0.113.0/24"]),
        ({"resourcesVpcConfig": {"endpointPublicAccess": False}}, "resourcesVpcConfig.publicAccessCidrs", []),
        ({"upgradePolicy": {"supportType": "STANDARD"}}, "upgradePolicy.supportType", "STANDARD"),
        ({"zonalShiftConfig": {"enabled": True}}, "zonalShiftConfig.enabled", True),
    ],
)
def test_settings_change_in_place(aws, change, member, after):
    name = aws.cluster()
    before = described(aws, name)
    assert aws.update(name, aws.eks.update_cluster_config(name=name, **change))["status"] == "Successful"
    now = described(aws, name)
    assert now["resourcesVpcConfig"]["subnetIds"] == before["resourcesVpcConfig"]["subnetIds"]
    for key in member.split("."):
        now = now[key]
    assert now == after


def test_versions_are_upgraded_one_minor_at_a_time(aws, refusal):
    name = aws.cluster(version="1.33")
    assert "Unsupported Kubernetes minor version update" in refusal(aws.eks.update_cluster_version, name=name, version="1.35")
    assert "Unsupported Kubernetes minor version update" in refusal(aws.eks.update_cluster_version, name=name, version="1.32")
    update = aws.eks.update_cluster_version(name=name, version="1.34")
    assert described(aws, name)["version"] == "1.33"
    aws.update(name, update)
    assert described(aws, name)["version"] == "1.34"


def test_older_nodes_prevent_a_cluster_upgrade(aws, refusal):
    name = aws.cluster(version="1.33")
    group = aws.node_group(name)
    aws.update(name, aws.eks.update_cluster_version(name=name, version="1.34"))
    answer = refusal(aws.eks.update_cluster_version, name=name, version="1.35")
    assert f"Nodegroups {group} must be updated" in answer


def test_the_authentication_mode_changes_in_one_direction_only(aws, refusal):
    name = aws.cluster(accessConfig={"authenticationMode": "CONFIG_MAP"})
    assert "authentication mode must be set" in refusal(aws.eks.list_access_entries, clusterName=name)
    aws.update(name, aws.eks.update_cluster_config(name=name, accessConfig={"authenticationMode": "API"}))
    answer = refusal(aws.eks.update_cluster_config, name=name, accessConfig={"authenticationMode": "CONFIG_MAP"})
    assert "Unsupported authentication mode update" in answer


def test_encryption_is_set_once(aws, refusal):
    name = aws.cluster()
    arn = aws.kms.create_key()["KeyMetadata"]["Arn"]
    configuration = [{"resources": ["secrets"], "provider": {"keyArn": arn}}]
    aws.update(name, aws.eks.associate_encryption_config(clusterName=name, encryptionConfig=configuration))
    assert described(aws, name)["encryptionConfig"] == configuration
    again = refusal(aws.eks.associate_encryption_config, clusterName=name, encryptionConfig=configuration)
    assert "already enabled" in again


def test_what_is_protected_or_in_use_is_not_deleted(aws, refusal):
    name = aws.cluster(deletionProtection=True)
    assert "deletion protection" in refusal(aws.eks.delete_cluster, name=name)
    aws.update(name, aws.eks.update_cluster_config(name=name, deletionProtection=False))
    group = aws.node_group(name)
    assert "Cluster has nodegroups attached" in refusal(aws.eks.delete_cluster, name=name)
    aws.eks.delete_nodegroup(clusterName=name, nodegroupName=group)
    aws.until(lambda: not aws.eks.list_nodegroups(clusterName=name)["nodegroups"])
    aws.eks.delete_cluster(name=name)


def test_network_interfaces_of_a_cluster_prevent_subnet_deletion(aws, refusal):
    vpc, subnets = aws.network()
    name = aws.cluster(resourcesVpcConfig={"subnetIds": subnets})
    assert "DependencyViolation" in refusal(aws.ec2.delete_subnet, SubnetId=subnets[0])
    aws.eks.delete_cluster(name=name)
    aws.until(lambda: name not in aws.eks.list_clusters()["clusters"])
    for subnet in subnets:
        aws.ec2.delete_subnet(SubnetId=subnet)
    aws.ec2.delete_vpc(VpcId=vpc)


def test_versions_are_described(aws):
    versions = {item["clusterVersion"]: item for item in aws.eks.describe_cluster_versions()["clusterVersions"]}
    assert versions["1.36"]["defaultVersion"]
    assert [item["clusterVersion"] for item in aws.eks.describe_cluster_versions(defaultOnly=True)["clusterVersions"]] == ["1.36"]
    for name in ("1.33", "1.36"):
        assert aws.eks.describe_cluster_versions(clusterVersions=[name])["clusterVersions"][0]["clusterVersion"] == name


def test_eks_recreates_its_log_group(aws):
    logs = aws.client("logs")
    name = aws.cluster(logging={"clusterLogging": [{"types": ["api"], "enabled": True}]})
    group = f"/aws/eks/{name}/cluster"

    def there():
        return [item["logGroupName"] for item in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]] == [group]

    assert there()
    logs.delete_log_group(logGroupName=group)
    assert not there()
    aws.until(there)
    aws.eks.delete_cluster(name=name)
    aws.until(lambda: name not in aws.eks.list_clusters()["clusters"])
    logs.delete_log_group(logGroupName=group)
    assert not there()


def test_tags_on_every_arn(aws, refusal, standing):
    arn = described(aws, standing)["arn"]
    aws.eks.tag_resource(resourceArn=arn, tags={"x": "1", "y": "2"})
    aws.eks.untag_resource(resourceArn=arn, tagKeys=["x"])
    assert aws.eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"y": "2"}
    assert described(aws, standing)["tags"] == {"y": "2"}
    assert "NotFoundException" in refusal(aws.eks.list_tags_for_resource, resourceArn=f"{arn}-none")


def test_unsupported_operations_are_reported(aws, refusal, standing):
    answer = refusal(aws.eks.describe_fargate_profile, clusterName=standing, fargateProfileName="x")
    assert answer == "NotImplemented: not imitated by the stand-in: eks DescribeFargateProfile"
