# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of modules: support for check mode, diff mode and platforms."""

    # For modules that create, update or delete
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Reports the actions that a run would perform, and changes nothing.
    support: full
  diff_mode:
    description: Returns the changed attributes before and after.
    support: full
  platform:
    description: Operating systems of the host on which the module runs.
    platforms: posix
    support: full
"""

    # For modules that only read
    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Changes nothing.
    support: full
  diff_mode:
    description: Changes nothing.
    support: N/A
  platform:
    description: Operating systems of the host on which the module runs.
    platforms: posix
    support: full
"""
