#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: s3_bucket
short_description: Manage Amazon S3 buckets
version_added: 1.0.0
description:
  - Creates, updates or deletes one general purpose bucket of Amazon S3 with its settings.
  - By default, the bucket is private, all objects belong to the bucket owner, and requests must use TLS.
options:
  name:
    description:
      - Name of the bucket, 3 to 63 lowercase letters, digits, hyphens and dots, globally unique.
      - A different name selects a different bucket.
    type: str
    required: true
  object_ownership:
    description: Owner of new objects. V(BucketOwnerEnforced) disables access control lists. Changed in place.
    type: str
    default: BucketOwnerEnforced
    choices: [BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter]
  public_access:
    description:
      - Access for everyone on the internet. Changed in place in both directions. A warning reports a public bucket.
      - V(none) makes the bucket private. All four settings of S3 Block Public Access are enabled, and a public statement in
        O(policy_statements) is refused.
      - V(read) allows everyone to read (C(s3:GetObject)) each object whose key they know. List, write and delete operations still
        require permissions. V(read) requires encryption with AES-256.
      - Access control lists never make objects public.
    type: str
    default: none
    choices: [none, read]
  encryption:
    description:
      - Default encryption of new objects. A new bucket gets V(AES256).
      - Changed in place. Existing objects keep their encryption.
    type: dict
    suboptions:
      sse_algorithm:
        description:
          - Encryption with keys of S3 (V(AES256)) or of KMS (V(aws:kms)). A bucket that receives access logs must use V(AES256).
        type: str
        required: true
        choices: [AES256, aws:kms]
      kms_key_arn:
        description: ARN of the KMS key, for V(aws:kms). The default is the key C(aws/s3) of the account.
        type: str
      bucket_key_enabled:
        description:
          - Whether to use an S3 Bucket Key, which reduces the number and the cost of requests to KMS. Applies to V(aws:kms) only.
        type: bool
        default: true
  versioning_enabled:
    description: Whether versioning is enabled. Changed in place. Versioning that was enabled once can only be suspended.
    type: bool
  tls_only:
    description: Whether the bucket policy denies requests without TLS. Changed in place.
    type: bool
    default: true
  policy_statements:
    description:
      - Additional statements of the bucket policy, in the syntax of IAM, besides those of the module (C(TlsOnly), C(PublicRead)).
      - Changed in place. Statements that are not listed are removed.
    type: list
    elements: dict
    default: []
  lifecycle_rules:
    description:
      - Lifecycle rules.
      - Changed in place. Rules that are not listed are removed, and an empty list removes all rules. If not set, existing rules are
        kept.
    type: list
    elements: dict
    suboptions:
      id:
        description: ID of the rule.
        type: str
        required: true
      enabled:
        description: Whether the rule is enabled.
        type: bool
        default: true
      prefix:
        description: Key prefix of the objects to which the rule applies. By default, all objects.
        type: str
      tags:
        description: Tags of the objects to which the rule applies.
        type: dict
      expired_object_delete_marker:
        description: Whether to delete delete markers without noncurrent versions.
        type: bool
      newer_noncurrent_versions:
        description: Number of noncurrent versions, from 1 to 100, that O(lifecycle_rules[].noncurrent_expiration_days) retains.
        type: int
      expiration_days:
        description: Number of days after which objects expire.
        type: int
      noncurrent_expiration_days:
        description: Number of days after which noncurrent versions are deleted.
        type: int
      abort_incomplete_multipart_upload_days:
        description: Number of days after which the parts of incomplete multipart uploads are deleted.
        type: int
      transitions:
        description: Transitions of objects to other storage classes.
        type: list
        elements: dict
        suboptions:
          days:
            description: Number of days after which objects transition.
            type: int
            required: true
          storage_class:
            description: Storage class, for example V(STANDARD_IA).
            type: str
            required: true
      noncurrent_transitions:
        description: Transitions of noncurrent versions to other storage classes.
        type: list
        elements: dict
        suboptions:
          days:
            description: Number of days after which noncurrent versions transition.
            type: int
            required: true
          storage_class:
            description: Storage class, for example V(STANDARD_IA).
            type: str
            required: true
  lifecycle_rules_at_creation_only:
    description: Whether O(lifecycle_rules) apply to a new bucket only. An existing bucket then keeps its rules.
    type: bool
    default: false
  cors_rules:
    description:
      - Cross-origin resource sharing (CORS) rules. The first matching rule applies.
      - Changed in place. Rules that are not listed are removed, and an empty list removes all rules.
    type: list
    elements: dict
    suboptions:
      id:
        description: ID of the rule.
        type: str
      allowed_origins:
        description: Origins, for example V(https://example.com). V(*) allows any origin.
        type: list
        elements: str
        required: true
      allowed_methods:
        description: "HTTP methods: V(GET), V(PUT), V(POST), V(DELETE) and V(HEAD)."
        type: list
        elements: str
        required: true
      allowed_headers:
        description: Headers that are allowed in a request. V(*) allows any header.
        type: list
        elements: str
      expose_headers:
        description: Headers of the response that web pages may read.
        type: list
        elements: str
      max_age_seconds:
        description: Time for which a browser may cache the response to a preflight request, in seconds.
        type: int
  replication:
    description:
      - Replication of new objects to another bucket. Requires versioning in both buckets. An empty dictionary disables replication.
        Changed in place.
      - Existing objects are not replicated. Use S3 Batch Replication for them.
    type: dict
    suboptions:
      destination_bucket_arn:
        description: ARN of the destination bucket, in any region.
        type: str
      role_arn:
        description: ARN of the IAM role that S3 assumes for replication.
        type: str
      kms_key_arn:
        description:
          - ARN of the KMS key, in the region of the destination, that encrypts the replicas. Required if this bucket is encrypted with
            C(aws:kms).
        type: str
      prefix:
        description: Key prefix of the objects to replicate.
        type: str
        default: ""
      storage_class:
        description: Storage class of the replicas, for example V(STANDARD_IA). The default is the storage class of the object.
        type: str
      delete_markers_enabled:
        description: Whether to replicate delete markers.
        type: bool
        default: false
  access_logging:
    description: Destination of the server access logs of this bucket. An empty dictionary disables access logging. Changed in place.
    type: dict
    suboptions:
      target_bucket:
        description: Name of the bucket for the logs. It must be encrypted with AES-256, and its policy must allow S3 to write to it.
        type: str
      target_prefix:
        description: Key prefix of the logs.
        type: str
        default: ""
  delete_contents:
    description:
      - Whether O(state=absent) first deletes all objects with all their versions. If V(false), a bucket with objects is refused.
    type: bool
    default: false
  keep_contents:
    description:
      - Whether O(state=absent) retains a bucket with objects instead of refusing it. The bucket gets the tag C(opta:retained), its
        access logging and replication are disabled, and a warning names it.
      - O(state=present) manages such a bucket again. O(delete_contents) takes precedence.
    type: bool
    default: false
notes:
  - Used by the roles P(opta.platform.network#role) and P(opta.platform.s3#role).
seealso:
  - module: amazon.aws.s3_bucket
  - name: CreateBucket
    description: Amazon S3 API Reference.
    link: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
  - name: Blocking public access to your Amazon S3 storage
    description: Amazon S3 User Guide.
    link: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
author:
  - opta.platform contributors (@opta-platform)
extends_documentation_fragment:
  - opta.platform.resource
  - opta.platform.attributes
  - opta.platform.requirements
  - amazon.aws.common.modules
  - amazon.aws.region.modules
"""

EXAMPLES = r"""
- name: Create a bucket that keeps access logs for 90 days
  opta.platform.s3_bucket:
    name: opta-staging-logs-0a1b2c3d
    encryption:
      sse_algorithm: AES256
    lifecycle_rules:
      - id: expire
        expiration_days: 90
    tags:
      opta:environment: staging

- name: Create a public bucket for the files of a website
  opta.platform.s3_bucket:
    name: opta-staging-bucket-assets-0a1b2c3d
    public_access: read
    cors_rules:
      - allowed_origins: [https://example.com]
        allowed_methods: [GET]

- name: Replicate new objects to another region
  opta.platform.s3_bucket:
    name: opta-staging-bucket-uploads-0a1b2c3d
    versioning_enabled: true
    replication:
      destination_bucket_arn: arn:aws:s3:::uploads-of-another-region
      role_arn: arn:aws:iam::123456789012:role/opta/opta/eu-west-1/staging/opta-staging-s3-replication-uploads-44454d18

- name: Delete the bucket with all its objects
  opta.platform.s3_bucket:
    name: opta-staging-logs-0a1b2c3d
    delete_contents: true
    state: absent
"""

RETURN = r"""
bucket:
  description: The bucket, or V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the bucket.
      returned: always
      type: str
      sample: opta-staging-logs-0a1b2c3d
    arn:
      description: ARN of the bucket.
      returned: always
      type: str
      sample: arn:aws:s3:::opta-staging-logs-0a1b2c3d
    region:
      description: Region of the bucket.
      returned: always
      type: str
      sample: eu-west-1
    object_ownership:
      description: Owner of new objects.
      returned: always
      type: str
      sample: BucketOwnerEnforced
    public_access:
      description:
        - Access for everyone on the internet, V(none) or V(read). V(partly blocked) if single settings of S3 Block Public Access were
          changed.
      returned: always
      type: str
      sample: none
    encryption:
      description: Default encryption of new objects.
      returned: always
      type: dict
      sample: {sse_algorithm: AES256, kms_key_arn: null, bucket_key_enabled: false}
    versioning_enabled:
      description: Whether versioning is enabled.
      returned: always
      type: bool
      sample: true
    policy:
      description: Bucket policy. Empty without one.
      returned: always
      type: dict
      sample: {Version: "2012-10-17", Statement: []}
    lifecycle_rules:
      description: Lifecycle rules.
      returned: always
      type: list
      elements: dict
      sample: [{id: expire, enabled: true, expiration_days: 90}]
    cors_rules:
      description: CORS rules.
      returned: always
      type: list
      elements: dict
      sample: [{allowed_origins: ["https://example.com"], allowed_methods: [GET]}]
    replication:
      description: Replication settings. Empty without replication.
      returned: always
      type: dict
      sample: {destination_bucket_arn: "arn:aws:s3:::uploads-of-another-region"}
    access_logging:
      description: Destination of server access logs. Empty without access logging.
      returned: always
      type: dict
      sample: {target_bucket: opta-staging-logs-0a1b2c3d, target_prefix: assets/}
    tags:
      description: Tags of the bucket.
      returned: always
      type: dict
      sample: {opta:environment: staging}
public:
  description: Operations that are allowed for everyone on the internet. In check mode, after a run. Empty if the bucket is private.
  returned: success
  type: list
  elements: str
  sample: [s3:GetObject]
actions:
  description:
    - Actions that were performed, in order. In check mode, the actions that a run would perform.
    - Each action has the keys C(action) (V(create), V(update), V(replace) or V(delete)), C(resource) (type and name of the resource),
      C(attributes) (names of the attributes that change) and C(allowed) (whether the options allow the action; false for a replacement
      that is not allowed).
  returned: success
  type: list
  elements: dict
  sample: [{action: update, resource: EKS cluster opta-staging, attributes: [version], allowed: true}]
diff:
  description: Values of the changed attributes before and after the actions, grouped by resource if there are several. Without secrets.
  returned: success
  type: dict
  sample: {before: {version: "1.34"}, after: {version: "1.35"}}
"""

from ..module_utils._module import PlatformModule
from ..module_utils._s3 import transformations
from ..module_utils._s3.bucket import Bucket
from ..module_utils._s3.reconcile import bucket_outcome, public

STRINGS = {"type": "list", "elements": "str"}

ENCRYPTION = {
    "sse_algorithm": {"choices": [transformations.AES256, transformations.KMS], "required": True},
    "kms_key_arn": {"no_log": False},
    "bucket_key_enabled": {"type": "bool", "default": True, "no_log": False},
}

TRANSITIONS = {
    "type": "list",
    "elements": "dict",
    "options": {"days": {"type": "int", "required": True}, "storage_class": {"required": True}},
}

LIFECYCLE_RULE = {
    "id": {"required": True},
    "enabled": {"type": "bool", "default": True},
    "prefix": {},
    "tags": {"type": "dict"},
    "expiration_days": {"type": "int"},
    "expired_object_delete_marker": {"type": "bool"},
    "noncurrent_expiration_days": {"type": "int"},
    "newer_noncurrent_versions": {"type": "int"},
    "abort_incomplete_multipart_upload_days": {"type": "int"},
    "transitions": TRANSITIONS,
    "noncurrent_transitions": TRANSITIONS,
}

CORS_RULE = {
    "id": {},
    "allowed_origins": {**STRINGS, "required": True},
    "allowed_methods": {**STRINGS, "required": True},
    "allowed_headers": STRINGS,
    "expose_headers": STRINGS,
    "max_age_seconds": {"type": "int"},
}

REPLICATION = {
    "destination_bucket_arn": {},
    "role_arn": {},
    "kms_key_arn": {"no_log": False},
    "prefix": {"default": ""},
    "storage_class": {},
    "delete_markers_enabled": {"type": "bool", "default": False},
}

ARGUMENTS = {
    "name": {"required": True},
    "object_ownership": {"choices": ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"], "default": "BucketOwnerEnforced"},
    "public_access": {"choices": [transformations.PRIVATE, transformations.PUBLIC_READ], "default": transformations.PRIVATE},
    "encryption": {"type": "dict", "options": ENCRYPTION},
    "versioning_enabled": {"type": "bool"},
    "tls_only": {"type": "bool", "default": True},
    "policy_statements": {"type": "list", "elements": "dict", "default": []},
    "lifecycle_rules": {"type": "list", "elements": "dict", "options": LIFECYCLE_RULE},
    "lifecycle_rules_at_creation_only": {"type": "bool", "default": False},
    "cors_rules": {"type": "list", "elements": "dict", "options": CORS_RULE},
    "replication": {"type": "dict", "options": REPLICATION},
    "access_logging": {"type": "dict", "options": {"target_bucket": {}, "target_prefix": {"default": ""}}},
    "delete_contents": {"type": "bool", "default": False},
    "keep_contents": {"type": "bool", "default": False},
}


def reconcile(module):
    given = module.params
    settings = {name: given[name] for name in ("lifecycle_rules_at_creation_only", "delete_contents", "purge_tags")}
    bucket = Bucket(module.client("s3"), given["name"], **settings)
    outcome = bucket_outcome(module, bucket)
    return outcome, {"public": public(outcome.resource)}


def main():
    PlatformModule(ARGUMENTS).run(reconcile, key="bucket")


if __name__ == "__main__":
    main()
