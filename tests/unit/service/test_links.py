"""What links give a service: variables, references to Secrets Manager, URLs and IAM statements."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from ansible_collections.opta.platform.plugins.filter.opta_service import service_policies, service_stored_values
from ansible_collections.opta.platform.plugins.module_utils._service.inputs import Inputs
from ansible_collections.opta.platform.plugins.module_utils._service.link_kinds import KINDS
from ansible_collections.opta.platform.plugins.module_utils._service.link_rules import missing_stores
from ansible_collections.opta.platform.plugins.module_utils._service.link_statements import link_statements
from ansible_collections.opta.platform.plugins.module_utils._service.objects import service_objects
from ansible_collections.opta.platform.plugins.module_utils._service.values import chart_values

from tests.support import collection

KEY = "arn:aws:kms:eu-west-1:123456789012:key/0123abcd-4567-89ab-cdef-0123456789ab"
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:orders"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:orders"
TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
BUCKET = "arn:aws:s3:::opta-staging-bucket-main-0a1b2c3d"


def secret_arn(kind, name="main"):
    return f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:opta/staging/{kind}/{name}-AbCdEf"


def database(kind, port, **more):
    return {
        "endpoints": {"main": f"main.cluster-x.{kind}.example.com"},
        "reader_endpoints": {"main": f"main.cluster-ro-x.{kind}.example.com"},
        "ports": {"main": str(port)},
        "secret_arns": {"main": secret_arn(kind)},
        **more,
    }


STORES = {
    "aurora": database("aurora", 5432, database_names={"main": "app"}),
    "documentdb": database("docdb", 27017),
    "elasticache": database("cache", 6379),
    "s3": {
        "bucket_names": {"main": BUCKET.rpartition(":")[2], "plain": "opta-staging-bucket-plain-0a1b2c3d"},
        "bucket_arns": {"main": BUCKET, "plain": "arn:aws:s3:::opta-staging-bucket-plain-0a1b2c3d"},
        "kms_key_arns": {"main": KEY, "plain": ""},
    },
}


@pytest.fixture
def variables(given):
    """What the Secret of a service with these links holds: (plain values, references by key)."""

    def read(*links, stores=STORES, **inputs):
        complete = given(links=list(links), **inputs)
        secret = next(obj for obj in service_objects(complete, "PEM", stores) if obj["kind"] == "Secret")
        return secret["stringData"], {entry["key"]: entry for entry in service_stored_values(complete, stores)}

    return read


def test_a_database_link_defines_the_documented_variables(variables):
    plain, stored = variables({"aurora": "main"})
    assert plain == {
        "main_db_host": "main.cluster-x.aurora.example.com",
        "main_db_reader_host": "main.cluster-ro-x.aurora.example.com",
        "main_db_port": "5432",
        "main_db_name": "app",
    }
    assert {key: entry.get("json_key") for key, entry in stored.items()} == {
        "main_db_user": "username",
        "main_db_password": "password",
        "main_db_url": None,
    }
    for entry in stored.values():
        assert (entry["name"], entry["namespace"], entry["secret_id"]) == ("hello", "shop", secret_arn("aurora"))


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("documentdb", {"db_host", "db_reader_host", "db_port", "db_user", "db_password", "db_url"}),
        ("elasticache", {"cache_host", "cache_reader_host", "cache_port", "cache_user", "cache_auth_token", "cache_url"}),
        ("s3", {"bucket_name"}),
    ],
)
def test_other_links_define_their_variables(variables, kind, names):
    plain, stored = variables({kind: "main", **({"permission": "read"} if kind == "s3" else {})})
    assert {*plain, *stored} == {f"main_{name}" for name in names}


def test_queues_topics_and_tables_define_no_variables(variables):
    assert variables({"sqs": QUEUE, "permission": "publish"}, {"sns": TOPIC}, {"dynamodb": TABLE, "permission": "read"}) == ({}, {})


def test_each_variable_can_be_renamed(variables):
    named = {"db_host": "DATABASE_HOST", "db_password": "DATABASE_PASSWORD", "db_url": "DATABASE_URL"}
    plain, stored = variables({"aurora": "main", "variables": named}, {"documentdb": "main", "as": "docs"})
    assert plain["DATABASE_HOST"] == "main.cluster-x.aurora.example.com"
    assert plain["docs_db_host"] == "main.cluster-x.docdb.example.com"
    assert stored["DATABASE_PASSWORD"]["json_key"] == "password"
    assert "docs_db_password" in stored and "main_db_password" not in stored and "main_db_user" in stored


def test_a_hyphen_in_a_name_is_an_underscore_in_a_variable(variables):
    stores = {"s3": {output: {"up-loads": value["main"]} for output, value in STORES["s3"].items()}}
    plain, _stored = variables({"s3": "up-loads", "permission": "read"}, stores=stores)
    assert plain == {"up_loads_bucket_name": BUCKET.rpartition(":")[2]}


URLS = {
    "aurora": "postgresql://{username}:{password}@main.cluster-x.aurora.example.com:5432/app?sslmode=verify-full&sslrootcert=/config/rds_ca.pem",
    "documentdb": "mongodb://{username}:{password}@main.cluster-x.docdb.example.com:27017/"
    "?tls=true&tlsCAFile=/config/rds_ca.pem&replicaSet=rs0&retryWrites=false",
    "elasticache": "rediss://{username}:{password}@main.cluster-x.cache.example.com:6379",
}


@pytest.mark.parametrize("kind", URLS)
def test_urls_require_tls(variables, kind):
    _plain, stored = variables({kind: "main", "variables": {KINDS[kind].url: "URL"}})
    assert stored["URL"]["url"] == URLS[kind]
    parts = urlsplit(URLS[kind].format(username="opta", password="x"))
    assert (parts.hostname, parts.username) == (STORES[kind]["endpoints"]["main"], "opta")


def test_special_characters_are_percent_encoded_in_urls(variables):
    stores = {"aurora": {**STORES["aurora"], "database_names": {"main": "my app/{x}?"}}}
    _plain, stored = variables({"aurora": "main"}, stores=stores)
    assert "/my%20app%2F%7Bx%7D%3F?sslmode=" in stored["main_db_url"]["url"]


def test_a_cluster_without_a_database_name_has_a_valid_url(variables):
    """libpq would take the user's name for that of the database, which does not exist."""
    stores = {"aurora": {**STORES["aurora"], "database_names": {"main": ""}}}
    _plain, stored = variables({"aurora": "main"}, stores=stores)
    assert "/postgres?sslmode=" in stored["main_db_url"]["url"]


def test_the_users_own_certificates_are_in_the_url(variables):
    _plain, stored = variables({"aurora": "main"}, environment_variables={"RDS_CA_PATH": "/etc/my certs&.pem"})
    assert stored["main_db_url"]["url"].endswith("sslrootcert=/etc/my%20certs%26.pem")


def test_a_store_created_by_the_run_is_known_after_apply(variables):
    unknown = "(known after apply)"
    stores = {"aurora": {output: dict.fromkeys(values, unknown) for output, values in STORES["aurora"].items()}}
    plain, stored = variables({"aurora": "main"}, stores=stores)
    assert set(plain.values()) == {unknown}
    assert {entry["secret_id"] for entry in stored.values()} == {unknown}
    assert unknown in stored["main_db_url"]["url"]


def test_user_secrets_are_kept_beside_link_secrets(variables):
    plain, _stored = variables({"s3": "main", "permission": "read"}, secrets={"TOKEN": "x"})
    assert plain["TOKEN"] == "x" and plain["main_bucket_name"]


def test_link_credentials_do_not_pass_through_helm(given):
    values = str(chart_values(given(links=[{"aurora": "main"}]), "role", "generation"))
    assert "main_db" not in values and "secretsmanager" not in values


# ---------------------------------------------------------------- permissions

S3_READ = {"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject*"}
S3_WRITE = S3_READ | {
    "s3:ListBucketMultipartUploads",
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:DeleteObject",
    "s3:DeleteObjectTagging",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
}
SQS_SUBSCRIBE = {"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"}
PERMISSIONS = [
    ({"s3": "main", "permission": "read"}, S3_READ, {BUCKET, f"{BUCKET}/*"}, ["kms:Decrypt"], "s3.eu-west-1.amazonaws.com"),
    (
        {"s3": "main", "permission": "write"},
        S3_WRITE,
        {BUCKET, f"{BUCKET}/*"},
        ["kms:Decrypt", "kms:GenerateDataKey"],
        "s3.eu-west-1.amazonaws.com",
    ),
    (
        {"sqs": QUEUE, "permission": "publish", "kms_key_arn": KEY},
        {"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"},
        {QUEUE},
        ["kms:Decrypt", "kms:GenerateDataKey"],
        "sqs.eu-central-1.amazonaws.com",
    ),
    (
        {"sqs": QUEUE, "permission": "subscribe", "kms_key_arn": KEY},
        SQS_SUBSCRIBE,
        {QUEUE},
        ["kms:Decrypt"],
        "sqs.eu-central-1.amazonaws.com",
    ),
    (
        {"sns": TOPIC, "kms_key_arn": KEY},
        {"sns:Publish"},
        {TOPIC},
        ["kms:Decrypt", "kms:GenerateDataKey"],
        "sns.eu-central-1.amazonaws.com",
    ),
    (
        {"dynamodb": TABLE, "permission": "read", "kms_key_arn": KEY},
        None,
        {TABLE, f"{TABLE}/index/*"},
        ["kms:Decrypt"],
        "dynamodb.eu-central-1.amazonaws.com",
    ),
]


@pytest.mark.parametrize(("link", "actions", "resources", "key_actions", "service"), PERMISSIONS)
def test_permissions_are_limited_to_the_resource_and_its_key(given, link, actions, resources, key_actions, service):
    *others, key = link_statements(Inputs(given(links=[link])), STORES, "eu-west-1")
    assert {resource for statement in others for resource in statement["Resource"]} == resources
    if actions:
        assert {action for statement in others for action in statement["Action"]} == actions
    assert (key["Resource"], key["Action"]) == ([KEY], key_actions)
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": [service]}}, "the environment's key encrypts much else"


def test_bucket_and_object_actions_have_their_own_statements(given):
    bucket, objects, _key = link_statements(Inputs(given(links=[{"s3": "main", "permission": "read"}])), STORES, "eu-west-1")
    assert (bucket["Resource"], objects["Resource"]) == ([BUCKET], [f"{BUCKET}/*"])
    assert objects["Action"] == ["s3:GetObject*"]


def test_a_subscriber_may_delete_and_extend_messages():
    actions = KINDS["sqs"].actions["subscribe"][("",)]
    assert {"sqs:DeleteMessage", "sqs:ChangeMessageVisibility"} <= set(actions)


def test_read_access_to_a_table_allows_no_write_action():
    (actions,) = KINDS["dynamodb"].actions["read"].values()
    changing = ("Put", "Delete", "Update", "Write", "Insert", "Create")
    assert not [action for action in actions if any(word in action for word in changing)]


def test_the_role_declares_every_kind_and_permission():
    options = collection.inputs("opta_service")["opta_service_links"]["options"]
    assert set(KINDS) == set(options) - {"permission", "kms_key_arn", "as", "variables"}
    assert {permission for kind in KINDS.values() for permission in kind.permissions} == set(options["permission"]["choices"])


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_is_an_entry_of_the_environment_or_a_resource_with_an_arn(kind):
    assert bool(kind.described_in) != bool(kind.arn_pattern)
    assert not kind.arn_pattern or kind.arn_pattern.fullmatch(kind.arn_example)
    assert kind.credentials or kind.permissions
    assert bool(kind.url) == bool(kind.url_format) == bool(kind.credentials)


def test_without_a_customer_managed_key_no_kms_statement_is_added(given):
    links = [{"s3": "plain", "permission": "write"}, {"sqs": QUEUE, "permission": "publish"}]
    made = link_statements(Inputs(given(links=links)), STORES, "eu-west-1")
    assert not [statement for statement in made if any(action.startswith("kms:") for action in statement["Action"])]


def test_databases_need_no_permission(given):
    assert service_policies(given(links=[{"aurora": "main"}, {"elasticache": "main"}]), STORES, "eu-west-1") == {}


def test_links_and_own_statements_are_one_policy(given):
    own = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}
    policies = service_policies(given(links=[{"s3": "plain", "permission": "read"}], iam_statements=[own]), STORES, "eu-west-1")
    assert list(policies) == ["service"] and policies["service"]["Statement"][-1] == own and len(policies["service"]["Statement"]) == 3


def test_kms_conditions_in_china_allow_both_service_names(given):
    arn = "arn:aws-cn:sqs:cn-north-1:123456789012:orders"
    *_others, key = link_statements(Inputs(given(links=[{"sqs": arn, "permission": "publish", "kms_key_arn": KEY}])), {}, "eu-west-1")
    assert key["Condition"]["StringEquals"]["kms:ViaService"] == ["sqs.cn-north-1.amazonaws.com", "sqs.cn-north-1.amazonaws.com.cn"]


# ---------------------------------------------------------------- what the environment has


def test_a_link_to_what_does_not_exist_names_what_exists(given):
    (items,) = missing_stores(Inputs(given(links=[{"s3": "mian", "permission": "read"}])), STORES)
    assert items == (
        "opta_service_links, s3 mian: environment staging has no S3 bucket of that name (there is main, plain). "
        "Link one of those, or add it to s3_buckets and run opta.platform.env for the environment first."
    )


def test_a_link_into_an_environment_without_stores_is_reported(given):
    (items,) = missing_stores(Inputs(given(links=[{"aurora": "main"}])), {"aurora": {}})
    assert "(there is none)" in items and "aurora_clusters" in items


def test_resources_named_by_arn_are_not_looked_up(given):
    assert missing_stores(Inputs(given(links=[{"sns": TOPIC}, {"aurora": "main"}])), STORES) == []
