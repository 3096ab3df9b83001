# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An EKS cluster: its attributes, and how it is created, updated and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import _tags
from .._cidr import canonical_blocks, same_blocks
from .._compare import same_members
from .._creation_defaults import CLUSTER_LOG_TYPES, CLUSTER_UPGRADE_SUPPORT
from .._errors import Refused, error_code
from .._resource import Attribute, Change, Resource, State, tags_attribute
from . import api
from .common import as_tags, issues_text, status_text, wait_for_update
from .outputs import computed
from .versions import above_desired, later_version, minor

#: what a new cluster gets of what is not given; one that exists keeps what it has
NEW: dict[str, Any] = {"log_types": list(CLUSTER_LOG_TYPES), "upgrade_support_type": CLUSTER_UPGRADE_SUPPORT}
AUTHENTICATION_MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
STATES = {"ACTIVE": State.READY, "DELETING": State.DELETING, "FAILED": State.FAILED}
ENDPOINT = {
    "endpoint_public_access": "endpointPublicAccess",
    "endpoint_private_access": "endpointPrivateAccess",
    "public_access_cidrs": "publicAccessCidrs",
}


def version_change(before: str | None, after: str) -> Change | str:
    """EKS upgrades in place, one minor version at a time."""
    if before is None or minor(after) - minor(before) <= 1:
        return Change.IN_PLACE
    return f'EKS upgrades one minor version at a time; upgrade to "1.{minor(before) + 1}" first.'


def key_change(before: str | None, after: str) -> Change | str:
    """A key can be set where there is none, and then stays."""
    return "EKS cannot change or remove the KMS key of a cluster." if before else Change.IN_PLACE


def authentication_change(before: str, after: str) -> Change | str:
    """The mode moves towards API only."""
    if AUTHENTICATION_MODES.index(after) > AUTHENTICATION_MODES.index(before):
        return Change.IN_PLACE
    return f"EKS changes the authentication mode in one direction only ({' to '.join(AUTHENTICATION_MODES)})."


def found_log_types(cluster: Mapping[str, Any]) -> list[str]:
    """The log types that are on."""
    setups = (cluster.get("logging") or {}).get("clusterLogging") or []
    return sorted({name for setup in setups if setup.get("enabled") for name in setup.get("types") or []})


def logging_request(log_types: Sequence[str]) -> dict[str, Any]:
    """The request that turns exactly these log types on, and the others off."""
    off = [name for name in CLUSTER_LOG_TYPES if name not in log_types]
    setups = [{"types": sorted(log_types), "enabled": True}, {"types": off, "enabled": False}]
    return {"clusterLogging": [setup for setup in setups if setup["types"]]}


def key_arn(cluster: Mapping[str, Any]) -> str | None:
    """The key that encrypts the cluster's secrets, when the user chose one."""
    return next((c["provider"]["keyArn"] for c in cluster.get("encryptionConfig") or [] if c.get("provider", {}).get("keyArn")), None)


def endpoint_request(values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of resourcesVpcConfig about the endpoint; CIDR blocks only go with public access."""
    request = {theirs: values[ours] for ours, theirs in ENDPOINT.items() if ours in values}
    if "publicAccessCidrs" in request:
        request["publicAccessCidrs"] = canonical_blocks(request["publicAccessCidrs"])
    if request.get("endpointPublicAccess") is False:
        request.pop("publicAccessCidrs", None)
    return request


def _vpc(key: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda cluster: (cluster.get("resourcesVpcConfig") or {}).get(key)


def attributes(purge_tags: bool = False) -> tuple[Attribute, ...]:
    """Every attribute once. Source: EKS API, CreateCluster, DescribeCluster and UpdateClusterConfig."""
    refused = Change.REFUSED
    return (
        Attribute("role_arn", lambda c: c["roleArn"], refused, "EKS cannot change the role of a cluster; create a new cluster."),
        Attribute("version", lambda c: c.get("version"), version_change, merge=later_version),
        Attribute("subnet_ids", _vpc("subnetIds"), same=same_members),
        Attribute("security_group_ids", _vpc("securityGroupIds"), same=same_members),
        Attribute("endpoint_public_access", _vpc("endpointPublicAccess")),
        Attribute("endpoint_private_access", _vpc("endpointPrivateAccess")),
        Attribute("public_access_cidrs", _vpc("publicAccessCidrs"), same=same_blocks),
        Attribute("log_types", found_log_types, same=same_members),
        Attribute("kms_key_arn", key_arn, key_change),
        Attribute("authentication_mode", lambda c: (c.get("accessConfig") or {}).get("authenticationMode"), authentication_change),
        Attribute("upgrade_support_type", lambda c: (c.get("upgradePolicy") or {}).get("supportType")),
        Attribute("deletion_protection", lambda c: bool(c.get("deletionProtection"))),
        Attribute(
            "service_ipv4_cidr",
            lambda c: (c.get("kubernetesNetworkConfig") or {}).get("serviceIpv4Cidr"),
            refused,
            "EKS cannot change the service CIDR of a cluster; create a new cluster.",
        ),
        tags_attribute(lambda c: c.get("tags") or {}, purge_tags),
    )


class EksCluster(Resource):
    """Source: EKS API, CreateCluster and DescribeCluster.

    bootstrap: what holds at creation only (bootstrapClusterCreatorAdminPermissions, bootstrapSelfManagedAddons).
    default_version: of a cluster that is created without a version; EKS's own default when None.
    default_role_arn: of a cluster that is created without a role; one that exists keeps its own.
    force_update: upgrades even when EKS's upgrade insights show errors.
    lift_protection: whether a deletion may first take the protection from deletion away.
    predict_arn: gives the ARN that a cluster not yet made will have.
    """

    kind = "EKS cluster"
    computed = (
        "arn",
        "endpoint",
        "certificate_authority_data",
        "oidc_issuer",
        "cluster_security_group_id",
        "vpc_id",
        "platform_version",
        "status",
    )

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        bootstrap: Mapping[str, bool] | None = None,
        default_version: str | None = None,
        default_role_arn: str | None = None,
        force_update: bool = False,
        lift_protection: bool = False,
        purge_tags: bool = False,
        predict_arn: Callable[[], str] | None = None,
        wait: bool = True,
        timeout_seconds: float = 1800,
    ) -> None:
        self.client = client
        self.name = name
        self.bootstrap = dict(bootstrap or {})
        self.default_version = default_version
        self.default_role_arn = default_role_arn
        self.force_update = force_update
        self.lift_protection = lift_protection
        self.predict_arn = predict_arn
        self.wait = wait
        self.timeout_seconds = timeout_seconds
        self.attributes = attributes(purge_tags)
        self.missing = False
        self._chosen_by_eks: str | None = None

    def find(self) -> Mapping[str, Any] | None:
        cluster = api.describe_cluster(self.client, self.name)
        self.missing = cluster is None
        if cluster is None:
            return None
        return {**cluster, **computed(cluster)}

    def state(self, found: Mapping[str, Any]) -> State:
        return STATES.get(found["status"], State.IN_PROGRESS)

    def status(self, found: Mapping[str, Any] | None) -> str:
        return "gone" if found is None else status_text(found["status"], found.get("health"))

    def remedy(self, found: Mapping[str, Any]) -> str:
        return "Delete it (state: absent; for an environment: the playbook destroy with --tags eks) and run again."

    def derived(self) -> dict[str, Any]:
        return {"arn": self.predict_arn()} if self.missing and self.predict_arn else {}

    def complete(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Mapping[str, Any]:
        values = {**(NEW if found is None else {}), **desired}
        public = values.get("endpoint_public_access", found and _vpc("endpointPublicAccess")(found))
        if public is False:
            values.pop("public_access_cidrs", None)
        if found is None and "version" not in values:
            self._chosen_by_eks = None if self.default_version else self._version_for_new_clusters()
            values["version"] = self.default_version or self._chosen_by_eks
        if found is None and self.default_role_arn:
            values.setdefault("role_arn", self.default_role_arn)
        return values

    def check(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        if desired.get("state") == "absent":
            if found and found.get("deletionProtection") and not self.lift_protection:
                raise Refused(f"{self.kind} {self.name} has deletion protection: set deletion_protection: false to delete it.")
            return
        if found is None and not (desired.get("role_arn") and desired.get("subnet_ids")):
            raise Refused(f"{self.kind} {self.name} does not exist; to create it, set role_arn and subnet_ids.")
        self._refuse_a_version_that_eks_does_not_offer(found, desired)

    def notes(self, found: Mapping[str, Any], desired: Mapping[str, Any]) -> list[str]:
        current, asked = found.get("version"), desired.get("version")
        notes = above_desired(f"{self.kind} {self.name}", current, asked)
        if found["status"] == "FAILED":
            notes.append(f"{self.kind} {self.name} has failed: {self.status(found)} {self.remedy(found)}")
        elif issues_text(found.get("health")):
            notes.append(f"{self.kind} {self.name} has health issues: {issues_text(found.get('health'))}.")
        if asked is None and current is not None:
            newest = self._version_for_new_clusters()
            if newest != current and later_version(current, newest) == newest:
                notes.append(f"{self.kind} {self.name} has version {current}; the default for new clusters is {newest}.")
        elif not notes and asked != current and current is not None:
            notes.extend(self._upgrade_notes(str(asked)))
        return notes

    def create(self, desired: Mapping[str, Any]) -> None:
        access = {"authenticationMode": desired.get("authentication_mode", "API")}
        bootstrap = dict(self.bootstrap)
        if "bootstrapClusterCreatorAdminPermissions" in bootstrap:
            access["bootstrapClusterCreatorAdminPermissions"] = bootstrap.pop("bootstrapClusterCreatorAdminPermissions")
        vpc = {"subnetIds": desired["subnet_ids"], "securityGroupIds": desired.get("security_group_ids", []), **endpoint_request(desired)}
        request: dict[str, Any] = {
            "name": self.name,
            "roleArn": desired["role_arn"],
            "version": desired["version"],
            "resourcesVpcConfig": vpc,
            "accessConfig": access,
            "tags": as_tags(desired.get("tags")),
            **bootstrap,
        }
        if desired.get("log_types"):
            request["logging"] = logging_request(desired["log_types"])
        if desired.get("kms_key_arn"):
            request["encryptionConfig"] = [{"resources": ["secrets"], "provider": {"keyArn": desired["kms_key_arn"]}}]
        if desired.get("service_ipv4_cidr"):
            request["kubernetesNetworkConfig"] = {"serviceIpv4Cidr": desired["service_ipv4_cidr"]}
        if desired.get("upgrade_support_type"):
            request["upgradePolicy"] = {"supportType": desired["upgrade_support_type"]}
        if "deletion_protection" in desired:
            request["deletionProtection"] = desired["deletion_protection"]
        api.create_cluster(self.client, **request)

    def update(self, found: Mapping[str, Any], desired: Mapping[str, Any], names: Sequence[str]) -> None:
        if "tags" in names:
            _tags.change(self.client, found["arn"], found.get("tags") or {}, desired["tags"], api.tag_resource, api.untag_resource)
        steps = self._steps(desired, names)
        for number, step in enumerate(steps, start=1):
            update = step()
            if self.wait or number < len(steps):
                wait_for_update(self.client, self.name, update, f"{self.kind} {self.name}", self.timeout_seconds)

    def delete(self, found: Mapping[str, Any]) -> None:
        if found.get("deletionProtection"):
            update = api.update_cluster_config(self.client, self.name, deletionProtection=False)
            wait_for_update(self.client, self.name, update, f"{self.kind} {self.name}", self.timeout_seconds)
        api.delete_cluster(self.client, self.name)

    def _steps(self, desired: Mapping[str, Any], names: Sequence[str]) -> list[Callable[[], dict[str, Any]]]:
        """One call for each kind of update: EKS takes one kind at a time. The version comes last, it takes longest."""
        requests: list[dict[str, Any]] = []
        if "deletion_protection" in names:
            requests.append({"deletionProtection": desired["deletion_protection"]})
        if "authentication_mode" in names:
            requests.append({"accessConfig": {"authenticationMode": desired["authentication_mode"]}})
        if set(ENDPOINT) & set(names):
            requests.append({"resourcesVpcConfig": endpoint_request(desired)})
        if "subnet_ids" in names:
            requests.append({"resourcesVpcConfig": {"subnetIds": desired["subnet_ids"]}})
        if "security_group_ids" in names:
            requests.append({"resourcesVpcConfig": {"securityGroupIds": desired["security_group_ids"]}})
        if "log_types" in names:
            requests.append({"logging": logging_request(desired["log_types"])})
        if "upgrade_support_type" in names:
            requests.append({"upgradePolicy": {"supportType": desired["upgrade_support_type"]}})
        steps: list[Callable[[], dict[str, Any]]] = [self._config_step(request) for request in requests]
        if "kms_key_arn" in names:
            steps.append(lambda: api.associate_encryption_config(self.client, self.name, desired["kms_key_arn"]))
        if "version" in names:
            steps.append(lambda: api.update_cluster_version(self.client, self.name, desired["version"], self.force_update))
        return steps

    def _config_step(self, request: Mapping[str, Any]) -> Callable[[], dict[str, Any]]:
        return lambda: api.update_cluster_config(self.client, self.name, **request)

    def _refuse_a_version_that_eks_does_not_offer(self, found: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> None:
        asked, current = desired.get("version"), found.get("version") if found else None
        if asked in (None, self._chosen_by_eks) or (current is not None and later_version(current, asked) == current):
            return
        offered = sorted((each["clusterVersion"] for each in api.describe_cluster_versions(self.client)), key=minor)
        if asked not in offered:
            raise Refused(f"{self.kind} {self.name}: EKS does not offer version {asked}; available versions are {', '.join(offered)}.")

    def _version_for_new_clusters(self) -> str:
        """What EKS itself takes by default."""
        return str(api.describe_cluster_versions(self.client, defaultOnly=True)[0]["clusterVersion"])

    def _upgrade_notes(self, version: str) -> list[str]:
        what = f"{self.kind} {self.name}, upgrade to {version}"
        criteria = {"categories": ["UPGRADE_READINESS"], "kubernetesVersions": [version], "statuses": ["ERROR", "WARNING"]}
        try:
            found = api.list_insights(self.client, self.name, **criteria)
        except api.EksError as error:
            if error_code(error) != "AccessDeniedException":
                raise
            return [f"{what}: upgrade readiness is unknown, because eks:ListInsights is not allowed."]
        return [f"{what}: {i['insightStatus']['status']}: {i['name']}: {i['insightStatus'].get('reason', '')}" for i in found]
