# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Find the address of a chart or a manifest in a mirror. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

SCHEMES = ("https", "http", "oci")


def mirror_problem(mirror: str) -> str | None:
    """Return the problem of the address of a mirror; None when it is valid."""
    parts = urlsplit(mirror)
    if not mirror or (parts.scheme in SCHEMES and parts.netloc):
        return None
    return (
        f"k8s_addons_repository_mirror is {mirror!r}: it must start with https://, http:// or oci://, "
        "for example https://charts.example.com/mirror."
    )


def place_of(repository: str, chart: str, mirror: str) -> dict[str, str]:
    """Return the options chart and repository of helm_release."""
    address = repository.rstrip("/")
    if mirror:
        parts = urlsplit(address)
        address = f"{mirror.rstrip('/')}/{parts.netloc}{parts.path}"
    if address.startswith("oci://"):
        return {"chart": f"{address}/{chart}"}
    return {"chart": chart, "repository": address}


def mirrored_url(url: str, mirror: str) -> str:
    """Return the address of a file; OCI registries have no plain files, so an oci:// mirror is not used."""
    if not mirror or mirror.startswith("oci://"):
        return url
    parts = urlsplit(url)
    return f"{mirror.rstrip('/')}/{parts.netloc}{parts.path}"
