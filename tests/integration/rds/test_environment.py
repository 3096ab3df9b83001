"""Outputs of databases, read back from AWS by the environment's identity. DocumentDB describes its clusters without their tags."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.module_utils._credentials.store_secrets import store_secrets
from ansible_collections.opta.platform.plugins.module_utils._rds.environment import database_outputs
from ansible_collections.opta.platform.plugins.module_utils._rds.role_entries import KINDS, cluster_name

from tests.support.identities import identity_of


@pytest.mark.parametrize(("role", "version"), [("aurora", "17"), ("documentdb", "5.0")])
def test_only_clusters_of_the_environment_are_read(aws, reconcile, databases, clients, fresh, role, version):
    environment, kind = fresh("staging"), KINDS[role].kind
    identity = identity_of(environment)
    name = cluster_name(KINDS[role], identity.prefix, environment, "main")
    secret = f"{identity.prefix}/{environment}/{kind}/main"
    options = databases.options(name, role, engine_version=version, secret_name=secret, tags=identity.tags(role, name))
    made = reconcile(f"{role}_cluster", **options)["cluster"]
    stores = store_secrets(clients("secretsmanager"), identity, kind)
    assert [store["name"] for store in stores] == ["main"]
    outputs = database_outputs(role, aws.client, identity, stores)
    assert outputs is not None
    assert outputs["endpoints"] == {"main": made["endpoint"]}

    elsewhere = identity_of(environment, region="us-east-1")
    assert store_secrets(clients("secretsmanager"), elsewhere, kind) == []
    assert database_outputs(role, aws.client, elsewhere, stores) is None
