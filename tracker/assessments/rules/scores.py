"""Scores and how far they can be relied on, counted in whole numbers and fractions."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tracker.assessments.kinds import BEST, WHOLE
from tracker.assessments.questionnaire import Question
from tracker.assessments.rules.answers import Key, Sheet, Standing, score_of
from tracker.journey.rules import EvidenceKind

TENTHS = 10


@dataclass(frozen=True)
class Score:
    """What was reached of what was possible, and how much of what was asked is answered and proven."""

    reached: Fraction = Fraction(0)
    """Σ weight × score over answered scored questions."""
    possible: int = 0
    """Σ weight × 4 over the same questions."""
    relied_on: Fraction = Fraction(0)
    """Σ weight × the percent that each answer counts for confidence, over the scored questions that apply."""
    wanted: int = 0
    """Σ weight × 100 over the same questions."""
    asked: int = 0
    """Questions asked, those that only state a fact included; so are the counts below."""
    answered: int = 0
    proven: int = 0
    """Answers with evidence, or where none is wanted."""
    not_applicable: int = 0
    suggested: int = 0

    @property
    def percent(self) -> int | None:
        """Give the score in percent; none where nothing that is scored was answered."""
        return rounded(self.reached * WHOLE / self.possible) if self.possible else None

    @property
    def shown_reached(self) -> Decimal:
        """Give what was reached as people read it, with one decimal where it is no whole number."""
        tenths = rounded(self.reached * TENTHS)
        return Decimal(tenths) / TENTHS

    @property
    def confidence(self) -> int | None:
        """Give the confidence in percent; none where nothing that is scored applies."""
        return rounded(self.relied_on * WHOLE / self.wanted) if self.wanted else None

    @property
    def blank(self) -> int:
        """Count the questions that wait for an answer."""
        return self.asked - self.answered - self.not_applicable

    @property
    def done(self) -> int:
        """Count the questions that nobody has to answer any more."""
        return self.answered + self.not_applicable


def rounded(value: Fraction) -> int:
    """Round to a whole number, halves up."""
    return int((value * 2 + 1) // 2)


def score_area(sheet: Sheet, area: str, component: int | None = None) -> Score:
    """Give the score of an area, or of what is asked in it of one component."""
    keys = (key for key in sheet.every_key(area) if component in (None, key[1]))
    return total(_score_one(sheet, key) for key in keys)


def total(parts: Iterable[Score]) -> Score:
    """Add scores up."""
    counted = list(parts)
    sums = {name: sum(getattr(part, name) for part in counted) for name in _COUNTS}
    return Score(
        reached=sum((part.reached for part in counted), Fraction(0)),
        relied_on=sum((part.relied_on for part in counted), Fraction(0)),
        **sums,
    )


_COUNTS = ("possible", "wanted", "asked", "answered", "proven", "not_applicable", "suggested")


def _score_one(sheet: Sheet, key: Key) -> Score:
    """Count one question: what does not apply leaves every sum, what is blank only confidence."""
    standing = sheet.standing(key)
    if standing is Standing.NOT_ASKED:
        return Score()
    if standing is Standing.NOT_APPLICABLE:
        return Score(asked=1, not_applicable=1)
    question = sheet.questionnaire.by_id[key[0]]
    wanted = question.weight * WHOLE
    if standing is not Standing.ANSWERED:
        return Score(asked=1, wanted=wanted, suggested=int(standing is Standing.SUGGESTED))
    given = sheet.given[key]
    proven = is_proven(question, given.proofs)
    counts = WHOLE if proven else sheet.questionnaire.without_evidence
    return Score(
        reached=question.weight * score_of(question, given) if question.is_scored else Fraction(0),
        possible=question.weight * BEST,
        relied_on=Fraction(question.weight * counts),
        wanted=wanted,
        asked=1,
        answered=1,
        proven=int(proven),
    )


def is_proven(question: Question, proofs: int) -> bool:
    """Tell whether an answer needs no more evidence."""
    return question.evidence is EvidenceKind.NONE or proofs > 0


@dataclass(frozen=True)
class Overall:
    """Score and confidence of the whole, areas counted by their weight."""

    percent: int | None
    confidence: int | None


def overall(scores: Iterable[tuple[int, Score]]) -> Overall:
    """Give the mean of the areas by weight; areas of which nothing is known are left out."""
    pairs = list(scores)
    reached = [(weight, score.reached / score.possible) for weight, score in pairs if score.possible]
    relied_on = [(weight, score.relied_on / score.wanted) for weight, score in pairs if score.wanted]
    return Overall(_mean(reached), _mean(relied_on))


def _mean(shares: list[tuple[int, Fraction]]) -> int | None:
    weights = sum(weight for weight, _share in shares)
    if not weights:
        return None
    return rounded(sum((weight * share for weight, share in shares), Fraction(0)) * WHOLE / weights)
