"""The role s3 on the network that it needs, through the collection's own playbooks, asked of AWS."""

from __future__ import annotations

import json
import os
import sys

import botocore.exceptions
import pytest

from tests.environment.observed import tags_of, union
from tests.support.identities import identity_of

ENVIRONMENT = f"buckets-{os.getpid() % 10000}"
UPLOADS = {"name": "uploads", "sse_algorithm": "aws:kms", "versioning_enabled": True, "replication": {"bucket": "copy"}}
COPY = {"name": "copy", "sse_algorithm": "aws:kms", "versioning_enabled": True, "delete_contents": True}
READER = {"Sid": "Reader", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:GetObject"}
ASSETS = {"name": "assets", "policy_statements": [READER], "lifecycle_rules": [{"id": "old", "expiration_days": 9}]}
BUCKETS = [UPLOADS, COPY, ASSETS]
WORD = {"opta_destroy_confirm": ENVIRONMENT}


@pytest.fixture(scope="module")
def play(playbooks, tmp_path_factory):
    hosts = tmp_path_factory.mktemp("inventory") / "hosts.yml"
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    given = {"opta_region": "eu-west-1", "network_flow_logs_enabled": False, "s3_buckets": BUCKETS}
    hosts.write_text(json.dumps({"environments": {"hosts": {ENVIRONMENT: {}}, "vars": {**local, **given}}}))

    def run(playbook, tags="network,s3,retention", check=False, fails=False, **variables):
        more = ["--tags", tags, *(["--check", "--diff"] if check else [])]
        done = playbooks.run(f"opta.platform.{playbook}", "-i", str(hosts), *more, variables=variables)
        assert (done.returncode != 0) == fails, done.failure() + done.output[-3000:]
        return done

    return run


@pytest.fixture(scope="module")
def s3(standin):
    return standin.client("s3")


def buckets(s3):
    """The environment's buckets of the role s3 by their opta:name."""
    found = {}
    for bucket in s3.list_buckets(Prefix=f"opta-{ENVIRONMENT}-bucket-")["Buckets"]:
        found[tags_of(s3.get_bucket_tagging(Bucket=bucket["Name"]))["opta:name"]] = bucket["Name"]
    return found


def key_of(standin):
    aliases = {alias["AliasName"]: alias.get("TargetKeyId") for alias in standin.client("kms").list_aliases()["Aliases"]}
    return aliases.get(f"alias/opta-{ENVIRONMENT}")


@pytest.fixture(scope="module")
def built(standin, play):
    mark = standin.mark()
    planned = play("env", check=True)
    assert standin.mutating(mark) == []
    return planned, play("env")


def test_the_plan_lists_every_resource_that_the_run_creates(built):
    planned, done = built
    assert union(planned) == union(done)
    made = [action["resource"] for action in done.actions() if action["resource"].startswith("S3 bucket")]
    assert len(made) == len(BUCKETS) + 1  # and the one for access logs


def test_a_second_run_changes_nothing_and_reads_the_published_outputs(standin, play, built):
    mark = standin.mark()
    again = play("env")
    assert again.changed() == []
    assert standin.mutating(mark) == []
    read = [result["outputs"]["s3"] for result in again.results if "outputs" in result][0]
    published = [
        task["result"]["ansible_facts"]["s3_outputs"]
        for task in again.tasks
        if "Publish" in task["task"] and "s3_outputs" in (task["result"].get("ansible_facts") or {})
    ]
    assert published == [read, read]
    assert set(read["bucket_names"]) == {"uploads", "copy", "assets"}
    assert read["kms_key_arns"]["assets"] == ""


def test_buckets_have_the_configured_settings(standin, s3, built):
    names, key = buckets(s3), key_of(standin)
    rule = s3.get_bucket_encryption(Bucket=names["uploads"])["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"].endswith(f"key/{key}")
    logging = s3.get_bucket_logging(Bucket=names["uploads"])["LoggingEnabled"]
    assert logging["TargetBucket"].startswith(f"opta-{ENVIRONMENT}-logs-")
    assert logging["TargetPrefix"] == f"{names['uploads']}/"
    target = s3.get_bucket_encryption(Bucket=logging["TargetBucket"])["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert target["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"  # S3 delivers no logs to a bucket under a key
    statements = {s["Sid"]: s for s in json.loads(s3.get_bucket_policy(Bucket=names["assets"])["Policy"])["Statement"]}
    assert statements["Reader"]["Resource"] == [f"arn:aws:s3:::{names['assets']}", f"arn:aws:s3:::{names['assets']}/*"]
    assert set(statements) == {"TlsOnly", "Reader"}
    assert all(s3.get_public_access_block(Bucket=names["assets"])["PublicAccessBlockConfiguration"].values())


def test_the_replication_role_is_limited_to_its_two_buckets(standin, s3, built):
    names = buckets(s3)
    found = s3.get_bucket_replication(Bucket=names["uploads"])["ReplicationConfiguration"]
    assert found["Rules"][0]["Destination"]["Bucket"] == f"arn:aws:s3:::{names['copy']}"
    assert f":role{identity_of(ENVIRONMENT).iam_path}" in found["Role"]
    iam = standin.client("iam")
    role = found["Role"].rsplit("/", 1)[1]
    document = iam.get_role_policy(RoleName=role, PolicyName="replicate")["PolicyDocument"]
    resources = {statement["Resource"] for statement in document["Statement"]}
    assert {r for r in resources if ":s3:" in r} == {
        f"arn:aws:s3:::{names['uploads']}",
        f"arn:aws:s3:::{names['uploads']}/*",
        f"arn:aws:s3:::{names['copy']}/*",
    }
    assert "*" not in resources
    assert all("kms:ViaService" in s["Condition"]["StringLike"] for s in document["Statement"] if ":kms:" in s["Resource"])


def test_a_change_and_its_reversal_are_planned_and_applied(standin, s3, play, built):
    changed = [{**UPLOADS, "replication": {}}, COPY, {**ASSETS, "public_access": "read", "access_logs_enabled": False}]
    for wanted in (changed, BUCKETS):
        planned, done = play("env", tags="s3", check=True, s3_buckets=wanted), play("env", tags="s3", s3_buckets=wanted)
        assert union(planned) == union(done)
        acted = {name: set(attributes.split(",")) for _host, action, name, attributes in union(done) if action == "update"}
        names = {f"S3 bucket {bucket}": name for name, bucket in buckets(s3).items()}
        assert {names[resource]: attributes for resource, attributes in acted.items()} == {
            "uploads": {"replication"},
            "assets": {"public_access", "policy", "access_logging"},
        }
    roles = [action for action in union(done) if action[2].startswith("IAM role")]
    assert [action for _host, action, _name, _attributes in roles] == ["create"]


def test_destroy_retains_buckets_with_objects_and_their_key(standin, s3, play, built):
    names = buckets(s3)
    for name in ("uploads", "copy"):
        s3.put_object(Bucket=names[name], Key="k", Body=b"1")
    key = key_of(standin)
    planned, done = play("destroy", check=True, **WORD), play("destroy", **WORD)
    assert union(planned) == union(done)
    assert names["uploads"] in done.output
    assert buckets(s3) == {"uploads": names["uploads"]}
    assert tags_of(s3.get_bucket_tagging(Bucket=names["uploads"]))["opta:retained"] == "true"
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=names["uploads"])
    assert s3.get_object(Bucket=names["uploads"], Key="k")["Body"].read() == b"1"
    assert key_of(standin) == key
    assert standin.client("iam").list_roles(PathPrefix=identity_of(ENVIRONMENT).iam_path)["Roles"] == []
    assert play("destroy", **WORD).changed() == []


def test_retained_buckets_and_their_key_are_deleted_on_confirmation(standin, s3, play, built):
    key = key_of(standin)
    (kept,) = buckets(s3).values()
    words = {**WORD, "opta_delete_retained": True}
    planned, done = play("destroy", check=True, **words), play("destroy", **words)
    assert union(planned) == union(done)
    with pytest.raises(botocore.exceptions.ClientError, match="404"):
        s3.head_bucket(Bucket=kept)
    assert standin.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert play("destroy", **words).changed() == []
