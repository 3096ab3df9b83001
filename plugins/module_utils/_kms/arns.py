# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ARNs of keys. Pure functions."""

from __future__ import annotations

import re

#: of a key, and not of an alias (Service Authorization Reference, AWS KMS, resource types)
KEY_ARN = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")
