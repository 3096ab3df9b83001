"""The tagging API: what moto's answer leaves out of EKS, EC2, ECR, RDS, ElastiCache, CloudWatch Logs, ACM and Route 53."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.acm.models import acm_backends
from moto.ec2.models import ec2_backends
from moto.ecr.models import ecr_backends
from moto.logs.models import logs_backends
from moto.route53.models import route53_backends

from tests.standin.aws.eks_tags import tagged
from tests.standin.aws.elasticache_model import account as cache_account
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.rds_model import tagged as tagged_of_rds
from tests.standin.aws.route53 import zone_arn

# beginning of an id: the type in its ARN
EC2_TYPES = {
    "eipalloc": "elastic-ip",
    "nat": "natgateway",
    "vpce": "vpc-endpoint",
    "lt": "launch-template",
    "vpc": "vpc",
    "subnet": "subnet",
    "igw": "internet-gateway",
    "rtb": "route-table",
    "sg": "security-group",
    "fl": "vpc-flow-log",
    "vol": "volume",
    "snap": "snapshot",
    "eni": "network-interface",
    "i": "instance",
}


@answers("resourcegroupstaggingapi", "GetResources")
def get_resources(call: Call) -> dict[str, Any]:
    """Everything in one page: more than 100 tagged things would be needed for a second one."""
    answer = call.moto()
    found = {item["ResourceARN"]: item for item in answer.get("ResourceTagMappingList", []) if ":ec2:" not in item["ResourceARN"]}
    for arn, tags in _others(call):
        if tags and _wanted(call, arn, tags):
            found[arn] = {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
    return {"ResourceTagMappingList": list(found.values()), "PaginationToken": ""}


def _others(call: Call) -> Iterator[tuple[str, dict[str, str]]]:
    for arn, data in tagged(call):
        yield arn, data["tags"]
    yield from tagged_of_rds(call)
    for identifier, tags in ec2_backends[call.account][call.region].tags.items():
        kind = EC2_TYPES.get(identifier.rsplit("-", 1)[0])
        if kind:
            yield f"arn:{call.partition}:ec2:{call.region}:{call.account}:{kind}/{identifier}", tags
    ecr = ecr_backends[call.account][call.region]
    for repository in ecr.repositories.values():
        yield repository.arn, ecr.tagger.get_tag_dict_for_resource(repository.arn)
    logs = logs_backends[call.account][call.region]
    for group in logs.groups.values():
        yield group.arn, logs.tagger.get_tag_dict_for_resource(group.arn)
    yield from cache_account(call).tags.items()
    for arn, certificate in acm_backends[call.account][call.region]._certificates.items():
        yield arn, {key: value or "" for key, value in certificate.tags.items()}
    if call.region == "us-east-1":  # where global things are
        zones = route53_backends[call.account][call.partition]
        for identifier, zone in zones.zones.items():
            yield zone_arn(call.partition, zone), dict(zones.resource_tags.get(identifier) or {})


def _wanted(call: Call, arn: str, tags: dict[str, str]) -> bool:
    arns, kinds = call.get("ResourceARNList"), call.get("ResourceTypeFilters")
    if arns and arn not in arns:
        return False
    service, resource = arn.split(":")[2], arn.split(":", 5)[5]
    kind = resource.replace(":", "/").split("/")[0]
    if kinds and service not in kinds and f"{service}:{kind}" not in kinds:
        return False
    for each in call.get("TagFilters", []):
        if each["Key"] not in tags or (each.get("Values") and tags[each["Key"]] not in each["Values"]):
            return False
    return True
