# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Define what a service can link: one entry of KINDS for each kind of link. Pure.

Sources: of actions, AWS Service Authorization Reference, one action stands for its batches (sqs:SendMessage, sns:Publish); of URLs,
PostgreSQL's libpq (Connection URIs, SSL Support), MongoDB's Connection String URI Format, Amazon DocumentDB's developer guide (Connecting
Programmatically), IANA's provisional scheme rediss.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

#: actions by the endings of the ARNs that they are allowed on
Actions = Mapping[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class LinkKind:
    """One kind of link: an entry that the environment's inputs list (described_in), or a resource that is named by its ARN.

    noun: its name in messages. aliases: other words for it, for the hint in a message.
    described_in: the input that lists the entries. outputs: variables by the output of the role that has their values.
    credentials: variables by the part of the store's secret. url: the variable with the whole URL, url_format: its value.
    arn_output, key_output: the outputs that have the ARN of an entry and of its key.
    arn_pattern, arn_example: of the ARN of a resource. actions: by permission.
    """

    noun: str
    aliases: tuple[str, ...] = ()
    described_in: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    url_format: str = ""
    arn_output: str = ""
    key_output: str = ""
    arn_pattern: re.Pattern[str] | None = None
    arn_example: str = ""
    actions: Mapping[str, Actions] = field(default_factory=dict)

    @property
    def permissions(self) -> tuple[str, ...]:
        """The permissions that a link can ask for."""
        return tuple(self.actions)

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that a link gives, by what they hold."""
        return (*self.credentials, *self.outputs, *((self.url,) if self.url else ()))

    @property
    def needed_outputs(self) -> tuple[str, ...]:
        """The outputs that name every entry of this kind."""
        return ("endpoints", "secret_arns") if self.credentials else (*self.outputs.values(), self.arn_output)


#: names of the variables as Opta's users know them
DATABASE = {"db_user": "username", "db_password": "password"}
DATABASE_ADDRESSES = {"db_host": "endpoints", "db_reader_host": "reader_endpoints", "db_port": "ports"}
CACHE = {"cache_user": "username", "cache_auth_token": "password"}
CACHE_ADDRESSES = {"cache_host": "endpoints", "cache_reader_host": "reader_endpoints", "cache_port": "ports"}

BUCKET_READ = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketVersions")
OBJECT_READ = ("s3:GetObject*",)
#: multipart uploads need it too
BUCKET_WRITE = (*BUCKET_READ, "s3:ListBucketMultipartUploads")
#: without s3:DeleteObjectVersion: a service must not delete the versions that versioning retains
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

KINDS: dict[str, LinkKind] = {
    "aurora": LinkKind(
        "Aurora cluster",
        aliases=("postgres", "postgresql", "rds"),
        described_in="aurora_clusters",
        outputs={**DATABASE_ADDRESSES, "db_name": "database_names"},
        credentials=DATABASE,
        url="db_url",
        url_format="postgresql://{address}/{database}?sslmode=verify-full&sslrootcert={certificates}",
    ),
    "documentdb": LinkKind(
        "DocumentDB cluster",
        aliases=("docdb", "mongodb"),
        described_in="documentdb_clusters",
        outputs=DATABASE_ADDRESSES,
        credentials=DATABASE,
        url="db_url",
        url_format="mongodb://{address}/?tls=true&tlsCAFile={certificates}&replicaSet=rs0&retryWrites=false",
    ),
    "elasticache": LinkKind(
        "ElastiCache replication group",
        aliases=("redis", "valkey", "cache"),
        described_in="elasticache_replication_groups",
        outputs=CACHE_ADDRESSES,
        credentials=CACHE,
        url="cache_url",
        # every system trusts the certificate authority of a cache
        url_format="rediss://{address}",
    ),
    "s3": LinkKind(
        "S3 bucket",
        aliases=("bucket",),
        described_in="s3_buckets",
        outputs={"bucket_name": "bucket_names"},
        arn_output="bucket_arns",
        key_output="kms_key_arns",
        actions={
            "read": {("",): BUCKET_READ, ("/*",): OBJECT_READ},
            "write": {("",): BUCKET_WRITE, ("/*",): OBJECT_WRITE},
        },
    ),
    "sqs": LinkKind(
        "queue",
        aliases=("queue",),
        arn_pattern=re.compile(r"arn:[a-z0-9-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?"),
        arn_example="arn:aws:sqs:eu-west-1:123456789012:orders",
        actions={
            "publish": {("",): (*QUEUE, "sqs:SendMessage")},
            "subscribe": {("",): (*QUEUE, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")},
        },
    ),
    "sns": LinkKind(
        "topic",
        aliases=("topic",),
        arn_pattern=re.compile(r"arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?"),
        arn_example="arn:aws:sns:eu-west-1:123456789012:orders",
        actions={"publish": {("",): ("sns:Publish",)}},
    ),
    "dynamodb": LinkKind(
        "table",
        aliases=("table",),
        arn_pattern=re.compile(r"arn:[a-z0-9-]+:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[A-Za-z0-9_.-]{3,255}"),
        arn_example="arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
        actions={"read": {("", "/index/*"): TABLE_READ}, "write": {("", "/index/*"): TABLE_WRITE}},
    ),
}
