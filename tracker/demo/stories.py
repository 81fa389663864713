"""How far each demo engagement has come, and what is particular about it."""

from dataclasses import dataclass
from enum import Enum

from tracker.journey.rules import Step


class Turn(Enum):
    """What is particular about an engagement."""

    PLAIN = "plain"
    PROPOSED = "the expert has proposed the gate"
    OVERRIDDEN = "a gate was passed by override"
    ON_HOLD = "on hold"
    WITHDRAWN = "withdrawn"
    FINISHED = "all four steps passed"
    RETURNED = "an item was returned"
    SILENT = "nothing has happened for long"


@dataclass(frozen=True)
class Story:
    """An engagement's way so far: the step it is in, the share of that step that is done, days since it began."""

    step: Step
    share: float
    age: int
    turn: Turn = Turn.PLAIN


STORIES = (
    Story(Step.ASSESS, 0.6, 34, Turn.RETURNED),
    Story(Step.MIGRATE, 0.4, 110),
    Story(Step.TEST, 0.5, 190, Turn.OVERRIDDEN),
    Story(Step.ASSESS, 1.0, 45, Turn.PROPOSED),
    Story(Step.OPTIMISE, 0.3, 250),
    Story(Step.ASSESS, 0.2, 70, Turn.SILENT),
    Story(Step.MIGRATE, 0.7, 130),
    Story(Step.ASSESS, 0.0, 12),
    Story(Step.TEST, 1.0, 200, Turn.PROPOSED),
    Story(Step.OPTIMISE, 1.0, 290, Turn.FINISHED),
    Story(Step.MIGRATE, 0.3, 140, Turn.ON_HOLD),
    Story(Step.ASSESS, 0.5, 40),
    Story(Step.ASSESS, 0.1, 60, Turn.WITHDRAWN),
    Story(Step.MIGRATE, 0.9, 120, Turn.RETURNED),
    Story(Step.TEST, 0.2, 170),
    Story(Step.ASSESS, 0.8, 38),
    Story(Step.MIGRATE, 0.2, 160, Turn.SILENT),
    Story(Step.TEST, 0.7, 210),
    Story(Step.ASSESS, 0.4, 26),
    Story(Step.OPTIMISE, 0.6, 270),
    Story(Step.MIGRATE, 0.5, 105),
    Story(Step.ASSESS, 0.3, 20),
    Story(Step.TEST, 0.4, 180, Turn.RETURNED),
    Story(Step.MIGRATE, 1.0, 125, Turn.PROPOSED),
)
