"""What the modules for databases need around them, made with boto3, and AWS's own word about a cluster of databases."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from tests.support.standin import Standin

BLOCK = "10.8.0.0/16"


class Databases:
    """A network and a key for each stand-in, found again by name; and what AWS says of RDS and DocumentDB, which are one namespace."""

    def __init__(self, standin: Standin) -> None:
        self.standin = standin
        self.rds, self.ec2, self.kms = (standin.client(name) for name in ("rds", "ec2", "kms"))
        self.secrets = standin.client("secretsmanager")
        self.vpc_id, self.subnet_ids = self._network()

    def _network(self) -> tuple[str, list[str]]:
        chosen = [{"Name": "tag:Name", "Values": ["database-tests"]}]
        found = self.ec2.describe_subnets(Filters=chosen)["Subnets"]
        if not found:
            tags = [{"Key": "Name", "Value": "database-tests"}]
            vpc_id = self.ec2.create_vpc(CidrBlock=BLOCK)["Vpc"]["VpcId"]
            for number, letter in enumerate("abc"):
                request = {"VpcId": vpc_id, "CidrBlock": f"10.8.{number}.0/24", "AvailabilityZone": f"{self.standin.region}{letter}"}
                self.ec2.create_subnet(**request, TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}])
            found = self.ec2.describe_subnets(Filters=chosen)["Subnets"]
        return found[0]["VpcId"], sorted(subnet["SubnetId"] for subnet in found)

    def key_arn(self) -> str:
        return self.kms.create_key(Description="database tests")["KeyMetadata"]["Arn"]

    def options(self, name: str, role: str, **more: Any) -> dict[str, Any]:
        """What makes a small cluster of a module."""
        tags = {"opta:environment": name, "opta:role": role, "opta:name": name, "opta:managed-by": "opta.platform"}
        return {
            "name": name,
            "vpc_id": self.vpc_id,
            "subnet_ids": self.subnet_ids,
            "allowed_cidr_blocks": [BLOCK],
            "kms_key_id": self.key_arn(),
            "secret_name": f"opta/{name}/store",
            "db_instance_class": "db.t4g.medium",
            "backup_retention_period": 5,
            "tags": tags,
            **more,
        }

    def cluster(self, name: str) -> dict[str, Any] | None:
        try:
            return self.rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
        except self.rds.exceptions.DBClusterNotFoundFault:
            return None

    def instances(self, name: str) -> dict[str, dict[str, Any]]:
        found = self.rds.describe_db_instances(Filters=[{"Name": "db-cluster-id", "Values": [name]}])["DBInstances"]
        return {instance["DBInstanceIdentifier"]: instance for instance in found}

    def writer(self, name: str) -> str:
        members = (self.cluster(name) or {})["DBClusterMembers"]
        return next(member["DBInstanceIdentifier"] for member in members if member["IsClusterWriter"])

    def pending_reboot(self, name: str) -> list[str]:
        members = (self.cluster(name) or {})["DBClusterMembers"]
        return [member["DBInstanceIdentifier"] for member in members if member["DBClusterParameterGroupStatus"] == "pending-reboot"]

    def parameters(self, name: str) -> dict[str, str]:
        """What the cluster's parameter group has instead of the defaults of its family."""
        return {each["ParameterName"]: each["ParameterValue"] for each in self._parameters(name) if each["Source"] == "user"}

    def parameter(self, name: str, parameter: str) -> str:
        """The value of one parameter of the cluster, be it the default."""
        return next(each["ParameterValue"] for each in self._parameters(name) if each["ParameterName"] == parameter)

    def _parameters(self, name: str) -> list[dict[str, Any]]:
        group = (self.cluster(name) or {})["DBClusterParameterGroup"]
        return self.rds.describe_db_cluster_parameters(DBClusterParameterGroupName=group)["Parameters"]

    def security_groups(self, name: str) -> list[dict[str, Any]]:
        chosen = [{"Name": "group-name", "Values": [name]}, {"Name": "vpc-id", "Values": [self.vpc_id]}]
        return self.ec2.describe_security_groups(Filters=chosen)["SecurityGroups"]

    def snapshots(self, name: str) -> list[dict[str, Any]]:
        return self.rds.describe_db_cluster_snapshots(DBClusterIdentifier=name)["DBClusterSnapshots"]

    def secret(self, secret_name: str) -> dict[str, Any] | None:
        with contextlib.suppress(self.secrets.exceptions.ResourceNotFoundException):
            return self.secrets.describe_secret(SecretId=secret_name)
        return None

    def credentials(self, secret_name: str) -> dict[str, str]:
        return json.loads(self.secrets.get_secret_value(SecretId=secret_name)["SecretString"])

    def current_version(self, secret_name: str) -> str:
        versions = (self.secret(secret_name) or {})["VersionIdsToStages"]
        return next(version for version, labels in versions.items() if "AWSCURRENT" in labels)

    def tags(self, name: str) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in (self.cluster(name) or {})["TagList"]}

    def groups_left(self, name: str) -> list[str]:
        """Parameter groups and subnet groups whose name begins with the cluster's."""
        parameters = self.rds.describe_db_cluster_parameter_groups()["DBClusterParameterGroups"]
        subnets = self.rds.describe_db_subnet_groups()["DBSubnetGroups"]
        names = [group["DBClusterParameterGroupName"] for group in parameters] + [group["DBSubnetGroupName"] for group in subnets]
        return sorted(each for each in names if each.startswith(name))
