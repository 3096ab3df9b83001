"""What tells environments apart: names, paths and tags of account, region, prefix and name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _tags
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._names import Identity

from tests.support.identities import identity_of

STAGING = identity_of()
OTHERS = [
    identity_of("production"),
    identity_of(prefix="acme"),
    identity_of(region="us-east-1"),
    replace(STAGING, account_id="210987654321"),
]


@pytest.mark.parametrize("other", OTHERS)
def test_each_part_of_the_identity_changes_the_names_of_global_resources(other):
    assert other.role_name("eks-node") != STAGING.role_name("eks-node")
    assert other.role_arn("eks-node") != STAGING.role_arn("eks-node")
    assert other.bucket_name("logs") != STAGING.bucket_name("logs")


@pytest.mark.parametrize("other", OTHERS[:3])
def test_tags_and_paths_distinguish_environments_of_an_account(other):
    assert other.iam_path != STAGING.iam_path
    assert not _tags.carries(other.tags("eks", "x"), STAGING.marks())
    assert "it belongs to the environment" in str(_tags.not_ours(other.tags("eks", "x"), STAGING.tags("eks", "x")))
    assert _tags.not_ours(STAGING.tags("s3", "y"), STAGING.tags("eks", "x")) is None


def test_names_fit_the_limits_of_aws():
    long = Identity("e" * 32, "p" * 16, "ap-southeast-1", "123456789012", "aws-us-gov")
    assert len(long.role_name("service", "l" * 63 + "." + "n" * 52)) <= 64
    assert len(long.bucket_name("bucket", "n" * 40)) <= 63
    assert len(long.iam_path) <= 512
    assert len(long.cluster_name) <= 100


def test_tags_of_the_user_never_override_ownership():
    given = {"opta:environment": "production", "opta:prefix": "acme", "opta:managed-by": "me", "team": 7}
    assert STAGING.tags("eks", "opta-staging", given) == {**STAGING.tags("eks", "opta-staging"), "team": "7"}


def test_without_ownership_tags_nothing_matches():
    assert not _tags.carries(STAGING.marks(), {})
    assert _tags.marks({"opta:prefix": "opta", "team": "a"}) == {}


def test_missing_parts_of_the_identity_are_reported():
    with pytest.raises(PlatformError, match="requires prefix"):
        Identity("staging", "", "eu-west-1")
    with pytest.raises(PlatformError, match="requires the account ID"):
        Identity("staging", "opta", "eu-west-1").role_name("eks-node")
