"""Aurora and DocumentDB of the stand-in: one namespace, states by the clock, and what AWS refuses."""

from __future__ import annotations

import datetime

import pytest

ENGINES = ("aurora-postgresql", "docdb")


class Databases:
    """Clusters and what they need."""

    def __init__(self, aws):
        self.aws, self.rds, self.docdb = aws, aws.client("rds"), aws.client("docdb")
        self.vpc, self.subnets = aws.network()

    def subnet_group(self):
        name = self.aws.name("subnets")
        self.rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="d", SubnetIds=self.subnets)
        return name

    def request(self, engine="aurora-postgresql", **more):
        master = {"MasterUsername": "opta", "MasterUserPassword": "a" * 32}
        name = more.pop("name", None) or self.aws.name("db")
        return {"DBClusterIdentifier": name, "Engine": engine, "DBSubnetGroupName": self.subnet_group(), **master, **more}

    def cluster(self, engine="aurora-postgresql", wait=True, **more):
        request = self.request(engine, **more)
        self.rds.create_db_cluster(**request)
        if wait:
            self.aws.pass_time()
        return request["DBClusterIdentifier"]

    def instance(self, cluster, wait=True, **more):
        name = more.pop("name", None) or self.aws.name("instance")
        engine = self.describe(cluster)["Engine"]
        request = {"DBInstanceClass": "db.t4g.medium", "Engine": engine, **more}
        self.rds.create_db_instance(DBInstanceIdentifier=name, DBClusterIdentifier=cluster, **request)
        if wait:
            self.aws.pass_time()
        return name

    def describe(self, name):
        return self.rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]

    def status(self, name):
        return self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"]

    def member(self, cluster, name):
        return next(member for member in self.describe(cluster)["DBClusterMembers"] if member["DBInstanceIdentifier"] == name)


@pytest.fixture(scope="module")
def databases(aws):
    return Databases(aws)


def test_both_engines_share_one_namespace(databases, refusal):
    name = databases.cluster("docdb")
    assert "DBClusterAlreadyExistsFault" in refusal(databases.rds.create_db_cluster, **databases.request(name=name))
    assert databases.docdb.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]["Engine"] == "docdb"
    aurora = databases.cluster()
    found = databases.docdb.describe_db_clusters()["DBClusters"]
    assert {aurora, name} <= {cluster["DBClusterIdentifier"] for cluster in found}, "DocumentDB's list has Aurora's too"
    only = databases.docdb.describe_db_clusters(Filters=[{"Name": "engine", "Values": ["docdb"]}])["DBClusters"]
    assert {cluster["Engine"] for cluster in only} == {"docdb"}


def test_states_change_with_the_clock(aws, databases, refusal):
    name = databases.cluster(wait=False)
    assert databases.describe(name)["Status"] == "creating"
    busy = refusal(databases.rds.modify_db_cluster, DBClusterIdentifier=name, BackupRetentionPeriod=3)
    assert busy.startswith("InvalidDBClusterStateFault")
    early = {
        "DBInstanceIdentifier": "early",
        "DBClusterIdentifier": name,
        "Engine": "aurora-postgresql",
        "DBInstanceClass": "db.t4g.medium",
    }
    assert "InvalidDBClusterStateFault" in refusal(databases.rds.create_db_instance, **early)
    aws.pass_time()
    assert databases.describe(name)["Status"] == "available"
    databases.rds.modify_db_cluster(DBClusterIdentifier=name, BackupRetentionPeriod=3, ApplyImmediately=True)
    for status in ("available", "modifying"):
        assert (databases.describe(name)["Status"], databases.describe(name)["BackupRetentionPeriod"]) == (status, 1)
        aws.pass_time()
    assert (databases.describe(name)["Status"], databases.describe(name)["BackupRetentionPeriod"]) == ("available", 3)
    instance = databases.instance(name, wait=False)
    assert databases.status(instance) == "creating"
    aws.pass_time()
    assert databases.status(instance) == "available"
    databases.rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier=aws.name("s"), DBClusterIdentifier=name)
    assert databases.describe(name)["Status"] == "backing-up"
    aws.pass_time()
    databases.rds.stop_db_cluster(DBClusterIdentifier=name)
    assert databases.describe(name)["Status"] == "stopped"
    databases.rds.start_db_cluster(DBClusterIdentifier=name)
    aws.pass_time()
    databases.rds.delete_db_instance(DBInstanceIdentifier=instance)
    assert databases.status(instance) == "deleting"
    databases.rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    assert databases.describe(name)["Status"] == "deleting"
    assert "already being deleted" in refusal(databases.rds.delete_db_cluster, DBClusterIdentifier=name, SkipFinalSnapshot=True)
    aws.until(lambda: name not in [cluster["DBClusterIdentifier"] for cluster in databases.rds.describe_db_clusters()["DBClusters"]])
    assert "DBClusterNotFoundFault" in refusal(databases.rds.describe_db_clusters, DBClusterIdentifier=name)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "1x"}, "not a valid identifier"),
        ({"name": "a--b"}, "not a valid identifier"),
        ({"Engine": "oracle"}, "Unrecognized engine name"),
        ({"EngineVersion": "9.9"}, "Cannot find version 9.9"),
        ({"MasterUserPassword": "with/slash"}, "not a valid password"),
        ({"MasterUserPassword": "short"}, "not a valid password"),
        ({"MasterUsername": "admin"}, "reserved word"),
        ({"DatabaseName": "1-x"}, "DatabaseName"),
        ({"BackupRetentionPeriod": 40}, "Must be between 1 and 35"),
        ({"DBSubnetGroupName": "none"}, "DBSubnetGroupNotFoundFault"),
        ({"DBClusterParameterGroupName": "none"}, "DBParameterGroupNotFound"),
        ({"KmsKeyId": "none", "StorageEncrypted": True}, "KMSKeyNotAccessibleFault"),
        ({"StorageType": "gp3"}, "storage type gp3"),
        ({"EnableCloudwatchLogsExports": ["audit"]}, "log types 'audit'"),
        ({"PreferredBackupWindow": "now"}, "Invalid window"),
        ({"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 0.5}}, "must be at least 1.0"),
        (
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 4, "SecondsUntilAutoPause": 300}},
            "only be specified when minimum capacity is 0",
        ),
    ],
)
def test_a_wrong_cluster_is_refused(databases, refusal, wrong, message):
    assert message in refusal(databases.rds.create_db_cluster, **databases.request(**wrong))


def test_wrong_instances_are_refused(aws, databases, refusal):
    cluster = databases.cluster()
    request = {
        "DBInstanceIdentifier": "i",
        "DBClusterIdentifier": cluster,
        "Engine": "aurora-postgresql",
        "DBInstanceClass": "db.t4g.medium",
    }
    create = databases.rds.create_db_instance
    assert "Invalid DB Instance class" in refusal(create, **{**request, "DBInstanceClass": "t4g.medium"})
    assert "does not support creating a DB instance" in refusal(create, **{**request, "DBInstanceClass": "db.t1.huge"})
    assert "engine name requested" in refusal(create, **{**request, "Engine": "docdb"})
    assert "Serverless v2" in refusal(create, **{**request, "DBInstanceClass": "db.serverless"})
    assert "DBClusterNotFoundFault" in refusal(create, **{**request, "DBClusterIdentifier": "none"})
    name = databases.instance(cluster)
    assert "DBInstanceAlreadyExists" in refusal(create, **{**request, "DBInstanceIdentifier": name})
    databases.rds.reboot_db_instance(DBInstanceIdentifier=name)
    assert databases.status(name) == "available", "for a moment"
    aws.pass_time()
    assert databases.status(name) == "rebooting"
    assert "InvalidDBInstanceState" in refusal(databases.rds.modify_db_instance, DBInstanceIdentifier=name, PromotionTier=3)


def test_a_cluster_is_deleted_only_as_aws_deletes_it(aws, databases, refusal):
    name, taken = databases.cluster(DeletionProtection=True, CopyTagsToSnapshot=True, Tags=[{"Key": "a", "Value": "1"}]), aws.name("taken")
    delete = databases.rds.delete_db_cluster
    instance = databases.instance(name)
    assert "protected Cluster" in refusal(delete, DBClusterIdentifier=name, SkipFinalSnapshot=True)
    assert "last instance of the protected" in refusal(databases.rds.delete_db_instance, DBInstanceIdentifier=instance)
    databases.rds.modify_db_cluster(DBClusterIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    aws.pass_time()
    assert databases.describe(name)["Status"] == "modifying"
    aws.pass_time()
    assert "still contains DB instances" in refusal(delete, DBClusterIdentifier=name, SkipFinalSnapshot=True)
    databases.rds.delete_db_instance(DBInstanceIdentifier=instance)
    assert "FinalDBSnapshotIdentifier is required" in refusal(delete, DBClusterIdentifier=name)
    databases.rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier=taken, DBClusterIdentifier=name)
    aws.pass_time()
    assert "DBClusterSnapshotAlreadyExistsFault" in refusal(delete, DBClusterIdentifier=name, FinalDBSnapshotIdentifier=taken)
    delete(DBClusterIdentifier=name, FinalDBSnapshotIdentifier=f"{taken}-2")
    snapshot = databases.rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=f"{taken}-2")["DBClusterSnapshots"][0]
    assert (snapshot["Status"], snapshot["TagList"]) == ("creating", [{"Key": "a", "Value": "1"}])
    aws.pass_time()
    databases.rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=taken)
    assert "DBClusterSnapshotNotFoundFault" in refusal(databases.rds.describe_db_cluster_snapshots, DBClusterSnapshotIdentifier=taken)


def test_groups_in_use_are_not_deleted(aws, databases, refusal):
    parameters = aws.name("parameters")
    group = {"DBClusterParameterGroupName": parameters, "DBParameterGroupFamily": "aurora-postgresql17", "Description": "d"}
    databases.rds.create_db_cluster_parameter_group(**group)
    assert "DBParameterGroupAlreadyExists" in refusal(databases.rds.create_db_cluster_parameter_group, **group)
    wrong = databases.request(EngineVersion="16.13", DBClusterParameterGroupName=parameters)
    assert "can't be used for this instance" in refusal(databases.rds.create_db_cluster, **wrong)
    request = databases.request(EngineVersion="17", DBClusterParameterGroupName=parameters)
    databases.rds.create_db_cluster(**request)
    aws.pass_time()
    in_use = refusal(databases.rds.delete_db_cluster_parameter_group, DBClusterParameterGroupName=parameters)
    assert in_use.startswith("InvalidDBParameterGroupState")
    subnets = refusal(databases.rds.delete_db_subnet_group, DBSubnetGroupName=request["DBSubnetGroupName"])
    assert subnets.startswith("InvalidDBSubnetGroupStateFault")
    instance = databases.instance(request["DBClusterIdentifier"])
    others = databases.subnets[1:]
    moved = refusal(databases.rds.modify_db_subnet_group, DBSubnetGroupName=request["DBSubnetGroupName"], SubnetIds=others)
    assert moved.startswith("SubnetInUse")
    databases.rds.delete_db_instance(DBInstanceIdentifier=instance)
    aws.pass_time()
    databases.rds.modify_db_subnet_group(DBSubnetGroupName=request["DBSubnetGroupName"], SubnetIds=others)
    found = databases.rds.describe_db_subnet_groups(DBSubnetGroupName=request["DBSubnetGroupName"])["DBSubnetGroups"][0]
    assert [subnet["SubnetIdentifier"] for subnet in found["Subnets"]] == others


def test_subnet_groups_need_two_zones_of_one_vpc(aws, databases, refusal):
    create = databases.rds.create_db_subnet_group
    request = {"DBSubnetGroupName": aws.name("g"), "DBSubnetGroupDescription": "d"}
    assert "DBSubnetGroupDoesNotCoverEnoughAZs" in refusal(create, **request, SubnetIds=databases.subnets[:1])
    assert "InvalidSubnet" in refusal(create, **request, SubnetIds=["subnet-none"])
    assert "InvalidSubnet" in refusal(create, **request, SubnetIds=[*databases.subnets, *aws.network("a")[1]])


def test_a_static_parameter_keeps_its_old_value_until_a_reboot(aws, databases, refusal):
    group = aws.name("tls")
    databases.docdb.create_db_cluster_parameter_group(DBClusterParameterGroupName=group, DBParameterGroupFamily="docdb5.0", Description="d")
    cluster = databases.cluster("docdb", EngineVersion="5.0.0", DBClusterParameterGroupName=group)
    name = databases.instance(cluster)
    modify = databases.docdb.modify_db_cluster_parameter_group
    static = {"ParameterName": "tls", "ParameterValue": "disabled", "ApplyMethod": "pending-reboot"}
    dynamic = {"ParameterName": "ttl_monitor", "ParameterValue": "disabled", "ApplyMethod": "immediate"}
    refused = refusal(modify, DBClusterParameterGroupName=group, Parameters=[{**static, "ApplyMethod": "immediate"}])
    assert "immediate apply method for static" in refused
    assert "Invalid parameter value" in refusal(modify, DBClusterParameterGroupName=group, Parameters=[{**static, "ParameterValue": "x"}])
    assert "Could not find parameter" in refusal(modify, DBClusterParameterGroupName=group, Parameters=[{**static, "ParameterName": "x"}])
    modify(DBClusterParameterGroupName=group, Parameters=[dynamic])
    assert databases.member(cluster, name)["DBClusterParameterGroupStatus"] == "in-sync"
    modify(DBClusterParameterGroupName=group, Parameters=[static])
    in_force = aws.world.rds["123456789012", "eu-west-1"].instances[name].in_force
    assert (in_force["tls"], in_force["ttl_monitor"]) == ("enabled", "disabled")
    assert databases.member(cluster, name)["DBClusterParameterGroupStatus"] == "pending-reboot"
    databases.docdb.reboot_db_instance(DBInstanceIdentifier=name)
    aws.pass_time()
    assert databases.member(cluster, name)["DBClusterParameterGroupStatus"] == "pending-reboot"
    aws.pass_time()
    assert databases.member(cluster, name)["DBClusterParameterGroupStatus"] == "in-sync"
    databases.docdb.reset_db_cluster_parameter_group(DBClusterParameterGroupName=group, ResetAllParameters=True)
    found = databases.docdb.describe_db_cluster_parameters(DBClusterParameterGroupName=group)["Parameters"]
    assert {each["ParameterName"]: each.get("ParameterValue") for each in found}["tls"] == "enabled"


def test_upgrades_are_those_that_aws_offers(aws, databases, refusal):
    name = databases.cluster(EngineVersion="16.11")
    modify = databases.rds.modify_db_cluster
    assert "Cannot upgrade" in refusal(modify, DBClusterIdentifier=name, EngineVersion="15.17")
    assert "AllowMajorVersionUpgrade" in refusal(modify, DBClusterIdentifier=name, EngineVersion="17.9")
    modify(DBClusterIdentifier=name, EngineVersion="17.9", AllowMajorVersionUpgrade=True, ApplyImmediately=True)
    aws.pass_time()
    assert databases.describe(name)["Status"] == "upgrading"
    aws.pass_time()
    assert databases.describe(name)["EngineVersion"] == "17.9"


def test_offered_versions_and_classes_are_listed(databases, refusal):
    versions = databases.rds.describe_db_engine_versions(Engine="aurora-postgresql", EngineVersion="17")["DBEngineVersions"]
    assert [each["EngineVersion"] for each in versions] == ["17.7", "17.9"]
    default = databases.docdb.describe_db_engine_versions(Engine="docdb", DefaultOnly=True)["DBEngineVersions"]
    assert [each["EngineVersion"] for each in default] == ["8.0.0"], "what a cluster gets that names no version"
    targets = versions[0]["ValidUpgradeTarget"]
    assert [(each["EngineVersion"], each["IsMajorVersionUpgrade"]) for each in targets] == [("17.9", False), ("18.3", True)]
    orderable = databases.docdb.describe_orderable_db_instance_options(Engine="docdb", EngineVersion="5.0.0")["OrderableDBInstanceOptions"]
    assert "db.t4g.medium" in [each["DBInstanceClass"] for each in orderable]
    assert "Cannot find version" in refusal(databases.rds.describe_orderable_db_instance_options, Engine="docdb", EngineVersion="1.0.0")
    family = databases.rds.describe_engine_default_cluster_parameters(DBParameterGroupFamily="aurora-postgresql17")["EngineDefaults"]
    assert "rds.force_ssl" in [each["ParameterName"] for each in family["Parameters"]]


def test_a_restore_keeps_the_old_password(aws, databases, refusal):
    name, snapshot = databases.cluster(), aws.name("s")
    databases.rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier=snapshot, DBClusterIdentifier=name)
    restore = databases.rds.restore_db_cluster_from_snapshot
    request = {"DBClusterIdentifier": aws.name("r"), "Engine": "aurora-postgresql", "DBSubnetGroupName": databases.subnet_group()}
    assert "InvalidDBClusterSnapshotStateFault" in refusal(restore, **request, SnapshotIdentifier=snapshot)
    aws.pass_time()
    restore(**request, SnapshotIdentifier=snapshot)
    clusters = aws.world.rds["123456789012", "eu-west-1"].clusters
    assert clusters[request["DBClusterIdentifier"]].password == clusters[name].password
    assert "DBClusterSnapshotNotFoundFault" in refusal(restore, **{**request, "DBClusterIdentifier": "x"}, SnapshotIdentifier="none")
    point = databases.rds.restore_db_cluster_to_point_in_time
    wanted = {"DBClusterIdentifier": aws.name("p"), "SourceDBClusterIdentifier": name, "DBSubnetGroupName": databases.subnet_group()}
    assert "One of RestoreToTime" in refusal(point, **wanted)
    never = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    assert "restorable window" in refusal(point, **wanted, RestoreToTime=never)
    point(**wanted, UseLatestRestorableTime=True)


def test_the_first_instance_is_the_writer_and_a_reader_takes_over(aws, databases, refusal):
    cluster = databases.cluster()
    first = databases.instance(cluster)
    assert "no reader" in refusal(databases.rds.failover_db_cluster, DBClusterIdentifier=cluster)
    second = databases.instance(cluster)
    assert databases.member(cluster, first)["IsClusterWriter"]
    databases.rds.failover_db_cluster(DBClusterIdentifier=cluster)
    assert databases.member(cluster, second)["IsClusterWriter"]
    databases.rds.delete_db_instance(DBInstanceIdentifier=second)
    aws.pass_time()
    assert databases.member(cluster, first)["IsClusterWriter"]


def test_instances_hold_their_security_group_and_subnet(aws, databases, refusal):
    group = aws.ec2.create_security_group(GroupName=aws.name("db"), Description="d", VpcId=databases.vpc)["GroupId"]
    cluster = databases.cluster(VpcSecurityGroupIds=[group])
    name = databases.instance(cluster)
    assert "DependencyViolation" in refusal(aws.ec2.delete_security_group, GroupId=group)
    databases.rds.delete_db_instance(DBInstanceIdentifier=name)
    aws.pass_time()
    aws.ec2.delete_security_group(GroupId=group)


def test_every_resource_has_tags(aws, databases):
    name = databases.cluster(Tags=[{"Key": "a", "Value": "1"}])
    arn = databases.describe(name)["DBClusterArn"]
    databases.docdb.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "b", "Value": "2"}])
    databases.rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
    assert databases.docdb.list_tags_for_resource(ResourceName=arn)["TagList"] == [{"Key": "b", "Value": "2"}]
    tagging = aws.client("resourcegroupstaggingapi")
    found = tagging.get_resources(TagFilters=[{"Key": "b", "Values": ["2"]}])["ResourceTagMappingList"]
    assert arn in [each["ResourceARN"] for each in found]
