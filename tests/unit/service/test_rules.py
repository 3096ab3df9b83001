"""Bad input of a service is one clear sentence, and good input is none."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._service.rules import service_errors, service_warnings

PORT = {"name": "main", "port": 8080}
JOB = {"name": "clean", "schedule": "30 2 * * *", "command": ["true"]}
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/0123abcd-4567-89ab-cdef-0123456789ab"
DISK = {"name": "data", "path": "/data", "size_gib": 10}

GOOD = {
    "a web service": {"ports": [{"port": 8080}], "liveness_probe": {"path": "/healthy"}, "readiness_probe": {"path": "/ready"}},
    "a worker without a port": {"command": ["run"]},
    "cron jobs only": {"minimum_replicas": 0, "maximum_replicas": 0, "cron_jobs": [JOB]},
    "gRPC": {"ports": [{"port": 9000, "protocol": "grpc"}], "readiness_probe": {"grpc": True}},
    "a websocket": {"ports": [{"port": 9000, "protocol": "websocket"}], "readiness_probe": {"tcp": True}},
    "http and tcp": {"ports": [PORT, {"name": "sql", "type": "tcp", "port": 5432}], "liveness_probe": {"tcp": True, "port": "sql"}},
    "a probe by command": {"liveness_probe": {"command": ["check"]}},
    "an image by digest": {"image": "registry.example.com:5000/a/b", "tag": "1.30", "digest": "sha256:" + "a1" * 32},
    "a repository of its own": {"image": "repository", "tag": "1.30"},
    "a repository of its own without an image": {"image": "repository"},
    "a digest as the tag": {"image": "repository", "tag": "sha256:" + "a1" * 32},
    "numbers as the command line gives them": {"minimum_replicas": "2", "maximum_replicas": "4", "ports": [{"port": "8080"}]},
    "storage": {"persistent_storage": [DISK]},
    "root": {"run_as_non_root_enabled": False, "pod_security": "baseline"},
    "permissions": {
        "managed_policy_arns": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "arn:aws-cn:iam::123456789012:policy/own/one"],
        "iam_statements": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}],
    },
    "a schedule in words": {"cron_jobs": [{**JOB, "schedule": "@daily"}, {**JOB, "name": "other", "schedule": "*/5 0-6 1,15 JAN-MAR MON"}]},
    "an empty secret": {"secrets": {"TOKEN": ""}},
    "links of all kinds": {
        "links": [
            {"aurora": "main"},
            {"documentdb": "main", "as": "docs"},
            {"elasticache": "main", "variables": {"cache_url": "REDIS_URL"}},
            {"s3": "up-loads", "permission": "write"},
            {"sqs": QUEUE, "permission": "publish"},
            {"sqs": QUEUE, "permission": "subscribe", "kms_key_arn": KEY},
            {"sns": "arn:aws-cn:sns:cn-north-1:123456789012:orders.fifo"},
            {"dynamodb": TABLE, "permission": "read"},
        ]
    },
}

BAD = {
    "name with a capital": ({"name": "Hello"}, "opta_service_name is 'Hello': Kubernetes allows"),
    "name with a digit first": ({"name": "1st"}, "beginning with a letter"),
    "name with a dot": ({"name": "hello.example.com"}, "opta_service_name"),
    "name too long": ({"name": "a" * 53}, "1 to 52"),
    "name that ends in a line": ({"name": "hello\n"}, "opta_service_name"),
    "layer with an underscore": ({"layer": "my_shop"}, "opta_service_layer is 'my_shop'"),
    "layer of Kubernetes": ({"layer": "kube-system"}, "that namespace is Kubernetes's own"),
    "layer default": ({"layer": "default"}, "that namespace is Kubernetes's own"),
    "image AUTO": ({"image": "AUTO"}, "must be a reference in lower case"),
    "image with a space": ({"image": "nginx latest"}, "must be a reference"),
    "image AUTO of Opta": ({"image": "Auto"}, "for a repository of its own write repository."),
    "tag with a slash": ({"image": "nginx", "tag": "a/b"}, "opta_service_tag is 'a/b': it must be 1 to 128 letters"),
    "tag as a short digest": ({"image": "nginx", "tag": "sha256:abc"}, "a digest is sha256: and 64 hexadecimal digits"),
    "two digests": ({"image": "nginx", "tag": "sha256:" + "0" * 64, "digest": "sha256:" + "0" * 64}, "give one of them"),
    "tag twice": ({"image": "nginx:1", "tag": "2"}, "has a tag or digest already"),
    "digest twice": ({"image": "nginx@sha256:" + "0" * 64, "digest": "sha256:" + "0" * 64}, "has a digest already"),
    "tag as a number": ({"image": "nginx", "tag": 1.3}, "put it in quotes"),
    "digest too short": ({"image": "nginx", "digest": "sha256:abc"}, "64 hexadecimal digits"),
    "two ports of one name": ({"ports": [PORT, {"name": "main", "port": 9000, "service_port": 81}]}, "two ports with name main"),
    "two ports on 80": ({"ports": [PORT, {"name": "other", "port": 9000}]}, "two ports with service_port 80"),
    "port 0": ({"ports": [{"port": 0}]}, "numbers from 1 to 65535"),
    "port name": ({"ports": [{"name": "Main", "port": 80}]}, "1 to 15 lower-case letters"),
    "protocol of tcp": ({"ports": [{"type": "tcp", "port": 80, "protocol": "grpc"}]}, "is for ports of type http"),
    "probe port": ({"ports": [PORT], "probe_port": "web"}, "no port of that name (there are: main)"),
    "path and command": (
        {"ports": [PORT], "liveness_probe": {"path": "/", "command": ["x"]}},
        "has path and command: it must have exactly one of",
    ),
    "no way to ask": ({"ports": [PORT], "liveness_probe": {"period_seconds": 5}}, "has no kind of probe"),
    "probe without a port": ({"readiness_probe": {"path": "/"}}, "probes a port, and the service has none"),
    "probe of another port": ({"ports": [PORT], "readiness_probe": {"tcp": True, "port": "web"}}, "port is 'web'"),
    "path of gRPC": ({"ports": [{"port": 1, "protocol": "grpc"}], "readiness_probe": {"path": "/"}}, "use grpc: true"),
    "path of a websocket": ({"ports": [{"port": 1, "protocol": "websocket"}], "readiness_probe": {"path": "/"}}, "use tcp: true"),
    "grpc of http": ({"ports": [PORT], "readiness_probe": {"grpc": True}}, "give the port protocol: grpc"),
    "path without a slash": ({"ports": [PORT], "readiness_probe": {"path": "healthy"}}, "must start with /"),
    "period 0": ({"ports": [PORT], "readiness_probe": {"path": "/", "period_seconds": 0}}, "period_seconds is 0"),
    "two successes to live": ({"ports": [PORT], "liveness_probe": {"path": "/", "success_threshold": 2}}, "success_threshold must be 1"),
    "minimum above maximum": ({"minimum_replicas": 5, "maximum_replicas": 2}, "opta_service_minimum_replicas 5 is above"),
    "minimum 0": ({"minimum_replicas": 0}, "must be at least 1"),
    "nothing to run": ({"minimum_replicas": 0, "maximum_replicas": 0}, "nothing would run"),
    "variable name": ({"environment_variables": {"MY-VAR": "x"}}, "has 'MY-VAR': use letters"),
    "variable twice": ({"environment_variables": {"A": "x"}, "secrets": {"A": "y"}}, "A is in opta_service_environment_variables and in"),
    "nested variable": ({"environment_variables": {"A": {"b": 1}}}, "must be a string"),
    "limit below request": ({"memory_request_mib": 512, "memory_limit_mib": 256}, "is above opta_service_memory_limit_mib 256"),
    "limit below the default request": ({"memory_limit_mib": 64}, "memory_request_mib 128 is above opta_service_memory_limit_mib 64"),
    "no memory": ({"memory_request_mib": 0}, "opta_service_memory_request_mib is 0"),
    "sleep longer than grace": ({"pre_stop_sleep_seconds": 30}, "must be below opta_service_termination_grace_seconds 30"),
    "user root": ({"run_as_user": 0}, "which is root"),
    "root in a restricted namespace": ({"run_as_non_root_enabled": "false"}, "set opta_service_pod_security: baseline"),
    "disk without size": ({"persistent_storage": [{**DISK, "size_gib": 0}]}, "size_gib must be"),
    "disk over the certificates": ({"persistent_storage": [{**DISK, "path": "/config/"}]}, "give an absolute path other than"),
    "disk over /tmp": ({"persistent_storage": [{**DISK, "path": "/tmp"}], "read_only_root_filesystem_enabled": True}, "path is '/tmp'"),
    "disk with a taken name": ({"persistent_storage": [{**DISK, "name": "temporary"}]}, "neither certificates nor temporary"),
    "two disks": ({"persistent_storage": [DISK, {**DISK, "path": "/other"}]}, "two entries with name data"),
    "toleration": ({"tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]}, "operator Exists takes no value"),
    "label of ours": ({"pod_labels": {"app.kubernetes.io/name": "x"}}, "are set by the role"),
    "annotation": ({"pod_annotations": {"a": None}}, "opta_service_pod_annotations, a: the value must be a string"),
    "two jobs": ({"cron_jobs": [JOB, JOB]}, "two jobs named clean"),
    "job name": ({"cron_jobs": [{**JOB, "name": "Clean"}]}, "a job named 'Clean'"),
    "job name too long": ({"cron_jobs": [{**JOB, "name": "b" * 47}]}, "has 53 characters"),
    "schedule": ({"cron_jobs": [{**JOB, "schedule": "every day"}]}, "give minute, hour, day, month and weekday"),
    "zone in the schedule": ({"cron_jobs": [{**JOB, "schedule": "TZ=UTC 1 2 3 4 5"}]}, "time_zone"),
    "job without a command": ({"cron_jobs": [{"name": "a", "schedule": "@daily"}]}, "needs command or args"),
    "negative backoff": ({"cron_jobs": [{**JOB, "backoff_limit": -1}]}, "backoff_limit is -1"),
    "tag of AWS": ({"tags": {"aws:team": "payments"}}, "opta_service_tags has the tag 'aws:team'"),
    "policy by name": ({"managed_policy_arns": ["AmazonS3ReadOnlyAccess"]}, "give the ARN of an IAM policy"),
    "statement": (
        {"iam_statements": [{"Effect": "Allow", "Action": "*"}]},
        "opta_service_iam_statements[1] must have either Resource or NotResource",
    ),
    "statement's effect": (
        {"iam_statements": [{"Effect": "allow", "Action": "s3:GetObject", "Resource": "*"}]},
        "it must be Allow or Deny",
    ),
    "statement's action": (
        {"iam_statements": [{"Effect": "Allow", "Action": ["GetObject"], "Resource": "*"}]},
        "a service prefix and an operation",
    ),
    "statement's principal": (
        {"iam_statements": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Principal": "*"}]},
        "which an identity-based policy cannot have",
    ),
    "label's value": ({"pod_labels": {"team": "my team!"}}, "opta_service_pod_labels, team is 'my team!'"),
    "selector's value": ({"node_selector": {"team": "b c"}}, "opta_service_node_selector, team is 'b c'"),
    "annotation's key": ({"pod_annotations": {"a b": "x"}}, "opta_service_pod_annotations has the key 'a b'"),
    "minute of a schedule": ({"cron_jobs": [{"name": "a", "schedule": "61 2 * * *", "command": ["a"]}]}, "schedule is '61 2 * * *'"),
    "time zone": (
        {"cron_jobs": [{"name": "a", "schedule": "0 2 * * *", "command": ["a"], "time_zone": "Europe/Berln"}]},
        "which is not a time zone: use an IANA name, for example Europe/Berlin",
    ),
    "secret too large": ({"secrets": {"BIG": "x" * 1_000_001}}, "a Secret of Kubernetes has at most 1000000"),
    "links as a map": ({"links": {"aurora": "main"}}, "opta_service_links must be a list"),
    "a link as Opta writes it": ({"links": ["main"]}, "opta_service_links[1] is 'main': a link is a kind and a name"),
    "a link to nothing": ({"links": [{"permission": "read"}]}, "opta_service_links[1] has no kind: it must have one of"),
    "a link of another kind": (
        {"links": [{"aurora": "main"}, {"redis": "main"}]},
        "opta_service_links[2] has redis, which is not an option of a link: write elasticache.",
    ),
    "a link of no kind": (
        {"links": [{"kafka": "main"}]},
        "a link must have one of aurora, documentdb, elasticache, s3, sqs, sns, dynamodb",
    ),
    "a misspelt option of a link": (
        {"links": [{"aurora": "main", "variable": {}}]},
        "has variable, which is not an option of a link: write variables.",
    ),
    "two things in one link": ({"links": [{"aurora": "main", "s3": "main"}]}, "names aurora and s3: write one link for each"),
    "a link without a name": (
        {"links": [{"aurora": ""}]},
        "aurora has no name: give the name of an entry of the environment's aurora_clusters",
    ),
    "a link with null": ({"links": [{"sns": None}]}, "sns has no name: give its ARN, for example sns: arn:aws:sns:"),
    "a link with a number": ({"links": [{"s3": 5, "permission": "read"}]}, "s3 has no name"),
    "a bucket without permission": (
        {"links": [{"s3": "main"}]},
        "opta_service_links, s3 main has no permission: set permission: read or write.",
    ),
    "an unknown permission": ({"links": [{"s3": "main", "permission": "admin"}]}, "permission is 'admin': it must be read or write"),
    "a permission of another kind": ({"links": [{"sqs": QUEUE, "permission": "read"}]}, "it must be publish or subscribe"),
    "a permission of a database": ({"links": [{"aurora": "main", "permission": "read"}]}, "permission is not allowed here"),
    "a queue by name": ({"links": [{"sqs": "orders", "permission": "publish"}]}, "give its ARN, for example sqs: arn:aws:sqs:"),
    "a queue as a topic": ({"links": [{"sns": QUEUE}]}, "give its ARN, for example sns: arn:aws:sns:"),
    "an index of a table": ({"links": [{"dynamodb": f"{TABLE}/index/x", "permission": "read"}]}, "give its ARN"),
    "a key of a bucket": (
        {"links": [{"s3": "main", "permission": "read", "kms_key_arn": KEY}]},
        "kms_key_arn is not allowed here: its key is defined by the environment.",
    ),
    "a key by alias": (
        {"links": [{"sqs": QUEUE, "permission": "publish", "kms_key_arn": KEY.replace("key/", "alias/")}]},
        "not of an alias",
    ),
    "names of a queue's variables": (
        {"links": [{"sqs": QUEUE, "permission": "publish", "as": "q"}]},
        "as and variables are not allowed here",
    ),
    "an unknown variable": (
        {"links": [{"aurora": "main", "variables": {"host": "H"}}]},
        "variables has host: it must be one of db_user",
    ),
    "variables as a list": ({"links": [{"aurora": "main", "variables": ["H"]}]}, "it must be a map of new names"),
    "a variable with a hyphen": (
        {"links": [{"aurora": "main", "variables": {"db_host": "DB-HOST"}}]},
        "sets the environment variable 'DB-HOST'",
    ),
    "a name that begins with a digit": ({"links": [{"elasticache": "1st"}]}, "as and variables rename it"),
    "two links with the same variables": (
        {"links": [{"aurora": "main"}, {"documentdb": "main"}]},
        "opta_service_links, documentdb main and aurora main both set the environment variable main_db_user: "
        "rename it, for example {documentdb: main, as: documentdb_main}.",
    ),
    "the same link twice": ({"links": [{"aurora": "main"}, {"aurora": "main"}]}, "both set the environment variable main_db_user"),
    "the same queue twice": ({"links": [{"sqs": QUEUE, "permission": "publish"}] * 2}, "is linked twice with permission publish"),
    "a link over a variable": (
        {"links": [{"aurora": "main"}], "environment_variables": {"main_db_host": "x"}},
        "and opta_service_environment_variables both set",
    ),
    "a link over a secret": (
        {"links": [{"aurora": "main"}], "secrets": {"main_db_url": "x"}},
        "and opta_service_secrets both set the environment variable main_db_url",
    ),
    "a link over the certificates": (
        {"links": [{"aurora": "main", "variables": {"db_url": "RDS_CA_PATH"}}]},
        "both set the environment variable RDS_CA_PATH",
    ),
    "one variable for two things": (
        {"links": [{"aurora": "main", "variables": {"db_url": "X", "db_host": "X"}}]},
        "sets the environment variable X twice",
    ),
    "certificates": ({"database_ca_bundle": "bundle.pem"}, "has no certificate"),
}


@pytest.mark.parametrize("inputs", GOOD.values(), ids=GOOD)
def test_valid_inputs_are_accepted(given, inputs):
    assert service_errors(given(**inputs), ["staging"]) == []


@pytest.mark.parametrize(("inputs", "sentence"), BAD.values(), ids=BAD)
def test_bad_input_is_reported_in_one_sentence(given, inputs, sentence):
    items = service_errors(given(**inputs), ["staging"])
    assert len(items) == 1, items
    assert sentence in items[0]
    assert items[0].endswith(".") and "\n" not in items[0]


def test_an_environment_that_does_not_exist_is_reported_with_those_that_do(given):
    items = service_errors(given(environment="stagign"), ["staging", "production"])
    assert items == ["opta_service_environment is 'stagign', and the inventory has no such environment: there are production, staging."]
    assert "there is none in the group environments" in service_errors(given(), [])[0]
    assert "is not set" in service_errors(given(environment=None), ["staging"])[0]


def test_no_message_contains_a_secret_value(given):
    (items,) = service_errors(given(secrets={"TOKEN": {"value": "correct-horse"}, "BAD NAME": "correct-horse"}), ["staging"])[:1]
    everything = "".join(service_errors(given(secrets={"TOKEN": {"value": "correct-horse"}, "BAD NAME": "correct-horse"}), ["staging"]))
    assert "TOKEN" in everything and items
    assert "correct-horse" not in everything


def test_partial_inputs_are_validated():
    assert service_errors({"opta_service_name": "hello"}) == []
    assert len(service_errors({"opta_service_name": "Hello"})) == 1


def test_storage_without_a_node_group_per_zone_is_warned_about(given):
    (warning,) = service_warnings(given(persistent_storage=[DISK]), [])
    assert "per_zone: true" in warning and "staging" in warning
    assert service_warnings(given(persistent_storage=[DISK]), ["storage"]) == []
    assert service_warnings(given(), []) == []
