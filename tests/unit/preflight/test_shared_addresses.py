"""Two services of the inventory that describe one public address."""

from __future__ import annotations

import pytest
from ansible_collections.opta.platform.plugins.action.preflight import _shared_addresses


class Host(dict):
    """Variables of a host; one that cannot be templated yet fails when it is read, as Ansible's do."""

    def __getitem__(self, name):
        value = super().__getitem__(name)
        if isinstance(value, Exception):
            raise value
        return value


def service(*addresses, environment="staging", **more):
    return Host(
        opta_service_environment=environment, opta_service_public_addresses=list(addresses), opta_service_ports=[{"port": 1}], **more
    )


@pytest.mark.parametrize(
    ("own", "others", "refused"),
    [
        (["/a"], {"web": service("/a")}, ["web"]),
        (["/a"], {"web": service("example.com/a")}, ["web"]),
        (["/a"], {"web": service("example.com/a", environment="production")}, []),
        (["/a"], {"web": service("/b"), "api": service("/a"), "plain": Host(opta_service_environment="staging")}, ["api"]),
        (["/a"], {"web": Host(opta_service_environment="staging", opta_service_public_addresses=ValueError("undefined"))}, []),
        ([], {"web": service("/a")}, []),
    ],
)
def test_two_services_with_one_address_are_refused(own, others, refused):
    values = dict(service(*own))
    hosts = {"hello": service(*own), **others, "staging": Host(dns_cert_domain="example.com")}
    said = _shared_addresses(values, {"hostvars": hosts, "inventory_hostname": "hello"}, ["hello", *others])
    assert [sentence.split("service ")[1].split(" of")[0] for sentence in said] == refused


def test_an_unknown_domain_of_an_environment_is_skipped():
    hosts = {"hello": service("/a"), "web": service("/a")}
    (said,) = _shared_addresses(dict(hosts["hello"]), {"hostvars": hosts, "inventory_hostname": "hello"}, list(hosts))
    assert said == "opta_service_public_addresses, /a: service web of the inventory has this address as well: give each its own."
