"""What each add-on may do in AWS: computed from the policies themselves."""

from __future__ import annotations

import json

from ansible_collections.opta.platform.plugins.module_utils._k8s_addons import registry

from tests.support.identities import identity_of

READING = ("Describe", "Get", "List")
#: write actions on every resource, each with the reason why AWS cannot scope it: none is needed
ALLOWED: dict[str, str] = {}
LIMIT = 10240  # characters of all inline policies of a role, without white space (IAM)


def statements(inputs):
    return [
        (role["name"], statement)
        for role in registry.roles(inputs)
        for policy in role["policies"].values()
        for statement in policy["Statement"]
    ]


def test_no_write_action_is_allowed_on_every_resource(inputs):
    found = {}
    for role, statement in statements(inputs):
        writing = [action for action in statement["Action"] if not action.split(":")[1].startswith(READING)]
        if "*" in statement["Resource"] and writing:
            found[role] = [action for action in writing if action not in ALLOWED]
    assert not {role: actions for role, actions in found.items() if actions}


def test_write_actions_are_narrowed_to_cluster_zone_or_tag(inputs):
    for role, statement in statements(inputs):
        if all(action.split(":")[1].startswith(READING) for action in statement["Action"]):
            continue
        narrowed = str(statement.get("Condition")) + str(statement["Resource"])
        assert any(word in narrowed for word in ("opta-staging", "hostedzone/Z1", "vpc-1")), (role, statement["Sid"])


def test_no_policy_action_contains_a_wildcard(inputs):
    assert not [action for _role, statement in statements(inputs) for action in statement["Action"] if "*" in action]


def test_external_dns_writes_to_the_one_zone(inputs):
    (records,) = [s for _role, s in statements(inputs) if "route53:ChangeResourceRecordSets" in s["Action"]]
    assert records["Resource"] == ["arn:aws:route53:::hostedzone/Z1"]


def test_the_autoscaler_changes_the_groups_of_its_cluster(inputs):
    (scale,) = [s for _role, s in statements(inputs) if "autoscaling:SetDesiredCapacity" in s["Action"]]
    assert scale["Condition"] == {"StringEquals": {"autoscaling:ResourceTag/kubernetes.io/cluster/opta-staging": "owned"}}


def test_policies_fit_the_iam_size_limit(inputs):
    for role in registry.roles(inputs):
        assert sum(len(json.dumps(policy, separators=(",", ":"))) for policy in role["policies"].values()) < LIMIT


def test_policies_use_the_partition_of_the_region(inputs):
    inputs |= {"partition": "aws-cn", "region": "cn-north-1", "zone": {**inputs["zone"], "zone_arn": ""}}
    arns = [arn for _role, statement in statements(inputs) for arn in statement["Resource"] if arn != "*"]
    assert arns and all(arn.startswith("arn:aws-cn:") for arn in arns)


def test_a_disabled_add_on_has_no_role(inputs):
    inputs["addons"]["cluster_autoscaler"]["enabled"] = "false"
    inputs["zone"] = {}
    assert [role["name"] for role in registry.roles(inputs)] == [identity_of().role_name("addon", "aws-load-balancer-controller")]
    assert [role["name"] for role in registry.roles(inputs, on=False)] == [
        identity_of().role_name("addon", "cluster-autoscaler"),
        identity_of().role_name("addon", "external-dns"),
    ]
