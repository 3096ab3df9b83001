"""The collection under each release that it supports: `python -m tests.versions`, or `make test-versions`."""
