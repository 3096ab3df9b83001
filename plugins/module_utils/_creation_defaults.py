# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a resource gets when it is created without a value. A later run without the value does not change the resource.

Such a default is no `default` of an argument spec, because validation would fill it in, and every run would enforce it. Roles that
set one themselves have it in vars/main.yml, as __<role>_default_<input>. `make docs` writes both into the READMEs, defaults and samples.
"""

from __future__ import annotations

from typing import Any

LOG_RETENTION_DAYS = 30
#: of KMS (EnableKeyRotation); the module does not send it
KEY_ROTATION_DAYS = 365
ZONE_COUNT = 3

CLUSTER_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
CLUSTER_UPGRADE_SUPPORT = "STANDARD"
#: of EKS (CreateCluster); the module does not send them
ENDPOINT_PUBLIC_ACCESS = True
PUBLIC_ACCESS_CIDRS = ("0.0.0.0/0",)

#: node groups of an inventory that lists none
NODE_GROUPS: tuple[dict[str, Any], ...] = ({"name": "default", "default_min_size": 3, "default_max_size": 9},)
NODE_GROUP_MIN_SIZE = 1
NODE_VOLUME_SIZE_GIB = 50
#: by architecture
INSTANCE_TYPES = {"arm64": "t4g.large", "x86_64": "t3.large"}

DATABASE_CLASS = "db.t4g.medium"
DATABASE_USERNAME = "opta"
DATABASE_BACKUP_RETENTION_DAYS = 5
DATABASE_INSTANCES = 1

CACHE_ENGINE = "valkey"
CACHE_PORT = 6379
CACHE = {"node_type": "cache.t4g.small", "replica_count": 0, "snapshot_retention_days": 5}

UNTAGGED_IMAGE_DAYS = 14
TAGGED_IMAGES = 100

#: of the roles' inputs; [] is an entry of a list
INPUTS: dict[str, Any] = {
    "network_zone_count": ZONE_COUNT,
    "network_flow_logs_retention_days": LOG_RETENTION_DAYS,
    "network_kms_key_rotation_days": KEY_ROTATION_DAYS,
    "eks_upgrade_support_type": CLUSTER_UPGRADE_SUPPORT,
    "eks_log_types": list(CLUSTER_LOG_TYPES),
    "eks_log_retention_days": LOG_RETENTION_DAYS,
    "eks_endpoint_public_enabled": ENDPOINT_PUBLIC_ACCESS,
    "eks_endpoint_public_cidr_blocks": list(PUBLIC_ACCESS_CIDRS),
    "eks_node_groups[].min_size": NODE_GROUP_MIN_SIZE,
    "eks_node_groups[].instance_types": [INSTANCE_TYPES["x86_64"]],
    "eks_node_groups[].volume_size_gib": NODE_VOLUME_SIZE_GIB,
    **{
        f"{role}_{input}": value
        for role in ("aurora", "documentdb")
        for input, value in {
            "log_retention_days": LOG_RETENTION_DAYS,
            "clusters[].instance_class": DATABASE_CLASS,
            "clusters[].replica_count": DATABASE_INSTANCES - 1,
            "clusters[].username": DATABASE_USERNAME,
            "clusters[].backup_retention_days": DATABASE_BACKUP_RETENTION_DAYS,
        }.items()
    },
    "elasticache_replication_groups[].engine": CACHE_ENGINE,
    "elasticache_replication_groups[].port": CACHE_PORT,
    **{f"elasticache_replication_groups[].{option}": value for option, value in CACHE.items()},
}
#: of the modules' options
OPTIONS: dict[str, dict[str, Any]] = {
    "cloudwatch_log_group": {"retention_in_days": LOG_RETENTION_DAYS},
    "ecr_repository": {"untagged_expiration_days": UNTAGGED_IMAGE_DAYS, "tagged_image_count": TAGGED_IMAGES},
    "eks_cluster": {"log_types": list(CLUSTER_LOG_TYPES), "upgrade_support_type": CLUSTER_UPGRADE_SUPPORT},
    "eks_node_group": {"default_min_size": NODE_GROUP_MIN_SIZE, "volume_size_gib": NODE_VOLUME_SIZE_GIB},
    "elasticache_replication_group": {"engine": CACHE_ENGINE, "port": CACHE_PORT, **CACHE},
    "vpc_network": {"zone_count": ZONE_COUNT},
}
#: of the options that the modules for database clusters share
DATABASE_OPTIONS = {
    "instance_count": DATABASE_INSTANCES,
    "db_instance_class": DATABASE_CLASS,
    "backup_retention_period": DATABASE_BACKUP_RETENTION_DAYS,
    "master_username": DATABASE_USERNAME,
}
