# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls to AWS Certificate Manager, one function each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .. import _tags
from .._eventual_consistency import retry_until_consistent

#: without this filter ListCertificates shows those with RSA keys of 2048 bits alone
KEY_TYPES = ("RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")


class AcmError(AnsibleAWSError):
    """A call to ACM failed."""


class AcmErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = AcmError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code("ResourceNotFoundException")


@AcmErrorHandler.common_error_handler("list certificates")
@AWSRetry.jittered_backoff()
def list_certificates(client: Any) -> list[dict[str, Any]]:
    pages = client.get_paginator("list_certificates").paginate(Includes={"keyTypes": list(KEY_TYPES)})
    return pages.build_full_result().get("CertificateSummaryList", [])


@AcmErrorHandler.list_error_handler("describe certificate", None)
@AWSRetry.jittered_backoff()
def describe_certificate(client: Any, arn: str) -> dict[str, Any] | None:
    return client.describe_certificate(CertificateArn=arn)["Certificate"]


@AcmErrorHandler.common_error_handler("describe the new certificate")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def describe_new_certificate(client: Any, arn: str) -> dict[str, Any]:
    return client.describe_certificate(CertificateArn=arn)["Certificate"]


@AcmErrorHandler.list_error_handler("list tags of certificate", {})
@AWSRetry.jittered_backoff()
def list_tags(client: Any, arn: str) -> dict[str, str]:
    return _tags.as_dict(client.list_tags_for_certificate(CertificateArn=arn)["Tags"])


@AcmErrorHandler.common_error_handler("request certificate")
@AWSRetry.jittered_backoff()
def request_certificate(client: Any, **request: Any) -> str:
    return client.request_certificate(**request)["CertificateArn"]


@AcmErrorHandler.common_error_handler("tag certificate")
@retry_until_consistent
@AWSRetry.jittered_backoff()
def add_tags(client: Any, arn: str, tags: Mapping[str, str]) -> None:
    client.add_tags_to_certificate(CertificateArn=arn, Tags=_tags.as_list(tags))


@AcmErrorHandler.common_error_handler("untag certificate")
@AWSRetry.jittered_backoff()
def remove_tags(client: Any, arn: str, names: list[str]) -> None:
    client.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": name} for name in names])


@AcmErrorHandler.deletion_error_handler("delete certificate")
@AWSRetry.jittered_backoff()
def delete_certificate(client: Any, arn: str) -> None:
    client.delete_certificate(CertificateArn=arn)
