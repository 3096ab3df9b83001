"""rotate.yml, and logins with what a service's Secret holds at the real databases behind the stand-in's endpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.environment.killing import AfterItsCall, run_and_kill
from tests.module.rotation_foundation import STORES, Rotated
from tests.module.service_foundation import ENVIRONMENT, actions
from tests.support.databases import MISSING, Clients, real_databases
from tests.support.standin import TIMES

WRONG = "0therPassw0rdOfThirtyTwoLetters0"
#: the key of a store's URL in the Secret
URLS = {"aurora": "main_db_url", "documentdb": "docs_db_url", "elasticache": "main_cache_url"}
PASSWORDS = {"aurora": "main_db_password", "documentdb": "docs_db_password", "elasticache": "main_cache_auth_token"}
REFUSED = {"aurora": "password authentication failed", "elasticache": "invalid username-password pair"}

OF_A_DATABASE = ["PutSecretValue", "ModifyDBCluster", "AddTagsToResource", "UpdateSecretVersionStage"]
#: the calls of a rotation that change something, in their order
CALLS = {
    "aurora": OF_A_DATABASE,
    "documentdb": OF_A_DATABASE,
    "elasticache": ["PutSecretValue", "ModifyUser", "AddTagsToResource", "UpdateSecretVersionStage", "ModifyUser", "AddTagsToResource"],
}
SECRET = "the Secret of the service"
#: where runs are killed: after which call, or once the Secret has changed; tests/integration/elasticache kills after each call
KILLS = {"aurora": ("PutSecretValue", "ModifyDBCluster", SECRET), "elasticache": ("UpdateSecretVersionStage", SECRET)}
#: long enough to be killed in between
SLOWLY = {"rds_modify": 1.0, "elasticache_user": 1.0}


@pytest.fixture(scope="module")
def rotated(standin, playbooks, tmp_path_factory):
    """An environment with real databases behind its endpoints, and services that have their credentials."""
    made: Any = Rotated(standin, playbooks, tmp_path_factory.mktemp("rotated"))
    stores = made.play("env", "--tags", ",".join(STORES))
    assert stores.returncode == 0, stores.output[-3000:]
    made.running = standin.databases(*(made.store_name(store) for store in STORES))
    made.describe_services(Path(made.running["certificate_authority"]).read_text())
    services = made.play("service")
    assert services.returncode == 0, services.output[-3000:]
    made.authorities.write_text(made.mounted())
    return made


@pytest.fixture
def clients(rotated, monkeypatch):
    """None on a machine without real databases: then only AWS's and the cluster's word counts."""
    return None if MISSING else Clients(rotated.running, rotated.authorities, monkeypatch)


def login(clients, store, url):
    """What a store answers to a login: nothing when it is one."""
    return {"aurora": clients.postgresql, "elasticache": clients.redis}[store](url)


def with_password(rotated, store, password):
    """The URL of the Secret with another password."""
    values = rotated.values()
    return values[URLS[store]].replace(values[PASSWORDS[store]], quote(password, safe=""))


def assert_passwords(rotated, clients, store, *, hold, former=()):
    """Which passwords of a store get in. DocumentDB has no real database behind it."""
    if clients is None or store not in REFUSED:
        return
    assert [login(clients, store, with_password(rotated, store, each)) for each in hold] == [""] * len(hold)
    for each in former:
        assert REFUSED[store] in login(clients, store, with_password(rotated, store, each))


def assert_one_password(rotated, clients, store, former):
    """The secret, the Kubernetes Secret and the store agree; a rotation is neither begun nor half done, and no former password holds."""
    values, password = rotated.values(), rotated.password(store)
    assert values[PASSWORDS[store]] == password and f":{password}@" in values[URLS[store]]
    assert rotated.pending(store) == []
    assert password not in former
    assert_passwords(rotated, clients, store, hold=[password], former=former)


@real_databases
def test_a_service_logs_in_with_the_credentials_of_its_secret(rotated, clients):
    values = rotated.values()
    assert clients.postgresql(values["main_db_url"]) == ""
    assert clients.redis(values["main_cache_url"]) == ""
    parts = {"PGUSER": values["main_db_user"], "PGPASSWORD": values["main_db_password"], "PGDATABASE": values["main_db_name"]}
    tls = {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(rotated.authorities)}
    for host in (values["main_db_host"], values["main_db_reader_host"]):
        assert clients.postgresql(f"postgresql://{host}:{values['main_db_port']}", **parts, **tls) == ""
    login_of_the_cache = {"username": values["main_cache_user"], "password": values["main_cache_auth_token"]}
    for host in (values["main_cache_host"], values["main_cache_reader_host"]):
        assert clients.redis(f"rediss://{host}:{values['main_cache_port']}", **login_of_the_cache) == ""


@real_databases
def test_stores_refuse_an_invalid_password_and_connections_without_tls(rotated, clients):
    for store, sentence in REFUSED.items():
        assert sentence in login(clients, store, with_password(rotated, store, WRONG))
    values = rotated.values()
    assert "no encryption" in clients.postgresql(values["main_db_url"].replace("verify-full", "disable"))
    assert clients.redis(values["main_cache_url"].replace("rediss://", "redis://")) != ""


@real_databases
def test_a_certificate_of_another_authority_is_not_trusted(rotated, monkeypatch, tmp_path):
    amazon = tmp_path / "amazon.pem"
    amazon.write_text((Path(__file__).parents[2] / "roles" / "opta_service" / "files" / "rds_ca.pem").read_text())
    others = Clients(rotated.running, amazon, monkeypatch)
    values = rotated.values()
    assert "certificate verify failed" in others.postgresql(values["main_db_url"].replace(str(rotated.authorities), str(amazon)))
    assert "CERTIFICATE_VERIFY_FAILED" in others.redis(values["main_cache_url"])


@pytest.mark.parametrize("store", STORES)
def test_a_rotation_is_planned_and_applied(standin, rotated, clients, store):
    former, others = rotated.password(store), rotated.generation("other")
    before = rotated.generation("uses")
    mark = standin.mark()
    planned = rotated.rotate(store, "--check")
    assert standin.mutating(mark) == []
    done = rotated.rotate(store)
    assert set(actions(planned)) == set(actions(done))
    assert standin.mutating(mark) == CALLS[store]
    assert (rotated.generation("uses"), rotated.generation("other")) == (before + 1, others)
    assert_one_password(rotated, clients, store, [former])
    assert not [run for run in (planned, done) if former in run.output or rotated.password(store) in run.output]


@pytest.fixture
def slowly(standin):
    standin.set_times(**SLOWLY)
    yield
    standin.set_times(**{name: TIMES[name.replace("_", ":", 1)] for name in SLOWLY})


@pytest.mark.usefixtures("slowly")
@pytest.mark.parametrize("store", KILLS)
def test_a_repeatedly_interrupted_rotation_ends_with_one_password(standin, rotated, clients, store):
    """Killed at each of its steps, in both ways, and begun again each time."""
    former = [rotated.password(store)]
    mark = standin.mark()
    for number, point in enumerate(KILLS[store]):
        held = rotated.values()
        reached = (lambda _begun, held=held: rotated.values() != held) if point == SECRET else AfterItsCall(standin, point)
        arguments = rotated.arguments("rotate", **rotated.words(store))
        assert run_and_kill(rotated.playbooks, arguments, reached, whole_group=bool(number % 2)), f"it ended before {point}"
        if point == "UpdateSecretVersionStage":
            assert rotated.values()[PASSWORDS[store]] == former[-1], "the service's turn comes after the label's"
        if rotated.password(store) != former[-1]:
            former.append(rotated.password(store))
        if store == "elasticache" and point in ("UpdateSecretVersionStage", SECRET):
            assert standin.mutating(mark).count("PutSecretValue") == 1, "a rotation that is not ended is not followed by another"
            assert len(former) == 2
            assert_passwords(rotated, clients, store, hold=former)
    finished = rotated.rotate(store)
    assert finished.returncode == 0, finished.output[-3000:]
    assert_one_password(rotated, clients, store, [each for each in former if each != rotated.password(store)])


@pytest.mark.parametrize(
    "words, options, sentence",
    [
        ({"rotate_store": "aurora/main"}, [], "rotate_environment is not set"),
        ({"rotate_environment": "stagin", "rotate_store": "aurora/main"}, [], "has no such environment (there is tests)"),
        ({"rotate_environment": ENVIRONMENT}, [], "rotate_store is not set"),
        ({"rotate_environment": ENVIRONMENT, "rotate_store": "aurora/orders"}, [], "has no entry of that name (there is main)"),
        ({"rotate_environment": ENVIRONMENT, "rotate_store": "aurora/main"}, ["--limit", ENVIRONMENT], "does not support --limit"),
        ({"rotate_environment": ENVIRONMENT, "rotate_store": "aurora/main"}, ["--tags", "aurora"], "does not support --tags"),
    ],
)
def test_bad_input_is_reported_before_the_first_call(standin, rotated, words, options, sentence):
    mark = standin.mark()
    refused = rotated.play("rotate", *options, **words)
    assert refused.returncode != 0
    assert sentence in refused.failure() and refused.failure().count("\n") == 0
    assert standin.requests(mark) == []
