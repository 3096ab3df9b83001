# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Policies of an environment's key, flow logs and log bucket. Pure functions."""

from __future__ import annotations

from typing import Any

from .. import _policy

USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]


def environment_key(
    *,
    partition: str,
    account_id: str,
    region: str,
    service_suffix: str,
    log_groups: list[str],
    autoscaling_role_arn: str,
    volume_role_arn: str,
) -> dict[str, Any]:
    """Who may use the key of an environment.

    service_suffix: end of the service principals of the partition, for example amazonaws.com.
    log_groups: names of log groups, with * for any characters.
    autoscaling_role_arn: the service-linked role of EC2 Auto Scaling, which attaches the encrypted volumes of nodes.
    volume_role_arn: the role of the EBS CSI driver.
    Source: AWS KMS (key policies), CloudWatch Logs (encrypt log data) and EC2 Auto Scaling (key policy for encrypted volumes).
    """
    account = {"AWS": f"arn:{partition}:iam::{account_id}:root"}
    # A principal must exist, and the driver's role is created after the key: the condition names it instead
    driver = {"StringEquals": {"kms:CallerAccount": account_id}, "ArnEquals": {"aws:PrincipalArn": volume_role_arn}}
    for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    autoscaling = {"AWS": autoscaling_role_arn}
    logs = {"Service": f"logs.{region}.{service_suffix}"}
    groups = [f"arn:{partition}:logs:{region}:{account_id}:log-group:{name}" for name in log_groups]
    of_groups = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
    return _policy.document(
        [
            _allow("Account", account, ["kms:*"]),
            _allow("Logs", logs, [*USE[:-1], "kms:Describe*"], of_groups),
            _allow("AutoScaling", autoscaling, USE),
            _allow("AutoScalingGrants", autoscaling, ["kms:CreateGrant"], for_aws),
            _allow("Volumes", account, USE, driver),
            _allow("VolumeGrants", account, ["kms:CreateGrant"], {**driver, **for_aws}),
        ]
    )


def _allow(sid: str, principal: dict[str, Any], actions: list[str], condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
    return {**statement, "Condition": condition} if condition else statement


def log_group_arn(partition: str, region: str, account_id: str, name: str) -> str:
    """The ARN of a log group, without :* at its end."""
    return f"arn:{partition}:logs:{region}:{account_id}:log-group:{name}"


def flow_logs_trust(partition: str, region: str, account_id: str) -> dict[str, Any]:
    """Who may take the role of the flow logs: VPC flow logs of this account alone (VPC, IAM role for flow logs)."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account_id},
            "ArnLike": {"aws:SourceArn": f"arn:{partition}:ec2:{region}:{account_id}:vpc-flow-log/*"},
        },
    }
    return _policy.document([statement])


def flow_logs_permissions(group_arn: str) -> dict[str, Any]:
    """What flow logs may do. Not logs:CreateLogGroup: they would revive a group that was deleted."""
    actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
    return _policy.document([{"Effect": "Allow", "Action": actions, "Resource": [group_arn, f"{group_arn}:*"]}])


def log_bucket_statements(bucket: str, partition: str, region: str, account_id: str) -> list[dict[str, Any]]:
    """Who may write access logs: S3 (server access logs) and the network load balancers of this account (delivery of their logs)."""
    arn = f"arn:{partition}:s3:::{bucket}"
    of_account = {"StringEquals": {"aws:SourceAccount": account_id}}
    delivery = {"Service": "delivery.logs.amazonaws.com"}
    from_region = {"ArnLike": {"aws:SourceArn": f"arn:{partition}:logs:{region}:{account_id}:*"}}
    owned = {"StringEquals": {"aws:SourceAccount": account_id, "s3:x-amz-acl": "bucket-owner-full-control"}, **from_region}
    writer = {"Service": "logging.s3.amazonaws.com"}
    return [
        {**_allow("S3AccessLogs", writer, ["s3:PutObject"], of_account), "Resource": f"{arn}/*"},
        {**_allow("LoadBalancerLogs", delivery, ["s3:PutObject"], owned), "Resource": f"{arn}/*"},
        {**_allow("LoadBalancerLogsCheck", delivery, ["s3:GetBucketAcl"], {**of_account, **from_region}), "Resource": arn},
    ]
