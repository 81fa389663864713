"""Conditions of questions that go round in a circle, or can never hold."""

from collections.abc import Iterator, Sequence

from tracker.assessments.kinds import QuestionKind
from tracker.assessments.questionnaire import Condition, Question, Questionnaire
from tracker.core.content import TomlTable
from tracker.core.text import N_


def check_reach(entries: Sequence[TomlTable], questionnaire: Questionnaire) -> None:
    """Note every question that no answers could ever bring up."""
    for entry, question in zip(entries, questionnaire.questions, strict=True):
        circle = _circle(question, questionnaire)
        if circle:
            sentence = N_("The conditions go round in a circle: %(circle)s.")
            entry.fault("when", sentence, circle=" → ".join(circle))
        elif question.when and not _can_hold(tuple(_chain(question, questionnaire)), questionnaire):
            sentence = N_("“%(id)s” can never be asked: its conditions rule each other out, or no answer meets them.")
            entry.fault("when", sentence, id=question.id)


def _circle(question: Question, questionnaire: Questionnaire) -> tuple[str, ...]:
    """Give the way by which a question depends on itself; empty when it does not."""

    def walk(here: Question, way: tuple[str, ...]) -> tuple[str, ...]:
        for condition in here.when:
            if condition.question == question.id:
                return (*way, question.id)
            following = questionnaire.by_id.get(condition.question)
            if following is not None and following.id not in way:
                found = walk(following, (*way, following.id))
                if found:
                    return found
        return ()

    return walk(question, (question.id,))


def _chain(question: Question, questionnaire: Questionnaire, seen: frozenset[str] = frozenset()) -> Iterator[Condition]:
    """Give every condition that must hold for a question to be asked, those of the questions it depends on included."""
    for condition in question.when:
        yield condition
        following = questionnaire.by_id.get(condition.question)
        if following is not None and following.id not in seen:
            yield from _chain(following, questionnaire, seen | {question.id, following.id})


def _can_hold(chain: Sequence[Condition], questionnaire: Questionnaire) -> bool:
    """Tell whether one set of answers meets all conditions of a chain; unknown names are faults of their own."""
    for question_id in {condition.question for condition in chain}:
        question = questionnaire.by_id.get(question_id)
        if question is None:
            continue
        asked = [condition for condition in chain if condition.question == question_id]
        if question.kind is QuestionKind.NUMBER:
            if not _numbers_meet(question, asked):
                return False
        elif question.kind is not QuestionKind.MANY and not _answers_meet(question, asked):
            return False
    return True


def _numbers_meet(question: Question, conditions: Sequence[Condition]) -> bool:
    least = max([question.least or 0, *(each.at_least for each in conditions if each.at_least is not None)])
    most = [each for each in (question.most, *(c.at_most for c in conditions)) if each is not None]
    return not most or least <= min(most)


def _answers_meet(question: Question, conditions: Sequence[Condition]) -> bool:
    left = {answer.id for answer in question.answers}
    for condition in conditions:
        known = condition.answers & {answer.id for answer in question.answers}
        if known:
            left &= known
    return bool(left)
