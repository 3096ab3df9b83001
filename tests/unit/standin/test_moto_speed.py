"""What moto works out once instead of in each call is what it would work out each time."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import xmltodict
from moto import backends
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.core.utils import get_service_model
from moto.iam.models import IAMBackend

from tests.standin.aws import moto_speed, world  # noqa: F401  the world lets moto remember


def test_moto_reads_its_folder_once(aws, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.ec2.describe_vpcs()

    def read() -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(backends, "list_of_moto_modules", read)
    aws.ec2.describe_vpcs()


def test_each_account_has_awss_policies_and_its_own_attachments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    one, other, elsewhere = IAMBackend("aws", "1" * 12), IAMBackend("aws", "2" * 12), IAMBackend("aws-us-gov", "1" * 12)
    name = "policy/AmazonEKSClusterPolicy"
    policy = one.managed_policies[f"arn:aws:iam::aws:{name}"]
    policy.attachment_count += 1
    assert other.managed_policies[policy.arn].attachment_count == 0
    assert elsewhere.managed_policies[f"arn:aws-us-gov:iam::aws:{name}"].versions[0].document == policy.versions[0].document
    assert (policy.account_id, other.managed_policies[policy.arn].account_id) == ("1" * 12, "2" * 12)
    assert len(one.managed_policies) == len(other.managed_policies) == len(elsewhere.managed_policies) > 1000


def test_without_awss_policies_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")
    assert IAMBackend("aws", "1" * 12).managed_policies == {}


def context(service: str, operation: str, member: str, obj: object, path: str = "") -> AttributePickerContext:
    model = get_service_model(service)
    shape = model.operation_model(operation).output_shape.members[member]
    return AttributePickerContext(obj=obj, key=member, shape=shape, service_model=model, key_path=path)


class DBCluster:
    """Keeps its members without the name of its class."""

    d_b_clusters = None
    db_clusters = "found by the other spelling"


class Vpc:
    vpcs = "found by its own name"
    vpc_set = None


@pytest.mark.parametrize("_again", [1, 2])
def test_each_kind_of_object_has_its_own_places(_again: int) -> None:
    picker = XFormedAttributePicker()
    assert picker(context("rds", "DescribeDBClusters", "DBClusters", DBCluster())) == "found by the other spelling"
    assert picker(context("rds", "DescribeDBClusters", "DBClusters", {"DBClusters": "plain"})) == "plain"
    assert picker(context("ec2", "DescribeVpcs", "Vpcs", Vpc())) == "found by its own name"
    assert picker(context("ec2", "DescribeVpcs", "Vpcs", SimpleNamespace())) is None


def test_a_value_is_changed_by_the_first_rule_for_the_end_of_its_path() -> None:
    rules = {"Other.Vpcs": str.upper, "Result.Vpcs": str.title, "Vpcs": str.lower}
    picker, plain = XFormedAttributePicker(response_transformers=rules), XFormedAttributePicker()
    given = {"Vpcs": "A word"}
    for _ in range(2):
        assert picker(context("ec2", "DescribeVpcs", "Vpcs", given, "The.Result")) == "A Word"
        assert picker(context("ec2", "DescribeVpcs", "Vpcs", given, "Else")) == "a word"
        assert plain(context("ec2", "DescribeVpcs", "Vpcs", given, "The.Result")) == "A word"


@pytest.mark.parametrize("short", [True, False])
@pytest.mark.parametrize("document", [True, False])
def test_answers_are_written_as_xmltodict_writes_them(document, short):
    body = {
        "Answer": {
            "@xmlns": 'http://example.com/"a&b"',
            "Groups": {"Group": [{"Name": "a<b", "Open": True}, {"Name": "", "Count": 3, "None": []}]},
            "Nothing": None,
            "Empty": {},
            "Bytes": b"x",
            "Noted": {"@type": "t", "#text": "said & done"},
        }
    }
    settings = {"full_document": document, "short_empty_elements": short}
    assert moto_speed.unparse(body, **settings) == xmltodict.unparse(body, **settings)
