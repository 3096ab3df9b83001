"""The tests of an area, by words in their paths."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.selection.graph import SCENARIO_TESTS

#: an area and words that only its tests have in their paths; a role and any directory of tests is an area, too
AREAS = {
    "network": ("network", "vpc", "security_group"),
    "eks": ("eks",),
    "stores": ("aurora", "documentdb", "rds", "elasticache", "s3", "buckets", "databases", "retained"),
    "aurora": ("aurora", "rds", "databases"),
    "documentdb": ("documentdb", "rds", "databases"),
    "s3": ("s3", "buckets"),
    "dns": ("dns", "acm", "route53", "domains"),
    "dns_cert": ("dns", "acm", "route53", "domains"),
    "service": ("service", "ecr", "rotate", "rotation", "credentials"),
    "opta_service": ("service", "ecr", "rotate", "rotation", "credentials"),
    "retention": ("retained", "kms", "buckets"),
    "k8s_addons": ("k8s_addons", "linkerd", "mesh", "helm", "kubernetes", "external_dns", "gateway"),
}


def of_area(word: str, targets: Iterable[str]) -> list[str]:
    """What to give pytest for an area, or for any other word of a test's path; nothing when no test has it."""
    words = "|".join(AREAS.get(word, (re.escape(word),)))
    expression = re.compile(rf"(?:^|[/_\[])(?:{words})(?:$|[/_.\]])")
    found = {target for target in targets if expression.search(target.removeprefix("tests/"))}
    return sorted(found if SCENARIO_TESTS not in found else {target for target in found if "::" not in target})
