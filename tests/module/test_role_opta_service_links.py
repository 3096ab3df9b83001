"""Links of the role opta_service: what reaches the service, what its role in IAM may do, and that nobody else sees a password."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.module.service_foundation import IAM_PATH, PREFIX, Service, actions, brought, cluster_for_services
from tests.support.passwords import releases, shown
from tests.support.playbooks import Playbooks
from tests.support.until import until

KEY = "arn:aws:kms:eu-west-1:123456789012:key/0123abcd-4567-89ab-cdef-0123456789ab"
BUCKET = "arn:aws:s3:::opta-objects-bucket-main-0a1b2c3d"
#: no password of ours has such characters; others' may
PASSWORD = "Corr3ct/H0rse Batt3ry:Stapl3"
ANOTHER = "An0ther/Passw0rd Indeed"
USER = "opta@shop"
LINKS = [
    {"aurora": "main", "variables": {"db_url": "DATABASE_URL"}},
    {"documentdb": "main", "as": "docs"},
    {"elasticache": "main"},
    {"s3": "main", "permission": "write"},
]


def secret_string(password=PASSWORD):
    return json.dumps({"username": USER, "password": password})


class Stores:
    """The outputs of an environment that has one store of each kind, and their secrets in Secrets Manager."""

    def __init__(self, standin, place):
        self.manager = standin.client("secretsmanager")
        self.arns = {kind: self._create(f"{PREFIX}/{place}/{kind}/main") for kind in ("aurora", "docdb", "cache")}
        self.outputs = {
            "aurora_outputs": {**self._store("aurora", "5432"), "database_names": {"main": "app"}},
            "documentdb_outputs": self._store("docdb", "27017"),
            "elasticache_outputs": self._store("cache", "6379"),
            "s3_outputs": {
                "bucket_names": {"main": BUCKET.rpartition(":")[2]},
                "bucket_arns": {"main": BUCKET},
                "kms_key_arns": {"main": KEY},
            },
        }

    def _create(self, name):
        return self.manager.create_secret(Name=name, SecretString=secret_string())["ARN"]

    def _store(self, kind, port):
        return {
            "endpoints": {"main": f"main.cluster.{kind}.example.com"},
            "reader_endpoints": {"main": f"main.cluster-ro.{kind}.example.com"},
            "ports": {"main": port},
            "secret_arns": {"main": self.arns[kind]},
        }


@pytest.fixture
def stores(standin, unique):
    return Stores(standin, unique("links"))


@pytest.fixture
def service(playbooks, standin, stores, unique):
    made = Service(playbooks, cluster_for_services(standin), "hello", unique("layer"))
    made.outputs = dict(stores.outputs)
    made.inputs["opta_service_links"] = LINKS
    return made


def policy(standin, service):
    """The inline policies of the service's role."""
    iam = standin.client("iam")
    (name,) = (role["RoleName"] for role in iam.list_roles(PathPrefix=IAM_PATH)["Roles"] if service.layer in role["RoleName"])
    names = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return {policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in names}


def test_link_variables_reach_the_service(standin, service):
    brought(standin, service, secrets={"TOKEN": "own"})
    assert service.deployment()["status"]["readyReplicas"] == 1
    login = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
    assert service.values() == {
        "TOKEN": "own",
        "main_db_user": USER,
        "main_db_password": PASSWORD,
        "main_db_name": "app",
        "main_db_host": "main.cluster.aurora.example.com",
        "main_db_reader_host": "main.cluster-ro.aurora.example.com",
        "main_db_port": "5432",
        "DATABASE_URL": f"postgresql://{login}@main.cluster.aurora.example.com:5432/app?sslmode=verify-full&sslrootcert=/config/rds_ca.pem",
        "docs_db_user": USER,
        "docs_db_password": PASSWORD,
        "docs_db_host": "main.cluster.docdb.example.com",
        "docs_db_reader_host": "main.cluster-ro.docdb.example.com",
        "docs_db_port": "27017",
        "docs_db_url": f"mongodb://{login}@main.cluster.docdb.example.com:27017/"
        "?tls=true&tlsCAFile=/config/rds_ca.pem&replicaSet=rs0&retryWrites=false",
        "main_cache_user": USER,
        "main_cache_auth_token": PASSWORD,
        "main_cache_host": "main.cluster.cache.example.com",
        "main_cache_reader_host": "main.cluster-ro.cache.example.com",
        "main_cache_port": "6379",
        "main_cache_url": f"rediss://{login}@main.cluster.cache.example.com:6379",
        "main_bucket_name": BUCKET.rpartition(":")[2],
    }
    (document,) = policy(standin, service).values()
    statements = document["Statement"]
    assert {resource for statement in statements for resource in statement["Resource"]} == {BUCKET, f"{BUCKET}/*", KEY}
    assert {action.split(":")[0] for statement in statements for action in statement["Action"]} == {"s3", "kms"}
    assert service.run(links=LINKS[2:3]).returncode == 0
    assert policy(standin, service) == {} and set(service.values()) == {"TOKEN", *(key for key in service.values() if "cache" in key)}


def test_no_password_appears_in_any_output(standin, stores, service, tmp_path):
    cache, log = tmp_path / "facts", tmp_path / "ansible.log"
    settings = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(cache), "ANSIBLE_LOG_PATH": str(log)}
    service.playbooks = Playbooks({**standin.environment, **settings}, tmp_path)  # ansible reads these when it starts
    try:
        planned, done = service.run("--check", "-vvv"), service.run("-vvv")
        stores.manager.put_secret_value(SecretId=stores.arns["aurora"], SecretString=secret_string(ANOTHER))
        changed = service.run("-vvv")
    finally:
        service.playbooks.close()
    assert actions(planned) == actions(done) and actions(changed)
    kept = releases(service.cluster.kubernetes.items(f"/api/v1/namespaces/{service.layer}/secrets?labelSelector=owner=helm"))
    runs = {"plan": planned, "run": done, "change": changed}
    seen = {"log": log.read_text(), **{name: run.output + json.dumps(run.tasks) for name, run in runs.items()}}
    assert kept and all("DATABASE_URL" in text for text in seen.values())
    seen |= kept | {str(path): path.read_text() for path in cache.rglob("*") if path.is_file()}
    assert shown([PASSWORD, ANOTHER], seen) == []


def test_a_secret_of_another_form_is_reported_without_its_value(stores, service):
    stores.manager.put_secret_value(SecretId=stores.arns["aurora"], SecretString=PASSWORD)
    for arguments in (["--check", "-vvv"], ["-vvv"]):
        refused = service.run(*arguments)
        assert "must hold a JSON object" in refused.failure()
        assert PASSWORD not in refused.output + json.dumps(refused.tasks)


def test_a_changed_password_replaces_the_pods(standin, stores, service):
    assert service.run().returncode == 0
    before = service.pods()
    another = {"SecretId": stores.arns["aurora"], "SecretString": secret_string(ANOTHER)}
    stores.manager.put_secret_value(**another, VersionStages=["AWSPENDING"])
    assert service.run().changed(service.name) == [], "a password that is still to be set on the store is nobody's yet"

    stores.manager.put_secret_value(**another)
    mark = standin.mark()
    planned = service.plan()
    assert standin.mutating(mark) == []
    (told,) = (action for action in planned.actions() if action["resource"].startswith("Secret "))
    assert [name for name in told["attributes"] if name.startswith("data.")] == ["data.DATABASE_URL", "data.main_db_password"]
    assert actions(planned) == actions(service.run())
    until(lambda: service.pods() and not service.pods() & before)
    assert service.values()["main_db_password"] == ANOTHER
    assert service.values()["docs_db_password"] == PASSWORD
    assert service.run().changed(service.name) == []


def test_a_link_to_a_missing_secret_is_planned_but_fails_in_a_run(stores, service):
    assert service.run(links=[]).returncode == 0
    stores.manager.delete_secret(SecretId=stores.arns["docdb"])
    service.outputs["aurora_outputs"]["secret_arns"] = {"main": "(known after apply)"}
    planned = service.plan(links=LINKS)
    told = [action["attributes"] for action in planned.actions() if action["resource"].startswith("Secret ")]
    assert planned.returncode == 0, planned.output[-3000:]
    assert {"data", "data.main_db_password"} & set(told[0])
    failed = service.run(links=LINKS[1:])
    assert f"The secret {stores.arns['docdb']} does not exist or is empty" in failed.failure()


def test_a_link_to_a_missing_store_is_reported_before_the_first_call(standin, service):
    mark = standin.mark()
    for arguments in (["--check"], []):
        refused = service.run(*arguments, links=[{"aurora": "orders"}])
        assert "has no Aurora cluster of that name (there is main)" in refused.failure()
    service.outputs = {}
    assert "(there is none)" in service.run(links=LINKS[:1]).failure()
    assert standin.requests(mark) == []
