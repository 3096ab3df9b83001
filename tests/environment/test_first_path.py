"""From an empty account to two environments side by side with services, through changes, and back: plan, run, second run, destroy."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.environment.changes import ADMINISTRATOR, BACK, CERTIFICATE, CHANGES, GROUP, SECRET, SERVICE, predicted_and_done
from tests.environment.conftest import DEMO, UNPROTECTED, arguments_of
from tests.environment.killing import AfterItsCall, run_and_kill
from tests.environment.loud import Loud, loud
from tests.environment.observed import STORES, left_in_aws, union
from tests.module.test_lost_responses import MADE, lose_first_responses
from tests.support.modules import call_module
from tests.support.passwords import forms, shown
from tests.support.playbooks import Playbooks, Run
from tests.support.standin import REGION, Standin
from tests.support.until import until

SERVICES = "hello,worker,staging"
ENVIRONMENTS = ("staging", "production")
#: what stands for long says so
PROTECTED: dict[str, Any] = {"opta_deletion_protection": True}
#: of both environments, at first
FIRST = {**PROTECTED, "eks_version": "1.34"}
OF_NODES = ("eks_node_group", "eks_addon", "eks_access_entry", "iam_role", "iam_oidc_provider", "cloudwatch_log_group")
ONLY_STORES = ("--tags", "aurora,documentdb,elasticache")
ROTATION = {"aurora_rotate_passwords": ["main"], "documentdb_rotate_passwords": ["main"], "elasticache_rotate_passwords": True}


def on_staging(standin: Standin, *arguments: str) -> str:
    """What kubectl prints of the cluster of staging."""
    return standin.kubernetes(*arguments, "--context", "opta-staging").stdout


@pytest.fixture(scope="module")
def ansible(empty: Standin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loud]:
    """As loud as can be, so that a password would show."""
    with loud(empty, tmp_path_factory.mktemp("loud")) as running:
        yield running


@pytest.fixture(scope="module")
def plan(empty: Standin, play: Callable[..., Run]) -> Run:
    for environment in ENVIRONMENTS:
        assert not any(left_in_aws(empty, environment).values())
    mark = empty.mark()
    planned = play("env", check=True, limit=None, **FIRST)
    assert empty.mutating(mark) == []
    return planned


@pytest.fixture(scope="module")
def run(plan: Run, empty: Standin, play: Callable[..., Run]) -> Run:
    """The first responses of the calls that make nodes and what comes with them are lost."""
    lose_first_responses(empty, (operation for module in OF_NODES for operation in MADE[module]))
    return play("env", limit=None, **FIRST)


@pytest.fixture(scope="module")
def services(run: Run, play: Callable[..., Run]) -> tuple[Run, Run]:
    return play("service", check=True, limit=SERVICES), play("service", limit=SERVICES)


@pytest.fixture(scope="module")
def administrator(empty: Standin) -> str:
    """The ARN of a role that somebody has made."""
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = empty.client("iam").create_role(RoleName="platform", Path="/teams/", AssumeRolePolicyDocument=trust)["Role"]
    assert made["Arn"] == ADMINISTRATOR
    return ADMINISTRATOR


def administrators(standin: Standin) -> list[str]:
    return standin.client("eks").list_access_entries(clusterName="opta-staging")["accessEntries"]


def desired_size(standin: Standin) -> int:
    group = standin.client("eks").describe_nodegroup(clusterName="opta-staging", nodegroupName="default")["nodegroup"]
    return group["scalingConfig"]["desiredSize"]


@pytest.fixture(scope="module")
def rotated(services: tuple[Run, Run], ansible: Loud, play: Callable[..., Run]) -> Loud:
    """The passwords of all stores of staging are others, and its services have them."""
    for environment in ENVIRONMENTS:
        ansible.look(environment)
    for check in (True, False):
        play("env", *ONLY_STORES, check=check, **FIRST, **ROTATION)
    ansible.look("staging")
    for check in (True, False):
        play("service", check=check, limit="hello,staging")
    ansible.look("staging")
    return ansible


def test_the_plan_on_an_empty_account_lists_every_resource_that_the_run_creates(plan: Run, run: Run) -> None:
    # the account's service-linked roles are planned by both environments, and made by one
    assert {done[1:] for done in union(plan)} == {done[1:] for done in union(run)}
    created = {(host, resource) for host, action, resource, _attributes in union(run) if action == "create"}
    assert created >= {(environment, f"EKS cluster opta-{environment}") for environment in ENVIRONMENTS}


def test_a_second_run_changes_nothing_and_makes_read_only_calls(run: Run, empty: Standin, play: Callable[..., Run]) -> None:
    mark = empty.mark()
    assert play("env", limit=None, **FIRST).changed() == []
    assert empty.mutating(mark) == []


def test_an_environment_is_read_with_one_list_of_its_secrets_and_one_of_its_buckets(run: Run, empty: Standin) -> None:
    mark = empty.mark()
    read = call_module("environment_info", {"environment": "staging", "region": REGION}, empty.environment)
    assert {"network", "s3", "eks", "aurora", "documentdb", "elasticache"} <= set(read["outputs"])
    called = Counter(entry["operation"] for entry in empty.requests(mark))
    assert (called["ListSecrets"], called["ListBuckets"]) == (1, 1)


def test_the_plan_of_a_service_lists_every_object_that_the_run_creates(services: tuple[Run, Run]) -> None:
    planned, done = services
    assert union(planned) == union(done)


def test_a_second_run_of_the_services_changes_nothing(services: tuple[Run, Run], empty: Standin, play: Callable[..., Run]) -> None:
    mark = empty.mark()
    again = play("service", limit=SERVICES)
    assert again.changed() == [], again.actions()
    assert empty.mutating(mark) == []


def test_the_cluster_has_the_configured_settings(run: Run, empty: Standin) -> None:
    cluster = empty.client("eks").describe_cluster(name="opta-staging")["cluster"]
    aliases = {a["AliasName"]: a.get("TargetKeyId") for a in empty.client("kms").list_aliases()["Aliases"]}
    assert cluster["encryptionConfig"][0]["provider"]["keyArn"].endswith(aliases["alias/opta-staging"])
    assert cluster["accessConfig"]["authenticationMode"] == "API"
    assert sorted(cluster["resourcesVpcConfig"]["publicAccessCidrs"]) == ["198.51.100.7/32", "203.0.113.0/24"]
    assert cluster["resourcesVpcConfig"]["endpointPrivateAccess"] is True
    enabled = [setup["types"] for setup in cluster["logging"]["clusterLogging"] if setup["enabled"]]
    assert sorted(enabled[0]) == ["api", "audit", "authenticator", "controllerManager", "scheduler"]


def test_no_long_lived_credential_is_created(run: Run, empty: Standin) -> None:
    assert empty.client("iam").list_users()["Users"] == []


def test_the_default_vpc_is_not_used(run: Run, empty: Standin) -> None:
    ec2 = empty.client("ec2")
    default = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    assert empty.client("eks").describe_cluster(name="opta-staging")["cluster"]["resourcesVpcConfig"]["vpcId"] != default
    interfaces = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [default]}])["NetworkInterfaces"]
    assert interfaces == []


def test_no_security_group_is_open_to_the_world_but_those_of_load_balancers(run: Run, empty: Standin) -> None:
    ec2 = empty.client("ec2")
    default = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        assert group["VpcId"] != default or group["GroupName"] == "default"
        tags = {tag["Key"]: tag["Value"] for tag in group.get("Tags", [])}
        if group["VpcId"] == default or tags.get("service.k8s.aws/resource") == "ManagedLBSecurityGroup":
            continue
        for permission in group["IpPermissions"]:
            assert "0.0.0.0/0" not in [block["CidrIp"] for block in permission.get("IpRanges", [])], group["GroupName"]


def test_the_environments_differ_as_configured(run: Run, empty: Standin) -> None:
    eks, ec2 = empty.client("eks"), empty.client("ec2")
    production = eks.describe_cluster(name="opta-production")["cluster"]["resourcesVpcConfig"]
    assert (production["endpointPublicAccess"], production["endpointPrivateAccess"]) == (False, True)
    in_vpc = [{"Name": "vpc-id", "Values": [production["vpcId"]]}]
    zones = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in ec2.describe_subnets(Filters=in_vpc)["Subnets"]}
    gateways = ec2.describe_nat_gateways(Filters=in_vpc)["NatGateways"]
    assert sorted(zones[gateway["SubnetId"]] for gateway in gateways) == sorted(set(zones.values()))
    groups = eks.list_nodegroups(clusterName="opta-production")["nodegroups"]
    described = {name: eks.describe_nodegroup(clusterName="opta-production", nodegroupName=name)["nodegroup"] for name in groups}
    per_zone = [group["subnets"] for name, group in described.items() if name.startswith("storage-")]
    assert sorted(zones[subnet] for (subnet,) in per_zone) == sorted(set(zones.values()))
    assert len(described["default"]["subnets"]) == 3


def test_nodes_run_in_three_zones(run: Run, empty: Standin) -> None:
    zones = on_staging(empty, "get", "nodes", "-o", r"jsonpath={.items[*].metadata.labels.topology\.kubernetes\.io/zone}").split()
    assert len(set(zones)) == 3


def test_pods_of_the_services_run(services: tuple[Run, Run], empty: Standin) -> None:
    pods: list[dict[str, Any]] = json.loads(on_staging(empty, "get", "pods", "-A", "-o", "json"))["items"]
    ours = [pod for pod in pods if pod["metadata"]["namespace"] in ("hello", "jobs")]
    assert {pod["metadata"]["namespace"] for pod in ours} == {"hello", "jobs"}
    assert {pod["status"]["phase"] for pod in ours} <= {"Running", "Succeeded"}


def test_the_ingress_is_in_the_mesh_and_other_add_ons_are_not(run: Run, empty: Standin) -> None:
    pods = json.loads(on_staging(empty, "get", "pods", "-A", "-o", "json"))["items"]
    meshed = {
        pod["metadata"]["namespace"]
        for pod in pods
        if "linkerd-proxy" in [container["name"] for container in pod["spec"].get("initContainers") or []]
    }
    critical = {"metrics-server", "aws-load-balancer-controller"}
    assert {pod["metadata"]["namespace"] for pod in pods} >= {"nginx-gateway", *critical}
    assert meshed & {"nginx-gateway", *critical} == {"nginx-gateway"}


def test_services_have_no_kubernetes_permissions(services: tuple[Run, Run], empty: Standin) -> None:
    account = "--as=system:serviceaccount:hello:hello"
    listed = on_staging(empty, "auth", "can-i", "--list", account, "-n", "hello")
    rows = [line.split()[0] for line in listed.splitlines()[1:] if not line.startswith(" ")]
    assert set(rows) <= {
        "selfsubjectreviews.authentication.k8s.io",
        "selfsubjectaccessreviews.authorization.k8s.io",
        "selfsubjectrulesreviews.authorization.k8s.io",
    }


def test_the_public_service_has_a_route_and_a_dns_record(services: tuple[Run, Run], empty: Standin) -> None:
    host = "hello.staging.example.com"
    routes = json.loads(on_staging(empty, "get", "httproutes", "--namespace", "hello", "--output", "json"))["items"]
    assert [(route["spec"]["hostnames"], route["spec"]["parentRefs"][0]["sectionName"]) for route in routes] == [([host], "https")]
    route53 = empty.client("route53")
    (zone,) = (zone["Id"] for zone in route53.list_hosted_zones()["HostedZones"] if zone["Name"] == "staging.example.com.")

    def is_recorded() -> bool:
        records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        return any((record["Name"], record["Type"]) == (f"{host}.", "A") for record in records)

    until(is_recorded)


def test_each_store_password_was_rotated_once_and_reached_the_service(rotated: Loud) -> None:
    passwords = {name: known for name, known in rotated.passwords.items() if "/staging/" in name}
    assert {name: len(known) for name, known in passwords.items()} == {f"opta/staging/{store}/main": 2 for store in STORES}
    for password in (password for known in passwords.values() for password in known):
        assert any(form in rotated.known_to_services for form in forms(password))


def test_a_version_that_skips_a_minor_is_refused_before_anything_is_changed(
    rotated: Loud, empty: Standin, play: Callable[..., Run]
) -> None:
    mark = empty.mark()
    assert 'set "1.35" first' in play("env", fails=True, **{**FIRST, "eks_version": "1.36"}).failure()
    assert empty.mutating(mark) == []


def test_changes_of_every_role_keep_the_size_set_by_the_autoscaler(
    rotated: Loud, empty: Standin, play: Callable[..., Run], administrator: str
) -> None:
    more = desired_size(empty) + 1
    eks = empty.client("eks")
    eks.update_nodegroup_config(clusterName="opta-staging", nodegroupName="default", scalingConfig={"desiredSize": more})
    eks.get_waiter("nodegroup_active").wait(clusterName="opta-staging", nodegroupName="default", WaiterConfig={"Delay": 1})
    predicted_and_done(play, "env", CHANGES, **PROTECTED)
    assert desired_size(empty) == more
    assert administrator in administrators(empty)


def test_changes_are_reverted_while_a_certificate_is_replaced(
    rotated: Loud, empty: Standin, play: Callable[..., Run], administrator: str
) -> None:
    predicted_and_done(play, "env", BACK, superseded=CERTIFICATE, **PROTECTED)
    assert administrator not in administrators(empty)


def test_a_replacement_is_announced_and_refused(rotated: Loud, empty: Standin, play: Callable[..., Run]) -> None:
    changed = {"eks_node_groups": [{**GROUP, "instance_types": ["m6i.large"]}], **PROTECTED}
    planned = union(play("env", "--tags", "eks", check=True, **changed))
    assert any(action == "replace" and "instance_types" in attributes for _host, action, _resource, attributes in planned)
    mark = empty.mark()
    refused = play("env", "--tags", "eks", fails=True, **changed)
    assert "allow_replacement" in refused.failure()
    assert [operation for operation in empty.mutating(mark) if "odegroup" in operation] == []


def test_changes_of_a_service_do_not_print_its_secret(rotated: Loud, play: Callable[..., Run]) -> None:
    play("service", limit="hello,staging")
    command_line = f'"TOKEN": "{SECRET}"'  # as given on the command line of this test
    for run in predicted_and_done(play, "service", SERVICE, limit="hello,staging"):
        assert SECRET not in run.output.replace(command_line, "")


def test_destroy_refuses_without_confirmation(services: tuple[Run, Run], empty: Standin, play: Callable[..., Run], tmp_path: Path) -> None:
    """Staging has none, production that of staging."""
    words = tmp_path / "words.json"
    words.write_text(json.dumps({"environments": {"hosts": {"production": {"opta_destroy_confirm": "staging"}}}}))
    mark = empty.mark()
    refused = play("destroy", "-i", str(words), limit=None, fails=True, **UNPROTECTED)
    assert refused.returncode != 0
    told = {task["host"]: task["result"]["msg"] for task in refused.tasks if task["status"] == "failed"}
    assert set(told) == set(ENVIRONMENTS)
    assert all("To confirm, pass -e opta_destroy_confirm=" in message for message in told.values())
    assert empty.mutating(mark) == []


def test_destroy_refuses_a_protected_cluster(services: tuple[Run, Run], empty: Standin, play: Callable[..., Run]) -> None:
    mark = empty.mark()
    refused = play("destroy", fails=True, opta_destroy_confirm="staging", **PROTECTED)
    assert "protected from deletion" in refused.failure()
    assert empty.mutating(mark) == []


def test_destroy_deletes_every_resource(services: tuple[Run, Run], empty: Standin, play: Callable[..., Run]) -> None:
    words = {"opta_destroy_confirm": "staging", **UNPROTECTED}
    other = left_in_aws(empty, "production")
    planned, done = play("destroy", check=True, **words), play("destroy", **words)
    assert union(planned) == union(done)
    assert "PodDisruptionBudget hello/hello" in {resource for _host, _action, resource, _attributes in union(done)}
    left = left_in_aws(empty, "staging")
    assert [kind for kind, items in left.items() if items] == ["list_keys"], "the key stays with the final snapshots"
    assert left_in_aws(empty, "production") == other
    assert other["list_clusters"] == ["opta-production"]
    mark = empty.mark()
    assert play("destroy", **words).changed() == []
    assert empty.mutating(mark) == []
    play("destroy", **words, opta_delete_retained=True)
    left = left_in_aws(empty, "staging")
    assert not any(left.values()), left


def test_an_interrupted_destroy_is_completed_by_the_next_run(
    services: tuple[Run, Run], empty: Standin, play: Callable[..., Run], tmp_path: Path
) -> None:
    """The controller alone, and not a loud one: what it would still be told fills a pipe, on which its last worker would wait for ever."""
    words = {"opta_destroy_confirm": "production", "opta_delete_retained": True, **UNPROTECTED}
    arguments = arguments_of("destroy", words, limit="production")
    with closing(Playbooks(empty.environment, tmp_path)) as quiet:
        assert run_and_kill(quiet, arguments, AfterItsCall(empty, "DeleteNodegroup"), whole_group=False)
    play("destroy", limit="production", **words)
    left = left_in_aws(empty, "production")
    assert not any(left.values()), left


def test_no_password_appears_in_any_output(rotated: Loud) -> None:
    """Nor in anything that the runs before this test have printed, logged, cached, or written for a moment."""
    task = {"name": "Keep a fact", "ansible.builtin.set_fact": {"kept_by_the_test": "a fact", "cacheable": True}}
    rotated.play({"name": "Show that the cache is written", "hosts": "staging", "gather_facts": False, "tasks": [task]}, *DEMO)
    seen = {**rotated.seen, **rotated.written()}
    for place in ("ansible.log", "/facts/", "helm release", "/moment/", "output", "results"):
        assert any(place in name for name in seen), place
    assert shown([password for known in rotated.passwords.values() for password in known], seen) == []
