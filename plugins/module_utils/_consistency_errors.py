# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS refuses for a while because one service does not see yet what another one, or the same, has made or removed.

One table for all services: what the decorator `patiently` (_eventual_consistency.py) decorates is repeated while its error is in the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

#: AWS shows a new role, policy or key within two minutes (Terraform's propagation timeout of IAM, KMS and EKS)
PROPAGATION_SECONDS = 120.0
#: a gateway, an endpoint or a store that is gone holds for moments what it used
RELEASE_SECONDS = 120.0
#: Kubernetes' authorizer keeps a refusal for 30 seconds, and EKS enforces a new access entry within two minutes
ACCESS_ENTRY_SECONDS = 180.0

EC2_MISSING = (
    "InvalidVpcID.NotFound",
    "InvalidSubnetID.NotFound",
    "InvalidInternetGatewayID.NotFound",
    "InvalidRouteTableID.NotFound",
    "InvalidRoute.NotFound",
    "InvalidAssociationID.NotFound",
    "InvalidNatGatewayID.NotFound",
    "NatGatewayNotFound",
    "InvalidAllocationID.NotFound",
    "InvalidVpcEndpointId.NotFound",
    "InvalidFlowLogId.NotFound",
    "InvalidGroup.NotFound",
    "InvalidSecurityGroupRuleId.NotFound",
    "InvalidNetworkInterfaceID.NotFound",
    "Gateway.NotAttached",
)
ELASTICACHE_MISSING = (
    "ReplicationGroupNotFoundFault",
    "CacheClusterNotFound",
    "CacheSubnetGroupNotFoundFault",
    "CacheParameterGroupNotFound",
    "UserNotFound",
    "UserGroupNotFound",
    "SnapshotNotFoundFault",
)


@dataclass(frozen=True)
class ConsistencyError:
    """Errors that pass: of these operations of a service (with * for any characters), with one of these codes and this part in the message.

    seconds: how long such a call is repeated. source: where it is written, or who has seen it.
    """

    service: str
    operations: Sequence[str]
    codes: Sequence[str]
    message: str
    seconds: float
    source: str

    def holds(self, service: str, operation: str, code: str, message: str) -> bool:
        """Whether an error is one of these."""
        named = service == self.service and code in self.codes and self.message.lower() in message.lower()
        return named and any(fnmatchcase(operation, pattern) for pattern in self.operations)


def _eks(operations: Sequence[str], code: str, message: str, source: str, seconds: float = PROPAGATION_SECONDS) -> ConsistencyError:
    return ConsistencyError("eks", operations, (code,), message, seconds, source)


_INVALID = "InvalidParameterException"
_TF_CLUSTER = "terraform-provider-aws, internal/service/eks/cluster.go"
_NODE_ROLE = "Amazon EKS API, CreateNodegroup: a role that IAM does not show yet"
_TF_ADDON = "terraform-provider-aws, internal/service/eks/addon.go"
#: those that name something else, which may have been made a moment ago
_EC2_WRITES = (
    "ModifyVpcAttribute",
    "CreateSubnet",
    "ModifySubnetAttribute",
    "AttachInternetGateway",
    "CreateNatGateway",
    "CreateRouteTable",
    "CreateRoute",
    "ReplaceRoute",
    "AssociateRouteTable",
    "ReplaceRouteTableAssociation",
    "CreateVpcEndpoint",
    "ModifyVpcEndpoint",
    "CreateSecurityGroup",
    "AuthorizeSecurityGroup*",
    "CreateFlowLogs",
    "CreateTags",
)

CONSISTENCY_ERRORS: tuple[ConsistencyError, ...] = (
    # EKS sees a new role, its trust, its policies and what these allow only after a while
    _eks(("CreateCluster",), _INVALID, ", does not exist", _TF_CLUSTER),  # a role; a subnet is written otherwise
    _eks(("CreateCluster",), _INVALID, "Error in role params", _TF_CLUSTER),
    _eks(("CreateCluster",), _INVALID, "could not be assumed", _TF_CLUSTER),
    _eks(("CreateCluster",), _INVALID, "doesn't have the Amazon EKS Managed Policies", _TF_CLUSTER),
    _eks(("CreateCluster",), _INVALID, "IAM role's policy must include", _TF_CLUSTER),
    _eks(("CreateCluster",), _INVALID, "Access denied to KMS key", "terraform-provider-aws, issue 49247 and pull request 50007"),
    _eks(("CreateNodegroup",), _INVALID, ", does not exist", _NODE_ROLE),
    _eks(("CreateNodegroup",), _INVALID, "could not be assumed", _NODE_ROLE),
    _eks(("CreateNodegroup",), _INVALID, "The role with name", _NODE_ROLE),
    _eks(
        ("CreateNodegroup",),
        _INVALID,
        "trust relationships of nodeRole",
        "Amazon EKS API, CreateNodegroup: a role that IAM does not show yet",
    ),
    _eks(("CreateNodegroup",), "InvalidRequestException", "unable to assume the service-linked role", "Amazon EKS API, CreateNodegroup"),
    _eks(("CreateAddon",), _INVALID, "does not exist", _TF_ADDON),
    _eks(("CreateAddon",), _INVALID, "CREATE_FAILED", _TF_ADDON),
    _eks(("CreateAddon", "UpdateAddon"), _INVALID, "could not be assumed", _TF_ADDON),
    _eks(("UpdateAddon",), _INVALID, "does not exist", _TF_ADDON),
    _eks(
        ("CreateAccessEntry",),
        _INVALID,
        "The specified principalArn is invalid",
        "terraform-provider-aws, internal/service/eks/access_entry.go",
    ),
    _eks(
        ("AssociateAccessPolicy",),
        "ResourceNotFoundException",
        "The specified principalArn could not be found",
        "terraform-provider-aws, internal/service/eks/access_policy_association.go and issue 35728",
    ),
    # EKS carries one change of a cluster out at a time; its control plane scales by itself
    _eks(("DeleteCluster",), "ResourceInUseException", "in progress", _TF_CLUSTER, seconds=3600.0),
    _eks(
        ("UpdateCluster*", "AssociateEncryptionConfig", "UpdateNodegroup*", "UpdateAddon"),
        "ResourceInUseException",
        "",
        "Amazon EKS API, UpdateClusterConfig: the status UPDATING shows late",
        seconds=600.0,
    ),
    _eks(("DescribeUpdate",), "ResourceNotFoundException", "", f"{_TF_CLUSTER} (waitClusterUpdateSuccessful)"),
    # IAM
    ConsistencyError(
        "iam",
        ("CreateRole", "UpdateAssumeRolePolicy"),
        ("MalformedPolicyDocument",),
        "Invalid principal",
        PROPAGATION_SECONDS,
        "terraform-provider-aws, internal/service/iam/role.go",
    ),
    ConsistencyError(
        "iam",
        ("AttachRolePolicy", "PutRolePolicy", "PutRolePermissionsBoundary", "TagRole", "UpdateRole", "UpdateAssumeRolePolicy"),
        ("NoSuchEntity",),
        "role ",  # a policy that does not exist is another matter
        PROPAGATION_SECONDS,
        "AWS IAM User Guide, changes that I make are not always immediately visible",
    ),
    ConsistencyError(
        "iam",
        ("AddClientIDToOpenIDConnectProvider", "TagOpenIDConnectProvider"),
        ("NoSuchEntity",),
        "",
        PROPAGATION_SECONDS,
        "AWS IAM User Guide, changes that I make are not always immediately visible",
    ),
    ConsistencyError(
        "iam", ("DeleteRole",), ("DeleteConflict",), "", PROPAGATION_SECONDS, "terraform-provider-aws, internal/service/iam/role.go"
    ),
    # KMS
    ConsistencyError(
        "kms",
        ("CreateKey", "PutKeyPolicy"),
        ("MalformedPolicyDocumentException",),
        "principal",
        PROPAGATION_SECONDS,
        "terraform-provider-aws, internal/service/kms/key.go",
    ),
    ConsistencyError(
        "kms",
        ("CreateAlias", "UpdateAlias", "EnableKeyRotation", "TagResource", "PutKeyPolicy", "GetKeyPolicy", "GetKeyRotationStatus"),
        ("NotFoundException",),
        "",
        PROPAGATION_SECONDS,
        "AWS KMS Developer Guide, eventual consistency",
    ),
    # CloudWatch Logs sees a new key, and the policy of one, only after a while
    ConsistencyError(
        "logs",
        ("CreateLogGroup", "AssociateKmsKey"),
        ("AccessDeniedException",),
        "KMS key does not exist or is not allowed",
        PROPAGATION_SECONDS,
        "terraform-provider-aws, issue 29282",
    ),
    ConsistencyError(
        "logs",
        ("CreateLogGroup", "AssociateKmsKey"),
        ("InvalidParameterException",),
        "KMS key",
        PROPAGATION_SECONDS,
        "hashicorp/terraform, issue 24194: The specified KMS Key Id could not be found",
    ),
    # EC2
    ConsistencyError("ec2", _EC2_WRITES, EC2_MISSING, "", PROPAGATION_SECONDS, "Amazon EC2 Developer Guide, eventual consistency"),
    ConsistencyError(
        "ec2",
        ("CreateLaunchTemplateVersion", "ModifyLaunchTemplate", "CreateTags"),
        ("InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.VersionNotFound"),
        "",
        PROPAGATION_SECONDS,
        "Amazon EC2 Developer Guide, eventual consistency",
    ),
    ConsistencyError(
        "ec2",
        ("CreateFlowLogs",),
        ("InvalidParameter",),
        "Unable to assume given IAM role",
        PROPAGATION_SECONDS,
        "terraform-provider-aws, internal/service/ec2/vpc_flow_log.go",
    ),
    ConsistencyError(
        "ec2",
        (
            "DeleteVpc",
            "DeleteSubnet",
            "DetachInternetGateway",
            "DeleteInternetGateway",
            "ReleaseAddress",
            "DeleteRouteTable",
            "DeleteSecurityGroup",
        ),
        ("DependencyViolation", "InvalidIPAddress.InUse"),
        "",
        RELEASE_SECONDS,
        "Amazon EC2 API, error codes: a gateway, an endpoint or a deleted load balancer leaves its interfaces for moments",
    ),
    ConsistencyError("ec2", ("DeleteVolume",), ("VolumeInUse",), "", RELEASE_SECONDS, "Amazon EC2 API, DeleteVolume"),
    # Stores and what they use
    ConsistencyError(
        "secretsmanager",
        ("GetSecretValue", "UpdateSecret", "PutSecretValue", "TagResource"),
        ("ResourceNotFoundException",),
        "",
        PROPAGATION_SECONDS,
        "AWS Secrets Manager API, errors of these operations: the service is eventually consistent",
    ),
    ConsistencyError(
        "secretsmanager",
        ("CreateSecret",),
        ("InvalidRequestException",),
        "scheduled for deletion",
        RELEASE_SECONDS,
        "AWS Secrets Manager API, DeleteSecret: the deletion is asynchronous",
    ),
    ConsistencyError(
        "elasticache",
        (
            "CreateReplicationGroup",
            "ModifyReplicationGroup",
            "ModifyCacheParameterGroup",
            "ModifyUser",
            "CreateUserGroup",
            "ModifyUserGroup",
            "AddTagsToResource",
        ),
        (*ELASTICACHE_MISSING, "InvalidUserGroupState", "InvalidUserState"),
        "",
        PROPAGATION_SECONDS,
        "ElastiCache API, errors of these operations: something made a moment ago, or a user group that its user still changes",
    ),
    ConsistencyError(
        "elasticache",
        ("RebootCacheCluster",),
        ("InvalidCacheClusterState",),
        "",
        PROPAGATION_SECONDS,
        "ElastiCache API, RebootCacheCluster",
    ),
    ConsistencyError(
        "elasticache",
        ("DeleteCacheSubnetGroup", "DeleteCacheParameterGroup", "DeleteUser", "DeleteUserGroup"),
        (
            "CacheSubnetGroupInUse",
            "InvalidCacheParameterGroupState",
            "InvalidUserGroupState",
            "InvalidUserState",
            "DefaultUserAssociatedToUserGroup",
        ),
        "",
        RELEASE_SECONDS,
        "ElastiCache API, errors of these operations: what a deleted replication group still uses",
    ),
    ConsistencyError(
        "acm",
        ("DescribeCertificate", "AddTagsToCertificate"),
        ("ResourceNotFoundException",),
        "",
        PROPAGATION_SECONDS,
        "ACM API, RequestCertificate",
    ),
    ConsistencyError(
        "ecr",
        ("SetRepositoryPolicy",),
        ("InvalidParameterException",),
        "principal not found",
        PROPAGATION_SECONDS,
        "Amazon ECR API, SetRepositoryPolicy: a role that IAM does not show yet",
    ),
    ConsistencyError(
        "s3",
        ("PutBucketPolicy",),
        ("MalformedPolicy",),
        "principal",
        PROPAGATION_SECONDS,
        "Amazon S3 API, PutBucketPolicy: a role that IAM does not show yet",
    ),
    # The account's own block says the same for ever
    ConsistencyError("s3", ("PutBucketPolicy",), ("AccessDenied",), "public", 15.0, "Amazon S3 User Guide, blocking public access"),
    ConsistencyError(
        "s3",
        ("PutBucketReplication",),
        ("InvalidRequest",),
        "versioning",
        PROPAGATION_SECONDS,
        "terraform-provider-aws, bucket_replication_configuration.go",
    ),
    ConsistencyError(
        "s3",
        ("PutBucketReplication",),
        ("InvalidRequest",),
        "must exist",
        PROPAGATION_SECONDS,
        "terraform-provider-aws, bucket_replication_configuration.go",
    ),
)


def find_consistency_error(service: str, operation: str, code: str, message: str) -> ConsistencyError | None:
    """The row that holds for an error; None for one that does not pass by itself."""
    return next((row for row in CONSISTENCY_ERRORS if row.holds(service, operation, code, message)), None)
