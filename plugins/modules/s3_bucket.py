#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: s3_bucket
short_description: Manage a private S3 bucket
version_added: 1.0.0
description:
  - Creates, changes or deletes one general purpose bucket of Amazon S3 with its settings.
  - Without further options the bucket is private, belongs to its owner alone and can only be reached by TLS.
author:
  - opta.platform contributors (@opta-platform)
requirements:
  - python >= 3.10
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
  block_public_access:
    description: Whether all four public access blocks are on. Changed in place.
    type: bool
    default: true
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
  versioning_enabled:
    description: Whether earlier versions of objects are kept. Changed in place; once on it can only be suspended.
    type: bool
  tls_only:
    description: Whether the bucket's policy denies every request without TLS. Changed in place.
    type: bool
    default: true
  policy_statements:
    description: Further statements of the bucket's policy, as IAM writes them. Changed in place; a statement that is not named is removed.
    type: list
    elements: dict
    default: []
  lifecycle_rules:
    description: Rules for objects to expire or move. Changed in place; a rule that is not named is removed, an empty list removes all.
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
    block_public_access: {description: Whether all public access is blocked., type: bool}
    encryption: {description: How new objects are encrypted., type: dict, sample: {sse_algorithm: AES256, kms_key_arn: null}}
    versioning_enabled: {description: Whether earlier versions are kept., type: bool}
    policy: {description: The bucket's policy; empty when it has none., type: dict}
    lifecycle_rules: {description: The rules for its objects., type: list, elements: dict}
    access_logging: {description: Where its access logs go; empty when nowhere., type: dict}
    tags: {description: All tags., type: dict}
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

import re

from ansible_collections.opta.platform.plugins.module_utils._module import PlatformModule
from ansible_collections.opta.platform.plugins.module_utils._s3 import shapes
from ansible_collections.opta.platform.plugins.module_utils._s3.bucket import Bucket

TRANSITIONS = {
    "type": "list",
    "elements": "dict",
    "options": {"days": {"type": "int", "required": True}, "storage_class": {"required": True}},
}

ARGUMENTS = {
    "name": {"required": True},
    "object_ownership": {"choices": ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"], "default": "BucketOwnerEnforced"},
    "block_public_access": {"type": "bool", "default": True},
    "encryption": {
        "type": "dict",
        "options": {"sse_algorithm": {"choices": [shapes.AES256, shapes.KMS], "required": True}, "kms_key_arn": {"no_log": False}},
    },
    "versioning_enabled": {"type": "bool"},
    "tls_only": {"type": "bool", "default": True},
    "policy_statements": {"type": "list", "elements": "dict", "default": []},
    "lifecycle_rules": {
        "type": "list",
        "elements": "dict",
        "options": {
            "id": {"required": True},
            "enabled": {"type": "bool", "default": True},
            "prefix": {},
            "expiration_days": {"type": "int"},
            "noncurrent_expiration_days": {"type": "int"},
            "abort_incomplete_multipart_upload_days": {"type": "int"},
            "transitions": TRANSITIONS,
            "noncurrent_transitions": TRANSITIONS,
        },
    },
    "access_logging": {"type": "dict", "options": {"target_bucket": {}, "target_prefix": {"default": ""}}},
    "delete_contents": {"type": "bool", "default": False},
}


def refuse_wrong_input(module):
    given = module.params
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", given["name"]):
        module.fail_json(
            msg=f"name is {given['name']!r}, but a bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots, "
            "for example opta-staging-logs."
        )
    encryption = given["encryption"] or {}
    if encryption.get("kms_key_arn") and encryption["sse_algorithm"] != shapes.KMS:
        module.fail_json(msg="encryption.kms_key_arn needs encryption.sse_algorithm: aws:kms; leave the key out for AES256.")
    for rule in given["lifecycle_rules"] or []:
        if not any(rule.get(option) for option in (*shapes.EXPIRATIONS, *shapes.TRANSITIONS)):
            module.fail_json(msg=f"lifecycle_rules: the rule {rule['id']} does nothing; give it for example expiration_days: 90.")


def wanted_values(module, bucket):
    given = module.params
    values = module.wanted(bucket)
    values["policy"] = shapes.policy(bucket.client.meta.partition, bucket.name, given["tls_only"], given["policy_statements"]) or {}
    if given["lifecycle_rules"] is not None:
        values["lifecycle_rules"] = [shapes.lifecycle_option(shapes.lifecycle_rule(rule)) for rule in given["lifecycle_rules"]]
    if given["access_logging"] is not None:
        target = given["access_logging"]["target_bucket"]
        values["access_logging"] = given["access_logging"] if target else {}
    return values


def main():
    module = PlatformModule(argument_spec=ARGUMENTS)
    refuse_wrong_input(module)
    given = module.params
    bucket = Bucket(module.client("s3"), given["name"], delete_contents=given["delete_contents"], purge_tags=given["purge_tags"])
    module.run("bucket", lambda: module.bring(bucket, wanted_values(module, bucket)))


if __name__ == "__main__":
    main()
