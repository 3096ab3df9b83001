# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """Options of modules that call the API server of an EKS cluster."""

    # For modules that create, update or delete Kubernetes objects or Helm releases
    DOCUMENTATION = r"""
options:
  environment:
    description:
      - Name of the environment that owns the objects. Objects that the module creates carry the name, which decides ownership.
        An object of the same name that does not carry it is refused.
      - If not set, objects carry no name, and none is refused.
    type: str
  adopt:
    description: Whether to manage an existing object of the same name that does not carry the name in O(environment).
    type: bool
    default: false
  state:
    description:
      - Whether the object exists after the run.
      - V(present) creates the object, or updates it where it differs from the options. V(absent) deletes it and waits until the deletion
        is complete. An object that does not exist needs no deletion.
    type: str
    choices: [present, absent]
    default: present
  wait:
    description:
      - Whether to wait until the object is ready, or until its deletion is complete. This includes a change that an interrupted run
        started.
    type: bool
    default: true
  wait_timeout:
    description: Maximum time to wait, in seconds.
    type: int
    default: 300
"""

    # How the cluster is reached
    CONNECTION = r"""
options:
  cluster_name:
    description:
      - Name of the EKS cluster. It is part of the signed token with which the module authenticates, as with C(aws eks get-token).
      - The module creates the token from the AWS credentials, renews it before it expires after 15 minutes, and never shows or stores it.
    type: str
    required: true
  endpoint:
    description:
      - URL of the cluster's API server, as C(DescribeCluster) of EKS returns it.
      - In check mode, V((known after apply\)) is allowed. The module then reports, without any call, that everything will be created.
    type: str
    required: true
  certificate_authority_data:
    description: Certificate authority of the cluster, as C(DescribeCluster) of EKS returns it (PEM, base64-encoded).
    type: str
    required: true
"""
