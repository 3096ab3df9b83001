"""Launch templates: versions keep their numbers when others are deleted, and a template's own tags are not its instances'."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import InvalidLaunchTemplateVersionNotFound
from moto.ec2.models import launch_templates
from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateVersion

from tests.standin.aws.ec2_common import backend, forget_tags, refused
from tests.standin.aws.operations import Call, answers


def _create_version(self: LaunchTemplate, data: dict[str, Any], description: str) -> LaunchTemplateVersion:
    """Moto would give a number again after a deletion."""
    self.last_number = getattr(self, "last_number", 0) + 1
    version = LaunchTemplateVersion(self, self.last_number, data, description)
    self.versions.append(version)
    return version


def _get_version(self: LaunchTemplate, number: Any) -> LaunchTemplateVersion:
    wanted = {"$latest": self.versions[-1].number, "$default": self.default_version_number}.get(str(number).lower(), number)
    for version in self.versions:
        if str(version.number) == str(wanted):
            return version
    raise InvalidLaunchTemplateVersionNotFound(template_id=self.id, version=number)


launch_templates.LaunchTemplate.create_version = _create_version
launch_templates.LaunchTemplate.get_version = _get_version
# Moto would show the tags that a template had at first for ever
launch_templates.LaunchTemplate.tags = property(lambda self: self.get_tags(), lambda self, tags: None)
launch_templates.LaunchTemplate.default_version = lambda self: self.get_version("$Default")


@answers("ec2", "CreateLaunchTemplate")
def create_launch_template(call: Call) -> dict[str, Any]:
    token = call.get("ClientToken")
    known = backend(call).launch_templates
    for template in known.values():
        if token and getattr(template, "client_token", None) == token and template.name == call.get("LaunchTemplateName"):
            return _again(call, template)
    answer = call.moto()
    template = known[answer["LaunchTemplate"]["LaunchTemplateId"]]
    template.client_token = token
    data = template.versions[0].data
    given = [each["ResourceType"] for each in (call.get("LaunchTemplateData") or {}).get("TagSpecifications") or []]
    data["TagSpecifications"] = [each for each in data.get("TagSpecifications") or [] if each.get("ResourceType") in given]
    if not data["TagSpecifications"]:
        del data["TagSpecifications"]
    return answer


@answers("ec2", "CreateLaunchTemplateVersion")
def create_launch_template_version(call: Call) -> dict[str, Any]:
    """With SourceVersion, what is not given is taken from it."""
    template = _template(call)
    source = call.get("SourceVersion")
    inherited = dict(template.get_version(source).data) if source else {}
    answer = call.moto()
    template.versions[-1].data = {**inherited, **template.versions[-1].data}
    return answer


@answers("ec2", "DeleteLaunchTemplateVersions")
def delete_launch_template_versions(call: Call) -> dict[str, Any]:
    template = _template(call)
    deleted, refusals = [], []
    for number in call.get("Versions", []):
        about = {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name, "VersionNumber": int(number)}
        version = next((each for each in template.versions if str(each.number) == str(number)), None)
        if version is None:
            refusals.append(
                {**about, "ResponseError": {"Code": "launchTemplateVersionDoesNotExist", "Message": "The version does not exist"}}
            )
        elif version.number == template.default_version_number:
            message = "You cannot delete the default version of a launch template"
            refusals.append({**about, "ResponseError": {"Code": "unexpectedError", "Message": message}})
        else:
            template.versions.remove(version)
            deleted.append(about)
    return {"SuccessfullyDeletedLaunchTemplateVersions": deleted, "UnsuccessfullyDeletedLaunchTemplateVersions": refusals}


@answers("ec2", "DeleteLaunchTemplate")
def delete_launch_template(call: Call) -> dict[str, Any]:
    template = _template(call)
    answer = call.moto()
    forget_tags(call, template.id)
    return answer


@answers("ec2", "ModifyLaunchTemplate")
def modify_launch_template(call: Call) -> dict[str, Any]:
    template = _template(call)
    template.default_version_number = template.get_version(call.get("DefaultVersion")).number
    return _again(call, template)


def _template(call: Call) -> Any:
    known = backend(call).launch_templates
    identifier, name = call.get("LaunchTemplateId"), call.get("LaunchTemplateName")
    for template in known.values():
        if identifier == template.id or (name is not None and name == template.name):
            return template
    if identifier:
        raise refused("InvalidLaunchTemplateId.NotFound", f"The specified launch template, with template ID {identifier}, does not exist.")
    raise refused(
        "InvalidLaunchTemplateName.NotFoundException", f"The specified launch template, with template name {name}, does not exist."
    )


def _again(call: Call, template: Any) -> dict[str, Any]:
    return {
        "LaunchTemplate": {
            "LaunchTemplateId": template.id,
            "LaunchTemplateName": template.name,
            "CreateTime": template.create_time,
            "CreatedBy": f"arn:{call.partition}:iam::{call.account}:root",
            "DefaultVersionNumber": template.default_version_number,
            "LatestVersionNumber": template.versions[-1].number,
            "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in template.get_tags()],
        }
    }
