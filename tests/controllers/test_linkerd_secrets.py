"""Linkerd's policy controller reads the Secrets that the collection makes: its own library loads them."""

from __future__ import annotations

import datetime
import subprocess

import pytest
from ansible_collections.opta.platform.plugins.module_utils._linkerd import certificates
from cryptography.hazmat.primitives import serialization

from tests.controllers import programs

NOW = datetime.datetime.now(datetime.UTC)
HOST = "linkerd-policy-validator.linkerd.svc"


@pytest.fixture
def load(obtain, tmp_path):
    program = obtain(programs.kubert)

    def loaded(pair, key):
        names = {"tls.key": key, "tls.crt": pair.certificate}
        for name, text in names.items():
            (tmp_path / name).write_text(text)
        return subprocess.run([program, *(str(tmp_path / name) for name in names)], capture_output=True, text=True, check=False)

    return loaded


@pytest.fixture
def pair():
    anchor = certificates.new_anchor("root.linkerd.cluster.local", NOW, 3650)
    return certificates.new_server(HOST, anchor, NOW, 365)


def traditional(key):
    """The same key as SEC 1, as other tools write it."""
    loaded = serialization.load_pem_private_key(key.encode(), None)
    return loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def test_the_certificate_of_a_server_is_loaded(load, pair):
    done = load(pair, pair.key)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_key_of_another_form_is_refused_and_loaded_once_the_collection_has_read_it(load, pair):
    old = traditional(pair.key)
    refused = load(pair, old)
    assert refused.returncode == 1
    assert "key" in refused.stderr
    again = certificates.readable(pair.certificate, old)
    assert again and load(again, again.key).returncode == 0
