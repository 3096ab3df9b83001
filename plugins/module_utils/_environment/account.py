# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who calls, in which account, and what is said when nobody can be asked."""

from __future__ import annotations

from contextlib import suppress
from difflib import get_close_matches
from typing import Any

with suppress(ImportError):  # the module says so
    from botocore import __version__ as botocore_version
    from botocore import exceptions, loaders

from .._errors import PlatformError


def read_account(sts: Any, region: str | None, expected_account_id: str | None) -> dict[str, str]:
    """account_id, partition, region and caller_arn. Source: AWS STS, GetCallerIdentity.

    Raises PlatformError, with what to do, when there is no such region, there are no credentials, nobody answers, or it is another account.
    """
    if not region:
        raise PlatformError("No AWS region is set: set opta_region, for example eu-west-1.")
    known = _known_regions()
    if region not in known:
        near = ", ".join(get_close_matches(region, known, 3)) or "eu-west-1"
        raise PlatformError(
            f"opta_region is {region!r}, which botocore {botocore_version} does not know. Use an existing region, for example {near}. "
            "For a newer region, update boto3."
        )
    try:
        answer = sts.get_caller_identity()
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as error:
        raise PlatformError(
            "No AWS credentials were found: export AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "or attach an AWS credential to the job template."
        ) from error
    except (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError, exceptions.ConnectionClosedError) as error:
        raise PlatformError(
            f"AWS does not answer at {sts.meta.endpoint_url}: check the network, opta_region ({region}) and AWS_ENDPOINT_URL."
        ) from error
    except exceptions.ClientError as error:
        reported = error.response.get("Error", {})
        raise PlatformError(
            f"AWS does not accept the credentials ({reported.get('Code')}): {reported.get('Message')}. Renew them."
        ) from error
    if expected_account_id and answer["Account"] != expected_account_id:
        raise PlatformError(
            f"The credentials belong to account {answer['Account']}, but opta_account_id is {expected_account_id}: nothing was changed. "
            "Use credentials of account {expected_account_id}."
        )
    partition = answer["Arn"].split(":")[1]
    return {"account_id": answer["Account"], "partition": partition, "region": region, "caller_arn": answer["Arn"]}


def _known_regions() -> list[str]:
    """The regions of all partitions. Source: botocore's data, partitions."""
    partitions = loaders.create_loader().load_data("partitions")["partitions"]
    return sorted(region for partition in partitions for region in partition["regions"] if not region.endswith("-global"))
