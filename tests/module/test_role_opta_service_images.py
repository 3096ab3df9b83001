"""A service with a repository of its own: what is made before the first image, what is refused, and what is kept."""

from __future__ import annotations

import json
import time

import pytest

from tests.module.service_foundation import ENVIRONMENT, PREFIX, Service, actions, brought, cluster_for_services


@pytest.fixture
def service(playbooks, standin, unique):
    made = Service(playbooks, cluster_for_services(standin), "hello", unique("layer"))
    made.inputs["opta_service_image"] = "repository"
    return made


@pytest.fixture
def ecr(standin):
    return standin.client("ecr")


def push(ecr, service, tag):
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = {"schemaVersion": 2, "mediaType": kind, "annotations": {"version": tag}}
    ecr.put_image(repositoryName=repository(service), imageManifest=json.dumps(manifest), imageTag=tag)


def repository(service):
    return f"{PREFIX}-{ENVIRONMENT}/{service.layer}/hello"


def repositories(ecr, service):
    return [found for found in ecr.describe_repositories()["repositories"] if found["repositoryName"] == repository(service)]


def image(service):
    return service.deployment()["spec"]["template"]["spec"]["containers"][0]["image"]


def test_the_first_image_is_deployed_and_a_missing_image_is_refused(standin, ecr, service):
    first = brought(standin, service)
    (made,) = repositories(ecr, service)
    uri = made["repositoryUri"]
    assert (made["imageTagMutability"], made["imageScanningConfiguration"]["scanOnPush"]) == ("IMMUTABLE", True)
    assert service.deployment() is None and service.secret()
    assert f"docker push {uri}:1" in first.output and "aws ecr get-login-password --region eu-west-1" in first.output

    push(ecr, service, "1")
    assert 'for example opta_service_tag: "1"' in service.run().failure(), "without a tag a workload would be taken away"
    assert service.run(tag="1").returncode == 0
    assert image(service) == f"{uri}:1"

    mark = standin.mark()
    for arguments in (["--check"], []):
        refused = service.run(*arguments, tag="2")
        assert f"Image 2 is not in ECR repository {repository(service)}; its newest tags are 1." in refused.failure()
    assert standin.mutating(mark) == []
    assert image(service) == f"{uri}:1"


def test_a_deployed_image_that_will_expire_is_warned_about(ecr, service):
    assert service.run().returncode == 0
    push(ecr, service, "1")
    time.sleep(1.1)  # ECR counts in seconds
    push(ecr, service, "2")
    rule = {
        "rulePriority": 1,
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1},
        "action": {"type": "expire"},
    }
    ecr.put_lifecycle_policy(repositoryName=repository(service), lifecyclePolicyText=json.dumps({"rules": [rule]}))
    warned = service.plan(tag="1")
    assert "expires" in " ".join(warned.output.split())


def test_images_are_retained_until_deletion_is_confirmed(standin, ecr, service):
    assert service.run().returncode == 0
    push(ecr, service, "1")
    kept = service.run(entry="absent", confirm=ENVIRONMENT)
    assert actions(kept) and "opta_service_delete_images=true" in " ".join(kept.output.split())
    (found,) = repositories(ecr, service)
    tags = {tag["Key"]: tag["Value"] for tag in ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]}
    assert tags["opta:retained"] == "true" and tags["opta:name"] == f"{service.layer}/hello"
    planned = service.run("--check", entry="absent", delete_images=True)
    assert actions(planned) == actions(service.run(entry="absent"))
    assert repositories(ecr, service) == []
    mark = standin.mark()
    assert (actions(service.run(entry="absent")), standin.mutating(mark)) == ([], [])
