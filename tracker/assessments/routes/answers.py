"""The questions of an area, and what is done with each of them."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import Actor, can, current_actor, requires
from tracker.assessments import operations, permissions, queries
from tracker.assessments.cards import Typed, cards_of
from tracker.assessments.forms import AnswerForm, WhyForm
from tracker.assessments.models import Assessment, AssessmentProof
from tracker.assessments.readings import anchor_of
from tracker.assessments.routes.blueprint import bp, reader_of
from tracker.assessments.rules.answers import WHOLE_SERVICE, Key, Sheet
from tracker.assessments.rules.scores import Score, score_area
from tracker.assessments.rules.states import AssessmentState
from tracker.core.db import session, unit_of_work
from tracker.core.errors import CloudStepsError, NotFound, Refused, StaleRecord
from tracker.core.text import N_
from tracker.evidence.operations import keep_file, keep_link
from tracker.journey.forms import EvidenceForm
from tracker.journey.permissions import READ_INTERNAL
from tracker.journey.rules import EngagementState
from tracker.web.forms import Form

STALE, REFUSED = 409, 422


@bp.route("/assessments/<int:assessment_id>/areas/<string:area>")
@requires(permissions.VIEW_ASSESSMENT, on=queries.get_assessment)
def area(assessment: Assessment, area: str) -> ResponseReturnValue:
    """Show the questions of an area: those of the whole product, or those of one component."""
    component = request.args.get("component", WHOLE_SERVICE, type=int)
    return _show_area(assessment, area, component)


def _show_area(
    assessment: Assessment, area: str, component: int, typed: Typed | None = None, status: int = 200
) -> ResponseReturnValue:
    filled = queries.fill(assessment)
    if filled.questionnaire.area(area) is None or component not in (WHOLE_SERVICE, *filled.sheet.components):
        raise NotFound
    actor = current_actor()
    proofs = queries.proofs_of(assessment, actor=actor)
    result = filled.result
    body = render_template(
        "assessments/area.html",
        assessment=assessment,
        questionnaire=filled.questionnaire,
        reader=reader_of(filled.questionnaire, result),
        area=filled.questionnaire.area(area),
        component=component,
        components=filled.components,
        cards=cards_of(filled, area, component, proofs, typed),
        score=score_area(filled.sheet, area),
        parts=_parts(filled.sheet, area),
        may_fill=_may_fill(assessment, actor),
        reads_internal=can(actor, READ_INTERNAL, assessment),
        evidence_form=EvidenceForm.from_record(None),
    )
    return body, status


def _parts(sheet: Sheet, area: str) -> dict[int, Score]:
    """Count the questions of an area for the whole product and for each component; empty where none is asked so."""
    questions = sheet.questionnaire.questions_of(area)
    found: dict[int, Score] = {}
    if any(not question.of_component for question in questions):
        found[WHOLE_SERVICE] = score_area(sheet, area, WHOLE_SERVICE)
    if any(question.of_component for question in questions):
        found |= {number: score_area(sheet, area, number) for number in sheet.components}
    return found


def _may_fill(assessment: Assessment, actor: Actor) -> bool:
    return (
        assessment.state is AssessmentState.OPEN
        and assessment.engagement.state is EngagementState.ACTIVE
        and can(actor, permissions.FILL_ASSESSMENT, assessment)
    )


def _place(assessment: Assessment, key: Key) -> str:
    """Give the address of a question on its page."""
    values = {"component": key[1]} if key[1] != WHOLE_SERVICE else {}
    area = key[0].partition(".")[0]
    return url_for(".area", assessment_id=assessment.id, area=area, **values, _anchor=anchor_of(*key))  # type: ignore[arg-type]  # values of the address


def _change(
    assessment: Assessment, key: Key, form: Form, change: Callable[[], object], done: str, typed: Typed
) -> ResponseReturnValue:
    """Make a change of an answer; what cannot be kept is shown again as it was typed."""
    try:
        with unit_of_work():
            change()
    except StaleRecord as error:
        form.refuse(error)
        session().expire_all()
        return _show_again(assessment, key, form, typed, is_stale=True)
    except (Refused, CloudStepsError) as error:
        if isinstance(error, NotFound):
            raise
        form.refuse(error)
        return _show_again(assessment, key, form, typed)
    flash(done)
    return redirect(_place(assessment, key), 303)


def _show_again(
    assessment: Assessment, key: Key, form: Form, typed: Typed, *, is_stale: bool = False
) -> ResponseReturnValue:
    errors = {name or "form": list(map(str, found)) for name, found in form.errors.items()}
    errors["form"] = [*errors.get("form", ()), *form.failures]
    shown = Typed(key, typed.options, typed.number, typed.note, typed.why, errors, is_stale)
    return _show_area(assessment, key[0].partition(".")[0], key[1], shown, STALE if is_stale else REFUSED)


@bp.route("/assessments/<int:assessment_id>/answers/<string:question>/<int:component>", methods=["POST"])
@requires(permissions.FILL_ASSESSMENT, on=queries.get_assessment)
def answer(assessment: Assessment, question: str, component: int) -> ResponseReturnValue:
    """Answer a question; with nothing chosen, only what was noted is refused in a sentence."""
    form, key = AnswerForm(), (question, component)
    typed = Typed(key, tuple(form.options.data or ()), form.number.typed, form.note.data or "")
    if not form.submitted():
        return _show_again(assessment, key, form, typed)
    details, actor = form.details(), current_actor()
    return _change(
        assessment,
        key,
        form,
        lambda: operations.answer_question(assessment, key, details, actor=actor),
        _("Saved."),
        typed,
    )


@bp.route("/assessments/<int:assessment_id>/answers/<string:question>/<int:component>/not-applicable", methods=["POST"])
@requires(permissions.FILL_ASSESSMENT, on=queries.get_assessment)
def not_applicable(assessment: Assessment, question: str, component: int) -> ResponseReturnValue:
    """Say why a question does not apply."""
    form, key = WhyForm(), (question, component)
    typed = Typed(key, why=form.why.data or "")
    if not form.submitted():
        return _show_again(assessment, key, form, typed)
    why, version, actor = form.why.data or "", form.read_version(), current_actor()
    return _change(
        assessment,
        key,
        form,
        lambda: operations.mark_not_applicable(assessment, key, why, version=version, actor=actor),
        _("Noted that the question does not apply."),
        typed,
    )


@bp.route("/assessments/<int:assessment_id>/answers/<string:question>/<int:component>/clear", methods=["POST"])
@requires(permissions.FILL_ASSESSMENT, on=queries.get_assessment)
def clear(assessment: Assessment, question: str, component: int) -> ResponseReturnValue:
    """Take an answer back."""
    form, key = Form(), (question, component)
    version, actor = form.read_version(), current_actor()
    return _change(
        assessment,
        key,
        form,
        lambda: operations.clear_answer(assessment, key, version=version, actor=actor),
        _("The question is blank again."),
        Typed(key),
    )


@bp.route("/assessments/<int:assessment_id>/answers/<string:question>/<int:component>/evidence", methods=["POST"])
@requires(permissions.FILL_ASSESSMENT, on=queries.get_assessment)
def attach(assessment: Assessment, question: str, component: int) -> ResponseReturnValue:
    """Attach a file or a link to an answer."""
    form, key, actor = EvidenceForm(), (question, component), current_actor()
    if not form.submitted():
        return _show_again(assessment, key, form, Typed(key))
    return _change(assessment, key, form, lambda: _attach(assessment, key, form, actor), _("Attached."), Typed(key))


def _attach(assessment: Assessment, key: Key, form: EvidenceForm, actor: Actor) -> None:
    internal = bool(form.only_internal.data) and can(actor, READ_INTERNAL, assessment)
    case = assessment.engagement
    owner = {"organisation_id": case.organisation_id, "engagement_id": case.id}
    if form.has_file:
        file = form.file.data
        kept = keep_file(file, file.filename, **owner, internal=internal, actor=actor)
    elif form.has_link:
        kept = keep_link(form.url.data or "", form.title.data or "", **owner, internal=internal, actor=actor)
    else:
        raise Refused(N_("Choose a file, or type the address of a page."), field="file")
    operations.attach_proof(assessment, key, kept, actor=actor)


@bp.route("/assessments/<int:assessment_id>/proofs/<int:proof_id>/remove", methods=["POST"])
@requires(permissions.FILL_ASSESSMENT, on=queries.get_proof)
def detach(proof: AssessmentProof) -> ResponseReturnValue:
    """Take evidence off an answer."""
    row = proof.answer
    assessment = row.assessment
    with unit_of_work():
        operations.detach_proof(assessment, proof, actor=current_actor())
    flash(_("Removed."))
    return redirect(_place(assessment, (row.question, row.component)), 303)
