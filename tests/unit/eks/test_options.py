from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._eks import options as subject
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError

CLUSTER = {"name": "opta-staging", "state": "present"}
GROUP = {"name": "default", "state": "present", "ami_type": "AL2023_x86_64_STANDARD"}
ENTRY = {"principal_arn": "arn:aws-cn:iam::111122223333:role/x"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "-x"}, "starting with a letter"),
        ({"name": "x" * 101}, "1 to 100"),
        ({"version": "1.3"}, 'in quotes, for example "1.35"'),
        ({"version": "latest"}, "version 'latest'"),
        ({"public_access_cidrs": ["203.0.113"]}, "public_access_cidrs has '203.0.113'"),
        ({"service_ipv4_cidr": "ten"}, "service_ipv4_cidr"),
        ({"service_ipv4_cidr": "10.100.0.0"}, "service_ipv4_cidr is '10.100.0.0': it must be within"),
        ({"api_client_cidr_blocks": ["10.8.0.5", "fd00::/8"]}, "api_client_cidr_blocks has 'fd00::/8'"),
        ({"endpoint_public_access": False, "endpoint_private_access": False}, "both false"),
        ({"subnet_ids": ["subnet-1"]}, "at least two Availability Zones"),
    ],
)
def test_invalid_cluster_options_are_refused(options, message):
    with pytest.raises(PlatformError, match=message):
        subject.check_cluster({**CLUSTER, **options})


@pytest.mark.parametrize(
    "options",
    [
        {"version": "1.35", "public_access_cidrs": ["203.0.113.7/32", "(known after apply)"], "subnet_ids": ["a", "b"]},
        {"state": "absent", "subnet_ids": []},
        {"endpoint_public_access": False, "endpoint_private_access": True},
    ],
)
def test_valid_cluster_options_are_accepted(options):
    subject.check_cluster({**CLUSTER, **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "a/b"}, "1 to 63"),
        ({"ami_type": "CUSTOM"}, "image_id requires"),
        ({"image_id": "ami-1"}, "image_id requires"),
        ({"user_data": "#!/bin/sh"}, "MIME multi-part"),
        ({"min_size": 3, "max_size": 2}, "min_size 3 is higher than max_size 2"),
        ({"max_size": 0}, "max_size is 0: it must be at least 1"),
        ({"min_size": -1}, "min_size is -1"),
        ({"volume_size_gib": 0}, "volume_size_gib is 0"),
        ({"update_config": {"max_unavailable_percentage": 101}}, "it must be between 1 and 100"),
        ({"version": "2.0"}, "version '2.0'"),
    ],
)
def test_invalid_node_group_options_are_refused(options, message):
    with pytest.raises(PlatformError, match=message):
        subject.check_node_group({**GROUP, **options})


@pytest.mark.parametrize(
    "options",
    [
        {"ami_type": "CUSTOM", "image_id": "ami-1", "user_data": "#!/bin/sh"},
        {"user_data": "MIME-Version: 1.0\nContent-Type: multipart/mixed"},
        {"ami_type": "BOTTLEROCKET_x86_64", "user_data": "[settings]"},
        {"min_size": 0, "max_size": 1},
    ],
)
def test_valid_node_group_options_are_accepted(options):
    subject.check_node_group({**GROUP, **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"principal_arn": "administrator"}, "not the ARN of an IAM role"),
        ({"policies": [{"policy": "x", "scope": "namespace", "namespaces": []}]}, "namespaces requires scope: namespace"),
        ({"policies": [{"policy": "x", "scope": "cluster", "namespaces": ["a"]}]}, "namespaces requires scope: namespace"),
    ],
)
def test_invalid_access_entry_options_are_refused(options, message):
    with pytest.raises(PlatformError, match=message):
        subject.check_access_entry({**ENTRY, **options})


@pytest.mark.parametrize(
    "arn", ["arn:aws-cn:sts::111122223333:assumed-role/x/me", "arn:aws-cn:iam::111122223333:root", "(known after apply)"]
)
def test_valid_principals_are_accepted(arn):
    subject.check_access_entry({"principal_arn": arn})
