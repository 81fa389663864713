"""The dry run: what every row would become, and why. It changes nothing but what is said of the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tracker.core.text import N_, Message
from tracker.imports import messages
from tracker.imports.kinds import Context, Decision, Finding, Given, Kind, Offer
from tracker.imports.models import ImportRow
from tracker.imports.queries import Raw
from tracker.imports.reading.grid import ERROR, FORMULA, UNREADABLE
from tracker.imports.rules import Outcome

LEFT_OUT = Message(N_("Left out by a person."))
_FAULTS = {
    FORMULA: N_("“%(column)s” holds a formula without a value. Write the value itself."),
    ERROR: N_("“%(column)s” holds an error of the spreadsheet. Correct it there."),
    UNREADABLE: N_("“%(column)s” holds a sign that could not be read. Choose another encoding, or correct the file."),
}


def check_rows(kind: Kind, rows: Sequence[Raw], columns: Mapping[str, int], context: Context) -> list[Finding]:
    """Say how each row ends: what the file itself rules out first, then what the kind says of the others."""
    findings: list[Finding | None] = [_ruled_out(kind, row, columns) for row in rows]
    asked = [place for place, finding in enumerate(findings) if finding is None]
    given = [replace(given_of(rows[place], columns), subject_id=None) for place in asked]
    answers = kind.check(given, context)
    for place, finding in zip(asked, answers, strict=True):
        findings[place] = finding
    return [finding for finding in findings if finding is not None]


def _ruled_out(kind: Kind, row: Raw, columns: Mapping[str, int]) -> Finding | None:
    labels = {column.key: column.label for column in kind.columns}
    said: list[Message] = []
    for key, place in columns.items():
        if fault := row.faults.get(str(place)):
            said.append(Message(_FAULTS[fault], {"column": Message(labels[key])}))
    for key, label in kind.required.items():
        if not value_at(row.cells, columns.get(key)):
            said.append(Message(N_("“%(column)s” is empty."), {"column": Message(label)}))
    decision = decision_of(row.decision)
    if not said and decision is not None and decision.leave_out:
        said.append(LEFT_OUT)
    return Finding(Outcome.REFUSED, tuple(said)) if said else None


def given_of(row: Raw | ImportRow, columns: Mapping[str, int]) -> Given:
    """Give a row by what its columns mean."""
    values = {key: value_at(row.cells, place) for key, place in columns.items()}
    return Given(row.line, values, decision_of(row.decision), row.subject_id, is_new=row.outcome is Outcome.NEW)


def value_at(cells: Sequence[str], place: int | None) -> str:
    """Give a cell of a row that may be shorter."""
    return cells[place] if place is not None and place < len(cells) else ""


def decision_of(plain: Mapping[str, Any] | None) -> Decision | None:
    """Read what was decided on a row."""
    return Decision(**plain) if plain else None


def columns_of(finding: Finding) -> dict[str, Any]:
    """Give what a finding says as the columns of its row."""
    return {
        "outcome": finding.outcome,
        "reasons": messages.all_plain(finding.reasons),
        "subject_id": finding.subject_id,
        "subject": finding.subject[:200],
        "confidence": finding.confidence,
        "offers": [vars(offer) | {"reasons": list(offer.reasons)} for offer in finding.offers],
        "alike": finding.group[:200],
        "may_be_new": finding.may_be_new,
    }


def put(row: ImportRow, finding: Finding) -> None:
    """Write a finding into its row; what was offered stays, so that a decision can be changed."""
    values = columns_of(finding)
    if not finding.offers:
        values.pop("offers")
    for name, value in values.items():
        setattr(row, name, value)


def offers_of(row: ImportRow) -> tuple[Offer, ...]:
    """Read the records that were offered for a row."""
    return tuple(Offer(one["subject_id"], one["name"], tuple(one["reasons"])) for one in row.offers)
