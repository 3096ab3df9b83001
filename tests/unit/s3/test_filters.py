from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.opta.platform.plugins.filter import s3

IDENTITY = {"prefix": "opta", "environment": "staging", "partition": "aws", "account_id": "123456789012", "region": "eu-west-1"}


def test_filters_return_buckets_to_create_and_delete():
    (made,) = s3.described_buckets([{"name": "a"}], IDENTITY, "key", "logs", {"team": "a"})
    (gone,) = s3.removed_buckets([{"name": "a"}], {}, IDENTITY)
    assert made["bucket_name"] == gone["bucket_name"]
    assert made["tags"]["team"] == "a"
    assert s3.FilterModule().filters()["emptied_buckets"]([{"name": "a"}]) == []


def test_invalid_input_is_a_filter_error():
    with pytest.raises(AnsibleFilterError, match="is a replication loop"):
        s3.described_buckets([{"name": "a", "replication": {"bucket": "a"}}], IDENTITY, "key", "", {})
