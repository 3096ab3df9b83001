# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The action of environment_info: that of every module, with everything prepared for later workers."""

from __future__ import annotations

from ansible_collections.opta.platform.plugins.action.in_process import ActionModule as InProcess
from ansible_collections.opta.platform.plugins.plugin_utils import _prepared  # noqa: F401 (imported for what it does)


class ActionModule(InProcess):
    """As for every module of this collection."""
