"""Answers to the small questionnaire for tests."""

from hypothesis import strategies as st

from tests.support.questionnaires import small_questionnaire
from tracker.assessments.kinds import QuestionKind
from tracker.assessments.questionnaire import Question
from tracker.assessments.rules.answers import Given, Key, Sheet
from tracker.assessments.rules.result import Result, result_of

BOOK = small_questionnaire()
COMPONENTS = {1: "訂單", 2: "報表"}


def sheet(given: dict[Key, Given], components: tuple[int, ...] = (1, 2)) -> Sheet:
    """Give the answers to the small questionnaire as a sheet."""
    return Sheet(BOOK, components, given)


def result(given: dict[Key, Given]) -> Result:
    """Give the result of answers, without any change by an expert."""
    return result_of(sheet(given), {}, COMPONENTS)


def key_list() -> list[Key]:
    """Give every question of the small questionnaire with two components."""
    return list(sheet({}).every_key())


def answers_to(question: Question) -> st.SearchStrategy[Given]:
    """Give answers that a question takes."""
    proofs = st.integers(0, 2)
    if question.kind is QuestionKind.NUMBER:
        numbers = st.integers(question.least or 0, question.most or 500)
        return st.builds(lambda number, proof: Given(number=number, proofs=proof), numbers, proofs)
    each = st.sampled_from([(answer.id,) for answer in question.answers])
    if question.kind is QuestionKind.MANY:
        apart = [answer.id for answer in question.answers if not answer.alone]
        each = st.one_of(each, st.lists(st.sampled_from(apart), min_size=1, unique=True).map(tuple))
    return st.builds(lambda options, proof: Given(options, proofs=proof), each, proofs)


def anything(key: Key) -> st.SearchStrategy[Given | None]:
    """Give an answer, a reason why a question does not apply, a suggestion, or nothing."""
    answers = answers_to(BOOK.by_id[key[0]])
    suggested = answers.map(lambda given: Given(given.options, given.number, suggested=True))
    return st.one_of(answers, st.just(Given(not_applicable="示範原因")), suggested, st.none())


@st.composite
def sheets(draw: st.DrawFn) -> dict[Key, Given]:
    """Give any set of answers."""
    drawn = {key: draw(anything(key)) for key in key_list()}
    return {key: given for key, given in drawn.items() if given is not None}
