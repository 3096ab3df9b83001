"""The webhooks of charts, called by the API server through its egress selector."""

from tests.standin.webhooks.service_network import ServiceNetwork

__all__ = ["ServiceNetwork"]
