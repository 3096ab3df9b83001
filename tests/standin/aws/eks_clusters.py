"""EKS clusters: made with a real control plane, described, listed, deleted."""

from __future__ import annotations

import fnmatch
import ipaddress
import re
import uuid
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends

from tests.standin.aws import eks_checks as checks
from tests.standin.aws.eks_access import add_bootstrap_administrator
from tests.standin.aws.eks_control_planes import connection
from tests.standin.aws.eks_model import Cluster, Data, account, arn, cluster_of, in_use, invalid, refuse_while_updating
from tests.standin.aws.eks_network import delete_cluster_network, make_cluster_network
from tests.standin.aws.eks_versions import DEFAULT, VERSIONS, check_version
from tests.standin.aws.errors import AwsError
from tests.standin.aws.iam import make_service_linked_role
from tests.standin.aws.logs import deliver_cluster_logs
from tests.standin.aws.operations import Call, answers
from tests.standin.aws.paging import page

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")


@answers("eks", "CreateCluster")
def create_cluster(call: Call) -> dict[str, Any]:
    clusters, name = account(call).clusters, call.get("name")
    if name in clusters:
        token = clusters[name].data.get("clientRequestToken")
        if token is not None and token == call.get("clientRequestToken"):
            return {"cluster": clusters[name].data}
        raise in_use(f"Cluster already exists with name: {name}", clusterName=name)
    _check(call)
    cluster = Cluster(_new(call), self_managed_addons=call.get("bootstrapSelfManagedAddons", True))
    vpc = cluster.data["resourcesVpcConfig"]
    vpc["vpcId"] = checks.vpc_of(call, vpc["subnetIds"])
    vpc["clusterSecurityGroupId"] = make_cluster_network(call, cluster)
    clusters[name] = cluster
    make_service_linked_role(call, "eks.amazonaws.com")
    if call.get("accessConfig", {}).get("bootstrapClusterCreatorAdminPermissions", True):
        add_bootstrap_administrator(call, cluster)
    make = call.world.control_planes
    if make and any(fnmatch.fnmatchcase(name, pattern) for pattern in call.world.with_control_plane):
        cluster.control_plane = make(call.world, call.account, call.region, cluster)
    call.world.clock.after("eks:cluster", lambda: _created(call, cluster))
    return {"cluster": cluster.data}


@answers("eks", "DescribeCluster")
def describe_cluster(call: Call) -> dict[str, Any]:
    return {"cluster": cluster_of(call, "name").data}


@answers("eks", "ListClusters")
def list_clusters(call: Call) -> dict[str, Any]:
    return page(call, "clusters", sorted(account(call).clusters))


@answers("eks", "DeleteCluster")
def delete_cluster(call: Call) -> dict[str, Any]:
    clusters = account(call).clusters
    cluster = cluster_of(call, "name")
    if cluster.data["status"] == "DELETING":
        return {"cluster": cluster.data}
    if cluster.data.get("deletionProtection"):
        message = f"Cluster {cluster.name} has deletion protection enabled. Disable deletion protection before you delete the cluster."
        raise AwsError("InvalidRequestException", message, clusterName=cluster.name)
    if cluster.node_groups:
        raise in_use("Cluster has nodegroups attached", clusterName=cluster.name)
    if cluster.data["status"] == "CREATING":
        raise in_use(f"Cluster has status CREATING: {cluster.name}", clusterName=cluster.name)
    refuse_while_updating(cluster, cluster.data, f"Cannot delete because cluster {cluster.name}")
    cluster.data["status"] = "DELETING"
    if cluster.control_plane:
        cluster.control_plane.stop()

    def gone() -> bool | None:
        if cluster.control_plane and not cluster.control_plane.stopped:
            return False
        if not delete_cluster_network(call, cluster):
            return False
        del clusters[cluster.name]
        return None

    call.world.clock.after("eks:cluster", gone)
    return {"cluster": cluster.data}


def logging_of(enabled: set[str]) -> Data:
    """`logging` as DescribeCluster shows it: the types that are on, and those that are off."""
    on = [kind for kind in LOG_TYPES if kind in enabled]
    off = [kind for kind in LOG_TYPES if kind not in enabled]
    return {"clusterLogging": [{"types": types, "enabled": types is on} for types in (on, off) if types]}


def enabled_types(logging: Data | None, before: set[str] | None = None) -> set[str]:
    """The log types that are on after a request: what it does not name stays as before."""
    enabled = set(before or ())
    for setup in (logging or {}).get("clusterLogging") or []:
        types = set(setup.get("types") or [])
        if types - set(LOG_TYPES):
            raise invalid(f"Invalid log types: {sorted(types - set(LOG_TYPES))}")
        enabled = enabled | types if setup.get("enabled") else enabled - types
    return enabled


def _created(call: Call, cluster: Cluster) -> bool | None:
    running = cluster.control_plane
    if running is None or running.ready:
        host = f"https://{uuid.uuid4().hex.upper()}.invalid"
        cluster.data.update(connection(running) if running else {"endpoint": host, "certificateAuthority": {"data": ""}})
        cluster.data["status"] = "ACTIVE"
        deliver_cluster_logs(call)
    elif running.failure:
        cluster.data["status"] = "FAILED"
        cluster.data["health"] = {"issues": [{"code": "InternalFailure", "message": running.failure, "resourceIds": [cluster.name]}]}
    else:
        return False
    return None


def _check(call: Call) -> None:
    if not NAME.fullmatch(call.get("name")):
        raise invalid("The cluster name must begin with an alphanumeric character, and can only contain alphanumeric characters, - and _")
    check_version(call.get("version", DEFAULT))
    checks.check_service_role(call, call.get("roleArn"))
    vpc = call.get("resourcesVpcConfig")
    checks.check_subnets(call, vpc.get("subnetIds") or [])
    checks.check_security_groups(call, vpc.get("securityGroupIds") or [], checks.vpc_of(call, vpc["subnetIds"]))
    checks.check_endpoint(vpc)
    checks.check_encryption(call, call.get("encryptionConfig"))
    mode = call.get("accessConfig", {}).get("authenticationMode", "CONFIG_MAP")
    if mode == "API" and call.get("outpostConfig"):
        raise invalid("Access entries are not supported for clusters on AWS Outposts")
    service_cidr = call.get("kubernetesNetworkConfig", {}).get("serviceIpv4Cidr")
    if service_cidr:
        _check_service_cidr(service_cidr, _vpc_blocks(call))


def _vpc_blocks(call: Call) -> list[str]:
    """The IPv4 blocks of the cluster's VPC."""
    vpc = ec2_backends[call.account][call.region].vpcs[checks.vpc_of(call, call.get("resourcesVpcConfig")["subnetIds"])]
    return [each["cidr_block"] for each in vpc.get_cidr_block_association_set(ipv6=False)]


def _chosen_service_cidr(call: Call) -> str:
    """What EKS takes when none is given (EKS API, serviceIpv4Cidr; awslabs/amazon-eks-ami, bootstrap.sh, DNS_CLUSTER_IP)."""
    return "172.20.0.0/16" if any(block.startswith("10.") for block in _vpc_blocks(call)) else "10.100.0.0/16"


def _check_service_cidr(text: str, vpc_blocks: list[str]) -> None:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise invalid(f"invalid CIDR: {text}") from error
    if not network.is_private or not 12 <= network.prefixlen <= 24:
        raise invalid("serviceIpv4Cidr must be within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, and between /24 and /12")
    if any(network.overlaps(ipaddress.ip_network(block)) for block in vpc_blocks):
        raise invalid(f"serviceIpv4Cidr {text} must not overlap with the CIDR blocks of the VPC")


def _new(call: Call) -> Data:
    name, version, vpc = call.get("name"), call.get("version", DEFAULT), call.get("resourcesVpcConfig")
    host = uuid.uuid4().hex.upper()
    suffix = "amazonaws.com.cn" if call.partition == "aws-cn" else "amazonaws.com"
    network = call.get("kubernetesNetworkConfig", {})
    access = call.get("accessConfig", {})
    data: Data = {
        "name": name,
        "arn": arn(call, f"cluster/{name}"),
        "createdAt": utcnow(),
        "version": version,
        "roleArn": call.get("roleArn"),
        "resourcesVpcConfig": {
            "subnetIds": vpc["subnetIds"],
            "securityGroupIds": vpc.get("securityGroupIds") or [],
            "endpointPublicAccess": vpc.get("endpointPublicAccess", True),
            "endpointPrivateAccess": vpc.get("endpointPrivateAccess", False),
            "publicAccessCidrs": (vpc.get("publicAccessCidrs") or ["0.0.0.0/0"]) if vpc.get("endpointPublicAccess", True) else [],
        },
        "kubernetesNetworkConfig": {
            "serviceIpv4Cidr": network.get("serviceIpv4Cidr") or _chosen_service_cidr(call),
            "ipFamily": network.get("ipFamily") or "ipv4",
            "elasticLoadBalancing": {"enabled": False},
        },
        "logging": logging_of(enabled_types(call.get("logging"))),
        "identity": {"oidc": {"issuer": f"https://oidc.eks.{call.region}.{suffix}/id/{host}"}},
        "status": "CREATING",
        "certificateAuthority": {},
        "clientRequestToken": call.get("clientRequestToken"),
        "platformVersion": VERSIONS[version][4],
        "tags": call.get("tags", {}),
        "health": {"issues": []},
        "accessConfig": {
            "authenticationMode": access.get("authenticationMode") or "CONFIG_MAP",
            "bootstrapClusterCreatorAdminPermissions": access.get("bootstrapClusterCreatorAdminPermissions", True),
        },
        "upgradePolicy": {"supportType": "EXTENDED", **call.get("upgradePolicy", {})},
        "deletionProtection": call.get("deletionProtection", False),
    }
    if call.get("encryptionConfig"):
        data["encryptionConfig"] = call.get("encryptionConfig")
    for optional in ("zonalShiftConfig", "remoteNetworkConfig"):
        if call.get(optional) is not None:
            data[optional] = call.get(optional)
    return data
