"""An inventory with one environment that has one store of each kind, and services that use them."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

from tests.module.database_foundation import BLOCK, Databases
from tests.module.service_foundation import ENVIRONMENT, IMAGE, PREFIX, cluster_for_services
from tests.support.playbooks import Run

STORES = ("aurora", "documentdb", "elasticache")
#: the part of each kind in names
KINDS = {"aurora": "aurora", "documentdb": "docdb", "elasticache": "cache"}


class Rotated:
    """The environment, its stores and services; plays playbooks of the collection on them.

    The services: `uses` links to all three stores, `other` to none of them.
    """

    def __init__(self, standin, playbooks, directory: Path) -> None:
        self.standin, self.playbooks, self.directory = standin, playbooks, directory
        self.cluster = cluster_for_services(standin)
        self.databases = Databases(standin)
        self.secrets = standin.client("secretsmanager")
        self.authorities = directory / "rds_ca.pem"
        self.authorities.write_text("")
        self.hosts = {"environments": {ENVIRONMENT: self._environment()}, "services": {}}
        self._write()

    def _environment(self) -> dict[str, Any]:
        reached = {key: self.cluster.options[key] for key in ("cluster_name", "endpoint", "certificate_authority_data")}
        network = {
            "vpc_id": self.databases.vpc_id,
            "private_subnet_ids": self.databases.subnet_ids,
            "vpc_cidr_blocks": [BLOCK],
            "kms_key_arn": self.databases.key_arn(),
        }
        return {
            "opta_region": "eu-west-1",
            "opta_name_prefix": PREFIX,
            "network_outputs": network,
            "eks_outputs": {**reached, "oidc_provider_arn": self.cluster.oidc_provider_arn, "per_zone_node_groups": []},
            "aurora_clusters": [{"name": "main", "database_name": "app"}],
            "documentdb_clusters": [{"name": "main"}],
            "elasticache_replication_groups": [{"name": "main", "node_type": "cache.t4g.micro"}],
        }

    def describe_services(self, bundle: str) -> None:
        """bundle: the certificate authorities of the databases, instead of Amazon's."""
        common = {"opta_service_environment": ENVIRONMENT, "opta_service_image": f"{IMAGE}:1", "opta_service_timeout_seconds": 60}
        links = [{"aurora": "main"}, {"documentdb": "main", "as": "docs"}, {"elasticache": "main"}]
        self.hosts["services"] = {
            "uses": {
                **common,
                "opta_service_links": links,
                "opta_service_database_ca_bundle": bundle,
                # where this machine, which is no pod, has what the ConfigMap holds
                "opta_service_environment_variables": {"RDS_CA_PATH": str(self.authorities)},
            },
            "other": dict(common),
        }
        self._write()

    def _write(self) -> None:
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        children = {group: {"hosts": hosts} for group, hosts in self.hosts.items()}
        (self.directory / "inventory.json").write_text(json.dumps({"all": {"vars": local, "children": children}}))

    def arguments(self, playbook: str, *more: str, **variables: Any) -> list[str]:
        extra = ["--extra-vars", json.dumps(variables)] if variables else []
        return [f"opta.platform.{playbook}", "-i", str(self.directory / "inventory.json"), *more, *extra]

    def play(self, playbook: str, *more: str, **variables: Any) -> Run:
        return self.playbooks.run(*self.arguments(playbook, *more, **variables))

    def rotate(self, store: str, *more: str) -> Run:
        return self.play("rotate", "--diff", *more, **self.words(store))

    def words(self, store: str) -> dict[str, str]:
        return {"rotate_environment": ENVIRONMENT, "rotate_store": f"{store}/main"}

    def store_name(self, store: str) -> str:
        return f"{PREFIX}-{ENVIRONMENT}-{KINDS[store]}-main"

    def password(self, store: str) -> str:
        """What AWS says is the current one."""
        found = self.secrets.get_secret_value(SecretId=f"{PREFIX}/{ENVIRONMENT}/{KINDS[store]}/main")
        return str(json.loads(found["SecretString"])["password"])

    def pending(self, store: str) -> list[str]:
        """The versions of the secret whose password the store is to get, and has not got yet."""
        found = self.secrets.describe_secret(SecretId=f"{PREFIX}/{ENVIRONMENT}/{KINDS[store]}/main")["VersionIdsToStages"]
        return [version for version, labels in found.items() if labels == ["AWSPENDING"]]

    def values(self) -> dict[str, str]:
        """The Secret of the service that uses the stores, in plain text."""
        secret = self.cluster.get("/api/v1/namespaces/uses/secrets/uses")
        return {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}

    def mounted(self) -> str:
        """The certificate authorities that the service mounts."""
        return str(self.cluster.get("/api/v1/namespaces/uses/configmaps/uses")["data"]["rds_ca.pem"])

    def generation(self, service: str) -> int:
        """Of the service's Deployment: it grows with each roll-out."""
        return int(self.cluster.get(f"/apis/apps/v1/namespaces/{service}/deployments/{service}")["metadata"]["generation"])
