"""The Kubernetes versions that EKS offers, with their dates, patch releases and AMI releases (November 2026)."""

from __future__ import annotations

import datetime
from typing import Any

from tests.standin.aws.eks_model import invalid
from tests.standin.aws.operations import Call, answers

#: another one than the collection's, so that a version that is lost on the way shows
DEFAULT = "1.36"
# version: (release, end of standard support, end of extended support, patch version, platform version)
VERSIONS = {
    "1.36": ("2026-06-02", "2027-08-02", "2028-08-02", "1.36.1", "eks.4"),
    "1.35": ("2026-01-28", "2027-03-27", "2028-03-27", "1.35.4", "eks.12"),
    "1.34": ("2025-10-06", "2026-12-02", "2027-12-02", "1.34.7", "eks.18"),
    "1.33": ("2025-05-28", "2026-07-29", "2027-07-29", "1.33.11", "eks.25"),
    "1.32": ("2025-01-25", "2026-03-23", "2027-03-23", "1.32.13", "eks.33"),
    "1.31": ("2024-09-26", "2025-11-26", "2026-11-26", "1.31.14", "eks.45"),
}
STATUSES = ("STANDARD_SUPPORT", "EXTENDED_SUPPORT", "UNSUPPORTED")
AMI_DATES = ("20260702", "20260815")  # oldest first


def check_version(version: str) -> None:
    """InvalidParameterException for a version that EKS does not offer."""
    if version not in VERSIONS:
        raise invalid(f"unsupported Kubernetes version {version}")


def status_of(version: str) -> str:
    _, standard, extended, _, _ = VERSIONS[version]
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return STATUSES[(today > standard) + (today > extended)]


def releases(ami_type: str, version: str) -> list[str]:
    """The AMI releases of one AMI type for a Kubernetes version, oldest first."""
    patch = VERSIONS[version][3]
    if ami_type.startswith("BOTTLEROCKET"):
        return ["1.48.0-8f31a2c4", "1.49.0-713f44ce"]
    if ami_type.startswith("WINDOWS"):
        return [f"{version}-{date[:4]}.{date[4:6]}.{date[6:]}" for date in AMI_DATES]
    return [f"{patch}-{date}" for date in AMI_DATES]


@answers("eks", "DescribeClusterVersions")
def describe_cluster_versions(call: Call) -> dict[str, Any]:
    chosen = call.get("clusterVersions") or list(VERSIONS)
    for version in chosen:
        check_version(version)
    status = (call.get("versionStatus") or call.get("status") or "").upper().replace("-", "_")
    found = []
    for version in chosen:
        if call.get("defaultOnly") and version != DEFAULT or status and status != status_of(version):
            continue
        if status_of(version) == "UNSUPPORTED" and not call.get("includeAll"):
            continue
        release, standard, extended, patch, platform = VERSIONS[version]
        found.append(
            {
                "clusterVersion": version,
                "clusterType": "eks",
                "defaultPlatformVersion": platform,
                "defaultVersion": version == DEFAULT,
                "releaseDate": _date(release),
                "endOfStandardSupportDate": _date(standard),
                "endOfExtendedSupportDate": _date(extended),
                "status": status_of(version).lower().replace("_", "-"),
                "versionStatus": status_of(version),
                "kubernetesPatchVersion": patch,
            }
        )
    return {"clusterVersions": found}


def _date(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)
