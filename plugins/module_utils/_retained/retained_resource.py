# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A retained resource, and how responses are filtered for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import _tags
from .._names import Identity


@dataclass(frozen=True)
class RetainedResource:
    """A retained resource. kms_key_arn is "" without a customer managed key, None when the API does not return the key.

    remove: deletes it; None where this module cannot. called: its title in a deletion whose plan cannot know the name.
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


def retained_answers(identity: Identity, answers: Iterable[Mapping[str, Any]], key: str) -> list[Mapping[str, Any]]:
    """The API responses with the environment's tags and opta:retained, which these services cannot filter by. key: of the tags."""
    tagged = [(answer, _tags.as_dict(answer.get(key))) for answer in answers]
    return [answer for answer, tags in tagged if _tags.carries(tags, identity.marks()) and _tags.RETAINED in tags]
