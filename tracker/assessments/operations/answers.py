"""Answering: given, cleared, said not to apply, and proven."""

from dataclasses import dataclass

from tracker.accounts.access import Actor
from tracker.assessments.models import Assessment, AssessmentAnswer, AssessmentProof
from tracker.assessments.operations.work import note_down, recount, take
from tracker.assessments.queries.sheets import answer_row, components_of
from tracker.assessments.questionnaire import Question
from tracker.assessments.rules.answers import WHOLE_SERVICE, Given, Key, check_given
from tracker.assessments.rules.states import check_reason
from tracker.assessments.shelf import questionnaire_of
from tracker.core import audit, clock
from tracker.core.db import session
from tracker.core.errors import NotFound, StaleRecord
from tracker.evidence.models import Evidence


@dataclass(frozen=True)
class AnswerDetails:
    """What somebody answers to a question."""

    options: tuple[str, ...] = ()
    number: int | None = None
    note: str = ""
    version: int | None = None
    """The version of the answer that was on the screen; 0 where there was none."""


def answer_question(assessment: Assessment, key: Key, details: AnswerDetails, *, actor: Actor) -> AssessmentAnswer:
    """Answer a question, or answer it otherwise."""
    given = Given(details.options, details.number)
    return _give(assessment, key, given, details.note, details.version, "assessment.answered", actor)


def mark_not_applicable(
    assessment: Assessment, key: Key, reason: str, *, version: int | None = None, actor: Actor
) -> AssessmentAnswer:
    """Say, with the reason, that a question does not apply."""
    given = Given(not_applicable=check_reason(reason, field="why"))
    return _give(assessment, key, given, None, version, "assessment.not_applicable", actor)


def clear_answer(assessment: Assessment, key: Key, *, version: int | None = None, actor: Actor) -> None:
    """Take an answer back; the question is blank again, and its note and evidence stay."""
    take(assessment)
    _question(assessment, key)
    row = answer_row(assessment, key)
    if row is not None:
        _check_fresh(row, version, actor)
        _change(row, Given(), row.note, "assessment.cleared", assessment, actor)


def _give(
    assessment: Assessment, key: Key, given: Given, note: str | None, version: int | None, action: str, actor: Actor
) -> AssessmentAnswer:
    take(assessment)
    check_given(_question(assessment, key), given)
    row = answer_row(assessment, key)
    if row is not None:
        _check_fresh(row, version, actor)
    row = row or _new_row(assessment, key)
    _change(row, given, row.note if note is None else note, action, assessment, actor)
    return row


def _question(assessment: Assessment, key: Key) -> Question:
    """Give the question, where the questionnaire asks it of this component."""
    question = questionnaire_of(assessment.questionnaire_version).by_id.get(key[0])
    if question is None or question.of_component == (key[1] == WHOLE_SERVICE):
        raise NotFound
    if question.of_component and key[1] not in {one.number for one in components_of(assessment)}:
        raise NotFound
    return question


def _check_fresh(row: AssessmentAnswer, version: int | None, actor: Actor) -> None:
    """Refuse to overwrite what somebody else has answered since; one's own earlier save is no surprise."""
    if version is not None and row.version != version and row.answered_by_id != actor.user_id:
        raise StaleRecord(row)


def _new_row(assessment: Assessment, key: Key) -> AssessmentAnswer:
    row = AssessmentAnswer(assessment_id=assessment.id, question=key[0], component=key[1], options=[], note="")
    row.not_applicable, row.suggested = "", False
    session().add(row)
    return row


def _change(row: AssessmentAnswer, given: Given, note: str, action: str, assessment: Assessment, actor: Actor) -> None:
    changed = audit.changes(
        row,
        options=list(given.options),
        number=given.number,
        not_applicable=given.not_applicable,
        note=note,
        suggested=False,
    )
    if not changed and row.id is not None:
        return
    row.answered_by_id, row.answered_at = actor.user_id, clock.now()
    session().flush()
    note_down(action, assessment, row, actor, changed=changed)
    recount(assessment)


def attach_proof(assessment: Assessment, key: Key, evidence: Evidence, *, actor: Actor) -> AssessmentProof:
    """Attach evidence to an answer; it may come before the answer."""
    take(assessment)
    _question(assessment, key)
    row = answer_row(assessment, key) or _new_row(assessment, key)
    session().flush()
    proof = AssessmentProof(answer=row, evidence=evidence, added_by_id=actor.user_id)
    session().add(proof)
    session().flush()
    note_down("assessment.evidence_attached", assessment, row, actor, evidence=evidence.id)
    recount(assessment)
    return proof


def detach_proof(assessment: Assessment, proof: AssessmentProof, *, actor: Actor) -> None:
    """Take evidence off an answer; the file stays on record."""
    take(assessment)
    session().refresh(proof)
    if proof.removed_at is not None:
        return
    proof.removed_at = clock.now()
    note_down("assessment.evidence_removed", assessment, proof.answer, actor, evidence=proof.evidence_id)
    recount(assessment)
