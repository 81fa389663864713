"""Documents: how old they may be on a day, and whether they are still good on it."""

from calendar import monthrange
from datetime import date

from tracker.core.text import N_, Message
from tracker.programmes.criteria import Question
from tracker.programmes.facts import Paper
from tracker.programmes.kinds import RuleValue, Unit

MONTHS_OF_A_YEAR = 12


def in_months(age: RuleValue, unit: Unit | None) -> int | None:
    """Give the age that a rule allows in months, or nothing where it allows any."""
    if not isinstance(age, int):
        return None
    return age * MONTHS_OF_A_YEAR if unit is Unit.YEAR else age


def months_before(day: date, months: int) -> date:
    """Give the same day some months earlier, or the last of that month where it has no such day."""
    year, month = divmod(day.year * MONTHS_OF_A_YEAR + day.month - 1 - months, MONTHS_OF_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def judge_paper(
    paper: Paper, closing: date, *, question: Question, months: int | None, expires: bool
) -> tuple[bool | None, Message]:
    """Tell whether a document counts on the closing day; one that expires before it does not."""
    earliest = months_before(closing, months) if months is not None else None
    said = {
        "fact": question.text,
        "day": closing,
        "issued": paper.issued_on,
        "until": paper.valid_until,
        "earliest": earliest,
    }
    if paper.valid_until is not None and paper.valid_until < closing:
        return False, Message(N_("%(fact)s is good until %(until)s only, which is before %(day)s."), said)
    if paper.issued_on is not None and paper.issued_on > closing:
        return False, Message(N_("%(fact)s was issued on %(issued)s, which is after %(day)s."), said)
    if earliest is not None and paper.issued_on is not None and paper.issued_on < earliest:
        return False, Message(N_("%(fact)s was issued on %(issued)s; it must be of %(earliest)s or later."), said)
    if earliest is not None and paper.issued_on is None:
        return None, Message(N_("The day on which this was issued is not known yet: %(fact)s."), said)
    if expires and paper.valid_until is None:
        return None, Message(N_("The day until which this is good is not known yet: %(fact)s."), said)
    return True, Message(N_("%(fact)s counts on %(day)s."), said)
