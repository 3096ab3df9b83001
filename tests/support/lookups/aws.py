"""The lookup `aws` of molecule's scenarios."""

from __future__ import annotations

import functools
import json
from typing import Any

import boto3
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = """
name: aws
author: opta.platform
short_description: what AWS answers to one call
description:
  - Calls one operation of one service with boto3, as configured in the environment, and gives its answer; of an operation with
    pages, all of them.
  - The same call is made once for a task, whatever number of times its expressions refer to it.
options:
  _terms:
    description: Service and operation, as V(eks) and V(describe_cluster).
    type: list
    elements: str
    required: true
  parameters:
    description: The operation's parameters, by their names, are the further keyword arguments.
    type: dict
"""
EXAMPLES = """
- vars:
    cluster: "{{ lookup('aws', 'eks', 'describe_cluster', name='opta-staging').cluster }}"
"""


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **parameters: Any) -> list[Any]:
        service, operation = terms
        return [json.loads(_answer(str(service), str(operation), json.dumps(parameters, default=str)))]


@functools.cache
def _client(service: str) -> Any:
    return boto3.client(service)


@functools.cache
def _answer(service: str, operation: str, parameters: str) -> str:
    client = _client(service)
    if client.can_paginate(operation):
        answer = client.get_paginator(operation).paginate(**json.loads(parameters)).build_full_result()
    else:
        answer = getattr(client, operation)(**json.loads(parameters))
    return json.dumps(answer, default=str)
