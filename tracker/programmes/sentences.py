"""Why a rule is met or not, in sentences with the figures in them."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from tracker.core.content import Bilingual
from tracker.core.money import format_money
from tracker.core.text import N_, Message
from tracker.programmes.criteria import Measure, Must, Question
from tracker.programmes.kinds import Unit
from tracker.programmes.measures import Reach

YES, NO = Message(N_("Yes")), Message(N_("No"))
MOST_DIGITS = 12
"""More digits than any figure of a programme differs by."""


def not_known(questions: Sequence[Question]) -> Message:
    """Say which facts are blank."""
    return Message(N_("Not known yet: %(facts)s."), {"facts": listed([question.text for question in questions])})


def day_not_set(text: Bilingual) -> Message:
    """Say which day nobody has set."""
    return Message(N_("This day has not been set yet: %(rule)s"), {"rule": text})


def yes_or_no(question: Question, found: bool, wanted: bool) -> Message:
    """Say what was answered and which answer is asked for."""
    params = {"fact": question.text, "found": YES if found else NO, "wanted": YES if wanted else NO}
    return Message(N_("%(fact)s: %(found)s. Asked for: %(wanted)s."), params)


def day(question: Question, found: date, limit: date, *, is_last: bool) -> Message:
    """Say which day it is and by when or from when it must be."""
    msgid = (
        N_("%(fact)s: %(found)s. It must be %(limit)s or earlier.")
        if is_last
        else N_("%(fact)s: %(found)s. It must be %(limit)s or later.")
    )
    return Message(msgid, {"fact": question.text, "found": found, "limit": limit})


def choice(question: Question, found: Sequence[Bilingual], wanted: Sequence[Bilingual], *, needs_all: bool) -> Message:
    """Say what was chosen and what is asked for."""
    params = {"fact": question.text, "found": listed(found), "wanted": listed(wanted)}
    if not found:
        return Message(N_("%(fact)s: none is chosen. Asked for: %(wanted)s."), params)
    if needs_all:
        return Message(N_("%(fact)s: %(found)s. All of these are asked for: %(wanted)s."), params)
    return Message(N_("%(fact)s: %(found)s. Asked for: %(wanted)s."), params)


_COMPARISONS = {
    Must.AT_LEAST: N_("%(fact)s: %(found)s. It must be at least %(limit)s."),
    Must.AT_MOST: N_("%(fact)s: %(found)s. It must be at most %(limit)s."),
    Must.MORE_THAN: N_("%(fact)s: %(found)s. It must be more than %(limit)s."),
    Must.LESS_THAN: N_("%(fact)s: %(found)s. It must be less than %(limit)s."),
}


def figure(name: Message | Bilingual, reach: Reach, must: Must, limit: Fraction, unit: Unit | None) -> Message:
    """Say what a figure is, as far as it is known, and what it must be."""
    found = _found(reach, limit, unit)
    return Message(_COMPARISONS[must], {"fact": name, "found": found, "limit": written(limit, unit, limit)})


def _found(reach: Reach, limit: Fraction, unit: Unit | None) -> object:
    if reach.figure is not None:
        return written(reach.figure, unit, limit)
    if reach.high is not None:
        return Message(N_("%(figure)s or less"), {"figure": written(reach.high, unit, limit)})
    return Message(N_("%(figure)s or more"), {"figure": written(reach.low or Fraction(), unit, limit)})


def name_of_measure(measure: Measure, asked: Sequence[Question]) -> Message | Bilingual:
    """Name what was computed."""
    first = asked[0].text
    if measure is Measure.LOWER:
        params = {"fact": first, "years": len(asked)}
        return Message(N_("%(fact)s, or the average of %(years)s years where that is lower"), params)
    if measure is Measure.SHARE:
        return Message(N_("%(part)s as a share of %(whole)s"), {"part": first, "whole": asked[1].text})
    return first


def written(value: Fraction, unit: Unit | None, limit: Fraction) -> object:
    """Write a figure with its unit, with as many digits as it takes to tell it from the limit."""
    if unit is Unit.TWD and value.denominator == 1:
        return format_money(int(value))
    number = _digits(value, limit)
    if unit is Unit.TWD:
        return f"NT${number}"
    return Message(N_("%(number)s %(unit)s"), {"number": number, "unit": Message(unit.label if unit else "")})


def _digits(value: Fraction, limit: Fraction) -> str:
    if value.denominator == 1:
        return f"{int(value):,}"
    for digits in range(2, MOST_DIGITS):
        rounded = round(value, digits)
        if rounded != limit:
            return f"{float(rounded):,.{digits}f}"
    return f"{float(value):,.{MOST_DIGITS}f}"


def listed(texts: Sequence[Bilingual]) -> Bilingual:
    """Join texts to one list in each language."""
    return Bilingual("、".join(text.zh_hant for text in texts), ", ".join(text.en for text in texts))
