"""The result of an assessment: scores, risks, decisions and the template that they lead to, and its frozen form."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from tracker.assessments.questionnaire import Questionnaire
from tracker.assessments.rules.answers import WHOLE_SERVICE, Given, Key, Sheet, Standing
from tracker.assessments.rules.decisions import Choice, DecisionKey, Outcome, Value, decide_all
from tracker.assessments.rules.risks import Risk, risks_of
from tracker.assessments.rules.scores import Overall, Score, overall, score_area, total


@dataclass(frozen=True)
class AreaScore:
    """The score of an area."""

    area: str
    weight: int
    score: Score


@dataclass(frozen=True)
class Said:
    """How a question stood, and what was given to it."""

    question: str
    component: int
    standing: Standing
    given: Given


@dataclass(frozen=True)
class Blueprint:
    """A reference template and its parameters, as a sandbox request takes them."""

    template: str
    parameters: Mapping[str, Value]


@dataclass(frozen=True)
class Result:
    """Everything that follows from the answers of one assessment."""

    questionnaire: str
    version: int
    areas: tuple[AreaScore, ...]
    overall: Overall
    risks: tuple[Risk, ...]
    outcomes: tuple[Outcome, ...]
    answers: tuple[Said, ...]
    waiting: tuple[Key, ...]
    """Questions that are asked and wait for an answer."""
    components: Mapping[int, str]
    """The name of each component by its number."""
    blueprint: Blueprint | None
    """None while a decision behind it is open."""

    @cached_property
    def by_decision(self) -> Mapping[DecisionKey, Outcome]:
        """Give the outcomes by decision and component."""
        return {(outcome.decision, outcome.component): outcome for outcome in self.outcomes}

    @property
    def total(self) -> Score:
        """Count the questions of all areas."""
        return total(area.score for area in self.areas)


def score_areas(sheet: Sheet) -> tuple[AreaScore, ...]:
    """Give the score of every area."""
    return tuple(AreaScore(area.id, area.weight, score_area(sheet, area.id)) for area in sheet.questionnaire.areas)


def overall_of(areas: Sequence[AreaScore]) -> Overall:
    """Give score and confidence of all areas together."""
    return overall((area.weight, area.score) for area in areas)


def result_of(sheet: Sheet, choices: Mapping[DecisionKey, Choice], components: Mapping[int, str]) -> Result:
    """Compute the result."""
    questionnaire = sheet.questionnaire
    areas = score_areas(sheet)
    outcomes = decide_all(sheet, choices)
    return Result(
        questionnaire=questionnaire.id,
        version=questionnaire.version,
        areas=areas,
        overall=overall_of(areas),
        risks=risks_of(sheet),
        outcomes=outcomes,
        answers=tuple(
            Said(key[0], key[1], sheet.standing(key), sheet.given[key])
            for key in sheet.every_key()
            if key in sheet.given
        ),
        waiting=tuple(key for key in sheet.every_key() if sheet.standing(key) in (Standing.BLANK, Standing.SUGGESTED)),
        components=dict(components),
        blueprint=_blueprint(questionnaire, {outcome.decision: outcome for outcome in outcomes}),
    )


def _blueprint(questionnaire: Questionnaire, outcomes: Mapping[str, Outcome]) -> Blueprint | None:
    """Name the template and its parameters, once every decision behind them is settled."""
    template = questionnaire.template
    chosen = outcomes[template.decision].value
    if not isinstance(chosen, str):
        return None
    parameters: dict[str, Value] = {}
    for name in template.parameters:
        value = outcomes[template.source_of(name, chosen)].value
        if value is None:
            return None
        parameters[name] = value
    return Blueprint(template.template_id(chosen), parameters)


def open_decisions(questionnaire: Questionnaire, result: Result) -> tuple[Outcome, ...]:
    """List the decisions that keep the template from being named, in the order of the questionnaire."""
    template = questionnaire.template
    chosen = result.by_decision[template.decision, WHOLE_SERVICE].value
    needed = {template.decision}
    for name in template.parameters:
        written = template.parameters[name]
        if isinstance(chosen, str) or "{cloud}" not in written:
            needed.add(template.source_of(name, str(chosen)))
    return tuple(one for one in result.outcomes if one.decision in needed and one.value is None)


def needless_decisions(questionnaire: Questionnaire, result: Result) -> frozenset[str]:
    """Name the decisions that belong to templates other than the chosen one, such as the regions of other clouds."""
    template = questionnaire.template
    chosen = result.by_decision[template.decision, WHOLE_SERVICE].value
    options = [option.id for option in questionnaire.decision_by_id[template.decision].options]
    if chosen is None:
        return frozenset()
    of_all = {template.source_of(name, option) for name in template.parameters for option in options}
    return frozenset(of_all - {template.source_of(name, str(chosen)) for name in template.parameters})


def proposed_playbooks(questionnaire: Questionnaire, result: Result) -> tuple[str, ...]:
    """List the playbooks that answers propose, those of the worst risks first, each once."""
    risky = [playbook for risk in result.risks for playbook in _playbooks(questionnaire, risk.question, (risk.answer,))]
    others = [
        playbook
        for said in result.answers
        if said.standing is Standing.ANSWERED
        for playbook in _playbooks(questionnaire, said.question, said.given.options)
    ]
    return tuple(dict.fromkeys([*risky, *others]))


def _playbooks(questionnaire: Questionnaire, question: str, answers: tuple[str, ...]) -> tuple[str, ...]:
    found = questionnaire.by_id.get(question)
    if found is None:
        return ()
    return tuple(playbook for answer in found.answers if answer.id in answers for playbook in answer.playbooks)


_RESULT: TypeAdapter[Result] = TypeAdapter(Result)


def freeze(result: Result) -> dict[str, Any]:
    """Give a result as plain data that is kept with a closed assessment."""
    plain: dict[str, Any] = _RESULT.dump_python(result, mode="json")
    return plain


def thaw(kept: Mapping[str, Any]) -> Result:
    """Give a kept result back."""
    return _RESULT.validate_python(kept)


def digest(kept: Mapping[str, Any]) -> str:
    """Identify a kept result by its content."""
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
