# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read what a secret holds now, its version AWSCURRENT. Private to the collection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._errors import PlatformError

#: there is no such secret, it has no value yet, or it is scheduled for deletion (GetSecretValue says InvalidRequest of the last one only)
MISSING = ["ResourceNotFoundException", "InvalidRequestException"]


class SecretsManagerError(AnsibleAWSError):
    """A call to Secrets Manager failed."""


class SecretsManagerErrorHandler(AWSErrorHandler):
    _CUSTOM_EXCEPTION = SecretsManagerError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code(MISSING)


@SecretsManagerErrorHandler.list_error_handler("get the value of a secret", None)
@AWSRetry.jittered_backoff()
def get_secret_value(client: Any, secret_id: str) -> dict[str, Any] | None:
    return client.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")


def current_value(client: Any, secret_id: str) -> dict[str, str] | None:
    """The strings of the JSON object that a secret holds; None when there is no such secret, or it holds nothing yet."""
    found = get_secret_value(client, secret_id)
    if found is None:
        return None
    try:
        held = json.loads(found["SecretString"])
    except (KeyError, ValueError):
        held = None
    if not isinstance(held, Mapping):
        raise PlatformError(f'The secret {secret_id} must hold a JSON object, for example {{"username": "…", "password": "…"}}.')
    return {str(name): str(value) for name, value in held.items()}
