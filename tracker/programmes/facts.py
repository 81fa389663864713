"""Facts about a vendor, as criteria are asked of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeAlias

from tracker.programmes.criteria import Question
from tracker.programmes.kinds import RuleKind


class Absent(Enum):
    """The answer that there is no such thing, which is not the same as no answer."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True)
class Paper:
    """A document that is at hand; it is one fact, whatever of its days is filled in."""

    issued_on: date | None = None
    valid_until: date | None = None
    """The last day on which it is good; nothing where none is written on it."""


FactValue: TypeAlias = bool | int | Decimal | date | str | frozenset[str] | Paper | Absent
Facts: TypeAlias = Mapping[str, FactValue | None]
"""Facts by id, and the days that a programme leaves open by the id of their rule. Blank or left out is not known."""

_TYPES: dict[RuleKind, tuple[type, ...]] = {
    RuleKind.YES_NO: (bool,),
    RuleKind.AMOUNT: (int,),
    RuleKind.SHARE: (Decimal, int),
    RuleKind.COUNT: (int,),
    RuleKind.DATE: (date,),
    RuleKind.DOCUMENT: (Paper, Absent),
    RuleKind.CHOICE: (str,),
}


def take(facts: Facts, question: Question) -> Any:
    """Give a fact, or nothing; a value of the wrong type is a mistake of the caller."""
    value = facts.get(question.id)
    allowed = (frozenset,) if question.several else _TYPES[question.kind]
    if question.kind is RuleKind.AMOUNT:
        allowed = (int, Absent)
    fits = isinstance(value, allowed) and isinstance(value, bool) is (question.kind is RuleKind.YES_NO)
    if value is not None and not fits:
        raise TypeError(f"{question.id} is a {question.kind.value}, which {value!r} is not")
    return value
