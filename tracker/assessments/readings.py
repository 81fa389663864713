"""A result in the reader's words: what stands behind ids of questions, answers, options and components."""

from dataclasses import dataclass

from tracker.assessments.kinds import Severity
from tracker.assessments.questionnaire import Answer, Decision, Questionnaire
from tracker.assessments.rules.answers import WHOLE_SERVICE, Given, chosen
from tracker.assessments.rules.decisions import Outcome, Reason, Value
from tracker.assessments.rules.result import Result, Said
from tracker.assessments.rules.risks import Risk
from tracker.core.content import Bilingual
from tracker.core.text import Message
from tracker.web.filters import show_number
from tracker.web.forms import translate


@dataclass(frozen=True)
class ReasonLine:
    """An answer that speaks for or against a decision."""

    question: str
    answer: str
    rationale: str
    component: str
    area: str
    anchor: str
    component_number: int
    points: int
    limit: str


@dataclass(frozen=True)
class ExclusionLine:
    """An option that is ruled out, and why."""

    option: str
    reasons: tuple[ReasonLine, ...]


@dataclass(frozen=True)
class Waiting:
    """A question that must be answered before a decision can be taken."""

    text: str
    component: str
    area: str
    anchor: str
    component_number: int


@dataclass(frozen=True)
class OutcomeLine:
    """A decision as people read it."""

    outcome: Outcome
    decision: Decision
    title: str
    component: str
    value: str
    computed: str
    reasons_for: tuple[ReasonLine, ...]
    reasons_against: tuple[ReasonLine, ...]
    excluded: tuple[ExclusionLine, ...]
    waits_for: tuple[Waiting, ...]
    stands_by: str
    """Why the value stands when no answer speaks."""


@dataclass(frozen=True)
class RiskLine:
    """A risk as people read it."""

    risk: Risk
    severity: Severity
    text: str
    mitigation: str
    question: str
    answer: str
    component: str
    area: str
    anchor: str
    component_number: int
    playbooks: tuple[str, ...]


def anchor_of(question: str, component: int) -> str:
    """Give the place of a question on its page."""
    return f"q-{question.replace('.', '-')}-{component}"


@dataclass(frozen=True)
class Reader:
    """Reads a result of one questionnaire in one language."""

    questionnaire: Questionnaire
    result: Result
    language: str

    def say(self, text: Bilingual | None) -> str:
        """Give a text in the reader's language."""
        return text.of(self.language) if text is not None else ""

    def area(self, area: str) -> str:
        """Name an area."""
        found = self.questionnaire.area(area)
        return self.say(found.text) if found else area

    @property
    def area_names(self) -> list[str]:
        """Name the areas of the result in their order."""
        return [self.area(area.area) for area in self.result.areas]

    @property
    def area_weights(self) -> list[str]:
        """Name the areas with their weights."""
        return [f"{self.area(area.area)} {area.weight}" for area in self.result.areas]

    def component(self, number: int) -> str:
        """Name a component; nothing for the whole service."""
        return self.result.components.get(number, "") if number != WHOLE_SERVICE else ""

    def question(self, question: str) -> str:
        """Give the words of a question."""
        found = self.questionnaire.by_id.get(question)
        return self.say(found.text) if found else question

    def given(self, question: str, given: Given) -> str:
        """Give an answer in words."""
        found = self.questionnaire.by_id.get(question)
        if given.not_applicable:
            return given.not_applicable
        if found is None:
            return ""
        if given.number is not None:
            return f"{show_number(given.number)} {self.unit(found.unit.label) if found.unit else ''}".strip()
        return translate(Message(", ")).join(self.say(answer.text) for answer in chosen(found, given))

    def said(self, said: Said | None) -> str:
        """Give what was answered, in words."""
        return self.given(said.question, said.given) if said is not None else ""

    def unit(self, label: str) -> str:
        """Name a unit."""
        return translate(Message(label))

    def value(self, decision: Decision, value: Value | None) -> str:
        """Give what a decision came to, in words."""
        if value is None:
            return ""
        option = decision.option(str(value)) if decision.is_vote else None
        if option is not None:
            return self.say(option.text)
        number = show_number(value) if isinstance(value, int) else str(value)
        return f"{number} {self.unit(decision.unit.label) if decision.unit else ''}".strip()

    def outcome(self, outcome: Outcome) -> OutcomeLine:
        """Read a decision."""
        decision = self.questionnaire.decision_by_id[outcome.decision]
        return OutcomeLine(
            outcome,
            decision,
            title=self.say(decision.text),
            component=self.component(outcome.component),
            value=self.value(decision, outcome.value),
            computed=self.value(decision, outcome.computed),
            reasons_for=tuple(self.reason(reason, decision) for reason in outcome.reasons_for),
            reasons_against=tuple(self.reason(reason, decision) for reason in outcome.reasons_against),
            excluded=tuple(
                ExclusionLine(
                    self.value(decision, out.option), tuple(self.reason(each, decision) for each in out.reasons)
                )
                for out in outcome.excluded
            ),
            waits_for=tuple(self.waiting(*key) for key in outcome.waits_for),
            stands_by=self._stands_by(outcome, decision),
        )

    def outcomes(self, *, of_components: bool = False) -> list[OutcomeLine]:
        """Read the decisions of the whole service, or those of its components."""
        return [
            self.outcome(outcome)
            for outcome in self.result.outcomes
            if (outcome.component != WHOLE_SERVICE) == of_components
        ]

    def _stands_by(self, outcome: Outcome, decision: Decision) -> str:
        if outcome.reasons_for or not decision.is_vote:
            return ""
        option = decision.option(str(outcome.computed))
        return self.say(option.reason) if option else ""

    def reason(self, reason: Reason, decision: Decision) -> ReasonLine:
        """Read a reason."""
        answer = self._answer(reason.question, reason.answer)
        return ReasonLine(
            question=self.question(reason.question),
            answer=self.say(answer.text) if answer else "",
            rationale=self.say(answer.rationale) if answer else "",
            component=self.component(reason.component),
            area=reason.question.partition(".")[0],
            anchor=anchor_of(reason.question, reason.component),
            component_number=reason.component,
            points=reason.points,
            limit=self.value(decision, reason.limit),
        )

    def waiting(self, question: str, component: int) -> Waiting:
        """Read a question that a decision waits for."""
        area = question.partition(".")[0]
        return Waiting(
            self.question(question), self.component(component), area, anchor_of(question, component), component
        )

    def risk(self, risk: Risk) -> RiskLine:
        """Read a risk."""
        answer = self._answer(risk.question, risk.answer)
        return RiskLine(
            risk,
            risk.severity,
            text=self.say(answer.risk) if answer else "",
            mitigation=self.say(answer.mitigation) if answer else "",
            question=self.question(risk.question),
            answer=self.say(answer.text) if answer else "",
            component=self.component(risk.component),
            area=risk.question.partition(".")[0],
            anchor=anchor_of(risk.question, risk.component),
            component_number=risk.component,
            playbooks=answer.playbooks if answer else (),
        )

    def _answer(self, question: str, answer: str) -> Answer | None:
        found = self.questionnaire.by_id.get(question)
        return found.answer(answer) if found else None
