"""What moto works out anew in each call, although it depends on nothing that changes."""

from __future__ import annotations

import copy
import functools
import os
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from moto.core import responses, serialize
from moto.core.utils import MISSING, get_value
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.settings import load_iam_aws_managed_policies
from moto.utilities.utils import get_partition

HOSTS = 1024  # of virtual hosts there may be one for each bucket
Transformer = Callable[[Any], Any]
_possible_keys: dict[tuple[Any, ...], list[str]] = {}
_transformers: dict[tuple[int, str], Transformer | None] = {}
_policies: list[AWSManagedPolicy] = []


def remember() -> None:
    """From now on moto reads its folder and AWS's managed policies once, looks once where a kind of object keeps what a member of an
    answer shows, and has none of Amazon's machine images: each account would make volumes and snapshots for a thousand.
    """
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    if hasattr(DomainDispatcherApplication.get_backend_for_host, "cache_info"):
        return
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)
    DomainDispatcherApplication.get_backend_for_host = functools.lru_cache(HOSTS)(DomainDispatcherApplication.get_backend_for_host)
    serialize.XFormedAttributePicker.get_possible_keys = _remembering_keys(serialize.XFormedAttributePicker.get_possible_keys)
    serialize.AttributePicker.__call__ = _picked
    TaggedEC2Resource.get_tags = _own_tags
    IAMBackend._init_aws_policies = _copied_policies(IAMBackend._init_aws_policies)
    serialize.xmltodict = SimpleNamespace(unparse=unparse)


def unparse(body: Mapping[str, Any], *, full_document: bool, short_empty_elements: bool, pretty: bool = False) -> str:
    """As xmltodict.unparse, for what moto gives it: attributes begin with @, text is #text, lists are repeated elements."""
    parts = ['<?xml version="1.0" encoding="utf-8"?>\n'] if full_document else []
    for name, value in body.items():
        _write(parts, name, value, short_empty_elements)
    return "".join(parts)


def _write(parts: list[str], name: str, value: Any, short: bool) -> None:
    for each in value if isinstance(value, (list, tuple)) else (value,):
        members = each if isinstance(each, Mapping) else {} if each is None else {"#text": each}
        attributes = "".join(f" {key[1:]}={quoteattr(_text(member))}" for key, member in members.items() if key[0] == "@")
        start = len(parts)
        parts.append(f"<{name}{attributes}>")
        text = ""
        for key, member in members.items():
            if key == "#text":
                text = _text(member)
            elif key[0] != "@":
                _write(parts, key, member, short)
        if text:
            parts.append(escape(text))
        if short and len(parts) == start + 1:
            parts[start] = f"<{name}{attributes}/>"
        else:
            parts.append(f"</{name}>")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.decode() if isinstance(value, bytes) else "" if value is None else str(value)


def _copied_policies(make: Callable[[IAMBackend], list[AWSManagedPolicy]]) -> Callable[[IAMBackend], list[AWSManagedPolicy]]:
    """Only the number of its attachments differs between the accounts of a partition."""

    def policies(backend: IAMBackend) -> list[AWSManagedPolicy]:
        if not load_iam_aws_managed_policies():
            return []
        if not _policies:
            _policies.extend(make(backend))
        copies = [copy.copy(policy) for policy in _policies]
        for policy in copies:
            policy.versions, policy.tags = [*policy.versions], {}
            policy.account_id, policy.partition, policy.attachment_count = backend.account_id, get_partition(backend.region_name), 0
        return copies

    return policies


def _own_tags(self: Any) -> list[dict[str, str]]:
    """As TaggedEC2Resource.get_tags, without a look at the tags of all other resources."""
    if not self.id:
        return []
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(self.id), "")
    tags = list(self.ec2_backend.tags.get(self.id, {}).items())
    return [{"resource_id": self.id, "key": key, "value": value, "resource_type": kind} for key, value in tags]


def _remembering_keys(find: Callable[[Any, Any], Iterator[str]]) -> Callable[[Any, Any], list[str]]:
    def possible_keys(self: Any, context: Any) -> list[str]:
        shape = context.shape
        if shape is None:
            return list(find(self, context))
        parent = getattr(shape, "parent", None)
        asked = (
            type(context.obj),
            context.key,
            context.service_model.service_name,
            shape.name,
            shape.type_name,
            shape.serialization.get("name"),
            parent and parent.name,
        )
        if asked not in _possible_keys:
            _possible_keys[asked] = list(find(self, context))
        return _possible_keys[asked]

    return possible_keys


def _picked(self: Any, context: Any) -> Any:
    """As AttributePicker.__call__."""
    for key in self.get_possible_keys(context):
        value = get_value(context.obj, key, MISSING)
        if value is not MISSING:
            break
    else:
        value = None
    if not self.response_transformers:
        return value
    path = f"{context.key_path}.{context.key}"
    asked = (id(self.response_transformers), path)  # one dict for each of moto's services, which stays
    if asked not in _transformers:
        _transformers[asked] = next((act for end, act in self.response_transformers.items() if path.endswith(end)), None)
    transform = _transformers[asked]
    return transform(value) if transform else value
