# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One thing that is kept on purpose. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RetainedResource:
    """One thing that is kept. kms_key_arn is "" when it needs no key of ours, None when it does not tell.

    called: what it is called when it is deleted, where its name is AWS's choice and a plan cannot know it.
    """

    kind: str
    name: str
    arn: str
    kms_key_arn: str | None
    remove: Callable[[], Any] | None = None
    called: str = ""

    @property
    def title(self) -> str:
        return self.called or self.name

    def shown(self) -> dict[str, Any]:
        return {"kind": self.kind, "name": self.name, "arn": self.arn, "kms_key_arn": self.kms_key_arn}
