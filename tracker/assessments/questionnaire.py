"""Questionnaires: what is asked, what each answer says, and the decisions that answers settle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from tracker.assessments.kinds import DecisionKind, QuestionKind, Scope, Severity, Unit, Who
from tracker.core.content import Bilingual
from tracker.journey.rules import EvidenceKind


@dataclass(frozen=True)
class Area:
    """A part of the questionnaire with a score of its own."""

    id: str
    weight: int
    text: Bilingual


@dataclass(frozen=True)
class Condition:
    """What another question must say for a question to be asked."""

    question: str
    answers: frozenset[str] = frozenset()
    at_least: int | None = None
    at_most: int | None = None


class Way(StrEnum):
    """How an answer speaks for a decision."""

    OPTION = "option"
    NEVER = "never"
    AT_MOST = "at-most"
    AT_LEAST = "at-least"


@dataclass(frozen=True)
class Implication:
    """What an answer says for a decision: points for an option, options ruled out, or a limit."""

    decision: str
    way: Way
    option: str = ""
    points: int = 0
    never: tuple[str, ...] = ()
    limit: int | None = None
    """None where the limit is the number that was answered."""


@dataclass(frozen=True)
class Answer:
    """One of the answers a question offers; of a number question, a band."""

    id: str
    text: Bilingual
    rationale: Bilingual
    score: int | None
    """0 to 4; none where the question only states a fact."""
    severity: Severity = Severity.NONE
    risk: Bilingual | None = None
    mitigation: Bilingual | None = None
    playbooks: tuple[str, ...] = ()
    implies: tuple[Implication, ...] = ()
    at_least: int | None = None
    """Where the band of a number begins; the first one begins at the least number."""
    alone: bool = False
    """Whether it cannot be chosen together with others."""


@dataclass(frozen=True)
class Question:
    """One question."""

    id: str
    """`<area>.<slug>`, the same for ever."""
    kind: QuestionKind
    scope: Scope
    who: Who
    weight: int
    evidence: EvidenceKind
    text: Bilingual
    help: Bilingual | None
    answers: tuple[Answer, ...]
    when: tuple[Condition, ...] = ()
    needed_by: tuple[str, ...] = ()
    unit: Unit | None = None
    least: int | None = None
    most: int | None = None
    lowest: bool = False
    """Whether the worst of several chosen answers counts, not their mean."""

    @property
    def area(self) -> str:
        """Name the area, which is the first part of the id."""
        return self.id.partition(".")[0]

    @property
    def is_scored(self) -> bool:
        """Tell whether answers count for the score."""
        return self.weight > 0

    @property
    def of_component(self) -> bool:
        """Tell whether it is asked once for each component."""
        return self.scope is Scope.COMPONENT

    def answer(self, answer_id: str) -> Answer | None:
        """Find an answer by id."""
        return next((answer for answer in self.answers if answer.id == answer_id), None)

    def band(self, number: int) -> Answer:
        """Give the band that a number falls into."""
        return [answer for answer in self.answers if answer.at_least is None or answer.at_least <= number][-1]


@dataclass(frozen=True)
class Option:
    """One of the values that a vote can have."""

    id: str
    text: Bilingual
    points: int = 0
    """What it begins with."""
    reason: Bilingual | None = None
    """Why it stands when no answer speaks."""


@dataclass(frozen=True)
class Decision:
    """Something the answers settle."""

    id: str
    kind: DecisionKind
    scope: Scope
    text: Bilingual
    options: tuple[Option, ...] = ()
    differs_from: str | None = None
    default: int | None = None
    unit: Unit | None = None

    @property
    def is_vote(self) -> bool:
        """Tell whether options compete, rather than a number being limited."""
        return self.kind is DecisionKind.VOTE

    @property
    def of_component(self) -> bool:
        """Tell whether it is settled for each component."""
        return self.scope is Scope.COMPONENT

    def option(self, option_id: str) -> Option | None:
        """Find an option by id."""
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True)
class Template:
    """Which decisions name the reference template and its parameters."""

    decision: str
    parameters: Mapping[str, str]
    """By parameter: the decision that gives it; `{cloud}` stands for what the template's decision says."""

    def template_id(self, value: str) -> str:
        """Name the template for what its decision says."""
        return f"{value}_saas"

    def source_of(self, parameter: str, value: str) -> str:
        """Name the decision that gives a parameter, once the template's own is settled."""
        return self.parameters[parameter].replace("{cloud}", value)


@dataclass(frozen=True)
class Proof:
    """A checklist item that a closed assessment hands in, and what must be settled for it."""

    item: str
    """`<playbook>.<item>`."""
    decisions: tuple[str, ...] = ()
    needs_template: bool = False
    needs_components: bool = False
    """Whether there must be an inventory with every component decided."""


@dataclass(frozen=True)
class Questionnaire:
    """One version of a questionnaire in both languages."""

    id: str
    version: int
    title: Bilingual
    summary: Bilingual
    without_evidence: int
    """Percent that an answer counts for confidence when it wants evidence and has none."""
    areas: tuple[Area, ...]
    questions: tuple[Question, ...]
    decisions: tuple[Decision, ...]
    template: Template
    proves: tuple[Proof, ...] = ()
    source: str = field(default="", repr=False, compare=False)

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """Give the questions by id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def decision_by_id(self) -> Mapping[str, Decision]:
        """Give the decisions by id."""
        return {decision.id: decision for decision in self.decisions}

    def area(self, area_id: str) -> Area | None:
        """Find an area by id."""
        return next((area for area in self.areas if area.id == area_id), None)

    def questions_of(self, area_id: str) -> tuple[Question, ...]:
        """List the questions of an area in the order of the file."""
        return self._by_area.get(area_id, ())

    @cached_property
    def _by_area(self) -> Mapping[str, tuple[Question, ...]]:
        found: dict[str, tuple[Question, ...]] = {}
        for question in self.questions:
            found[question.area] = (*found.get(question.area, ()), question)
        return found
