"""Which databases stand in the emulated AWS, and what a real one behind their endpoints would follow."""

from __future__ import annotations

from typing import Any

import pytest

from tests.standin.aws.databases import standing_databases
from tests.standin.databases.description import Account, Description

PASSWORD, OTHER = "a" * 32, "b" * 32


@pytest.fixture(scope="module")
def subnets(aws) -> list[str]:
    return aws.network()[1]


def described(aws, name: str) -> Description | None:
    return next((each for each in standing_databases(aws.world).values() if each.name == name), None)


def account(aws, name: str) -> Account:
    found = described(aws, name)
    assert found is not None
    return found.accounts[0]


def test_an_aurora_cluster_exists_while_it_has_an_instance(aws, subnets) -> None:
    rds, name = aws.client("rds"), aws.name("db")
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="d", SubnetIds=subnets)
    rds.create_db_cluster_parameter_group(DBClusterParameterGroupName=name, DBParameterGroupFamily="aurora-postgresql17", Description="d")
    request = {"Engine": "aurora-postgresql", "DBSubnetGroupName": name, "DBClusterParameterGroupName": name, "DatabaseName": "app"}
    rds.create_db_cluster(DBClusterIdentifier=name, MasterUsername="opta", MasterUserPassword=PASSWORD, **request)
    aws.pass_time()
    assert described(aws, name) is None
    rds.create_db_instance(DBInstanceIdentifier=name, DBClusterIdentifier=name, Engine="aurora-postgresql", DBInstanceClass="db.t4g.medium")
    assert described(aws, name) is None
    aws.pass_time()
    found, cluster = described(aws, name), rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    assert found is not None
    assert (found.engine, found.port, found.database, found.tls) == ("postgresql", 5432, "app", True)
    assert found.host_names == (cluster["Endpoint"], cluster["ReaderEndpoint"])
    assert account(aws, name) == Account("opta", (PASSWORD,))

    free = [{"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}]
    rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=free)
    free_now = described(aws, name)
    assert free_now is not None and not free_now.tls
    rds.modify_db_cluster(DBClusterIdentifier=name, MasterUserPassword=OTHER, ApplyImmediately=True)
    for _step in ("noticed", "changed"):
        assert account(aws, name).passwords == (PASSWORD,)
        aws.pass_time()
    assert account(aws, name).passwords == (OTHER,)
    rds.delete_db_instance(DBInstanceIdentifier=name)
    assert described(aws, name) is None


@pytest.mark.parametrize("with_token", [True, False])
def test_a_replication_group_exists_with_its_token_or_its_users(aws, subnets, with_token: bool) -> None:
    cache, name = aws.client("elasticache"), aws.name("cache")
    cache.create_cache_subnet_group(CacheSubnetGroupName=name, CacheSubnetGroupDescription="d", SubnetIds=subnets)
    login: dict[str, Any] = {"AuthToken": PASSWORD}
    if not with_token:
        cache.create_user(UserId=name, UserName="default", Engine="valkey", AccessString="on ~* &* +@all", Passwords=[PASSWORD])
        cache.create_user_group(UserGroupId=name, Engine="valkey", UserIds=[name])
        aws.pass_time()
        login = {"UserGroupIds": [name]}
    request = {"ReplicationGroupDescription": "d", "Engine": "valkey", "CacheNodeType": "cache.t4g.micro", "CacheSubnetGroupName": name}
    cache.create_replication_group(ReplicationGroupId=name, TransitEncryptionEnabled=True, **request, **login)
    assert described(aws, name) is None
    aws.pass_time()
    found = described(aws, name)
    assert found is not None
    nodes = cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]["NodeGroups"][0]
    assert found.host_names == (nodes["PrimaryEndpoint"]["Address"], nodes["ReaderEndpoint"]["Address"])
    assert (found.engine, found.port, found.tls) == ("redis", 6379, True)
    assert account(aws, name) == Account("default", (PASSWORD,), "" if with_token else "~* &* +@all")
    if with_token:
        cache.modify_replication_group(ReplicationGroupId=name, AuthToken=OTHER, AuthTokenUpdateStrategy="ROTATE", ApplyImmediately=True)
        aws.pass_time()
        assert account(aws, name).passwords == (PASSWORD,), "its change is noticed, and has not ended"
    else:
        cache.modify_user(UserId=name, Passwords=[PASSWORD, OTHER])
    aws.pass_time()
    assert account(aws, name).passwords == (PASSWORD, OTHER)
    cache.delete_replication_group(ReplicationGroupId=name)
    assert described(aws, name) is None
