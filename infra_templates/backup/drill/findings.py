"""What a drill found: each fault by kind and by the object's name."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from infra_templates.sentences import Sentence


class Kind(StrEnum):
    """What is wrong with an object."""

    CORRUPTED = "corrupted"
    MISSING = "missing"
    EXTRA = "extra"
    LATE = "late"
    DIFFERENT = "different"
    """The copy is whole, but not what the primary held."""


WORDS = {
    Kind.CORRUPTED: Sentence("備份裡的內容損壞，無法還原", "Its copy is damaged and cannot be restored"),
    Kind.MISSING: Sentence("備份裡沒有這個物件", "It is missing from the copy"),
    Kind.EXTRA: Sentence("備份裡多了這個物件，沒有任何清單記載", "It lies in the copy, but no manifest names it"),
    Kind.LATE: Sentence(
        "早於 RPO 就已寫入，卻還沒有備份", "It was written longer ago than the RPO, and no copy has it"
    ),
    Kind.DIFFERENT: Sentence("還原的內容和原本不同", "What was restored is not what the primary held"),
}


@dataclass(frozen=True, order=True)
class Finding:
    """A fault of one object."""

    key: str
    kind: Kind

    @property
    def sentence(self) -> Sentence:
        """Say what is wrong, in both languages."""
        return WORDS[self.kind]


@dataclass(frozen=True)
class Change:
    """A write that came after the last copy began."""

    key: str
    at: datetime


def late_changes(changes: list[Change], attacked: datetime, rpo_seconds: float) -> list[Finding]:
    """Name the changes that a copy within the objective would have held."""
    return [
        Finding(change.key, Kind.LATE) for change in changes if (attacked - change.at).total_seconds() > rpo_seconds
    ]
