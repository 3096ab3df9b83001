# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """Options that every module for the inside of an EKS cluster has."""

    DOCUMENTATION = r"""
options:
  cluster_name:
    description:
      - Name of the EKS cluster. It is part of the signed token with which the module logs in, as C(aws eks get-token) does.
      - The token is made inside the call from the AWS credentials, renewed before its 15 minutes are over, and never shown or stored.
    type: str
    required: true
  endpoint:
    description:
      - URL of the cluster's API server, as EKS's C(DescribeCluster) answers it.
      - In check mode it may be V((known after apply\)). The module then predicts without any call that all is created.
    type: str
    required: true
  certificate_authority_data:
    description: The cluster's certificate authority, base64-encoded PEM, as EKS's C(DescribeCluster) answers it.
    type: str
    required: true
  environment:
    description:
      - Name of the environment that owns what is made. It is written on what is made, and decides ownership.
        What has the same name, but is not marked so, is refused.
      - Without it nothing is marked, and nothing is refused.
    type: str
  adopt:
    description: Whether something of the same name that is not marked as ours is taken over.
    type: bool
    default: false
  state:
    description: Whether it is to exist. V(absent) deletes it and waits until it is gone; what is not there is no change.
    type: str
    choices: [present, absent]
    default: present
  wait:
    description: Whether to wait until it is ready, or gone. It is waited for as well when another run began it and did not end it.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait at the most.
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check mode and says exactly what it would do, by a dry run of the API server.
    support: full
  diff_mode:
    description: Returns the changed fields before and after. The values of Secrets are never shown.
    support: full
"""

    # For modules that only need to reach the cluster
    CONNECTION = r"""
options:
  cluster_name:
    description:
      - Name of the EKS cluster. It is part of the signed token with which the module logs in, as C(aws eks get-token) does.
      - The token is made inside the call from the AWS credentials, renewed before its 15 minutes are over, and never shown or stored.
    type: str
    required: true
  endpoint:
    description:
      - URL of the cluster's API server, as EKS's C(DescribeCluster) answers it.
      - In check mode it may be V((known after apply\)). The module then predicts without any call that all is created.
    type: str
    required: true
  certificate_authority_data:
    description: The cluster's certificate authority, base64-encoded PEM, as EKS's C(DescribeCluster) answers it.
    type: str
    required: true
attributes:
  check_mode:
    description: Can run in check mode and says exactly what it would do.
    support: full
  diff_mode:
    description: Returns what changes, before and after.
    support: full
"""
