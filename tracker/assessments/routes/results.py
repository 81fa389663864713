"""The result of an assessment: its page, its comparison and its report."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import groupby

from flask import render_template, send_file
from flask.typing import ResponseReturnValue

from tracker.accounts.access import can, current_actor, requires
from tracker.assessments import permissions, queries, radar, report_pdf
from tracker.assessments.models import Assessment
from tracker.assessments.readings import OutcomeLine, Reader
from tracker.assessments.routes.blueprint import bp, reader_of
from tracker.assessments.rules.comparison import compare
from tracker.assessments.rules.result import needless_decisions, open_decisions
from tracker.assessments.rules.states import AssessmentState
from tracker.assessments.shelf import questionnaire_of
from tracker.core.errors import NotFound
from tracker.journey.rules import EngagementState


@bp.route("/assessments/<int:assessment_id>/result")
@requires(permissions.VIEW_ASSESSMENT, on=queries.get_assessment)
def result(assessment: Assessment) -> ResponseReturnValue:
    """Show scores, risks and what is recommended, with what each of them was counted from."""
    questionnaire = questionnaire_of(assessment.questionnaire_version)
    found = queries.read_result(assessment)
    reader = reader_of(questionnaire, found)
    decides = can(current_actor(), permissions.DECIDE_ASSESSMENT, assessment)
    is_active = assessment.engagement.state is EngagementState.ACTIVE
    return render_template(
        "assessments/result.html",
        assessment=assessment,
        questionnaire=questionnaire,
        result=found,
        reader=reader,
        radar=radar.draw([[area.score.percent for area in found.areas]]),
        groups=_groups(reader),
        component_lines=reader.outcomes(of_components=True),
        risks=[reader.risk(risk) for risk in found.risks],
        actions=queries.actions_of(assessment),
        proposals=queries.proposals_of(assessment, questionnaire, found),
        open_decisions=open_decisions(questionnaire, found),
        may_change=decides and is_active and assessment.state is AssessmentState.OPEN,
        may_follow_up=decides and is_active,
    )


def _groups(reader: Reader) -> Mapping[str, Sequence[OutcomeLine]]:
    """Give the decisions of the whole service by the first part of their id: tenancy by layer, the others apart."""
    needless = needless_decisions(reader.questionnaire, reader.result)
    lines = [line for line in reader.outcomes() if line.decision.id not in needless]
    return {name: list(group) for name, group in groupby(lines, key=lambda line: line.decision.id.partition(".")[0])}


@bp.route("/assessments/<int:assessment_id>/comparison")
@requires(permissions.VIEW_ASSESSMENT, on=queries.get_assessment)
def comparison(assessment: Assessment) -> ResponseReturnValue:
    """Hold an assessment beside the closed one before it."""
    previous = queries.find_previous(assessment)
    if previous is None:
        raise NotFound
    then, now = queries.read_result(previous), queries.read_result(assessment)
    old = questionnaire_of(previous.questionnaire_version)
    new = questionnaire_of(assessment.questionnaire_version)
    found = compare(then, now)
    before = {area.area: area.score.percent for area in then.areas}
    return render_template(
        "assessments/comparison.html",
        assessment=assessment,
        previous=previous,
        then=then,
        now=now,
        old=reader_of(old, then),
        new=reader_of(new, now),
        found=found,
        radar=radar.draw([[before.get(area.area) for area in now.areas], [area.score.percent for area in now.areas]]),
        decisions=new.decision_by_id,
    )


@bp.route("/assessments/<int:assessment_id>/report.pdf")
@requires(permissions.VIEW_ASSESSMENT, on=queries.get_assessment)
def report(assessment: Assessment) -> ResponseReturnValue:
    """Give the report as a PDF in the reader's language."""
    questionnaire = questionnaire_of(assessment.questionnaire_version)
    found = queries.read_result(assessment)
    body = report_pdf.make(assessment, reader_of(questionnaire, found), queries.actions_of(assessment))
    name = f"assessment-{assessment.engagement.organisation.ubn}-{assessment.number}.pdf"
    return send_file(BytesIO(body), "application/pdf", as_attachment=True, download_name=name)
