# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How long AWS usually takes for what takes minutes.

From experience with small environments: AWS promises none of these times.
"""

from __future__ import annotations

#: minutes until it is ready, and until it is gone, by the kind of resource
USUAL_MINUTES = {
    "EKS cluster": ("8 to 12", "3 to 10"),
    "EKS node group": ("2 to 5", "3 to 8"),
    "EKS add-on": ("1 to 3", "1 to 3"),
    "NAT gateway": ("1 to 3", "1 to 3"),
    "VPC endpoint": ("1 to 3", "1 to 3"),
    "Aurora cluster": ("2 to 5", "2 to 5"),
    "DocumentDB cluster": ("2 to 5", "2 to 5"),
    "DB instance": ("5 to 12", "5 to 12"),
    "cache replication group": ("5 to 15", "5 to 15"),
    "ACM certificate": ("1 to 10", "1"),
}


def expected_minutes(what: str) -> str:
    """How long it usually takes, e.g. "8 to 12 min"; empty when that is not known.

    what: what is waited for, beginning with its kind, e.g. "EKS cluster opta-staging to be ready".
    """
    for kind, (ready, gone) in USUAL_MINUTES.items():
        if what.startswith(f"{kind} "):
            return f"{gone if what.endswith(' to be deleted') else ready} min"
    return ""
