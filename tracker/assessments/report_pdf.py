"""The report of an assessment as PDF, written for those who run the vendor's business."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import g
from flask_babel import gettext as _

from tracker.assessments import radar
from tracker.assessments.kinds import Severity
from tracker.assessments.models import Assessment
from tracker.assessments.readings import OutcomeLine, Reader, RiskLine
from tracker.assessments.rules.result import needless_decisions, open_decisions
from tracker.assessments.rules.scores import Score
from tracker.assessments.rules.states import AssessmentState
from tracker.coaching.models import ActionItem
from tracker.coaching.rules import ActionState
from tracker.core import clock
from tracker.core.text import N_
from tracker.web.filters import show_date, show_datetime, show_name, show_number
from tracker.web.typeset import make_pdf

TEMPLATE = Path(__file__).parent / "documents" / "assessment_report.typ"
WORST_TOLD = 10
"""A longer list is read on the page, not on paper."""
REASONS_TOLD = 2
EXTREMES = 2
"""How many areas the summary names as the strongest and the weakest."""
GOOD, FAIR = 75, 50

MEANING: Mapping[Severity, str] = {
    Severity.CRITICAL: N_("Can stop the service or lose customers. Settle it now, before anything is moved."),
    Severity.HIGH: N_("Delays the launch or costs clearly more. Settle it before the step Migrate ends."),
    Severity.MEDIUM: N_("Raises running costs or support hours month by month. Plan it within the next quarter."),
    Severity.LOW: N_("Costs little for now. Look at it again in the second assessment."),
}


def make(assessment: Assessment, reader: Reader, actions: Mapping[str, ActionItem]) -> bytes:
    """Set the report in the reader's language."""
    return make_pdf(TEMPLATE, _report(assessment, reader, actions))


def _report(assessment: Assessment, reader: Reader, actions: Mapping[str, ActionItem]) -> dict[str, Any]:
    english = g.get("language") == "en"
    case = assessment.engagement
    closed = assessment.state is AssessmentState.CLOSED
    return {
        "title": _("Cloud readiness report"),
        "lang": "en" if english else "zh",
        "region": "us" if english else "tw",
        "programme": show_name(case.programme),
        "office": _("CloudSteps programme office"),
        "subtitle": f"{show_name(case.organisation)} · {show_name(case.product)}",
        "state": _("Closed on %(day)s", day=show_date(assessment.closed_at))
        if closed
        else _("Draft: still being filled in"),
        "footer": _("Printed from CloudSteps on %(moment)s", moment=show_datetime(clock.now())),
        "seal": _("SHA-256 of the kept result: %(digest)s", digest=assessment.digest) if assessment.digest else "",
        "labels": _labels(),
        "facts": _facts(assessment, reader),
        "summary": _summary(reader),
        "radar": _radar(reader),
        "areas": [
            [reader.area(one.area), _percent(one.score.percent), _percent(one.score.confidence), _counts(one.score)]
            for one in reader.result.areas
        ],
        "risks": _risks(reader, actions),
        "risks_note": _risks_note(reader),
        "decisions": [_decision(line) for line in _decisions(reader)],
        "components": [_decision(line) for line in reader.outcomes(of_components=True)],
        "parameters": [list(map(str, pair)) for pair in reader.result.blueprint.parameters.items()]
        if reader.result.blueprint
        else [],
        "steps": _steps(assessment, reader, actions),
    }


def _labels() -> dict[str, str]:
    return {
        "page": _("Page"),
        "summary": _("In short"),
        "scores": _("Where you stand"),
        "area": _("Area"),
        "score": _("Score"),
        "confidence": _("Confidence"),
        "counted": _("Counted from"),
        "scores-note": _(
            "100 is ready for a cloud service. The confidence says how much of it is answered and proven; a low one means that the score may still move."
        ),
        "risks": _("What may cost money or time"),
        "helps": _("What helps: "),
        "agreed": _("Agreed: "),
        "no-risks": _("The answers bring no risk."),
        "decisions": _("What we recommend"),
        "parameters": _("Parameters of the reference template"),
        "components": _("What becomes of each part"),
        "component": _("Component"),
        "strategy": _("Strategy"),
        "reason": _("Reason"),
        "steps": _("Next steps"),
    }


def _facts(assessment: Assessment, reader: Reader) -> list[list[str]]:
    total = reader.result.total
    return [
        [_("Assessment"), f"{assessment.number}"],
        [_("Begun"), show_date(assessment.begun_at)],
        [_("Questionnaire"), f"{reader.say(reader.questionnaire.title)} {reader.questionnaire.version}"],
        [_("Answered"), _("%(done)s of %(total)s", done=total.done, total=total.asked)],
    ]


def _summary(reader: Reader) -> list[str]:
    """Say the result in plain sentences."""
    result = reader.result
    sentences = [_standing(result.overall.percent, result.overall.confidence)]
    ranked = sorted(
        (one for one in result.areas if one.score.percent is not None), key=lambda one: -(one.score.percent or 0)
    )
    if len(ranked) > 2 * EXTREMES:
        sentences.append(
            _(
                "Strongest: %(strong)s. Most work is left in: %(weak)s.",
                strong=_names(reader, [one.area for one in ranked[:EXTREMES]]),
                weak=_names(reader, [one.area for one in ranked[-EXTREMES:][::-1]]),
            )
        )
    sentences.append(_risk_sentence(Counter(risk.severity for risk in result.risks)))
    sentences.append(_recommendation(reader))
    return sentences


def _standing(percent: int | None, confidence: int | None) -> str:
    if percent is None:
        return str(_("Nothing that is scored is answered yet."))
    values = {"percent": percent, "confidence": confidence or 0}
    if percent >= GOOD:
        return str(
            _(
                "Your product is largely ready for a cloud service: %(percent)s of 100, with a confidence of %(confidence)s %%.",
                **values,
            )
        )
    if percent >= FAIR:
        return str(
            _(
                "Your product can become a cloud service, with work to do first: %(percent)s of 100, with a confidence of %(confidence)s %%.",
                **values,
            )
        )
    return str(
        _(
            "Your product needs a good deal of work before it becomes a cloud service: %(percent)s of 100, with a confidence of %(confidence)s %%.",
            **values,
        )
    )


def _names(reader: Reader, areas: list[str]) -> str:
    return str(_(", ")).join(reader.area(area) for area in areas)


def _risk_sentence(counts: Mapping[Severity, int]) -> str:
    grave = counts.get(Severity.CRITICAL, 0)
    high = counts.get(Severity.HIGH, 0)
    if grave or high:
        return str(
            _(
                "%(grave)s risks can stop the service or lose customers; %(high)s delay the launch or cost clearly more.",
                grave=grave,
                high=high,
            )
        )
    return str(_("There is no risk that can stop the service or delay the launch."))


def _recommendation(reader: Reader) -> str:
    result, questionnaire = reader.result, reader.questionnaire
    if result.blueprint is None:
        count = len(open_decisions(questionnaire, result))
        return str(_("The architecture cannot be recommended yet: %(count)s decisions wait for answers.", count=count))
    template = questionnaire.template
    cloud = result.by_decision[template.decision, 0]
    region = result.by_decision[template.source_of("region", str(cloud.value)), 0]
    backup = result.by_decision[template.source_of("backup_cloud", str(cloud.value)), 0]
    return str(
        _(
            "We recommend %(cloud)s in %(region)s with backups in %(backup)s: back within %(rto)s minutes after a failure, losing at most %(rpo)s minutes of data.",
            cloud=reader.outcome(cloud).value,
            region=reader.outcome(region).value,
            backup=reader.outcome(backup).value,
            rto=show_number(_number(result.blueprint.parameters["rto_minutes"])),
            rpo=show_number(_number(result.blueprint.parameters["rpo_minutes"])),
        )
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _percent(value: int | None) -> str:
    return "–" if value is None else f"{value}"


def _counts(score: Score) -> str:
    return str(
        _(
            "%(reached)s of %(possible)s points, %(answered)s of %(asked)s answered",
            reached=show_number(score.shown_reached),
            possible=score.possible,
            answered=score.answered,
            asked=score.asked - score.not_applicable,
        )
    )


def _radar(reader: Reader) -> dict[str, Any]:
    drawing = radar.draw([[one.score.percent for one in reader.result.areas]])
    return {
        "width": drawing.width,
        "height": drawing.height,
        "rings": [[[point.x, point.y] for point in ring] for ring in drawing.rings],
        "centre": [drawing.centre.x, drawing.centre.y],
        "axes": [[corner.end.x, corner.end.y] for corner in drawing.corners],
        "names": [
            [corner.label.x, corner.label.y, corner.anchor, reader.area(one.area)]
            for corner, one in zip(drawing.corners, reader.result.areas, strict=True)
        ],
        "shape": [[point.x, point.y] for point in drawing.shapes[0]],
        "dots": [[point.x, point.y] for point in drawing.dots[0]],
    }


def _told(reader: Reader) -> list[RiskLine]:
    return [reader.risk(risk) for risk in reader.result.risks[:WORST_TOLD]]


def _risks(reader: Reader, actions: Mapping[str, ActionItem]) -> list[dict[str, Any]]:
    """Give the worst risks, grouped by what they mean for the business."""
    told = _told(reader)
    return [
        {
            "severity": _(severity.label),
            "meaning": _(MEANING[severity]),
            "tone": severity.tone,
            "risks": [_risk(line, actions.get(line.risk.code)) for line in told if line.severity is severity],
        }
        for severity in dict.fromkeys(line.severity for line in told)
    ]


def _risk(line: RiskLine, action: ActionItem | None) -> dict[str, str]:
    agreed = ""
    if action is not None and action.state is not ActionState.DROPPED:
        agreed = _(
            "%(text)s, %(name)s until %(day)s",
            text=action.text,
            name=action.assignee.name,
            day=show_date(action.due_on),
        )
    return {"text": line.text, "where": line.component, "helps": line.mitigation, "agreed": agreed}


def _risks_note(reader: Reader) -> str:
    left = len(reader.result.risks) - WORST_TOLD
    return str(_("%(count)s smaller risks stand on the page of the result.", count=left)) if left > 0 else ""


def _decisions(reader: Reader) -> list[OutcomeLine]:
    needless = needless_decisions(reader.questionnaire, reader.result)
    return [line for line in reader.outcomes() if line.decision.id not in needless]


def _decision(line: OutcomeLine) -> dict[str, Any]:
    reasons = [reason.rationale for reason in line.reasons_for] or [line.stands_by]
    if line.outcome.choice is not None:
        said = _("the answers alone would say %(value)s", value=line.computed or _("nothing yet"))
        reasons = [_("%(reason)s (the expert's decision; %(said)s)", reason=line.outcome.choice.reason, said=said)]
    told = list(dict.fromkeys(reason for reason in reasons if reason))[:REASONS_TOLD]
    return {
        "title": line.component or line.title,
        "value": line.value or _("Open"),
        "reasons": told if line.value else [waiting.text for waiting in line.waits_for[:REASONS_TOLD]],
    }


def _steps(assessment: Assessment, reader: Reader, actions: Mapping[str, ActionItem]) -> list[str]:
    """Say what comes next, with the days that are agreed."""
    result = reader.result
    codes = {risk.code for risk in result.risks}
    agreed = sorted(
        (action for code, action in actions.items() if code in codes and action.state is ActionState.OPEN),
        key=lambda action: (action.due_on, action.id),
    )
    steps = [
        _("%(text)s, %(name)s until %(day)s", text=one.text, name=one.assignee.name, day=show_date(one.due_on))
        for one in agreed[:WORST_TOLD]
    ]
    unclaimed = sum(1 for risk in result.risks if risk.severity.rank >= Severity.HIGH.rank and risk.code not in actions)
    if unclaimed:
        steps.append(
            _(
                "Agree who settles the %(count)s grave risks that nobody has in hand yet, and until when.",
                count=unclaimed,
            )
        )
    if result.total.blank:
        steps.append(
            _(
                "Answer the %(count)s questions that are still blank; each of them may move score and recommendation.",
                count=result.total.blank,
            )
        )
    unproven = result.total.answered - result.total.proven
    if unproven:
        steps.append(_("Hand in evidence for %(count)s answers that have none yet.", count=unproven))
    if result.blueprint is not None:
        steps.append(
            _(
                "Ask for a sandbox with these parameters and try the recommended architecture before money is spent on it."
            )
        )
    if assessment.state is AssessmentState.CLOSED:
        steps.append(_("Assess again when the step Optimise ends, to see what has changed."))
    return steps
