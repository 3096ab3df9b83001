from __future__ import annotations

import base64

import pytest
from ansible_collections.opta.platform.plugins.module_utils import _wait
from ansible_collections.opta.platform.plugins.module_utils._eks import launch_template as subject
from ansible_collections.opta.platform.plugins.module_utils._eks.launch_template import LaunchTemplate
from ansible_collections.opta.platform.plugins.module_utils._eks.node_group import AMI_TYPES
from ansible_collections.opta.platform.plugins.module_utils._reconcile import ensure_present

KEY = "arn:aws-cn:kms:cn-north-1:111122223333:key/1"
TAGS = {"opta:environment": "staging"}
VALUES = {
    "volume_devices": ["/dev/xvda"],
    "volume_size_gib": 50,
    "volume_kms_key_arn": KEY,
    "metadata_options": subject.METADATA_OPTIONS,
    "node_tags": {"Name": "opta-staging-default", **TAGS},
    "user_data": "MIME-Version: 1.0",
    "image_id": None,
}
DESIRED = {
    "volume_size_gib": 50,
    "volume_kms_key_arn": KEY,
    "node_tags": VALUES["node_tags"],
    "user_data": "MIME-Version: 1.0",
    "tags": TAGS,
}


def template(**values):
    found = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "opta-staging-default", "DefaultVersionNumber": 1, "LatestVersionNumber": 1}
    return {"LaunchTemplates": [{**found, "Tags": [{"Key": "opta:environment", "Value": "staging"}], **values}]}


def versions(*numbers, **data):
    answer = [
        {"LaunchTemplateId": "lt-1", "VersionNumber": n, "LaunchTemplateData": subject.template_data({**VALUES, **data})} for n in numbers
    ]
    return {"LaunchTemplateVersions": answer}


def resource(ec2, ami_type="AL2023_x86_64_STANDARD"):
    return LaunchTemplate(ec2.client, "opta-staging-default", ami_type=ami_type)


@pytest.mark.parametrize(
    ("ami_type", "devices"),
    [
        ("AL2023_ARM_64_STANDARD", ["/dev/xvda"]),
        ("AL2_x86_64_GPU", ["/dev/xvda"]),
        ("BOTTLEROCKET_x86_64_NVIDIA", ["/dev/xvda", "/dev/xvdb"]),
        ("WINDOWS_FULL_2022_x86_64", ["/dev/sda1"]),
        ("CUSTOM", None),
    ],
)
def test_every_ami_family_has_its_volumes(ami_type, devices):
    assert subject.volume_devices(ami_type) == devices


def test_every_ami_type_of_the_api_model_is_supported(recorded):
    model = recorded("eks").client.meta.service_model.shape_for("AMITypes")
    assert set(model.enum) == set(AMI_TYPES)


def test_every_volume_is_encrypted_and_the_last_one_has_the_size():
    mappings = subject.template_data({**VALUES, "volume_devices": ["/dev/xvda", "/dev/xvdb"]})["BlockDeviceMappings"]
    assert [(m["DeviceName"], m["Ebs"]["Encrypted"], m["Ebs"]["KmsKeyId"], m["Ebs"].get("VolumeSize")) for m in mappings] == [
        ("/dev/xvda", True, KEY, None),
        ("/dev/xvdb", True, KEY, 50),
    ]
    assert all(m["Ebs"]["VolumeType"] == "gp3" for m in mappings)


def test_instances_volumes_and_network_interfaces_are_tagged_and_imdsv2_is_required():
    data = subject.template_data(VALUES)
    assert [spec["ResourceType"] for spec in data["TagSpecifications"]] == ["instance", "volume", "network-interface"]
    assert all({"Key": "opta:environment", "Value": "staging"} in spec["Tags"] for spec in data["TagSpecifications"])
    assert data["MetadataOptions"] == {"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    assert base64.b64decode(data["UserData"]) == b"MIME-Version: 1.0"


def test_written_template_data_is_read_back():
    found = {"data": subject.template_data(VALUES), "Tags": []}
    assert {a.name: a.read(found) for a in subject.attributes() if a.name != "tags"} == VALUES


def test_a_missing_tag_specification_is_a_difference():
    data = subject.template_data(VALUES)
    del data["TagSpecifications"][2]
    assert subject.found_node_tags(data) == {}


def test_names_are_those_of_cluster_and_group_within_the_limit():
    assert subject.template_name("opta-staging", "default") == "opta-staging-default"
    assert len(subject.template_name("c" * 100, "g" * 63)) == 128


def test_creation_carries_the_tags(recorded):
    ec2 = recorded("ec2")
    ec2.refuse("describe_launch_templates", "InvalidLaunchTemplateName.NotFoundException")
    ec2.refuse("describe_launch_templates", "InvalidLaunchTemplateName.NotFoundException")
    ec2.answer("create_launch_template", {"LaunchTemplate": template()["LaunchTemplates"][0]})
    ec2.answer("describe_launch_templates", template())
    ec2.answer("describe_launch_template_versions", versions(1))
    outcome = ensure_present(resource(ec2), DESIRED, check_mode=False)
    assert outcome.action == "create"
    assert ec2.sent("CreateLaunchTemplate")["TagSpecifications"] == [
        {"ResourceType": "launch-template", "Tags": [{"Key": "opta:environment", "Value": "staging"}]}
    ]


def test_an_unchanged_template_is_not_changed(recorded):
    ec2 = recorded("ec2")
    ec2.answer("describe_launch_templates", template())
    ec2.answer("describe_launch_template_versions", versions(2, 1))
    outcome = ensure_present(resource(ec2), DESIRED, check_mode=False)
    assert outcome.resource
    assert (outcome.action, outcome.resource["latest_version"]) == (None, "2")


def test_a_change_creates_a_complete_new_version(recorded):
    ec2 = recorded("ec2")
    ec2.answer("describe_launch_templates", template())
    ec2.answer("describe_launch_template_versions", versions(1))
    ec2.answer("create_launch_template_version", {"LaunchTemplateVersion": {"VersionNumber": 2}})
    ec2.answer("modify_launch_template", {}, LaunchTemplateId="lt-1", DefaultVersion="2")
    ec2.answer("describe_launch_templates", template())
    ec2.answer("describe_launch_template_versions", versions(2, volume_size_gib=80))
    outcome = ensure_present(resource(ec2), {"volume_size_gib": 80}, check_mode=False)
    assert outcome.attributes == ["volume_size_gib"]
    assert ec2.sent("CreateLaunchTemplateVersion")["LaunchTemplateData"] == subject.template_data({**VALUES, "volume_size_gib": 80})


def test_a_changed_ami_family_changes_the_volumes(recorded):
    ec2 = recorded("ec2")
    ec2.answer("describe_launch_templates", template())
    ec2.answer("describe_launch_template_versions", versions(1))
    outcome = ensure_present(resource(ec2, "BOTTLEROCKET_x86_64"), {}, check_mode=True)
    assert outcome.after == {"volume_devices": ["/dev/xvda", "/dev/xvdb"]}


def test_a_custom_ami_defines_the_root_device(recorded):
    ec2 = recorded("ec2")
    ec2.refuse("describe_launch_templates", "InvalidLaunchTemplateName.NotFoundException")
    ec2.answer("describe_images", {"Images": [{"RootDeviceName": "/dev/sda1"}]}, ImageIds=["ami-1"])
    outcome = ensure_present(resource(ec2, "CUSTOM"), {"image_id": "ami-1"}, check_mode=True)
    assert outcome.after["volume_devices"] == ["/dev/sda1"]


def test_old_versions_are_deleted_but_for_the_default_and_the_one_in_use(recorded):
    ec2 = recorded("ec2")
    ec2.answer("describe_launch_templates", template(DefaultVersionNumber=2))
    ec2.answer("describe_launch_template_versions", versions(*range(1, 10)))
    ec2.answer("delete_launch_template_versions", {}, LaunchTemplateId="lt-1", Versions=["1", "4"])
    resource(ec2).prune("3")


def test_up_to_the_limit_all_versions_are_kept(recorded):
    ec2 = recorded("ec2")
    ec2.answer("describe_launch_templates", template())
    ec2.answer("describe_launch_template_versions", versions(1, 2, 3))
    resource(ec2).prune(None)


def test_a_template_version_that_is_not_yet_visible_is_waited_for(recorded, monkeypatch):
    monkeypatch.setattr(_wait, "FIRST_DELAY_SECONDS", 0.001)
    ec2 = recorded("ec2")
    for _look in range(2):
        ec2.refuse("describe_launch_templates", "InvalidLaunchTemplateName.NotFoundException")
    ec2.answer("create_launch_template", {"LaunchTemplate": template()["LaunchTemplates"][0]})
    ec2.answer("describe_launch_templates", template())
    ec2.refuse("describe_launch_template_versions", "InvalidLaunchTemplateId.NotFound")
    ec2.answer("describe_launch_templates", template())
    ec2.answer("describe_launch_template_versions", versions(1))
    found = ensure_present(resource(ec2), DESIRED, check_mode=False).resource
    assert found and found["latest_version"] == "1"


def test_a_node_group_uses_the_newly_created_template_version(recorded, monkeypatch):
    monkeypatch.setattr(_wait, "FIRST_DELAY_SECONDS", 0.001)
    ec2 = recorded("ec2")
    ec2.answer("describe_launch_templates", template())
    ec2.answer("describe_launch_template_versions", versions(1))
    ec2.answer("create_launch_template_version", {"LaunchTemplateVersion": {"VersionNumber": 2}})
    ec2.answer("modify_launch_template", {})
    ec2.answer("describe_launch_templates", template())
    ec2.answer("describe_launch_template_versions", versions(1))  # the one before, for a moment
    ec2.answer("describe_launch_templates", template())
    ec2.answer("describe_launch_template_versions", versions(1, 2, volume_size_gib=80))
    outcome = ensure_present(resource(ec2), {**DESIRED, "volume_size_gib": 80}, check_mode=False)
    assert outcome.resource and outcome.resource["latest_version"] == "2"
