"""Managed node groups of the stand-in: what AWS refuses, and why nodes fail to come up."""

from __future__ import annotations

import json

import pytest
from botocore import xform_name

from tests.standin.aws.view import View
from tests.standin.loops.node_objects import Instance
from tests.support.recorded_behaviour import recorded
from tests.unit.standin.conftest import ACCOUNT, REGION


@pytest.fixture(scope="module")
def cluster(aws):
    return aws.cluster()


def template(aws, **data):
    name = aws.name("template")
    return aws.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)["LaunchTemplate"]


def create(aws, cluster, **options):
    subnets = aws.eks.describe_cluster(name=cluster)["cluster"]["resourcesVpcConfig"]["subnetIds"]
    given = {"clusterName": cluster, "nodegroupName": aws.name("bad"), "subnets": subnets}
    if "nodeRole" not in options:
        given["nodeRole"] = aws.node_role()
    return {**given, **options}


def test_a_node_group_is_created_by_the_clock_and_deleted(aws, cluster, refusal):
    name = aws.node_group(cluster, wait=False, tags={"a": "b"}, labels={"x": "y"})
    assert aws.group(cluster, name)["status"] == "CREATING"
    assert "ResourceInUseException" in refusal(aws.eks.delete_nodegroup, clusterName=cluster, nodegroupName=name)
    aws.until(lambda: aws.group(cluster, name)["status"] == "ACTIVE")
    group = aws.group(cluster, name)
    assert (group["amiType"], group["version"], group["instanceTypes"]) == ("AL2023_x86_64_STANDARD", "1.35", ["t3.medium"])
    assert group["releaseVersion"].startswith("1.35.")
    aws.eks.delete_nodegroup(clusterName=cluster, nodegroupName=name)
    assert aws.group(cluster, name)["status"] == "DELETING"
    aws.until(lambda: name not in aws.eks.list_nodegroups(clusterName=cluster)["nodegroups"])
    assert "No node group found" in refusal(aws.eks.describe_nodegroup, clusterName=cluster, nodegroupName=name)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"nodeRole": "arn:aws:iam::123456789012:role/none"}, "The role with name none cannot be found"),
        ({"subnets": ["subnet-0123456789abcdef0"]}, "does not exist"),
        ({"scalingConfig": {"minSize": 3, "maxSize": 4, "desiredSize": 2}}, "Minimum capacity 3 can't be greater"),
        ({"scalingConfig": {"minSize": 1, "maxSize": 2, "desiredSize": 3}}, "can't be greater than max size"),
        ({"version": "1.34"}, "must be the version of the cluster"),
        ({"amiType": "AL2_x86_64"}, "only supported for kubernetes versions 1.32 or earlier"),
        ({"releaseVersion": "1.34.7-20260815"}, "is not valid for kubernetes version 1.35"),
        ({"instanceTypes": ["x1.none"]}, "do not exist"),
        ({"instanceTypes": ["m7g.large"]}, "not a valid instance type for requested amiType"),
        ({"launchTemplate": {"id": "lt-0123456789abcdef0"}}, "does not exist"),
        ({"updateConfig": {"maxUnavailable": 1, "maxUnavailablePercentage": 10}}, "cannot be given together"),
    ],
)
def test_bad_node_groups_are_refused(aws, cluster, refusal, options, message):
    assert message in refusal(aws.eks.create_nodegroup, **create(aws, cluster, **options))


def test_a_role_that_ec2_cannot_assume_is_refused(aws, cluster, refusal):
    role = aws.role("eks.amazonaws.com")
    assert "trust relationships of nodeRole" in refusal(aws.eks.create_nodegroup, **create(aws, cluster, nodeRole=role))


def test_a_launch_template_must_not_repeat_request_fields(aws, cluster, refusal):
    of = {"id": template(aws, InstanceType="t3.large")["LaunchTemplateId"]}
    answer = refusal(aws.eks.create_nodegroup, **create(aws, cluster, launchTemplate=of, instanceTypes=["t3.large"]))
    assert "both in the launch template and in the request" in answer
    assert "Disk size" in refusal(aws.eks.create_nodegroup, **create(aws, cluster, launchTemplate=of, diskSize=30))
    with_image = {"id": template(aws, ImageId="ami-0123456789abcdef0")["LaunchTemplateId"]}
    answer = refusal(aws.eks.create_nodegroup, **create(aws, cluster, launchTemplate=with_image, amiType="AL2023_x86_64_STANDARD"))
    assert "AMI Type other than CUSTOM" in answer


def issues(aws, cluster, name):
    group = aws.group(cluster, name)
    return group["status"], [issue["code"] for issue in group["health"]["issues"]]


def test_a_role_without_the_policies_of_a_node_cannot_join(aws, cluster):
    name = aws.node_group(cluster, nodeRole=aws.role("ec2.amazonaws.com", "AmazonEKSClusterPolicy"))
    assert issues(aws, cluster, name) == ("CREATE_FAILED", ["NodeCreationFailure"])


def test_nodes_that_cannot_reach_the_endpoint_cannot_join(aws):
    place = {"subnetIds": aws.network()[1], "endpointPrivateAccess": False, "publicAccessCidrs": ["203.0.113.0/24"]}
    cluster = aws.cluster(resourcesVpcConfig=place)
    assert issues(aws, cluster, aws.node_group(cluster)) == ("CREATE_FAILED", ["NodeCreationFailure"])


def test_nodes_without_a_network_plugin_fail(aws):
    cluster = aws.cluster()
    group = create(aws, cluster)
    aws.eks.create_nodegroup(**group)
    aws.until(lambda: aws.group(cluster, group["nodegroupName"])["status"] == "CREATE_FAILED")
    assert "cni plugin not initialized" in aws.group(cluster, group["nodegroupName"])["health"]["issues"][0]["message"]


def test_the_volumes_key_must_let_auto_scaling_use_it(aws, cluster):
    aws.client("iam").list_roles()
    key = aws.kms.create_key()["KeyMetadata"]["Arn"]
    ebs = {"Encrypted": True, "KmsKeyId": key, "VolumeType": "gp3"}
    launch = {"id": template(aws, BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": ebs}])["LaunchTemplateId"]}
    name = aws.node_group(cluster, launchTemplate=launch)
    assert issues(aws, cluster, name) == ("CREATE_FAILED", ["AsgInstanceLaunchFailures"])
    assert "Client.InternalError" in aws.group(cluster, name)["health"]["issues"][0]["message"]
    role = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    policy = json.loads(aws.kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    use = {"Effect": "Allow", "Principal": {"AWS": role}, "Resource": "*", "Action": ["kms:Decrypt", "kms:GenerateDataKey*"]}
    policy["Statement"].append(use)
    aws.kms.put_key_policy(KeyId=key, Policy=json.dumps(policy))
    assert issues(aws, cluster, aws.node_group(cluster, launchTemplate=launch))[0] == "CREATE_FAILED"  # use, but no grants
    policy["Statement"].append({**use, "Action": "kms:CreateGrant", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}})
    aws.kms.put_key_policy(KeyId=key, Policy=json.dumps(policy))
    assert issues(aws, cluster, aws.node_group(cluster, launchTemplate=launch)) == ("ACTIVE", [])


def test_node_group_settings_are_updated(aws, cluster, refusal):
    name = aws.node_group(cluster, labels={"keep": "1", "go": "2"}, taints=[{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}])
    change = {
        "labels": {"addOrUpdateLabels": {"new": "3"}, "removeLabels": ["go"]},
        "taints": {"removeTaints": [{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}]},
        "scalingConfig": {"minSize": 2, "maxSize": 5, "desiredSize": 2},
        "updateConfig": {"maxUnavailablePercentage": 50},
    }
    update = aws.eks.update_nodegroup_config(clusterName=cluster, nodegroupName=name, **change)
    assert aws.group(cluster, name)["status"] == "UPDATING"
    again = refusal(aws.eks.update_nodegroup_config, clusterName=cluster, nodegroupName=name, **change)
    assert "ResourceInUseException" in again
    assert aws.update(cluster, update, nodegroupName=name)["status"] == "Successful"
    group = aws.group(cluster, name)
    assert (group["labels"], group["taints"]) == ({"keep": "1", "new": "3"}, [])
    assert (group["scalingConfig"]["minSize"], group["updateConfig"]) == (2, {"maxUnavailablePercentage": 50})
    nothing = refusal(aws.eks.update_nodegroup_config, clusterName=cluster, nodegroupName=name, **change)
    assert "No changes needed" in nothing


def test_a_launch_template_rolls_the_group(aws, cluster, refusal):
    first = template(aws, MetadataOptions={"HttpTokens": "required"})
    name = aws.node_group(cluster, launchTemplate={"id": first["LaunchTemplateId"]})
    assert aws.group(cluster, name)["launchTemplate"]["version"] == "1"
    aws.ec2.create_launch_template_version(LaunchTemplateId=first["LaunchTemplateId"], LaunchTemplateData={"EbsOptimized": True})
    release = aws.group(cluster, name)["releaseVersion"]
    change = {"clusterName": cluster, "nodegroupName": name, "launchTemplate": {"id": first["LaunchTemplateId"], "version": "2"}}
    aws.update(cluster, aws.eks.update_nodegroup_version(**change), nodegroupName=name)
    group = aws.group(cluster, name)
    assert (group["launchTemplate"]["version"], group["releaseVersion"]) == ("2", release)
    other = {"id": template(aws, EbsOptimized=True)["LaunchTemplateId"], "version": "1"}
    assert "must match" in refusal(aws.eks.update_nodegroup_version, **{**change, "launchTemplate": other})


def test_versions_follow_the_cluster(aws, refusal):
    cluster = aws.cluster(version="1.33")
    name = aws.node_group(cluster, releaseVersion="1.33.11-20260702")
    of = {"clusterName": cluster, "nodegroupName": name}
    assert "cannot be newer" in refusal(aws.eks.update_nodegroup_version, **of, version="1.34")
    aws.update(cluster, aws.eks.update_nodegroup_version(**of), nodegroupName=name)
    assert aws.group(cluster, name)["releaseVersion"] == "1.33.11-20260815"
    assert "No changes needed" in refusal(aws.eks.update_nodegroup_version, **of)
    assert "is older" in refusal(aws.eks.update_nodegroup_version, **of, releaseVersion="1.33.11-20260702")
    aws.update(cluster, aws.eks.update_cluster_version(name=cluster, version="1.34"))
    aws.update(cluster, aws.eks.update_nodegroup_version(**of, version="1.34"), nodegroupName=name)
    assert aws.group(cluster, name)["version"] == "1.34"


def test_a_node_group_has_an_auto_scaling_group(aws, cluster, refusal):
    name = aws.node_group(cluster)
    scaling = aws.client("autoscaling")
    group_name = aws.group(cluster, name)["resources"]["autoScalingGroups"][0]["name"]
    group = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group_name])["AutoScalingGroups"][0]
    tags = {tag["Key"]: tag["Value"] for tag in group["Tags"]}
    assert tags["eks:nodegroup-name"] == name
    assert tags[f"k8s.io/cluster-autoscaler/{cluster}"] == tags[f"kubernetes.io/cluster/{cluster}"] == "owned"
    scaling.set_desired_capacity(AutoScalingGroupName=group_name, DesiredCapacity=3)
    assert aws.group(cluster, name)["scalingConfig"]["desiredSize"] == 3
    too_many = refusal(scaling.set_desired_capacity, AutoScalingGroupName=group_name, DesiredCapacity=9)
    assert too_many.startswith("ValidationError")


def test_the_auto_scaling_group_uses_a_launch_template_of_eks(aws, cluster):
    name = aws.node_group(cluster, instanceTypes=["m7i.large", "m6i.large"])
    (group,) = _scaling_groups(aws, cluster, name)
    template = group["MixedInstancesPolicy"]["LaunchTemplate"]
    assert template["LaunchTemplateSpecification"]["LaunchTemplateName"] == f"eks-{group['AutoScalingGroupName'][-36:]}"
    assert template["Overrides"] == [{"InstanceType": "m7i.large"}, {"InstanceType": "m6i.large"}]
    assert group["Instances"] == []  # no cluster is behind it
    assert aws.client("autoscaling").describe_scaling_activities(AutoScalingGroupName=group["AutoScalingGroupName"])["Activities"] == []


def test_the_auto_scaling_group_supports_cluster_autoscaler(aws, cluster, refusal):
    """With the requests that the real one sent."""
    name, empty = aws.node_group(cluster), aws.node_group(cluster, scalingConfig={"minSize": 0, "maxSize": 2, "desiredSize": 0})
    view, scaling = View(aws.world, ACCOUNT, REGION), aws.client("autoscaling")
    groups = {each: aws.group(cluster, each)["resources"]["autoScalingGroups"][0]["name"] for each in (name, empty)}
    nodes = [Instance("i-1", "eu-west-1a", "10.0.0.9"), Instance("i-2", "eu-west-1b", "10.0.1.9")]
    assert view.exchange_instances(cluster, empty, nodes) == set()
    for request in recorded("cluster-autoscaler", group=groups[name], empty_group=groups[empty], instance="i-1"):
        ((operation, parameters),) = request.items()
        getattr(scaling, xform_name(operation))(**parameters)
    assert [aws.group(cluster, each)["scalingConfig"]["desiredSize"] for each in (name, empty)] == [3, 0]
    assert view.exchange_instances(cluster, empty, nodes) == {"i-1"}
    (group,) = _scaling_groups(aws, cluster, empty)
    assert [each["LifecycleState"] for each in group["Instances"]] == ["Terminating:Wait", "InService"]
    last = refusal(scaling.terminate_instance_in_auto_scaling_group, InstanceId="i-2", ShouldDecrementDesiredCapacity=True)
    assert last.startswith("ValidationError: Currently, desiredSize equals minSize (0).")
    assert view.exchange_instances(cluster, empty, nodes[1:]) == set()


def test_instances_of_a_node_group_are_listed_by_ec2(aws, cluster, refusal):
    name = aws.node_group(cluster)
    nodes = [Instance("i-11", "eu-west-1a", "10.0.0.9", "10.0.0.32/27"), Instance("i-12", "eu-west-1b", "10.0.1.9")]
    View(aws.world, ACCOUNT, REGION).exchange_instances(cluster, name, nodes)
    (reservation, _) = aws.ec2.describe_instances(InstanceIds=["i-11", "i-12"])["Reservations"]
    (interface,) = reservation["Instances"][0]["NetworkInterfaces"]
    assert [each["Ipv4Prefix"] for each in interface["Ipv4Prefixes"]] == ["10.0.0.32/28", "10.0.0.48/28"]
    network = aws.eks.describe_cluster(name=cluster)["cluster"]["resourcesVpcConfig"]
    assert [each["GroupId"] for each in interface["Groups"]] == [network["clusterSecurityGroupId"]]
    assert interface["SubnetId"] in network["subnetIds"]
    assert refusal(aws.ec2.describe_instances, InstanceIds=["i-11", "i-0"]).startswith("InvalidInstanceID.NotFound: The instance ID")


def _scaling_groups(aws, cluster, name):
    names = [each["name"] for each in aws.group(cluster, name)["resources"]["autoScalingGroups"]]
    return aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"]


def test_an_access_entry_is_created_for_the_node_role(aws, cluster):
    name = aws.node_group(cluster)
    role = aws.group(cluster, name)["nodeRole"]
    entry = aws.eks.describe_access_entry(clusterName=cluster, principalArn=role)["accessEntry"]
    assert (entry["type"], entry["kubernetesGroups"]) == ("EC2_LINUX", ["system:nodes"])


class ResistingNodes:
    """A control plane whose pods resist their eviction until the nodes are deleted by force."""

    failure = None

    def __init__(self):
        self.forced = []

    def settled(self, group, since):
        return group in self.forced

    def delete_nodes_by_force(self, group):
        self.forced.append(group)


@pytest.mark.parametrize("force", [False, True])
def test_pods_that_cannot_be_evicted_fail_an_update_unless_forced(aws, force, monkeypatch):
    cluster = aws.cluster()
    name = aws.node_group(cluster, releaseVersion="1.35.4-20260702")
    known = aws.world.eks["123456789012", "eu-west-1"].clusters[cluster]
    monkeypatch.setattr(known, "control_plane", ResistingNodes())
    update = aws.eks.update_nodegroup_version(clusterName=cluster, nodegroupName=name, force=force)
    ended = aws.update(cluster, update, nodegroupName=name)
    release = aws.group(cluster, name)["releaseVersion"]
    if force:
        assert (ended["status"], release) == ("Successful", "1.35.4-20260815")
    else:
        assert (ended["status"], release) == ("Failed", "1.35.4-20260702")
        assert ended["errors"][0]["errorCode"] == "PodEvictionFailure"
    assert aws.group(cluster, name)["status"] == "ACTIVE"
