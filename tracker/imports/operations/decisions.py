"""What people decide on rows that are in doubt."""

from collections.abc import Sequence
from dataclasses import replace

from tracker.accounts.access import Actor
from tracker.core import audit
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.imports import checking, queries
from tracker.imports.kinds import Context, Decision, Finding, get_kind
from tracker.imports.models import ImportRow
from tracker.imports.readings import Reading
from tracker.imports.rules import REVIEWABLE, Outcome


def decide_row(row: ImportRow, decision: Decision, *, for_alike: bool, actor: Actor) -> int:
    """Decide what a row means, and where wanted all rows that wait for the same reason; give how many were decided."""
    _check(row, decision)
    rows = [row, *(queries.waiting_alike(row) if for_alike else ())]
    findings = _check_again(rows, decision, actor)
    for one, finding in zip(rows, findings, strict=True):
        one.decision = decision.as_plain()
        checking.put(one, finding)
    audit.record(
        "import.decided",
        row.batch,
        actor=actor,
        kind=row.batch.kind,
        target_id=row.batch.target_id,
        rows=len(rows),
        line=row.line,
        meant=decision.subject_id,
        left_out=decision.leave_out,
    )
    return len(rows)


def _check(row: ImportRow, decision: Decision) -> None:
    if row.batch.state not in REVIEWABLE or row.applied_at is not None:
        raise Refused(N_("This row cannot be decided on now. Reload the import to see how it stands."))
    offered = {offer["subject_id"] for offer in row.offers}
    if decision.subject_id is not None and decision.subject_id not in offered:
        raise Refused(N_("Choose one of the records that are offered."), field="choice")
    if decision.subject_id is None and not decision.leave_out and not row.may_be_new:
        raise Refused(
            N_("This row cannot be a new record. Choose one of those that are offered, or leave it out."),
            field="choice",
        )


def _check_again(rows: Sequence[ImportRow], decision: Decision, actor: Actor) -> list[Finding]:
    if decision.leave_out:
        return [Finding(Outcome.REFUSED, (checking.LEFT_OUT,), offers=checking.offers_of(row)) for row in rows]
    batch = rows[0].batch
    reading = Reading.from_plain(batch.reading)
    given = [replace(checking.given_of(row, batch.columns), decision=decision, subject_id=None) for row in rows]
    context = Context(actor, batch.target_id, reading.preamble)
    return list(get_kind(batch.kind).check(given, context))
