"""Answers as they are given: which questions are asked, what may be answered, what an answer scores."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from tracker.assessments.kinds import QuestionKind
from tracker.assessments.questionnaire import Answer, Condition, Question, Questionnaire
from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled

WHOLE_SERVICE = 0
"""Stands where a component's number would, for what is asked or decided once."""
Key: TypeAlias = tuple[str, int]
"""A question, and the number of the component it was asked of."""


class Standing(Labelled):
    """How a question stands."""

    ANSWERED = "answered", N_("Answered"), "done"
    NOT_APPLICABLE = "not_applicable", N_("Not applicable"), "done"
    SUGGESTED = "suggested", N_("From the first assessment, to be confirmed"), "progress"
    BLANK = "blank", N_("Not answered"), "neutral"
    NOT_ASKED = "not_asked", N_("Not asked"), "neutral"


@dataclass(frozen=True)
class Given:
    """What was given to one question, of one component where it is asked of each."""

    options: tuple[str, ...] = ()
    number: int | None = None
    not_applicable: str = ""
    """Why the question does not apply."""
    proofs: int = 0
    """How much evidence is attached."""
    suggested: bool = False
    """Whether it was taken over from the first assessment and nobody has confirmed it: it does not count."""

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing was given."""
        return not self.options and self.number is None and not self.not_applicable


NOTHING = Given()


@dataclass(frozen=True)
class Sheet:
    """The answers of one assessment."""

    questionnaire: Questionnaire
    components: tuple[int, ...]
    """Numbers of the components, in their order."""
    given: Mapping[Key, Given]

    def standing(self, key: Key) -> Standing:
        """Tell how a question stands."""
        return self._standings[key]

    def every_key(self, area: str | None = None) -> Iterator[Key]:
        """Give every question of an area, or of all, once or for each component."""
        book = self.questionnaire
        for question in book.questions if area is None else book.questions_of(area):
            numbers = self.components if question.of_component else (WHOLE_SERVICE,)
            yield from ((question.id, number) for number in numbers)

    def counted(self) -> Iterator[tuple[Key, Question, Given]]:
        """Give the answers that count, in the order of the questionnaire."""
        for key in self.every_key():
            if self.standing(key) is Standing.ANSWERED:
                yield key, self.questionnaire.by_id[key[0]], self.given[key]

    @cached_property
    def _standings(self) -> Mapping[Key, Standing]:
        found: dict[Key, Standing] = {}
        for key in self.every_key():
            self._find_standing(key, found)
        return found

    def _find_standing(self, key: Key, found: dict[Key, Standing]) -> Standing:
        if key not in found:
            question = self.questionnaire.by_id[key[0]]
            asked = all(self._holds(condition, key[1], found) for condition in question.when)
            found[key] = _standing_of(self.given.get(key, NOTHING)) if asked else Standing.NOT_ASKED
        return found[key]

    def _holds(self, condition: Condition, component: int, found: dict[Key, Standing]) -> bool:
        question = self.questionnaire.by_id[condition.question]
        key = (question.id, component if question.of_component else WHOLE_SERVICE)
        return self._find_standing(key, found) is Standing.ANSWERED and meets(condition, self.given[key])


def _standing_of(given: Given) -> Standing:
    if given.is_blank:
        return Standing.BLANK
    if given.suggested:
        return Standing.SUGGESTED
    return Standing.NOT_APPLICABLE if given.not_applicable else Standing.ANSWERED


def meets(condition: Condition, given: Given) -> bool:
    """Tell whether an answer meets a condition; of several chosen answers one is enough."""
    if given.number is None:
        return not condition.answers.isdisjoint(given.options)
    above = condition.at_least is None or given.number >= condition.at_least
    return above and (condition.at_most is None or given.number <= condition.at_most)


def dependants(questionnaire: Questionnaire, question_id: str) -> frozenset[str]:
    """Give the questions that an answer to this one may bring up or take away."""
    found: set[str] = set()
    waiting = [question_id]
    while waiting:
        named = waiting.pop()
        new = {q.id for q in questionnaire.questions if any(c.question == named for c in q.when)} - found
        found |= new
        waiting += new
    return frozenset(found)


def chosen(question: Question, given: Given) -> tuple[Answer, ...]:
    """Give the answers that were chosen, or the band that the number falls into."""
    if given.number is not None:
        return (question.band(given.number),)
    return tuple(answer for answer in question.answers if answer.id in given.options)


def score_of(question: Question, given: Given) -> Fraction:
    """Give the score of an answer, 0 to 4: the mean of those chosen, or the lowest where the question says so."""
    scores = [answer.score or 0 for answer in chosen(question, given)]
    if not scores:
        return Fraction(0)
    return Fraction(min(scores)) if question.lowest else Fraction(sum(scores), len(scores))


def check_given(question: Question, given: Given) -> None:
    """Refuse what is no answer to the question."""
    if given.not_applicable:
        return
    if question.kind is QuestionKind.NUMBER:
        _check_number(question, given)
    else:
        _check_options(question, given)


def _check_number(question: Question, given: Given) -> None:
    if given.number is None or given.options:
        raise Refused(N_("Write a whole number."), field="number")
    least = question.least or 0
    if given.number < least:
        raise Refused(N_("The number must be at least %(least)s."), field="number", least=least)
    if question.most is not None and given.number > question.most:
        raise Refused(N_("The number must be at most %(most)s."), field="number", most=question.most)


def _check_options(question: Question, given: Given) -> None:
    answers = [question.answer(option) for option in given.options]
    if given.number is not None or not answers or None in answers:
        raise Refused(N_("Choose one of the answers."), field="options")
    if len(answers) == 1:
        return
    if question.kind is not QuestionKind.MANY:
        raise Refused(N_("Choose only one answer."), field="options")
    for answer in answers:
        if answer is not None and answer.alone:
            raise Refused(
                N_("“%(answer)s” cannot be chosen together with others."), field="options", answer=answer.text
            )
