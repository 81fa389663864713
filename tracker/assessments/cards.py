"""The questions of an area as its page shows them, with what is stored or was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracker.assessments.models import AssessmentAnswer, AssessmentProof
from tracker.assessments.queries import Filled
from tracker.assessments.questionnaire import Answer, Question
from tracker.assessments.readings import anchor_of
from tracker.assessments.rules.answers import NOTHING, WHOLE_SERVICE, Given, Key, Standing, chosen, dependants
from tracker.assessments.rules.scores import is_proven


@dataclass(frozen=True)
class Typed:
    """What somebody sent that could not be kept, shown again as it was typed."""

    key: Key
    options: tuple[str, ...] = ()
    number: str = ""
    note: str = ""
    why: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_stale: bool = False
    """Whether somebody else has answered since; the page then shows both."""


@dataclass(frozen=True)
class Card:
    """A question with its answer."""

    question: Question
    component: int
    standing: Standing
    row: AssessmentAnswer | None
    options: tuple[str, ...]
    number: str
    note: str
    why: str
    proofs: Sequence[AssessmentProof]
    touches: tuple[str, ...]
    """Where the questions stand that an answer to this one may bring up or take away."""
    errors: Mapping[str, Sequence[str]]
    is_stale: bool
    stored: Given

    @property
    def anchor(self) -> str:
        """Give its place on the page."""
        return anchor_of(self.question.id, self.component)

    @property
    def is_asked(self) -> bool:
        """Tell whether it is shown."""
        return self.standing is not Standing.NOT_ASKED

    @property
    def version(self) -> int:
        """Give the version of the stored answer; 0 where there is none."""
        return self.row.version if self.row is not None else 0

    @property
    def has_answer(self) -> bool:
        """Tell whether there is something to clear."""
        return not self.stored.is_blank

    @property
    def chosen(self) -> tuple[Answer, ...]:
        """Give the answers that count, with their reasons and risks."""
        return chosen(self.question, self.stored) if self.standing is Standing.ANSWERED else ()

    @property
    def mine(self) -> Given:
        """Give what was chosen and could not be kept, as far as it is no number."""
        return Given(self.options)

    @property
    def lacks_proof(self) -> bool:
        """Tell whether it is answered without the evidence it wants."""
        return self.standing is Standing.ANSWERED and not is_proven(self.question, self.stored.proofs)


def cards_of(
    filled: Filled,
    area: str,
    component: int,
    proofs: Mapping[int, Sequence[AssessmentProof]],
    typed: Typed | None = None,
) -> list[Card]:
    """Give the questions of an area, asked once or of one component."""
    questions = [
        question
        for question in filled.questionnaire.questions_of(area)
        if question.of_component == (component != WHOLE_SERVICE)
    ]
    here = {question.id for question in questions}
    return [_card(filled, question, component, here, proofs, typed) for question in questions]


def _card(
    filled: Filled,
    question: Question,
    component: int,
    here: set[str],
    proofs: Mapping[int, Sequence[AssessmentProof]],
    typed: Typed | None,
) -> Card:
    key = (question.id, component)
    row = filled.rows.get(key)
    stored = filled.sheet.given.get(key, NOTHING)
    mine = typed if typed is not None and typed.key == key else None
    number = "" if stored.number is None else f"{stored.number:,}"
    touched = dependants(filled.questionnaire, question.id) & here
    return Card(
        question,
        component,
        filled.sheet.standing(key),
        row,
        options=mine.options if mine else stored.options,
        number=mine.number if mine else number,
        note=mine.note if mine else (row.note if row is not None else ""),
        why=mine.why if mine else stored.not_applicable,
        proofs=proofs.get(row.id, ()) if row is not None else (),
        touches=tuple(anchor_of(each, component) for each in sorted(touched)),
        errors=mine.errors if mine else {},
        is_stale=mine is not None and mine.is_stale,
        stored=stored,
    )
