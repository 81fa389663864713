"""Questions of a registration and of the survey after an event, and what their answers add up to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled

HIGHEST = 5
LONGEST_ANSWER = 2000
FEWEST_OPTIONS, MOST_OPTIONS = 2, 12


class QuestionKind(Labelled):
    """How a question is answered."""

    TEXT = "text", N_("Text")
    CHOICE = "choice", N_("One of several")
    YES_NO = "yes_no", N_("Yes or no")
    RATING = "rating", N_("From 1 to 5")


class Purpose(Labelled):
    """When a question is asked."""

    REGISTRATION = "registration", N_("When people register")
    SURVEY = "survey", N_("After the event")


@dataclass(frozen=True)
class Asked:
    """A question as its answers are checked."""

    id: int
    kind: QuestionKind
    options: tuple[str, ...]
    required: bool


@dataclass(frozen=True)
class Result:
    """What the answers to a question add up to."""

    answered: int
    average: Decimal | None
    counts: Sequence[tuple[str, int]]
    texts: Sequence[str]


def check_question(kind: QuestionKind, options: Sequence[str]) -> None:
    """Refuse a choice with fewer than two, too many or doubled options."""
    if kind is QuestionKind.CHOICE and not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise Refused(N_("Write two to twelve options, one a line."), field="options")
    if len(set(options)) != len(options):
        raise Refused(N_("An option stands there twice. Write each once."), field="options")


def allowed(question: Asked) -> tuple[str, ...]:
    """Give the answers that a question takes; empty where any text is one."""
    if question.kind is QuestionKind.CHOICE:
        return question.options
    if question.kind is QuestionKind.YES_NO:
        return ("yes", "no")
    return tuple(map(str, range(1, HIGHEST + 1))) if question.kind is QuestionKind.RATING else ()


def check_answers(questions: Iterable[Asked], typed: Mapping[int, str]) -> dict[str, str]:
    """Give the answers as they are stored, or refuse one that is missing or that the question does not take."""
    kept: dict[str, str] = {}
    for question in questions:
        answer = typed.get(question.id, "").strip()[:LONGEST_ANSWER]
        if not answer:
            if question.required:
                raise Refused(N_("Please answer this question."), field=f"question_{question.id}")
            continue
        if (options := allowed(question)) and answer not in options:
            raise Refused(N_("Choose one of the answers that are shown."), field=f"question_{question.id}")
        kept[str(question.id)] = answer
    return kept


def result_of(question: Asked, answers: Sequence[str]) -> Result:
    """Add up the answers to a question."""
    options = allowed(question)
    if not options:
        return Result(len(answers), None, (), tuple(answers))
    counted = Counter(answers)
    average = None
    if question.kind is QuestionKind.RATING and answers:
        exact = Decimal(sum(int(answer) for answer in answers)) / len(answers)
        average = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Result(len(answers), average, [(option, counted[option]) for option in options], ())
