# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The kind of store s3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._names import Identity
from .._retained.retained_resource import RetainedResource
from .._stores.definition import ObservedEnvironment, Outputs, Retention, Store
from . import retained, role_rules
from .environment import s3_outputs
from .role_entries import KIND, ROLE


def _outputs(environment: ObservedEnvironment) -> Outputs | None:
    return s3_outputs(environment.client("s3"), environment.identity, environment.buckets)


def _retained(client: Callable[[str], Any], identity: Identity) -> list[RetainedResource]:
    return retained.retained_buckets(client("s3"), identity)


def _expected(client: Callable[[str], Any], identity: Identity, options: Mapping[str, Any]) -> list[RetainedResource]:
    emptied = options["emptied_buckets"]
    return [] if emptied is None else retained.buckets_to_retain(client("s3"), identity, emptied)


S3 = Store(
    role=ROLE,
    module="s3_bucket",
    variable="s3_buckets",
    kind=KIND,
    errors=role_rules.errors,
    outputs=_outputs,
    retention=Retention((), _retained, _expected),
    output_of_each="bucket_names",
    has_password=False,
    has_head_start=False,
)
