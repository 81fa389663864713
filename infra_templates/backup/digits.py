"""3-2-1-1-0: three copies, two providers, one elsewhere, one that nobody can change, no error when it is restored."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from infra_templates.sentences import Sentence


class State(StrEnum):
    """What can be said of a digit."""

    MET = "met"
    MISSING = "missing"
    UNPROVEN = "unproven"
    """It may hold, but what was looked at can't show it."""


NAMES = {
    "copies": ("3", Sentence("三份資料", "Three copies")),
    "providers": ("2", Sentence("兩家雲端", "Two providers")),
    "elsewhere": ("1", Sentence("一份在別處", "One elsewhere")),
    "immutable": ("1", Sentence("一份無法更改", "One that cannot be changed")),
    "errors": ("0", Sentence("還原沒有錯誤", "No error on restore")),
}


@dataclass(frozen=True)
class Digit:
    """One of the five, and what it was computed from."""

    name: str
    state: State
    reason: Sentence
    basis: tuple[str, ...] = ()
    """The resources, settings or measurements that were counted."""

    @property
    def figure(self) -> str:
        """Give the digit itself."""
        return NAMES[self.name][0]

    @property
    def title(self) -> Sentence:
        """Name it in both languages."""
        return NAMES[self.name][1]

    def row(self) -> dict[str, Any]:
        """Write it as plain values."""
        return asdict(self) | {
            "figure": self.figure,
            "title": self.title._asdict(),
            "reason": self.reason._asdict(),
            "basis": list(self.basis),
        }


def all_met(digits: Iterable[Digit]) -> bool:
    """Whether each of the five is met."""
    return all(digit.state is State.MET for digit in digits)
