#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: s3_bucket
short_description: Manage an S3 bucket
version_added: 1.0.0
description:
  - Creates, changes or deletes one general purpose bucket of Amazon S3 with its settings.
  - Without further options the bucket is private, belongs to its owner alone and can only be reached by TLS.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.11
options:
  name:
    description:
      - Name of the bucket, 3 to 63 lower-case letters, digits, hyphens and dots; unique in the whole of AWS.
      - Another name is another bucket.
    type: str
    required: true
  object_ownership:
    description: Who owns the objects; V(BucketOwnerEnforced) switches access control lists off. Changed in place.
    type: str
    choices: [BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter]
    default: BucketOwnerEnforced
  public_access:
    description:
      - What everybody on the internet may do. Changed in place, in both directions; the run warns of what is public.
      - V(none) is private. All four public access blocks are on, and a public statement in O(policy_statements) is refused.
      - With V(read) everybody may read (C(s3:GetObject)) every object whose key they know. Nobody but principals of yours may list,
        write or delete. It needs encryption with AES-256.
      - Access control lists never make anything public.
    type: str
    choices: [none, read]
    default: none
  encryption:
    description:
      - How new objects are encrypted. Changed in place; objects that are there keep their encryption.
      - AES-256 with a key of S3 when a bucket is made without it.
    type: dict
    suboptions:
      sse_algorithm:
        description: The kind of encryption. A bucket to which access logs are delivered must use V(AES256).
        type: str
        choices: [AES256, aws:kms]
        required: true
      kms_key_arn:
        description: The key for V(aws:kms); the account's key C(aws/s3) when not given.
        type: str
      bucket_key_enabled:
        description: Whether S3 asks KMS once for many objects instead of for each, which costs less. Only for V(aws:kms).
        type: bool
        default: true
  versioning_enabled:
    description: Whether earlier versions of objects are kept. Changed in place; once on it can only be suspended.
    type: bool
  tls_only:
    description: Whether the bucket's policy denies every request without TLS. Changed in place.
    type: bool
    default: true
  policy_statements:
    description:
      - Further statements of the bucket's policy, as IAM writes them, beside those that the module makes (C(TlsOnly), C(PublicRead)).
      - Changed in place; a statement that is not named is removed.
    type: list
    elements: dict
    default: []
  lifecycle_rules:
    description:
      - Rules for objects to expire or move. Changed in place; a rule that is not named is removed, an empty list removes all.
        When it is not given, all stay.
    type: list
    elements: dict
    suboptions:
      id:
        description: Name of the rule.
        type: str
        required: true
      enabled:
        description: Whether the rule is in force.
        type: bool
        default: true
      prefix:
        description: Beginning of the keys it applies to; all objects when not given.
        type: str
      tags:
        description: Tags that the objects it applies to must have.
        type: dict
      expired_object_delete_marker:
        description: Whether delete markers go whose object has no earlier version left.
        type: bool
      newer_noncurrent_versions:
        description: Earlier versions of an object, 1 to 100, that O(lifecycle_rules[].noncurrent_expiration_days) leaves.
        type: int
      expiration_days:
        description: Days until an object expires.
        type: int
      noncurrent_expiration_days:
        description: Days until an earlier version is deleted.
        type: int
      abort_incomplete_multipart_upload_days:
        description: Days until the parts of an upload that was never finished are deleted.
        type: int
      transitions:
        description: When objects move to which storage class.
        type: list
        elements: dict
        suboptions:
          days:
            description: Days after which it moves.
            type: int
            required: true
          storage_class:
            description: Storage class, for example V(STANDARD_IA).
            type: str
            required: true
      noncurrent_transitions:
        description: When earlier versions move to which storage class.
        type: list
        elements: dict
        suboptions:
          days:
            description: Days after which it moves.
            type: int
            required: true
          storage_class:
            description: Storage class, for example V(STANDARD_IA).
            type: str
            required: true
  lifecycle_rules_at_creation_only:
    description: Whether O(lifecycle_rules) are those of a new bucket only, and an existing one keeps what it has.
    type: bool
    default: false
  cors_rules:
    description:
      - What web pages of other origins may do. Changed in place; the first rule that fits is taken.
      - A rule that is not named is removed, an empty list removes all.
    type: list
    elements: dict
    suboptions:
      id:
        description: Name of the rule.
        type: str
      allowed_origins:
        description: Origins, for example V(https://example.com); V(*) is any.
        type: list
        elements: str
        required: true
      allowed_methods:
        description: "HTTP methods: C(GET), C(PUT), C(POST), C(DELETE), C(HEAD)."
        type: list
        elements: str
        required: true
      allowed_headers:
        description: Headers that a request may have; V(*) is any.
        type: list
        elements: str
      expose_headers:
        description: Headers of the answer that the page may read.
        type: list
        elements: str
      max_age_seconds:
        description: Seconds that a browser may keep the answer to its question.
        type: int
  replication:
    description:
      - Copies new objects to another bucket; an empty dict switches it off. Changed in place.
      - Needs versioning in both buckets.
      - Objects that are there already are not copied; S3 Batch Replication does that.
    type: dict
    suboptions:
      destination_bucket_arn:
        description: ARN of the other bucket, in any region.
        type: str
      role_arn:
        description: The IAM role that S3 takes to copy.
        type: str
      kms_key_arn:
        description: Key of the destination's region for the replicas. Needed where this bucket is encrypted with C(aws:kms).
        type: str
      prefix:
        description: Beginning of the keys that are copied.
        type: str
        default: ""
      storage_class:
        description: Storage class of the replicas, for example V(STANDARD_IA); that of the object when not given.
        type: str
      delete_markers_enabled:
        description: Whether deletions are copied too.
        type: bool
        default: false
  access_logging:
    description: Where S3 writes its access logs of this bucket; an empty dict switches them off. Changed in place.
    type: dict
    suboptions:
      target_bucket:
        description: Name of the bucket for the logs; it must be encrypted with AES-256, and its policy must let S3 write to it.
        type: str
      target_prefix:
        description: Beginning of the logs' keys.
        type: str
        default: ""
  delete_contents:
    description:
      - Whether O(state=absent) deletes all objects, with all their versions, first.
      - Without it a bucket that holds objects is refused.
    type: bool
    default: false
  keep_contents:
    description:
      - Whether O(state=absent) keeps a bucket that holds objects instead of refusing. It gets the tag C(opta:retained),
        its access logs and its replication are switched off, and the run warns that it is kept.
      - O(state=present) takes such a bucket back. O(delete_contents) has precedence.
    type: bool
    default: false
extends_documentation_fragment:
  - opta.platform.resource
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Keep access logs for 90 days
  opta.platform.s3_bucket:
    name: opta-staging-logs-0a1b2c3d
    encryption:
      sse_algorithm: AES256
    lifecycle_rules:
      - id: expire
        expiration_days: 90
    tags:
      opta:environment: staging

- name: Serve files to everybody
  opta.platform.s3_bucket:
    name: opta-staging-bucket-assets-0a1b2c3d
    public_access: read
    cors_rules:
      - allowed_origins: [https://example.com]
        allowed_methods: [GET]

- name: Copy what is uploaded to another region
  opta.platform.s3_bucket:
    name: opta-staging-bucket-uploads-0a1b2c3d
    versioning_enabled: true
    replication:
      destination_bucket_arn: arn:aws:s3:::uploads-of-another-region
      role_arn: arn:aws:iam::123456789012:role/opta/opta/eu-west-1/staging/opta-staging-s3-replication-uploads-44454d18

- name: Delete the bucket with all that it holds
  opta.platform.s3_bucket:
    name: opta-staging-logs-0a1b2c3d
    delete_contents: true
    state: absent
"""

RETURN = r"""
bucket:
  description: The bucket; null when it is gone.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str, sample: opta-staging-logs-0a1b2c3d}
    arn: {description: Its ARN., type: str}
    region: {description: The region it lies in., type: str, sample: eu-west-1}
    object_ownership: {description: Who owns the objects., type: str, sample: BucketOwnerEnforced}
    public_access: {description: "As the option; C(partly blocked) when somebody has changed single blocks.", type: str, sample: none}
    encryption:
      description: How new objects are encrypted.
      type: dict
      sample: {sse_algorithm: AES256, kms_key_arn: null, bucket_key_enabled: false}
    versioning_enabled: {description: Whether earlier versions are kept., type: bool}
    policy: {description: The bucket's policy; empty when it has none., type: dict}
    lifecycle_rules: {description: The rules for its objects., type: list, elements: dict}
    cors_rules: {description: What web pages of other origins may do., type: list, elements: dict}
    replication: {description: Where new objects are copied to; empty when nowhere., type: dict}
    access_logging: {description: Where its access logs go; empty when nowhere., type: dict}
    tags: {description: All tags., type: dict}
public:
  description: What everybody on the internet may do there, or will after the run of a plan; empty when the bucket is private.
  returned: always
  type: list
  elements: str
  sample: [s3:GetObject]
actions:
  description: What was done, or in check mode would be done.
  returned: always
  type: list
  elements: dict
  contains:
    action: {description: "C(create), C(update) or C(delete).", type: str}
    resource: {description: Kind and name., type: str, sample: S3 bucket opta-staging-logs-0a1b2c3d}
    attributes: {description: The attributes that are set., type: list, elements: str}
    allowed: {description: Whether the run may do it., type: bool}
diff:
  description: The changed attributes before and after.
  returned: always
  type: dict
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
