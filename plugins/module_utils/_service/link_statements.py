# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What links let a service's IAM role do: on the thing that is linked and on its key, and nowhere else. Pure; private to the collection.

Source: AWS Service Authorization Reference, for each service. One action stands for its batches (sqs:SendMessage, sns:Publish).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .inputs import Inputs
from .links import Link, Stores, links

BUCKET_READ = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketVersions")
OBJECT_READ = ("s3:GetObject*",)
#: what uploads in parts need besides
BUCKET_WRITE = (*BUCKET_READ, "s3:ListBucketMultipartUploads")
#: without s3:DeleteObjectVersion: what versioning keeps is not a service's to destroy
OBJECT_WRITE = (
    *OBJECT_READ,
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:DeleteObject",
    "s3:DeleteObjectTagging",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
)
QUEUE = ("sqs:GetQueueAttributes", "sqs:GetQueueUrl")
TABLE_READ = (
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:GetItem",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
)
TABLE_WRITE = (
    *TABLE_READ,
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
#: by kind and permission: actions by what is put behind the ARN
ACTIONS: dict[tuple[str, str], dict[tuple[str, ...], tuple[str, ...]]] = {
    ("s3", "read"): {("",): BUCKET_READ, ("/*",): OBJECT_READ},
    ("s3", "write"): {("",): BUCKET_WRITE, ("/*",): OBJECT_WRITE},
    ("sqs", "publish"): {("",): (*QUEUE, "sqs:SendMessage")},
    ("sqs", "subscribe"): {("",): (*QUEUE, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")},
    ("sns", "publish"): {("",): ("sns:Publish",)},
    ("dynamodb", "read"): {("", "/index/*"): TABLE_READ},
    ("dynamodb", "write"): {("", "/index/*"): TABLE_WRITE},
}
KEY_READ = ("kms:Decrypt",)
KEY_WRITE = ("kms:Decrypt", "kms:GenerateDataKey")
READING = ("read", "subscribe")


def link_statements(inputs: Inputs, stores: Stores, region: str) -> list[dict[str, Any]]:
    """The statements of an IAM policy, none twice. region: that of the environment's buckets."""
    statements: list[dict[str, Any]] = []
    for link in links(inputs):
        for statement in _statements(link, stores.get(link.kind_name) or {}, region):
            if statement not in statements:
                statements.append(statement)
    return statements


def _statements(link: Link, outputs: Mapping[str, Mapping[str, str]], region: str) -> list[dict[str, Any]]:
    arn, key_arn = link.name, link.kms_key_arn
    if link.kind_name == "s3":
        arn = str((outputs.get("bucket_arns") or {}).get(link.name) or "")
        key_arn = str((outputs.get("kms_key_arns") or {}).get(link.name) or "")
    elif arn.startswith("arn:"):
        region = arn.split(":")[3]
    made = [
        {"Effect": "Allow", "Action": list(actions), "Resource": [f"{arn}{ending}" for ending in endings]}
        for endings, actions in ACTIONS.get((link.kind_name, link.permission), {}).items()
    ]
    return [*made, _key_statement(link, key_arn, region)] if made and key_arn else made


def _key_statement(link: Link, key_arn: str, region: str) -> dict[str, Any]:
    """Use of the key through the service that is linked: the same key may encrypt much else."""
    actions = KEY_READ if link.permission in READING else KEY_WRITE
    services = [f"{link.kind_name}.{region}.{suffix}" for suffix in _suffixes(region)]
    return {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": [key_arn],
        "Condition": {"StringEquals": {"kms:ViaService": services}},
    }


def _suffixes(region: str) -> tuple[str, ...]:
    """How names of services end; in China KMS sees either."""
    return ("amazonaws.com", "amazonaws.com.cn") if region.startswith("cn-") else ("amazonaws.com",)
