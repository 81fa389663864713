"""Text that is marked for the catalogues here and translated where it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


def N_(msgid: str) -> str:  # noqa: N802 - the name that gettext's extractor knows
    """Mark a sentence for the catalogue without translating it."""
    return msgid


@dataclass(frozen=True)
class Message:
    """A sentence with named values, translated by whoever shows it."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid % self.params if self.params else self.msgid


class Labelled(StrEnum):
    """A stored value with the word people read for it and the tone it is shown in.

    Members are written `OPEN = "open", N_("Open"), "progress"`. Tones are neutral, progress, done, warning, danger;
    the label is a msgid, translated by the page.
    """

    label: str
    tone: str

    def __new__(cls, value: str, label: str = "", tone: str = "neutral") -> Self:
        """Build the member from its value, label and tone."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.tone = tone
        return member

    @classmethod
    def named(cls, text: str | None) -> Self | None:
        """Find the member that an address or a form names; None where it names none."""
        return next((member for member in cls if member.value == text), None)
