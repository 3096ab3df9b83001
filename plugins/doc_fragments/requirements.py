# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """Python packages and permissions that modules require. The versions are those of meta/ee-requirements.txt."""

    # For modules that call AWS
    DOCUMENTATION = r"""
options: {}
requirements:
  - python >= 3.11
  - boto3 >= 1.44.0
  - botocore >= 1.44.0
notes:
  - The IAM permissions that the module requires are listed in the README of each role that uses it, in the section about permissions.
"""

    # For modules that call AWS and the API server of an EKS cluster
    KUBERNETES = r"""
options: {}
requirements:
  - python >= 3.11
  - boto3 >= 1.44.0
  - botocore >= 1.44.0
  - kubernetes >= 32, < 38
notes:
  - The IAM permissions that the module requires are listed in the README of each role that uses it, in the section about permissions.
  - The IAM principal of the run needs an access entry of the EKS cluster. See M(opta.platform.eks_administrators).
"""
