"""Secrets Manager: a secret's value is that of its current version, also after the label has moved."""

from __future__ import annotations

from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from tests.standin.aws.operations import Call, answers


@answers("secretsmanager", "UpdateSecretVersionStage")
def update_secret_version_stage(call: Call) -> dict[str, Any]:
    answer = call.moto()
    secret = secretsmanager_backends[call.account][call.region].secrets[call.get("SecretId")]
    current = [version for version, each in secret.versions.items() if "AWSCURRENT" in each["version_stages"]]
    secret.default_version_id = current[0]
    return answer
