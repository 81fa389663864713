"""What may go wrong, as the answers tell it."""

from dataclasses import dataclass

from tracker.assessments.kinds import Severity
from tracker.assessments.rules.answers import Sheet, chosen


@dataclass(frozen=True)
class Risk:
    """A risk that an answer brings; its words stand in the questionnaire."""

    question: str
    component: int
    answer: str
    severity: Severity

    @property
    def code(self) -> str:
        """Name the risk, the same in every assessment of an engagement."""
        return f"{self.question}:{self.component}:{self.answer}"


def risks_of(sheet: Sheet) -> tuple[Risk, ...]:
    """List the risks of all answers that count, the worst first, then in the order of the questionnaire."""
    found = [
        Risk(question.id, component, answer.id, answer.severity)
        for (_question, component), question, given in sheet.counted()
        for answer in chosen(question, given)
        if answer.severity is not Severity.NONE
    ]
    return tuple(sorted(found, key=lambda risk: -risk.severity.rank))
