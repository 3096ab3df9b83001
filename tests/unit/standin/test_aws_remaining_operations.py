"""Operations of the stand-in that no other test needs: each answers in its shape (which the server checks) and does what it says."""

from __future__ import annotations

import json

import pytest


@pytest.fixture(scope="module")
def cluster(aws):
    return aws.cluster()


def test_tags_of_auto_scaling_groups(aws, cluster):
    name = aws.group(cluster, aws.node_group(cluster))["resources"]["autoScalingGroups"][0]["name"]
    scaling = aws.client("autoscaling")
    tag = {"ResourceId": name, "ResourceType": "auto-scaling-group", "Key": "own", "Value": "1", "PropagateAtLaunch": True}
    ours = [{"Name": "auto-scaling-group", "Values": [name]}, {"Name": "key", "Values": ["own"]}]
    scaling.create_or_update_tags(Tags=[tag])
    assert scaling.describe_tags(Filters=ours)["Tags"] == [tag]
    assert scaling.describe_auto_scaling_groups(Filters=[{"Name": "tag:own", "Values": ["1"]}])["AutoScalingGroups"]
    scaling.delete_tags(Tags=[tag])
    assert scaling.describe_tags(Filters=ours)["Tags"] == []


def test_unsupported_cluster_resources_are_listed_as_empty(aws, cluster, refusal):
    assert aws.eks.list_insights(clusterName=cluster)["insights"] == []
    assert "ResourceNotFoundException" in refusal(aws.eks.describe_insight, clusterName=cluster, id="x")
    assert aws.eks.list_fargate_profiles(clusterName=cluster)["fargateProfileNames"] == []
    assert aws.eks.list_identity_provider_configs(clusterName=cluster)["identityProviderConfigs"] == []
    assert aws.eks.list_capabilities(clusterName=cluster)["capabilities"] == []


def test_access_policies_and_addon_configuration_are_described(aws):
    names = [each["name"] for each in aws.eks.list_access_policies()["accessPolicies"]]
    assert {"AmazonEKSClusterAdminPolicy", "AmazonEKSViewPolicy"} <= set(names)
    version = aws.eks.describe_addon_versions(addonName="vpc-cni")["addons"][0]["addonVersions"][0]["addonVersion"]
    described = aws.eks.describe_addon_configuration(addonName="vpc-cni", addonVersion=version)
    assert json.loads(described["configurationSchema"])["type"] == "object"
    assert described["podIdentityConfiguration"][0]["serviceAccount"] == "aws-node"


def test_an_association_is_described(aws, cluster):
    of = {"clusterName": cluster, "namespace": "a", "serviceAccount": "b", "roleArn": aws.role("pods.eks.amazonaws.com")}
    identifier = aws.eks.create_pod_identity_association(**of)["association"]["associationId"]
    found = aws.eks.describe_pod_identity_association(clusterName=cluster, associationId=identifier)["association"]
    assert found["roleArn"] == of["roleArn"]


def test_lists_are_paginated(aws):
    names = [aws.cluster(wait=False) for _ in range(3)]
    pages = aws.eks.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 2})
    found = [page["clusters"] for page in pages]
    assert all(len(page) <= 2 for page in found)
    assert set(names) <= {name for page in found for name in page}


def test_an_address_is_disassociated_from_an_interface(aws):
    _vpc, subnets = aws.network("a")
    interface = aws.ec2.create_network_interface(SubnetId=subnets[0])["NetworkInterface"]["NetworkInterfaceId"]
    allocation = aws.ec2.allocate_address(Domain="vpc")["AllocationId"]
    association = aws.ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface)["AssociationId"]
    aws.ec2.disassociate_address(AssociationId=association)
    aws.ec2.release_address(AllocationId=allocation)


def test_a_route_is_replaced_and_becomes_a_blackhole(aws):
    vpc, subnets = aws.network("a")
    gateway = aws.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    aws.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = aws.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    aws.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    allocation = aws.ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = aws.ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=allocation)["NatGateway"]["NatGatewayId"]
    aws.ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)

    def route():
        routes = aws.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return next((each.get("NatGatewayId"), each["State"]) for each in routes if each["DestinationCidrBlock"] == "0.0.0.0/0")

    assert route() == (nat, "active")
    aws.ec2.delete_nat_gateway(NatGatewayId=nat)
    assert route() == (nat, "blackhole")


def test_tags_are_deleted_with_their_resource(aws):
    vpc, _subnets = aws.network("a")
    tags = [{"Key": "a", "Value": "b"}]
    volume = aws.ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1)["VolumeId"]
    snapshot = aws.ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    network_acl = aws.ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    everything = [volume, snapshot, network_acl]
    aws.ec2.create_tags(Resources=everything, Tags=tags)
    aws.ec2.delete_network_acl(NetworkAclId=network_acl)
    aws.ec2.delete_snapshot(SnapshotId=snapshot)
    aws.ec2.delete_volume(VolumeId=volume)
    assert aws.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": everything}])["Tags"] == []


def test_a_role_is_changed_and_deleted(aws, refusal):
    name = aws.role("ec2.amazonaws.com").rsplit("/", 1)[-1]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}
    aws.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(document))
    aws.iam.delete_role_policy(RoleName=name, PolicyName="own")
    aws.iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    trust = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document["Statement"] = [trust]
    aws.iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(document))
    assert aws.iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"] == [trust]
    aws.iam.delete_role(RoleName=name)
    assert "NoSuchEntity" in refusal(aws.iam.get_role, RoleName=name)


def test_a_service_linked_role_is_deleted_by_its_own_call(aws, refusal):
    aws.iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com")
    assert aws.iam.delete_service_linked_role(RoleName="AWSServiceRoleForEC2Spot")["DeletionTaskId"]
    assert "NoSuchEntity" in refusal(aws.iam.get_role, RoleName="AWSServiceRoleForEC2Spot")


def test_rotation_is_switched_off(aws):
    key = aws.kms.create_key()["KeyMetadata"]["KeyId"]
    aws.kms.enable_key_rotation(KeyId=key)
    aws.kms.disable_key_rotation(KeyId=key)
    assert aws.kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False


def test_a_private_acl_is_accepted(aws):
    s3, name = aws.client("s3"), aws.name("acl-bucket")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_acl(Bucket=name, ACL="private")
    assert len(s3.get_bucket_acl(Bucket=name)["Grants"]) == 1


def test_default_quotas(aws):
    quotas = aws.client("service-quotas")
    listed = quotas.list_aws_default_service_quotas(ServiceCode="eks")["Quotas"]
    assert quotas.get_aws_default_service_quota(ServiceCode="eks", QuotaCode="L-1194D53C")["Quota"] in listed


def test_a_web_identity_assumes_a_role_that_exists(aws, refusal):
    sts = aws.client("sts")
    identity = {"RoleSessionName": "pod", "WebIdentityToken": "token"}
    made = sts.assume_role_with_web_identity(RoleArn=aws.role("ec2.amazonaws.com"), **identity)
    assert made["AssumedRoleUser"]["Arn"].endswith("/pod")
    none = "arn:aws:iam::123456789012:role/none"
    assert "AccessDenied" in refusal(sts.assume_role_with_web_identity, RoleArn=none, **identity)
